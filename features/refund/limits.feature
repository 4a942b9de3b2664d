@flow:refund
Feature: What may be refunded
  The acquirer knows what the shop was paid and what it has given back, and asks Alipay+ for no more.

  @ACQ-REF-03
  Rule: Refunds beyond the paid amount are stopped by the acquirer

    Scenario: A refund that is one cent too much
      Given the shop has taken 10.00 from a payer
      And the shop refunds 6.00
      And the shop has seen the refund as done
      When the shop refunds 4.01
      Then the refund of 4.01 is refused without a word to Alipay+
      When the shop refunds 4.00
      Then the shop sees nothing left to refund

  @ACQ-REF-04
  Rule: A refused refund is not booked

    Scenario Outline: Alipay+ answers <answer>
      Given the shop has taken 250.00 from a payer
      And Alipay+ does not execute every refund and answers with <answer>
      When the shop refunds the payment in full
      Then the shop sees the refund as failed
      When 10 s pass
      Then the shop sees 250.00 left to refund
      And the shop has never seen the refund as done
      And the acquirer does not repeat the refund

      Examples:
        | answer                 |
        | F REFUND_AMOUNT_EXCEED |
        | F REFUND_WINDOW_EXCEED |
        | F USER_NOT_EXIST       |
        | F PROCESS_FAIL         |

  @ACQ-REF-08
  Rule: The money of an undecided refund is reserved

    Scenario: A second refund that would fit only if the first one fails
      Given the shop has taken 10.00 from a payer
      And Alipay+ leaves the refund undecided
      And the shop refunds 7.00
      And 2 s pass
      When the shop refunds 4.00
      Then the refund of 4.00 is refused without a word to Alipay+

  @ACQ-REF-09
  Rule: Simultaneous refunds are all accounted for

    Scenario: Five quarters at once
      Given the shop has taken 10.00 from a payer
      And Alipay+ answers every refund 2 s late
      When the shop refunds 2.50 5 times at once
      Then the refunds add up as Alipay+ has booked them

    Scenario: Three refunds at the same instant, of which one fits
      Given the shop has taken 10.00 from a payer
      When these happen at the same instant
        | the shop refunds 6.00 |
        | the shop refunds 5.50 |
        | the shop refunds 5.25 |
      Then what the shop is told fits one order of its calls
      And the refunds add up as Alipay+ has booked them

  @ACQ-REF-13
  Rule: Only successful payments are refunded

    Scenario: The payment is undecided
      Given a payment of 250.00 waits for the payer's password
      When the shop refunds the payment in full
      Then the refund of 250.00 is refused without a word to Alipay+

    Scenario: The payment was refused
      Given a payer
      And Alipay+ ends the payment with F USER_BALANCE_NOT_ENOUGH
      And the shop charges the payer's code 250.00
      And the shop has seen the payment as unsuccessful
      When the shop refunds the payment in full
      Then the refund of 250.00 is refused without a word to Alipay+
