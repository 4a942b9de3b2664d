@flow:payment-code
Feature: Alipay+ refuses a charge
  A refusal is final: the shop sees it, the cashier learns what to do, and nothing is tried behind their backs.

  @ACQ-UPM-11
  Rule: A final refusal is shown once and not tried again

    Scenario Outline: The charge is refused with <code>
      Given a payer
      And Alipay+ ends the payment with F <code>
      When the shop charges the payer's code 250.00
      Then the shop sees the payment as unsuccessful
      And the acquirer sends exactly 1 charge
      And no money has moved

      Examples:
        | code                        |
        | EXPIRED_CODE                |
        | INVALID_CODE                |
        | RISK_REJECT                 |
        | PROCESS_FAIL                |
        | USER_BALANCE_NOT_ENOUGH     |
        | USER_STATUS_ABNORMAL        |
        | USER_KYC_NOT_QUALIFIED      |
        | USER_AMOUNT_EXCEED_LIMIT    |
        | PAYMENT_AMOUNT_EXCEED_LIMIT |
        | PAYMENT_COUNT_EXCEED_LIMIT  |
        | UNAVAILABLE_PAYMENT_METHOD  |
        | CURRENCY_NOT_SUPPORT        |
        | MERCHANT_NOT_REGISTERED     |
        | REGULATION_RESTRICTION      |
        | ORDER_IS_CLOSED             |
        | INVALID_CONTRACT            |
        | BUSINESS_NOT_SUPPORT        |

    Scenario: The wallet gives up after wrong passwords
      Given a payer whose wallet asks for a password
      When the shop charges the payer's code 250.00
      And the acquirer treats the payment as open
      And the payer enters wrong passwords until the wallet gives up
      And the shop has seen the payment as unsuccessful
      And 30 s pass
      Then the messages to Alipay+ keep to this rule

  @ACQ-UPM-12
  Rule: The cashier learns what to do after a refusal

    Scenario: A new code, another means of payment, or a call to support
      When the shop charges 250.00 to a payer for each of these outcomes
        | F EXPIRED_CODE            |
        | F USER_BALANCE_NOT_ENOUGH |
        | F INVALID_CONTRACT        |
      Then the shop sees each payment as unsuccessful
      And the shop is given a different reason for each payment
