@flow:notification
Feature: Alipay+ notifies the outcome
  A notification is as good as an answer: what it says about the right payment and the right amount is true.

  @ACQ-NTF-01
  Rule: A genuine success notification makes the payment paid

    Scenario: Inquiries still say that the payment is in process
      Given a payment of 250.00 waits for the payer's password
      When the payer pays, and Alipay+ notifies the success
      Then the shop sees the payment as paid
      And the shop's books agree with Alipay+

  @ACQ-NTF-02
  Rule: Every genuine notification is acknowledged with S

    Scenario: A success
      Given a payment of 250.00 waits for the payer's password
      When the payer pays, and Alipay+ notifies the success
      Then the acquirer answers the notification with result SUCCESS

    Scenario: A failure
      Given a payment of 250.00 waits for the payer's password
      When Alipay+ notifies the outcome F USER_BALANCE_NOT_ENOUGH
      Then the acquirer answers the notification with result SUCCESS

    Scenario: A success that is booked already
      Given the shop has taken 250.00 from a payer
      When Alipay+ notifies the payment's outcome
      Then the acquirer answers the notification with result SUCCESS
      When Alipay+ notifies the payment's outcome
      Then the acquirer answers the notification with result SUCCESS

  @ACQ-NTF-03
  Rule: Asynchronous payments name a notification address

    Scenario: A payment code
      Given a payer
      When the shop charges the payer's code 250.00
      Then the charge names a notification address that can be used

  @ACQ-NTF-06
  Rule: A notification may come before the answer to pay

    Scenario: The answer is older than the notification
      Given a payment of 12.00 waits for the payer's password
      And the payer pays, and Alipay+ notifies the success
      And the shop sees the payment as paid
      And another payer
      And Alipay+ notifies the outcome before it answers the charge
      And Alipay+ says in every inquiry that the payment is U PAYMENT_IN_PROCESS
      When the shop charges the payer's code 250.00
      And the charge has reached Alipay+
      And Alipay+ repeats the notification unless it was acknowledged
      Then the shop sees the payment as paid
      And for 20 s the shop goes on seeing the payment as paid
      And the acquirer sends no cancellation

  @ACQ-NTF-10
  Rule: A failure notification ends an undecided payment

    Scenario Outline: The outcome is <outcome>
      Given a payment of 250.00 waits for the payer's password
      And Alipay+ confirms no cancellation
      When Alipay+ notifies the outcome <outcome>
      Then the shop sees the payment as unsuccessful

      Examples:
        | outcome                   |
        | F USER_BALANCE_NOT_ENOUGH |
        | F ORDER_IS_CLOSED         |

  @ACQ-NTF-11
  Rule: A later failure does not take a success back

    Scenario: Two failures after the success
      Given the shop has taken 250.00 from a payer
      When Alipay+ notifies the outcome F ORDER_IS_CLOSED
      Then the acquirer acknowledges the notification
      When Alipay+ notifies the outcome F PROCESS_FAIL
      Then the acquirer acknowledges the notification
      And for 10 s the shop goes on seeing the payment as paid
      And the shop has never seen the payment as unsuccessful

  @ACQ-NTF-12
  Rule: A later success does not revive a failed payment

    Scenario: The success comes twenty seconds after the failure
      Given a payer
      And Alipay+ ends the payment with F RISK_REJECT
      When the shop charges the payer's code 250.00
      And the shop has seen the payment as unsuccessful
      And 20 s pass
      And Alipay+ notifies a success
      Then the acquirer acknowledges the notification
      And for 10 s the shop does not see the payment as paid
      And no money has moved

  @ACQ-NTF-13
  Rule: A notification without final outcome changes nothing

    Scenario: The payer pays later
      Given a payment of 250.00 waits for the payer's password
      When Alipay+ notifies the outcome U PAYMENT_IN_PROCESS
      Then for 5 s the shop does not see the payment as unsuccessful
      And the shop has never seen the payment as paid
      When the payer enters the password
      And Alipay+ decides the payment
      Then the shop sees the payment as paid

  @ACQ-NTF-15 @needs:refund
  Rule: An old notification does not undo a refund

    Scenario: The notification of the payment is delivered again after the refund
      Given the shop has taken 250.00 from a payer
      And Alipay+ notifies the payment's outcome
      And the shop refunds the payment in full
      And the shop has seen the refund as done
      And 2 s pass
      When Alipay+ notifies the payment's outcome
      Then the acquirer acknowledges the notification
      And for 10 s the shop goes on seeing nothing left to refund

  @ACQ-NTF-18 @alone
  Rule: Notifications are acknowledged quickly

    Scenario: Ten payments become successful at the same instant
      Given 10 payments of 1.00 wait for the payers' passwords
      When the payers pay, and Alipay+ notifies all successes at once
      Then each notification is acknowledged within 5 s
