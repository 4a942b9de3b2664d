@flow:order-code
Feature: The payer of an order code does not pay in time
  Until Alipay+ has confirmed that the order is closed, the payer may still pay.

  @ACQ-OC-07
  Rule: An unpaid order code ends in a cancellation at expiry

    @slow
    Scenario: The payer scans and puts the phone away
      Given Alipay+ leaves the payment undecided
      And Alipay+ answers the cancellation 5 s late
      When the shop creates an order code of 250.00
      And a payer scans the code
      And the acquirer treats the payment as open
      Then the acquirer cancels the payment within 60 s after its expiry
      And the shop sees the payment as unsuccessful at the latest 120 s after its expiry
      And the shop sees the payment as unsuccessful only after Alipay+ confirmed the cancellation
      And no money has moved

    @slow
    Scenario: The payer confirms too late
      Given Alipay+ leaves the payment undecided
      When the shop creates an order code of 250.00
      And a payer scans the code
      And the acquirer treats the payment as open
      Then the acquirer cancels the payment within 60 s after its expiry
      And the shop sees the payment as unsuccessful at the latest 120 s after its expiry
      When the payer confirms too late
      Then for 20 s the shop does not see the payment as paid
      And no money has moved
