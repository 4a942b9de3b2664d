@flow:messages
Feature: Amounts travel in the smallest unit of their currency
  The shop sells in major units or minor ones; Alipay+ takes whole numbers of the smallest unit, as text.

  @ACQ-MSG-01
  Rule: Amount values are strings of digits

    Scenario: Small, round and large amounts
      When the shop makes these sales
        | smallest units |
        | 1              |
        | 100            |
        | 123456789      |
      Then the messages to Alipay+ keep to this rule

    @needs:refund
    Scenario: A large refund
      Given the shop has taken 1234567.89 from a payer
      When the shop refunds the payment in full
      Then the messages to Alipay+ keep to this rule

  @ACQ-MSG-04
  Rule: Two-decimal amounts become minor units exactly

    Scenario: Amounts that binary fractions cannot hold
      Given a shop whose currency has two decimals
      When the shop makes these sales
        | amount  |
        | 0.01    |
        | 1.10    |
        | 4.35    |
        | 19.99   |
        | 1234.56 |
        | 8.20    |
      Then Alipay+ is asked for
        | 1      |
        | 110    |
        | 435    |
        | 1999   |
        | 123456 |
        | 820    |

  @ACQ-MSG-05
  Rule: Currencies without decimals are not scaled

    Scenario: A sale in a currency without decimals
      Given a shop whose currency has no decimals
      When the shop makes these sales
        | amount |
        | 1234   |
      Then Alipay+ is asked for
        | 1234 |

  @ACQ-MSG-06
  Rule: Three-decimal currencies are scaled by 1000

    Scenario: A sale in a currency with three decimals
      Given a shop whose currency has three decimals
      When the shop makes these sales
        | amount |
        | 1.234  |
      Then Alipay+ is asked for
        | 1234 |

  @ACQ-MSG-07
  Rule: IDR amounts are whole rupiah, half to even

    Scenario: Sales with half a rupiah
      Given a shop whose currency is IDR
      When the shop makes these sales
        | amount   |
        | 12344.50 |
        | 12345.50 |
        | 12345.00 |
      Then Alipay+ is asked for
        | 1234400 or nothing |
        | 1234600 or nothing |
        | 1234500            |

  @ACQ-MSG-08
  Rule: Zero and negative amounts are never sent

    Scenario: Sales of nothing and of less
      When the shop makes these sales
        | amount |
        | 0      |
        | -1     |
      Then Alipay+ is asked for
        | nothing |
        | nothing |

    @needs:refund
    Scenario: Refunds of nothing and of less
      Given the shop has taken 12.00 from a payer
      When the shop asks for these refunds
        | 0  |
        | -1 |
      Then Alipay+ is asked to give back
        | nothing |
        | nothing |

  @ACQ-MSG-09
  Rule: Amounts finer than the currency are refused, not rounded

    @needs:currency_2dp
    Scenario: A sale of half a cent
      Given a shop whose currency has two decimals
      When the shop makes these sales
        | amount |
        | 10.005 |
      Then Alipay+ is asked for
        | nothing |

    @needs:currency_0dp
    Scenario: A sale with decimals in a currency without
      Given a shop whose currency has no decimals
      When the shop makes these sales
        | amount |
        | 99.5   |
      Then Alipay+ is asked for
        | nothing |

  @ACQ-MSG-10
  Rule: Currencies are upper-case ISO 4217 codes

    Scenario: The till writes the currency in both ways
      When the shop makes these sales
        | amount | currency   |
        | 12.00  | upper case |
        | 12.00  | lower case |
      Then the messages to Alipay+ keep to this rule

  @ACQ-MSG-11
  Rule: Order amount and payment amount agree with the sale

    Scenario: A sale of an unusual amount
      Given a payer
      When the shop charges the payer's code 317.00
      Then the messages to Alipay+ keep to this rule
