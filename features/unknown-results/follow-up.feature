@flow:unknown-results
Feature: The acquirer follows up what it does not know
  An unknown result is asked about, in time and with patience, and closed when nobody knows it.

  @ACQ-RES-08
  Rule: Traffic limitation is answered by slowing down

    Scenario: Three calls in a row are refused for their number
      Given a payer
      And Alipay+ executes the charge but answers with U REQUEST_TRAFFIC_EXCEED_LIMIT
      And Alipay+ answers the first 2 inquiries with U REQUEST_TRAFFIC_EXCEED_LIMIT
      When the shop charges the payer's code 250.00
      Then the payment ends as paid, or as closed by a confirmed cancellation
      And the acquirer waits at least 1 s after each refusal for traffic
      And the acquirer sends at most 20 calls for the payment in the first minute

  @ACQ-RES-09
  Rule: One charge attempt has one paymentRequestId

    Scenario: Nothing but errors for a while
      Given a payer
      And Alipay+ executes the first charges but answers in turn
        | silence             |
        | U UNKNOWN_EXCEPTION |
        | server error 503    |
      And Alipay+ answers the first inquiries in turn
        | U UNKNOWN_EXCEPTION |
        | server error 503    |
      When the shop charges the payer's code 250.00
      And the shop has been told an outcome of the payment
      Then the acquirer uses one identifier for the payment

  @ACQ-RES-11
  Rule: A pay call that never arrived is closed, not forgotten

    @slow
    Scenario: Alipay+ never receives the charge
      Given a payer
      And Alipay+ does not execute every charge and answers with silence
      When the shop charges the payer's code 250.00
      And the acquirer treats the payment as open
      Then the acquirer cancels the payment within 60 s after its expiry
      And the shop sees the payment as unsuccessful within 60 s
      And the shop sees the payment as unsuccessful only after Alipay+ confirmed the cancellation
      And no money has moved

  @ACQ-RES-12
  Rule: An unanswered automatic cancellation is repeated

    @slow
    Scenario: Alipay+ confirms the fourth cancellation only
      Given a payer whose wallet asks for a password
      And Alipay+ leaves the payment undecided
      And Alipay+ does not execute the first cancellations and answers in turn
        | silence             |
        | U UNKNOWN_EXCEPTION |
        | server error 500    |
      When the shop charges the payer's code 250.00
      And the acquirer treats the payment as open
      Then the acquirer cancels the payment within 60 s after its expiry
      And the acquirer sends at least 4 cancellations within 10 min
      And the shop sees the payment as unsuccessful within 60 s
      And the shop sees the payment as unsuccessful only after Alipay+ confirmed the cancellation
      And every cancellation carries the same identifier
      And the acquirer sends no refund

  @ACQ-RES-15
  Rule: Silence is noticed in time

    Scenario: Alipay+ keeps the connection open and says nothing
      Given a payer
      And Alipay+ does not execute every charge and answers with silence
      When the shop charges the payer's code 250.00
      Then the acquirer follows up the charge within 35 s

  @ACQ-RES-16
  Rule: The till gets an answer while the outcome is unknown

    Scenario: Alipay+ answers neither the charge nor inquiries
      Given a payer
      And Alipay+ does not execute every charge and answers with silence
      And Alipay+ answers every inquiry with silence
      When the shop charges the payer's code 250.00
      Then the shop sees the payment as pending within 30 s
