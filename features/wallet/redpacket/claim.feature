Feature: Claiming a red packet
  Payers scan a code at the front of a shop and collect a coupon.

  @RP-01
  Rule: Coupons are claimed inside the campaign

    Scenario: Before, in and after the campaign
      Given a red packet campaign where
        | startDay | 2 |
        | days     | 3 |
      And a payer who is verified with a China ID
      When the payer claims a coupon
      Then the claim is refused by RP-01
      When 2 days pass
      And the payer claims a coupon
      Then the claim succeeds
      When 3 days pass
      And the payer claims a coupon
      Then the claim is refused by RP-01

  @RP-02
  Rule: Claimants are verified with a China ID

    Scenario: A payer with a passport
      Given a red packet campaign
      And a payer who is verified with a passport
      When the payer claims a coupon
      Then the claim is refused by RP-02

  @RP-04
  Rule: Five coupons in thirty days

    Scenario: The sixth coupon of a block
      Given a red packet campaign
      And a payer who is verified with a China ID
      When the payer claims and spends 5 coupons
      And the payer claims a coupon
      Then the claim is refused by RP-04
      When 30 days pass
      And the payer claims a coupon
      Then the claim succeeds

  @RP-05
  Rule: One coupon at a time

    Scenario: A second coupon
      Given a red packet campaign
      And a payer who is verified with a China ID
      When the payer claims a coupon
      And the payer claims a coupon
      Then the claim is refused by RP-05
      When the payer buys for 25.00
      And the payer claims a coupon
      Then the claim succeeds

  @RP-07
  Rule: Coupons are worth up to 2888

    Scenario: A coupon of more than 2888
      Given a red packet campaign
      And a payer who is verified with a China ID
      When the payer claims a coupon of 2888.01
      Then the claim is impossible
      When the payer claims a coupon of 2888.00
      Then the claim succeeds

  @RP-13
  Rule: The terms are shown

    Scenario: The terms of the summer campaign
      Given a red packet campaign
      And a payer who is verified with a China ID
      When the payer claims a coupon
      Then the coupon's terms say "Not given back when a purchase is refunded"
