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
