@flow:promotions
Feature: Promotions are between the payer, the wallet and the sponsor
  The payer may pay less than the price; the shop gets the whole price, and gives back what it was paid.

  @ACQ-PRM-01
  Rule: A promoted payment is booked in full

    Scenario Outline: <what>
      Given a payer who saves <saved> by <what>
      When the shop charges the payer's code 110.00
      Then the shop sees the payment as paid
      And the shop sees 110.00 as the amount paid
      And money has moved as follows
        | the payer   | <paid>   |
        | the sponsor | -<saved> |
        | the shop    | 110.00   |

      Examples:
        | what                  | saved  | paid    |
        | an instant discount   | 10.00  | -100.00 |
        | a red packet          | 109.00 | -1.00   |

    @needs:cashier
    Scenario: An instant discount on an online payment
      Given a payer who saves 10.00 by an instant discount
      When the shop sends the payer to the cashier for 110.00
      And the payer opens the page
      And the payer confirms
      Then the shop sees the payment as paid
      And the shop sees 110.00 as the amount paid

  @ACQ-PRM-02
  Rule: A promoted payment is refunded in terms of the order

    Scenario Outline: <what>
      Given a payer who saves <saved> by <what>
      When the shop charges the payer's code 110.00
      And the shop has seen the payment as paid
      And the shop asks for these refunds
        | 110.00 |
      Then Alipay+ is asked to give back
        | 110.00 |
      And the shop sees nothing left to refund

      Examples:
        | what                  | saved  |
        | an instant discount   | 10.00  |
        | a red packet          | 109.00 |

    @needs:cashier
    Scenario: An instant discount on an online payment
      Given a payer who saves 10.00 by an instant discount
      When the shop sends the payer to the cashier for 110.00
      And the payer opens the page
      And the payer confirms
      And the shop has seen the payment as paid
      And the shop asks for these refunds
        | 110.00 |
      Then Alipay+ is asked to give back
        | 110.00 |
      And the shop sees nothing left to refund
      And the payer has all the money back

  @ACQ-PRM-03
  Rule: Partial refunds of promoted payments are not prorated

    Scenario: Two halves
      Given a payer who saves 10.00 by an instant discount
      When the shop charges the payer's code 110.00
      And the shop has seen the payment as paid
      And the shop asks for these refunds
        | 55.00 |
        | 55.00 |
      Then Alipay+ is asked to give back
        | 55.00 |
        | 55.00 |

  @ACQ-PRM-04
  Rule: Unusual promotion details do not spoil a success

    Scenario: Three promotions, of a new type, in a foreign currency, with an emoji
      Given a payer
      And Alipay+ sends no notification
      And Alipay+ writes its messages with unusual promotions
      When the shop charges the payer's code 110.00
      Then the shop sees the payment as paid
      And the shop sees 110.00 as the amount paid

    @needs:notify
    Scenario: A notification with unusual promotions
      Given a payer
      And Alipay+ leaves the payment undecided
      And Alipay+ writes its messages with unusual promotions
      When the shop charges the payer's code 110.00
      And Alipay+ notifies the payment's success in the same form
      Then the acquirer acknowledges the notification
      When Alipay+ decides the payment
      Then the shop sees the payment as paid
      And the shop sees 110.00 as the amount paid

  @ACQ-PRM-05
  Rule: The receipt's total is the order amount

    Scenario: The payer saved a tenth
      Given a payer who saves 10.00 by an instant discount
      When the shop charges the payer's code 110.00
      And the shop has seen the payment as paid
      Then the receipt shows 110.00

  @ACQ-PRM-06
  Rule: A promoted payment reconciles in full

    Scenario: A plain and a promoted payment of one day
      Given the shop has taken 110.00 from a payer
      And a payer who saves 10.00 by an instant discount
      When the shop charges the payer's code 110.00
      And the shop has seen the payment as paid
      And the acquirer compares its books with the reports of Alipay+
      Then no payment is named as a difference
