@flow:inquiry
Feature: The acquirer asks for the outcome
  While the outcome is open, inquiries find it: soon, steadily, never in a hurry, and no longer than needed.

  @ACQ-INQ-01
  Rule: The first inquiry comes soon

    Scenario: The charge is answered with "in process"
      Given a payment of 250.00 is left undecided
      Then the acquirer asks for the result within 10 s

  @ACQ-INQ-02
  Rule: Inquiries are not hammered

    Scenario: The shop keeps asking for a payment that stays open
      Given a payment of 250.00 is left undecided
      When 50 s pass
      Then the messages to Alipay+ keep to this rule

  @ACQ-INQ-03
  Rule: Inquiries go on until the payment is decided

    @slow
    Scenario: The outcome stays open until shortly before the expiry
      Given a payer
      And Alipay+ leaves the payment undecided
      And Alipay+ sends no notification
      When the shop charges the payer's code 250.00 and asks no more
      And 3 s are left until the payment expires
      And Alipay+ decides the payment
      Then no 45 s pass without an inquiry until the payment is decided or expires

  @ACQ-INQ-04
  Rule: Inquiries stop after a final outcome

    Scenario: One payment succeeds, one fails
      Given the shop has taken 250.00 from a payer
      And another payer
      And Alipay+ ends the payment with F USER_BALANCE_NOT_ENOUGH
      When the shop charges the payer's code 250.00
      And the shop has been told an outcome of the payment
      And 30 s pass
      Then the acquirer has stopped asking for decided payments

    @needs:cancel
    Scenario: One payment is cancelled
      Given a payment of 250.00 waits for the payer's password
      When the shop cancels the payment
      And the shop has been told an outcome of the payment
      And 30 s pass
      Then the acquirer has stopped asking for decided payments

  @ACQ-INQ-09
  Rule: The inquiry names the payment it is about

    Scenario: One payment is known by its number at Alipay+, one is not
      Given a payment of 250.00 is left undecided
      And another payer
      And Alipay+ executes the charge but answers with a broken connection
      When the shop charges the payer's code 250.00
      And the acquirer treats the payment as open
      And the shop has been told an outcome of the payment
      Then the messages to Alipay+ keep to this rule

  @ACQ-INQ-12
  Rule: A payment is found even if its notification is lost

    Scenario: The payer pays after twenty seconds, and no notification arrives
      Given a payer whose wallet asks for a password
      And Alipay+ sends no notification
      When the shop charges the payer's code 250.00
      And the acquirer treats the payment as open
      And 20 s pass
      And the payer enters the password
      Then the shop sees the payment as paid at the latest 60 s after its expiry
      And the acquirer sends no cancellation
      And 250.00 has moved from the payer to the shop

  @ACQ-INQ-13
  Rule: A merchant's query of an old pending payment asks again

    Scenario: A payment stays open for a long time
      Given a payer
      And Alipay+ leaves the payment undecided
      When the shop charges the payer's code 250.00
      And the acquirer treats the payment as open
      And 3 s are left until the payment expires
      And Alipay+ decides the payment
      Then no 34 s pass without an inquiry until the payment is decided or expires
