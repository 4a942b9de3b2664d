@flow:payment-code
Feature: The payer is asked for a password
  Some wallets ask the payer before they pay. Until the payer has answered, the payment is undecided.

  @ACQ-UPM-08
  Rule: A payment waiting for the password is not shown as paid

    Scenario: The payer enters the password after some seconds
      Given a payer whose wallet asks for a password
      When the shop charges the payer's code 250.00
      And 5 s pass
      Then the shop sees the payment as pending
      When the payer enters the password
      Then the shop sees the payment as paid within 60 s
      And the shop has never seen the payment as paid before Alipay+ said so
      And the shop has never seen the payment as unsuccessful
      And 250.00 has moved from the payer to the shop

  @ACQ-UPM-09
  Rule: A refusal by the user ends the payment as failed

    Scenario: The payer enters wrong passwords
      Given a payer whose wallet asks for a password
      And Alipay+ confirms no cancellation
      When the shop charges the payer's code 250.00
      And the acquirer treats the payment as open
      And the payer enters wrong passwords until the wallet gives up
      And the acquirer has heard that the payment failed
      Then the shop sees the payment as unsuccessful within 60 s
      And the shop has never seen the payment as paid
      And no money has moved

  @ACQ-UPM-10
  Rule: An unanswered password request ends in a cancellation

    @slow
    Scenario: The payer puts the phone away
      Given a payer whose wallet asks for a password
      And Alipay+ leaves the payment undecided
      And Alipay+ answers the cancellation 3 s late
      When the shop charges the payer's code 250.00
      And the acquirer treats the payment as open
      Then the acquirer cancels the payment within 60 s after its expiry
      And the shop sees the payment as unsuccessful within 60 s
      And the shop sees the payment as unsuccessful only after Alipay+ confirmed the cancellation
      And no money has moved
