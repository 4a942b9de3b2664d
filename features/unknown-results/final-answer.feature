@flow:unknown-results
Feature: Answers that look unknown but are final, and the other way round

  @ACQ-RES-07
  Rule: Any F code is a failure

    Scenario: The charge is refused with a code that nobody knows
      Given a payer
      And Alipay+ ends the payment with F NEW_CODE_FOR_TEST
      And Alipay+ answers every inquiry with U UNKNOWN_EXCEPTION
      And Alipay+ confirms no cancellation
      And Alipay+ sends no notification
      When the shop charges the payer's code 250.00
      Then the shop sees the payment as unsuccessful
      And no money has moved

  @ACQ-RES-17
  Rule: Configuration errors end at once

    Scenario Outline: The first charge is refused with <code>
      Given a payer
      And Alipay+ does not execute every charge and answers with F <code>
      And Alipay+ confirms no cancellation
      When the shop charges the payer's code 250.00
      Then the shop sees the payment as unsuccessful
      And the acquirer sends at most 2 charges
      And no money has moved

      Examples:
        | code             |
        | INVALID_CLIENT   |
        | KEY_NOT_FOUND    |
        | ACCESS_DENIED    |
        | NO_INTERFACE_DEF |
        | PARAM_ILLEGAL    |

  @ACQ-RES-18
  Rule: A success for another amount is not booked silently

    Scenario: Alipay+ confirms a hundredth of the amount
      Given a payer
      And Alipay+ sends no notification
      And Alipay+ confirms 0.10 instead of the payment's amount
      When the shop charges the payer's code 10.00
      Then for 20 s the shop does not see the payment as paid in full
