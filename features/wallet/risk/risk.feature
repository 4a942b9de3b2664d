Feature: Risk control
  The wallet refuses what its strategies tell it to, and says why.

  @K-01
  Rule: Abuse of promotions, gambling and bad credit are refused

    Scenario: A payer who abuses promotions
      Given a payer who is known to abuse promotions
      When the payer buys for 25.00
      Then the payment is refused by K-01

    Scenario: A payer with bad credit
      Given a payer who has bad credit
      When the payer buys for 25.00
      Then the payment is refused by K-01

  @K-02
  Rule: The phone must be where the store is

    Scenario: A phone 300 km away
      Given a payer who is far from the shop
      When the payer buys for 25.00
      Then the payment is refused by K-02

  @K-03
  Rule: Tampered, emulated and rooted devices are refused

    Scenario: A rooted phone
      Given a payer who pays with a rooted phone
      When the payer buys for 25.00
      Then the payment is refused by K-03

    Scenario: An emulator
      Given a payer who pays from an emulator
      When the payer buys for 25.00
      Then the payment is refused by K-03

  @K-04
  Rule: Three accounts on a device in a day are refused

    Scenario: The third account
      Given a payer who shares a phone
      And a payer who shares a phone
      When the payer buys for 25.00
      Then the payer pays 25.00
      Given a payer who shares a phone
      When the payer buys for 25.00
      Then the payment is refused by K-04
      When 24 hours pass
      And the payer buys for 25.00
      Then the payer pays 25.00

  @K-05
  Rule: A risk that Alipay+ detects is looked into

    Scenario: Cleared and confirmed
      Given a payer who has money
      When Alipay+ suspects the payer of promotion-abuse and the wallet clears it
      And the payer buys for 25.00
      Then the payer pays 25.00
      When Alipay+ suspects the payer of promotion-abuse and the wallet confirms it
      And the payer buys for 25.00
      Then the payment is refused by K-01

  @K-06
  Rule: Strategies change with campaigns

    Scenario: Strategies for tourists
      Given a payer who is far from the shop
      When the strategies allow 1000 km from version tourists on
      And the payer buys for 25.00
      Then the payer pays 25.00
