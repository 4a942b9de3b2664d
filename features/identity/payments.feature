@flow:identity
Feature: Each attempt has an identifier of its own
  Alipay+ takes two messages with the same identifier for the same payment, for ever.

  @ACQ-IDM-01 @alone
  Rule: paymentRequestId is never used twice

    Scenario: A hundred sales of the same amount as fast as the acquirer takes them
      When the shop charges 100 new payers 1.00 at once
      Then each payment has an identifier of its own

  @ACQ-IDM-02
  Rule: A repeated pay message is the same order

    Scenario: Alipay+ answers the first charges with an unknown result
      Given a payer
      And Alipay+ executes the first charges but answers in turn
        | U UNKNOWN_EXCEPTION |
        | U UNKNOWN_EXCEPTION |
      When the shop charges the payer's code 250.00
      And the acquirer treats the payment as open
      Then the payment ends as paid, or as closed by a confirmed cancellation
      And the messages to Alipay+ keep to this rule, if there are any

  @ACQ-IDM-05
  Rule: Long order numbers do not collide

    Scenario: Two order numbers that differ only in their last character
      When the shop charges two orders whose numbers differ only after the 64th character
      Then the orders are two payments, or refused

  @ACQ-IDM-07
  Rule: A new attempt after a final result has a new id

    Scenario: The payer shows a new code after a refusal
      Given a payer
      And Alipay+ ends the payment with F USER_BALANCE_NOT_ENOUGH
      When the shop charges the payer's code 250.00
      And the shop charges the same order again with a new code
      Then the new attempt has an identifier of its own, or is refused

  @ACQ-IDM-08
  Rule: Parallel payments do not mix

    Scenario: Twenty payments with all kinds of outcomes at once
      When the shop charges new payers at once, and Alipay+ answers
        | amount | outcome                   | answer               | after |
        | 10.01  | S SUCCESS                 | the outcome          | 0 s   |
        | 10.02  | F USER_BALANCE_NOT_ENOUGH | the outcome          | 1 s   |
        | 10.03  | S SUCCESS                 | U PAYMENT_IN_PROCESS | 1 s   |
        | 10.04  | F EXPIRED_CODE            | U PAYMENT_IN_PROCESS | 4 s   |
        | 10.05  | F INVALID_CONTRACT        | the outcome          | 2 s   |
        | 10.06  | S SUCCESS                 | the outcome          | 2 s   |
        | 10.07  | F EXPIRED_CODE            | the outcome          | 3 s   |
        | 10.08  | S SUCCESS                 | U PAYMENT_IN_PROCESS | 5 s   |
        | 10.09  | F USER_BALANCE_NOT_ENOUGH | U PAYMENT_IN_PROCESS | 0 s   |
        | 10.10  | F USER_BALANCE_NOT_ENOUGH | the outcome          | 4 s   |
        | 10.11  | S SUCCESS                 | the outcome          | 4 s   |
        | 10.12  | F INVALID_CONTRACT        | the outcome          | 5 s   |
        | 10.13  | S SUCCESS                 | U PAYMENT_IN_PROCESS | 3 s   |
        | 10.14  | F INVALID_CONTRACT        | U PAYMENT_IN_PROCESS | 2 s   |
        | 10.15  | F EXPIRED_CODE            | the outcome          | 0 s   |
        | 10.16  | S SUCCESS                 | the outcome          | 0 s   |
        | 10.17  | F EXPIRED_CODE            | U PAYMENT_IN_PROCESS | 5 s   |
        | 10.18  | S SUCCESS                 | U PAYMENT_IN_PROCESS | 1 s   |
        | 10.19  | S SUCCESS                 | the outcome          | 3 s   |
        | 10.20  | S SUCCESS                 | the outcome          | 5 s   |
      Then each payment shows its own outcome

  @ACQ-IDM-12 @needs:notify
  Rule: Charges and refunds are sent only on request

    Scenario: Alipay+ notifies a success after the payment has failed
      Given a payer
      And Alipay+ ends the payment with F RISK_REJECT
      When the shop charges the payer's code 250.00
      And the shop has seen the payment as unsuccessful
      And Alipay+ notifies a success
      And 20 s pass
      Then the messages to Alipay+ keep to this rule

    @needs:cancel
    Scenario: Alipay+ notifies a success after it has confirmed the cancellation
      Given a payment of 250.00 waits for the payer's password
      When the shop cancels the payment
      And the shop has seen the payment as unsuccessful
      And Alipay+ notifies a success
      And 20 s pass
      Then the messages to Alipay+ keep to this rule

    @needs:partial_refund
    Scenario: The shop gives a little back, once
      Given the shop has taken 250.00 from a payer
      When the shop refunds 3.00
      And the shop has seen the refund as done
      And 30 s pass
      Then the messages to Alipay+ keep to this rule

  @ACQ-IDM-13
  Rule: What is decided is left alone

    @needs:cancel
    Scenario: A cancellation is confirmed
      Given the shop has taken 250.00 from a payer
      When the shop cancels the payment
      And the acquirer has cancelled the payment
      And 60 s pass
      Then the messages to Alipay+ keep to this rule

    @needs:refund
    Scenario: A refund is done
      Given the shop has taken 250.00 from a payer
      When the shop refunds the payment in full
      And the shop has seen the refund as done
      And 60 s pass
      Then the messages to Alipay+ keep to this rule
