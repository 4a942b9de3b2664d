@flow:refund
Feature: The shop gives money back
  A refund is a payment of its own: it has its own identifier, its own outcome, and it reaches the payer once.

  @ACQ-REF-01
  Rule: A full refund is sent and booked once

    @needs:currency_2dp
    Scenario: In a currency with two decimals
      Given a shop whose currency has two decimals
      And the shop makes these sales
        | amount |
        | 19.99  |
      And the shop has seen the payment as paid
      When the shop refunds the payment in full
      Then exactly one refund of 19.99 reaches Alipay+
      And the shop sees nothing left to refund
      And the shop's books of the refund agree with Alipay+
      And the payer has all the money back

    @needs:currency_0dp
    Scenario: In a currency without decimals
      Given a shop whose currency has no decimals
      And the shop makes these sales
        | amount |
        | 1234   |
      And the shop has seen the payment as paid
      When the shop refunds the payment in full
      Then exactly one refund of 1234 reaches Alipay+
      And the shop sees nothing left to refund
      And the shop's books of the refund agree with Alipay+
      And the payer has all the money back

  @ACQ-REF-02
  Rule: Several partial refunds add up exactly

    Scenario: Three parts that make the whole
      Given the shop has taken 10.00 from a payer
      When the shop refunds 3.33
      Then the shop sees 6.67 left to refund
      When the shop refunds 3.33
      Then the shop sees 3.34 left to refund
      When the shop refunds 3.34
      Then the shop sees nothing left to refund
      And Alipay+ is asked to give back
        | 3.33 |
        | 3.33 |
        | 3.34 |
      And each refund has an identifier of its own
      And the payer has all the money back

  @ACQ-REF-12
  Rule: A new try after a refused refund has a new id

    Scenario: The second try succeeds
      Given the shop has taken 250.00 from a payer
      And Alipay+ does not execute the first refund and answers with F PROCESS_FAIL
      When the shop refunds the payment in full
      And the shop has seen the refund as failed
      And the shop refunds the payment in full
      Then the shop sees the refund as done
      And each refund has an identifier of its own

  @ACQ-REF-14
  Rule: A refund has the currency of its payment

    Scenario: The till names another currency, then the right one
      Given the shop has taken 250.00 from a payer
      When the shop refunds 250.00 in another currency
      And the shop refunds the payment in full
      And 2 s pass
      Then every refund message has the currency of its payment

  @ACQ-REF-17
  Rule: A refunded payment stays a successful payment

    Scenario: One payment is refunded in part, another in full
      Given the shop has taken 250.00 from a payer
      And the shop refunds 3.00
      And the shop has seen the refund as done
      And the shop has taken 12.00 from another payer
      When the shop refunds the payment in full
      And the shop has seen the refund as done
      And 5 s pass
      Then each payment stays paid beside its refunds
