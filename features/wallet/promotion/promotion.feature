Feature: Promotions
  Campaigns take something off payments by themselves; sponsors pay for it.

  @PR-01
  Rule: Discounts are taken off by themselves from a threshold

    Scenario: At the threshold and below
      Given a promotion "instant-discount"
      And a payer who has money
      When the payer buys for 99.99
      Then the payer pays 99.99
      When the payer buys for 110.00
      Then the payer pays 100.00
      And the sponsor alipay paid 10.00
      And the shop got 209.99

  @PR-02
  Rule: Several promotions apply to one payment, and all are shown

    Scenario: Two campaigns
      Given a promotion "instant-discount"
      And a promotion "percent-off"
      And a payer who has money
      When the payer buys for 110.00
      Then the payer pays 85.00
      And the payer sees 2 promotions

  @PR-03
  Rule: A budget is never overdrawn

    Scenario: Ten off while 25 are left
      Given a promotion "small-budget"
      And a payer who has money
      When the payer buys for 20.00
      And the payer buys for 20.00
      Then the payer pays 10.00
      When the payer buys for 20.00
      Then the payer pays 20.00
      When the first payment is cancelled
      And the payer buys for 20.00
      Then the payer pays 10.00

  @PR-04
  Rule: A refund is split between payer and sponsor

    Scenario: Three parts
      Given a promotion "instant-discount"
      And a payer who has money
      When the payer buys for 110.00
      And 33.33 of the payment are refunded
      Then the payer got back 30.30
      When 33.33 of the payment are refunded
      And 43.34 of the payment are refunded
      Then the payer got back 100.00
      And the sponsor alipay paid 0.00

  @PR-05
  Rule: The net price is converted at the quote

    Scenario: A payer from Malaysia
      Given a promotion "instant-discount"
      And a payer who has ringgit only
      When the payer buys for 110.00
      Then the wallet pays 100.00 at the quote in MYR

    Scenario: A payer from Korea, whose currency has no decimals
      Given a payer who has won only
      When the payer buys for 25.00
      Then the wallet pays 25.00 at the quote in KRW

    Scenario: A payer from Kuwait, whose currency has three
      Given a payer who has dinars only
      When the payer buys for 25.00
      Then the wallet pays 25.00 at the quote in KWD

  @PR-06
  Rule: The same currency has no quote

    Scenario: Dollars for dollars
      Given a payer who has money
      When the payer buys for 25.00
      Then the payer pays 25.00
      And the payer sees no rate

  @PR-07
  Rule: Savings are told in the payer's currency

    Scenario: Two promotions for a payer from Malaysia
      Given a promotion "instant-discount"
      And a promotion "percent-off"
      And a payer who has ringgit only
      When the payer buys for 110.00
      Then payment and savings are 110.00 at the quote in MYR, within 3 minor units

  @PR-08
  Rule: Something always remains to be paid

    Scenario: As much off as the price, and less
      Given a promotion "small-budget"
      And a payer who has money
      When the payer buys for 10.00
      Then the payer pays 10.00
      When the payer buys for 10.01
      Then the payer pays 0.01

  @PR-09
  Rule: The shop's price never changes

    Scenario: The shop gets the whole price
      Given a promotion "instant-discount"
      And a payer who has money
      When the payer buys for 110.00
      Then the payer sees a price of 110.00
      And the shop got 110.00

  @PR-10
  Rule: Refunds show their promotions

    Scenario: Half of it
      Given a promotion "instant-discount"
      And a payer who has money
      When the payer buys for 110.00
      And 55.00 of the payment are refunded
      Then the payer got back 50.00
      And the refund shows a promotion's share of 5.00
