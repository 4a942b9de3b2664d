Feature: Order codes
  The shop shows a code, the payer scans it, sees the order and confirms.

  @MP-01
  Rule: Rules tell what a scanned text is

    Scenario: An order to pay
      Given a payer who has money
      And an order of 25.00
      When the payer scans the order
      Then the payer sees an order of 25.00

    Scenario: A page to open
      Given a payer who has money
      When the payer scans "https://entry.shop.example/table/7"
      Then the page "https://entry.shop.example/table/7" opens

    Scenario: No code of Alipay+
      Given a payer who has money
      When the payer scans "WIFI:S:guest;;"
      Then the scan is refused with INVALID_CODE

  @MP-02
  Rule: The payer sees the order before paying

    Scenario: A foreign payer and a promotion
      Given a promotion "instant-discount"
      And a payer who has ringgit only
      And an order of 110.00
      When the payer scans the order
      Then the payer sees an order of 110.00
      And the page shows a rate, 1 promotion and what is to pay in MYR
      And the payer is debited 0.00 in all

  @MP-03
  Rule: The payer confirms and the shop is told

    Scenario: Confirmed
      Given a payer who has money
      And an order of 25.00
      When the payer scans the order
      And the payer confirms
      Then the payer pays 25.00
      And the shop hears SUCCESS
      And the payer is sent back to the shop

  @MP-04
  Rule: A failure is reported too

    Scenario: No money
      Given a payer who has no money
      And an order of 25.00
      When the payer scans the order
      And the payer confirms
      Then the shop hears USER_BALANCE_NOT_ENOUGH
      And the payer sees USER_BALANCE_NOT_ENOUGH, because "the balance is not enough"

  @MP-05
  Rule: Leaving the page reports nothing

    Scenario: The payer walks away
      Given a payer who has money
      And an order of 25.00
      When the payer scans the order
      Then the shop hears PAYMENT_IN_PROCESS
      When 6 minutes pass
      Then the shop hears ORDER_IS_CLOSED
      And the payer is debited 0.00 in all

  @MP-06
  Rule: Scanning again shows the same order

    Scenario: Twice
      Given a payer who has money
      And an order of 25.00
      When the payer scans the order
      And the payer scans the order
      Then both scans show the same payment
      When the payer confirms
      Then the payer is debited 25.00 in all

  @MP-07
  Rule: The first payer of a wallet owns the order

    Scenario: Another payer of the same wallet
      Given a payer who has money
      And a payer who has money
      And an order of 25.00
      When the first payer scans the order
      And the payer scans the order
      Then the scan is refused with REPEAT_REQ_INCONSISTENT

  @MP-08
  Rule: Of two wallets the first who pays has the order

    Scenario: The second pays too
      Given a payer who has money
      And a payer who has another wallet
      And an order of 25.00
      When the first payer scans the order
      And the payer scans the order
      Then the payer sees an order of 25.00
      When the first payer confirms
      And the payer confirms
      Then the first payer is debited 25.00 in all
      And the payer gets everything back

  @MP-09
  Rule: An expired code is refused

    Scenario: After its five minutes
      Given a payer who has money
      And an order of 25.00
      When 301 seconds pass
      And the payer scans the order
      Then the scan is refused with EXPIRED_CODE

  @MP-10
  Rule: A cancelled or paid order is closed

    Scenario: Cancelled by the shop
      Given a payer who has money
      And an order of 25.00
      When the first payment is cancelled
      And the payer scans the order
      Then the scan is refused with ORDER_IS_CLOSED

    Scenario: Paid
      Given a payer who has money
      And an order of 25.00
      When the payer scans the order
      And the payer confirms
      And the payer scans the order
      Then the scan is refused with ORDER_IS_CLOSED

  @MP-11
  Rule: Confirming too late pays nothing

    Scenario: The wallet refuses
      Given a payer who has money
      And an order of 25.00
      When the payer scans the order
      And 301 seconds pass
      Then the payer cannot confirm any more
      And the payer is debited 0.00 in all

    Scenario: A wallet that overlooks the expiry
      Given a payer who has money
      And an order of 25.00
      When the payer scans the order
      And 301 seconds pass
      And the payer confirms although it is too late
      Then the payer gets everything back

  @MP-12
  Rule: Garbage is refused

    Scenario: Nothing stands behind it
      Given a payer who has money
      When the payer scans "https://qr.alipayplus.com/281666130000nobody"
      Then the scan is refused with INVALID_CODE

    Scenario: 513 characters
      Given a payer who has money
      When the payer scans a code of 513 characters
      Then the scan is refused with PARAM_ILLEGAL

  @MP-13
  Rule: The mainland limits users of foreign wallets

    Scenario Outline: <code> of <price> CNY
      Given a payer who has money
      And an <code> of <price> CNY in CN
      When the payer scans the order
      Then the payer sees <what>

      Examples:
        | code       | price    | what                      |
        | order      | 35000.00 | an order of 35000.00      |
        | order      | 35000.01 | a page of Alipay+ instead |
        | entry code | 500.00   | an order of 500.00        |
        | entry code | 500.01   | a page of Alipay+ instead |

  @MP-14
  Rule: The cashier's orders live ten minutes

    Scenario: Nine minutes, and eleven
      Given a payer who has money
      And a cashier order of 25.00
      When 9 minutes pass
      And the payer scans the order
      Then the payer sees an order of 25.00
      When 2 minutes pass
      Then the shop hears ORDER_IS_CLOSED

  @MP-15
  Rule: Guessing codes is slowed down

    Scenario: Ten guesses in a minute
      Given a payer who has money
      And an order of 25.00
      When the payer guesses 10 codes
      And the payer scans the order
      Then the scan is refused with REQUEST_TRAFFIC_EXCEED_LIMIT
      When 61 seconds pass
      And the payer scans the order
      Then the payer sees an order of 25.00
