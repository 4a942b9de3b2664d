Feature: Payment codes
  The payer shows a code, the shop scans it, and the wallet pays.

  @UP-01
  Rule: A payment code names its issuer and kind

    Scenario: The usual code
      Given a payer who has money
      When the payer fetches a code
      Then the code has 24 digits of which the first are 251001 and the kind is 02

  @UP-02
  Rule: Older and longer codes pay as well

    Scenario Outline: A code of <digits> digits from <prefix>
      Given a payer who has money
      When the payer fetches a code of <digits> digits from <prefix>
      And the shop scans the code for 25.00
      Then the payer pays 25.00

      Examples:
        | digits | prefix |
        | 17     | 28     |
        | 18     | 28     |
        | 19     | 28     |
        | 19     | 289    |
        | 24     | 25     |
        | 24     | 30     |
        | 32     | 26     |

  @UP-03
  Rule: Pictures of codes have the sizes that scanners need

    Scenario: As bars and as QR code
      Given a payer who has money
      When the payer fetches a code
      Then the bars are 45 to 65 mm wide and at least 14 mm high
      And the QR code is 25.4 to 30.5 mm wide
      And both show the number masked

  @UP-04
  Rule: A code belongs to the region that was chosen

    Scenario: A code for Singapore
      Given a payer who has money
      When the payer fetches a code for SG
      And the shop in MY scans the code for 25.00
      Then the payment is refused with INVALID_CODE
      When the payer fetches a code for SG
      And the shop in SG scans the code for 25.00
      Then the payer pays 25.00

  @UP-05
  Rule: One to ten codes for minutes that follow one another

    Scenario: Ten codes
      Given a payer who has money
      When the payer fetches 10 codes
      And the shop scans code 10 for 25.00
      Then the payment is refused with INVALID_CODE
      When 560 seconds pass
      And the shop scans code 10 for 25.00
      Then the payer pays 25.00

    Scenario Outline: <codes> codes
      Given a payer who has money
      Then the payer cannot fetch <codes> codes

      Examples:
        | codes |
        | -1    |
        | 11    |

  @UP-06
  Rule: A code lasts a minute

    Scenario: Within its minute, and after it
      Given a payer who has money
      When the payer fetches a code
      And 30 seconds pass
      And the shop scans the code for 25.00
      Then the payer pays 25.00
      When the payer fetches a code
      And 61 seconds pass
      And the shop scans the code for 25.00
      Then the payment is refused with EXPIRED_CODE

  @UP-07
  Rule: A code pays once

    Scenario: After a success
      Given a payer who has money
      When the payer fetches a code
      And the shop scans the code for 25.00
      And the shop scans the code for 25.00
      Then the payment is refused with INVALID_CODE
      And the payer is debited 25.00 in all

    Scenario: After a failure
      Given a payer who has no money
      When the payer fetches a code
      And the shop scans the code for 25.00
      Then the payment is refused with USER_BALANCE_NOT_ENOUGH
      When the payer tops up 100.00
      And the shop scans the code for 25.00
      Then the payment is refused with INVALID_CODE
      And the payer is debited 0.00 in all

  @UP-08
  Rule: The phone may be offline

    Scenario: Three minutes in the metro
      Given a payer who has money
      When the payer fetches 5 codes
      And 190 seconds pass
      And the shop scans code 4 for 25.00
      Then the payer pays 25.00
      And the shop hears SUCCESS

    Scenario: A phone without network
      Given a payer whose phone has no network
      And an order of 30.00
      When 130 seconds pass
      And the payer fetches a code
      And the shop scans the code for 25.00
      Then the payer pays 25.00
      And the payer cannot scan the order
      When 10 minutes pass
      Then the payer cannot fetch a code

    Scenario: A password that nobody can enter
      Given a payer whose phone has no network and who needs a password above 10
      When the payer fetches a code
      And the shop scans the code for 25.00
      Then the payment waits for the password
      And the payer cannot enter the password any more
      When 2 minutes pass
      Then the shop hears ORDER_IS_CLOSED
      And the payer is debited 0.00 in all

  @UP-15
  Rule: A code is bound to its payer

    Scenario: Two payers
      Given a payer who has no money
      And a payer who has money
      When the first payer fetches a code
      And the shop scans the code for 25.00
      Then the payment is refused with USER_BALANCE_NOT_ENOUGH
      And the payer is debited 0.00 in all

    Scenario: A code that nobody issued
      Given a payer who has money
      When the shop scans the code 251001020000000000000001 for 25.00
      Then the payment is refused with INVALID_CODE

  @UP-16
  Rule: Payer and shop both see the result

    Scenario: A success and a failure
      Given a payer who has 30.00
      When the payer buys for 25.00
      Then the shop hears SUCCESS
      And the payer sees SUCCESS
      When the payer buys for 25.00
      Then the shop hears USER_BALANCE_NOT_ENOUGH
      And the payer sees USER_BALANCE_NOT_ENOUGH, because "the balance is not enough"
