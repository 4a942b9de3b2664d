@flow:notification
Feature: A notification that does not fit
  What does not say, in a form that can be read, that this payment of this amount has ended is not used.

  @ACQ-NTF-07
  Rule: A notification with another amount pays nothing

    Scenario: One cent
      Given a payment of 10.00 waits for the payer's password
      When Alipay+ notifies a success of 0.01
      Then for 20 s the shop does not see the payment as paid

  @ACQ-NTF-08
  Rule: A notification in another currency pays nothing

    Scenario: The right number of the wrong currency
      Given a payment of 10.00 waits for the payer's password
      When Alipay+ notifies a success in another currency
      Then for 20 s the shop does not see the payment as paid

  @ACQ-NTF-16
  Rule: Malformed notifications do no harm

    Scenario: Broken JSON
      Given a payment of 250.00 waits for the payer's password
      When Alipay+ sends a notification that is broken JSON
      Then the acquirer does not acknowledge the notification
      And for 5 s the shop does not see the payment as unsuccessful
      And the shop has never seen the payment as paid
      When the payer enters the password
      And Alipay+ decides the payment
      And Alipay+ notifies the payment's outcome
      Then the acquirer acknowledges the notification
      And the shop sees the payment as paid

    Scenario Outline: No <member>
      Given a payment of 250.00 waits for the payer's password
      When Alipay+ notifies a success without <member>
      Then the acquirer does not acknowledge the notification
      And for 5 s the shop does not see the payment as unsuccessful
      And the shop has never seen the payment as paid
      When the payer enters the password
      And Alipay+ decides the payment
      And Alipay+ notifies the payment's outcome
      Then the acquirer acknowledges the notification
      And the shop sees the payment as paid

      Examples:
        | member           |
        | paymentRequestId |
        | paymentResult    |
