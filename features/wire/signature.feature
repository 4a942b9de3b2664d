@flow:wire
Feature: The acquirer signs what it sends
  Every call to Alipay+, and every answer to a call of Alipay+, carries a signature over exactly the bytes that travel.

  @ACQ-SIG-01
  Rule: Every request is signed over the exact signing string

    Scenario: A sale with plain texts
      Given a payer
      When the shop charges the payer's code 12.00
      Then the messages to Alipay+ keep to this rule

  @ACQ-SIG-02
  Rule: Non-ASCII text is signed as the bytes that are sent

    Scenario: Descriptions that encoders treat in special ways
      When the shop makes these sales
        | amount | description               |
        | 12.00  | coffee                    |
        | 12.00  | 咖啡 ☕ 😀                   |
        | 12.00  | a"b\\c/d<e>&f             |
        | 12.00  | a first line\nand another |
      Then the messages to Alipay+ keep to this rule

  @ACQ-SIG-03
  Rule: The signature value survives one URL-decoding

    Scenario: Twenty signatures, so that every character of the alphabet occurs
      When the shop charges 20 new payers 7.00 at once
      Then the messages to Alipay+ keep to this rule

  @ACQ-SIG-04
  Rule: The signature uses the standard base64 alphabet with padding

    Scenario: Some signatures
      When the shop charges 3 new payers 7.00 at once
      Then the messages to Alipay+ keep to this rule

  @ACQ-SIG-05
  Rule: The Signature header names algorithm, key version and signature

    Scenario: The header of a charge
      Given a payer
      When the shop charges the payer's code 12.00
      Then the messages to Alipay+ keep to this rule

  @ACQ-SIG-06
  Rule: Every request carries the assigned Client-Id

    Scenario: The client of a charge
      Given a payer
      When the shop charges the payer's code 12.00
      Then the messages to Alipay+ keep to this rule

  @ACQ-SIG-07
  Rule: Request-Time has a documented form

    Scenario: The time of a charge
      Given a payer
      When the shop charges the payer's code 12.00
      Then the messages to Alipay+ keep to this rule

  @ACQ-SIG-08 @needs:refund
  Rule: Each repetition is signed anew with the current time

    @slow
    Scenario: A refund stays undecided for more than a minute
      Given the shop has taken 12.00 from a payer
      And Alipay+ does not execute every refund and answers with U UNKNOWN_EXCEPTION
      When the shop refunds the payment in full
      And 90 s pass
      Then the messages to Alipay+ keep to this rule

  @ACQ-SIG-09
  Rule: Each call uses POST and the documented path

    Scenario: The path of a charge
      Given a payer
      When the shop charges the payer's code 12.00
      Then the messages to Alipay+ keep to this rule

  @ACQ-SIG-10
  Rule: Requests are JSON in UTF-8 and say so

    Scenario: The body of a charge
      Given a payer
      When the shop charges the payer's code 12.00
      Then the messages to Alipay+ keep to this rule

  @ACQ-SIG-14 @needs:notify
  Rule: Answers to Alipay+ are signed by the acquirer

    Scenario: Alipay+ notifies a success
      Given a payer
      And Alipay+ leaves the payment undecided
      When the shop charges the payer's code 12.00
      And Alipay+ notifies the payment's success in the same form
      Then the acquirer acknowledges the notification
      And the messages to Alipay+ keep to this rule

    Scenario: Alipay+ notifies a failure
      Given a payer
      And Alipay+ ends the payment with F USER_BALANCE_NOT_ENOUGH
      When the shop charges the payer's code 12.00
      And Alipay+ notifies the payment's outcome
      Then the acquirer acknowledges the notification
      And the messages to Alipay+ keep to this rule

  @ACQ-SIG-15 @needs:notify
  Rule: Answers to Alipay+ travel with HTTP 200 and a result object

    Scenario Outline: A notification that is <how>
      Given a payer
      And Alipay+ leaves the payment undecided
      When the shop charges the payer's code 12.00
      And Alipay+ sends a notification that is <how>
      Then the acquirer answers it with status 200 and a result

      Examples:
        | how            |
        | genuine        |
        | wrongly signed |
        | broken JSON    |

  @ACQ-SIG-16
  Rule: An agent sends the token of the party it acts for

    Scenario: A payment
      Given a payer
      When the shop charges the payer's code 12.00
      Then the messages to Alipay+ keep to this rule

    @needs:partial_refund
    Scenario: Payments in all shops that are asked about, and refunded in part
      Given each shop has taken 12.00 from a payer whose payment Alipay+ tells only when it is asked
      When the shop refunds 1.00 of each payment three times, numbered from 1
      Then the messages to Alipay+ keep to this rule
