@flow:inquiry
Feature: What an inquiry's answer means
  The answer has two results: that of the call, and that of the payment. Only the second one decides.

  @ACQ-INQ-05
  Rule: A successful inquiry call is not a successful payment

    Scenario: Three inquiries say that the payment is in process, then it fails
      Given a payer without money whose wallet asks for a password
      And Alipay+ executes the charge but answers with a broken connection
      When the shop charges the payer's code 250.00
      And the acquirer treats the payment as open
      And the acquirer has asked 3 times
      And the payer enters the password
      Then the shop sees the payment as unsuccessful within 60 s
      And the shop has never seen the payment as paid
      And no money has moved

  @ACQ-INQ-06
  Rule: A failed outcome ends the payment with its own reason

    Scenario: The inquiry says that the balance was not enough
      Given a payer
      And Alipay+ ends the payment with F USER_BALANCE_NOT_ENOUGH
      And Alipay+ executes the charge but answers with U PAYMENT_IN_PROCESS
      And Alipay+ sends no notification
      And Alipay+ confirms no cancellation
      When the shop charges the payer's code 250.00
      And the acquirer treats the payment as open
      And the acquirer has heard that the payment failed
      Then the shop sees the payment as unsuccessful
      And the shop is not given the reason "SUCCESS"

  @ACQ-INQ-07
  Rule: A closed outcome is final

    Scenario: Alipay+ closes the order at its expiry
      Given a payer whose wallet asks for a password
      And Alipay+ sends no notification
      And Alipay+ confirms no cancellation
      When the shop charges the payer's code 250.00
      And the acquirer treats the payment as open
      And 5 s pass
      And Alipay+ closes the payment at its expiry
      And the acquirer has heard that the payment failed
      Then the shop sees the payment as unsuccessful
      And the acquirer has stopped asking for decided payments

  @ACQ-INQ-08
  Rule: A failed inquiry call does not change the payment

    Scenario: Five inquiries fail in five ways
      Given a payer whose wallet asks for a password
      And Alipay+ answers the first inquiries in turn
        | U UNKNOWN_EXCEPTION |
        | server error 500    |
        | silence             |
        | F ACCESS_DENIED     |
        | F PROCESS_FAIL      |
      When the shop charges the payer's code 250.00
      And the acquirer treats the payment as open
      And 35 s pass
      And the payer enters the password
      Then the payment ends as paid, or as closed by a confirmed cancellation
      And the acquirer goes on after each failed inquiry

    Scenario: Inquiries find a line that is down
      Given a payer whose wallet asks for a password
      And the fault link-down hits every inquiry for 10 s
      When the shop charges the payer's code 250.00
      And the acquirer treats the payment as open
      And 20 s pass
      And the payer enters the password
      Then the payment ends as paid, or as closed by a confirmed cancellation

  @ACQ-INQ-10
  Rule: An answer about another payment is not used

    Scenario: The answers are about another payment and another amount
      Given a payer
      And Alipay+ leaves the payment undecided
      And Alipay+ answers the first inquiry with a success of another payment
      And Alipay+ answers the second inquiry with a success of another amount
      When the shop charges the payer's code 250.00
      And the acquirer treats the payment as open
      And the acquirer has asked 3 times
      Then for 5 s the shop does not see the payment as paid

  @ACQ-INQ-11
  Rule: A success without outcome is not a success

    Scenario: Three answers leave the outcome out
      Given a payer without money whose wallet asks for a password
      And Alipay+ answers the first 3 inquiries with a success without outcome
      When the shop charges the payer's code 250.00
      And the acquirer treats the payment as open
      And the acquirer has asked 3 times
      And the payer enters the password
      Then the shop sees the payment as unsuccessful within 60 s
      And the shop has never seen the payment as paid
