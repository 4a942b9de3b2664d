@flow:cancellation
Feature: The acquirer cancels by itself
  At the expiry an open payment is cancelled, but only an open one, and only after asking.

  @ACQ-CAN-13
  Rule: The acquirer asks before it cancels by itself

    @slow
    Scenario: The payment succeeds shortly before it expires
      Given a payer
      And Alipay+ leaves the payment undecided
      And Alipay+ sends no notification
      When the shop charges the payer's code 250.00
      And the acquirer treats the payment as open
      And 3 s are left until the payment expires
      And Alipay+ decides the payment
      And 60 s pass
      Then the acquirer has asked within 30 s before any cancellation
      And the acquirer has not cancelled what Alipay+ had called paid

  @ACQ-CAN-16
  Rule: The expiry timer does not cancel a paid payment

    @slow
    Scenario: The payer pays shortly before the expiry
      Given a payer whose wallet asks for a password
      When the shop charges the payer's code 250.00
      And the acquirer treats the payment as open
      And 17 s are left until the payment expires
      And the payer enters the password
      And the shop has seen the payment as paid, or the acquirer has cancelled it
      And 77 s pass
      Then the acquirer has not cancelled what Alipay+ had called paid
      And the shop has never seen the payment as unsuccessful after it was paid
