Feature: Spending a red packet
  A coupon is taken off a later purchase by itself.

  @RP-03
  Rule: Coupons are spent in stores outside mainland China

    Scenario: A shop in mainland China
      Given a red packet campaign
      And a payer who is verified with a China ID
      When the payer claims a coupon
      And the payer buys for 25.00 in CN
      Then the payer pays 25.00
      And the coupon is ACTIVE

    Scenario: A code in mainland China
      Given a red packet campaign
      Then no code can be placed in CN

  @RP-06
  Rule: Coupons are valid for seven days

    Scenario: On the seventh day, and after it
      Given a red packet campaign
      And a payer who is verified with a China ID
      When the payer claims a coupon
      And 7 days pass
      And the payer buys for 25.00
      Then the payer pays 25.00
      And the coupon is EXPIRED

    Scenario: An hour before
      Given a red packet campaign
      And a payer who is verified with a China ID
      When the payer claims a coupon
      And 167 hours pass
      And the payer buys for 25.00
      Then the payer pays 15.00
      And the coupon is USED

  @RP-08
  Rule: The price must exceed the coupon

    Scenario: Less, as much and more
      Given a red packet campaign
      And a payer who is verified with a China ID
      When the payer claims a coupon of 10.00
      And the payer buys for 9.99
      Then the payer pays 9.99
      When the payer buys for 10.00
      Then the payer pays 10.00
      When the payer buys for 10.01
      Then the payer pays 0.01

  @RP-09
  Rule: Only the coupon of 2888 is split

    Scenario: The coupon of 2888 in parts
      Given a red packet campaign
      And a payer who is verified with a China ID
      When the payer claims a coupon of 2888.00
      And the payer buys for 100.00
      Then the payer pays 0.01
      And 2788.01 of the coupon are left
      When the payer buys for 3000.00
      Then the payer pays 211.99
      And the coupon is USED

    Scenario: Another coupon
      Given a red packet campaign
      And a payer who is verified with a China ID
      When the payer claims a coupon of 2887.00
      And the payer buys for 100.00
      Then the payer pays 100.00
      And the coupon is ACTIVE

  @RP-10
  Rule: A refund does not give the coupon back

    Scenario: A full refund
      Given a red packet campaign
      And a payer who is verified with a China ID
      When the payer claims a coupon of 10.00
      And the payer buys for 25.00
      And the payment is refunded
      Then the payer got back 15.00
      And the coupon is USED
      When the payer buys for 25.00
      Then the payer pays 25.00

  @RP-11
  Rule: The shop is settled in full

    Scenario: The shop's and the sponsor's account
      Given a red packet campaign
      And a payer who is verified with a China ID
      When the payer claims a coupon of 10.00
      And the payer buys for 25.00
      Then the shop got 25.00
      And the sponsor alipay paid 10.00

  @RP-12
  Rule: The payer pays the difference

    Scenario: What the payer sees
      Given a red packet campaign
      And a payer who is verified with a China ID
      When the payer claims a coupon of 10.00
      And the payer buys for 25.00
      Then the payer pays 15.00
      And the payer sees 1 promotion
