@flow:cancellation
Feature: A success meets a cancellation
  Once a cancellation is on its way nothing revives the payment, whichever message is faster.

  @ACQ-CAN-06
  Rule: A late success notification does not revive a cancelled order

    Scenario: The notification comes ten seconds after the cancellation
      Given a payment of 250.00 waits for the payer's password
      When the shop cancels the payment
      And the shop has seen the payment as unsuccessful
      And 10 s pass
      And Alipay+ notifies a success
      Then the acquirer acknowledges the notification
      And for 10 s the shop does not see the payment as paid
      And the shop sees the payment as unsuccessful
      And no money has moved

  @ACQ-CAN-07
  Rule: Once a cancellation was requested, a success does not overtake it

    Scenario: The notification comes while the cancellation is being executed
      Given a payment of 250.00 waits for the payer's password
      And Alipay+ holds back the answer to the cancellation
      When the shop cancels the payment
      And the held call has reached Alipay+
      And Alipay+ notifies a success
      Then the acquirer acknowledges the notification
      And for 2 s the shop does not see the payment as paid
      When Alipay+ lets the answer go
      Then the shop sees the payment as closed within 60 s
      And the shop has never seen the payment as paid
      And no money has moved

  @ACQ-CAN-08
  Rule: A late answer to pay does not revive a cancelled order

    Scenario: The shop cancels while the charge is still open
      Given a payer
      And Alipay+ holds back the answer to the charge
      When the shop charges the payer's code 250.00
      And the held call has reached Alipay+
      And the shop cancels the payment, or its expiry does
      And Alipay+ has confirmed the cancellation, or none was sent
      And Alipay+ lets the answer go
      Then for 10 s the shop does not see the payment as paid after Alipay+ confirmed the cancellation
