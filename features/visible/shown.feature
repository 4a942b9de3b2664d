@flow:visible
Feature: What the shop and the payer are shown
  Payers know their wallet by its brand name. Payment codes are money for a minute and nobody's business afterwards.

  @ACQ-VIS-03
  Rule: The wallet is named by its brand name

    Scenario: A payment by Kaleido Pay
      Given a payer
      And Alipay+ writes its messages with the wallet named Kaleido Pay
      When the shop charges the payer's code 12.00
      And the shop has seen the payment as paid
      And the shop looks at everything that it is shown about the payment
      Then the wallet is shown as Kaleido Pay, or not at all

  @ACQ-SEC-19
  Rule: Payment codes are not shown in full

    Scenario Outline: A payment that Alipay+ <ends>
      Given a payer
      And Alipay+ <ends>
      When the shop charges the payer's code 12.00
      And 2 s pass
      And the shop looks at everything that it is shown about the payment
      Then what the shop is shown keeps to this rule

      Examples:
        | ends                                |
        | ends the payment with F RISK_REJECT |
        | leaves the payment undecided        |
        | sends no notification               |
