Feature: What providers earn
  Service providers place codes and earn with them.

  @RC-01
  Rule: Placement commission once for a shop

    Scenario: The first redemption of a shop
      Given a red packet campaign
      And a payer who is verified with a China ID
      When the payer claims and spends 2 coupons
      And the month is settled
      Then the provider was paid 50.50

    Scenario: A shop that had redemptions before
      Given a red packet campaign at a shop that had redemptions before
      And a payer who is verified with a China ID
      When the payer claims and spends 1 coupons
      And the month is settled
      Then the provider was paid 0.25

  @RC-02
  Rule: A redemption is a claimed coupon that was spent

    Scenario: A coupon that nobody spends
      Given a red packet campaign
      And a payer who is verified with a China ID
      When the payer claims a coupon
      And the month is settled
      Then the provider was paid 0.00

  @RC-03
  Rule: Operations commission by factor

    Scenario: Two and a half percent in Singapore
      Given a red packet campaign
      And a payer who is verified with a China ID
      When the payer claims a coupon of 100.00
      And the payer buys for 250.00
      And the month is settled
      Then the provider was paid 52.50

  @RC-04
  Rule: So many commissions a month

    Scenario: The third of two
      Given a red packet campaign where
        | cap | 2 |
      And a payer who is verified with a China ID
      When the payer claims and spends 3 coupons
      And the month is settled
      Then the provider was paid 50.50
      And 1 commission was capped

  @RC-05
  Rule: Settlement at the end of the month

    Scenario: Before and after the end of the month
      Given a red packet campaign
      And a payer who is verified with a China ID
      When the payer claims and spends 1 coupons
      Then the month cannot be settled yet
      When the month is settled
      And the month is settled
      Then the provider was paid 50.25

  @RC-06
  Rule: Providers are qualified

    Scenario: A provider without licences
      Given a red packet campaign
      Then a provider that lacks licences cannot place a code
