@flow:payment-code
Feature: The shop charges a payment code
  The payer shows a code in the wallet, the cashier scans it, and the acquirer asks Alipay+ for the money.

  @ACQ-UPM-01
  Rule: The charge says that it is a payment-code payment

    Scenario: The shop charges a code
      Given a payer
      When the shop charges the payer's code 250.00
      And the charge has reached Alipay+
      Then the messages to Alipay+ keep to this rule

  @ACQ-UPM-02
  Rule: The charge names the store

    Scenario: The shop is a named store
      Given a payer
      When the shop charges the payer's code 250.00
      And the charge has reached Alipay+
      Then the messages to Alipay+ keep to this rule

  @ACQ-UPM-13
  Rule: A charge has an expiry that fits the counter

    Scenario: The customer waits at the counter
      Given a payer
      When the shop charges the payer's code 250.00
      And the charge has reached Alipay+
      Then the messages to Alipay+ keep to this rule

  @ACQ-UPM-03
  Rule: A synchronous success is booked as one payment

    Scenario: The wallet pays at once
      Given a payer
      And Alipay+ sends no notification
      When the shop charges the payer's code 250.00
      Then the acquirer sends exactly 1 charge
      And the shop sees the payment as paid
      And the shop's books agree with Alipay+
      And the acquirer sends no cancellation
      And 250.00 has moved from the payer to the shop

  @ACQ-UPM-04
  Rule: 24-digit codes with prefixes 25 to 30 are charged

    Scenario Outline: A code that begins with <prefix>
      Given a payer whose code has 24 digits and begins with <prefix>
      When the shop charges the payer's code 12.00
      Then the code has reached Alipay+ digit for digit
      And the shop sees the payment as paid

      Examples:
        | prefix |
        | 25     |
        | 26     |
        | 27     |
        | 28     |
        | 29     |
        | 30     |

  @ACQ-UPM-05
  Rule: Codes of every defined length are sent digit for digit

    Scenario: A code of each length
      When the shop charges 12.00 with a code of each of these lengths that the acquirer takes
        | 17 | 28  |
        | 18 | 28  |
        | 19 | 289 |
        | 24 | 28  |
        | 32 | 28  |
      Then each code has reached Alipay+ digit for digit

  @ACQ-UPM-06
  Rule: Codes of other schemes are not sent to Alipay+

    Scenario Outline: The cashier scans <what>
      When the shop charges the scanned text "<text>" 12.00
      Then the charge is refused
      And the acquirer sends no charge

      Examples:
        | what                           | text               |
        | a code of another scheme       | 134567890123456789 |
        | a code of fifteen digits       | 281234567890123    |
        | a text that is no payment code | HELLO-WORLD-123456 |

  @ACQ-UPM-07
  Rule: Scanner line ends and blanks are removed

    Scenario Outline: The scanner adds <what>
      Given a payer
      When the shop charges the payer's code, <what>, 12.00
      Then the code has reached Alipay+ digit for digit
      And the shop sees the payment as paid

      Examples:
        | what                   |
        | followed by a line end |
        | preceded by blanks     |
