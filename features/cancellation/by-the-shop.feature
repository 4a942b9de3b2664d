@flow:cancellation
Feature: The shop cancels a payment

  @ACQ-CAN-01
  Rule: A confirmed cancellation closes the payment for good

    Scenario: The shop cancels a paid payment
      Given the shop has taken 250.00 from a payer
      When the shop cancels the payment
      And the acquirer has cancelled the payment
      Then the shop sees the payment as unsuccessful
      And the payer has all the money back
      And the acquirer sends no refund

  @ACQ-CAN-02
  Rule: A cancellation without clear answer is not shown as done

    Scenario: Alipay+ confirms the fourth cancellation only
      Given the shop has taken 250.00 from a payer
      And Alipay+ does not execute the first cancellations and answers in turn
        | silence             |
        | server error 502    |
        | U UNKNOWN_EXCEPTION |
      When the shop cancels the payment
      And the acquirer has cancelled the payment
      Then the acquirer sends at least 4 cancellations within 10 min
      And the shop sees the payment as unsuccessful only after Alipay+ confirmed the cancellation
      And every cancellation carries the same identifier
      And the acquirer sends no refund
      And the payer has all the money back

  @ACQ-CAN-03
  Rule: A cancellation refused as too late leaves the payment paid

    Scenario: The shop cancels after the cancel window
      Given the shop has taken 250.00 from a payer
      And Alipay+ does not execute every refund and answers with U UNKNOWN_EXCEPTION
      When the cancel window has closed
      And the shop cancels the payment
      And the acquirer has cancelled the payment
      Then for 30 s the shop does not see the payment as unsuccessful
      And the shop does not see any refund as done

  @ACQ-CAN-04
  Rule: After the cancel window the money can still be returned

    Scenario: The shop refunds what can no longer be cancelled
      Given the shop has taken 250.00 from a payer
      When the cancel window has closed
      And the shop cancels the payment
      And the acquirer has cancelled the payment
      And 30 s pass
      And the shop refunds the payment in full unless the acquirer has done so
      Then the shop sees the refund as done within 60 s
      And the acquirer sends exactly 1 refund
      And the payer has all the money back

  @ACQ-CAN-05
  Rule: A cancellation refused for another reason changes nothing

    Scenario Outline: The cancellation of a paid payment is refused with <code>
      Given the shop has taken 250.00 from a payer
      And Alipay+ does not execute every cancellation and answers with F <code>
      When the shop cancels the payment
      And the acquirer has cancelled the payment
      Then for 20 s the shop does not see the payment as unsuccessful
      And the shop sees the payment as paid

      Examples:
        | code          |
        | PROCESS_FAIL  |
        | ACCESS_DENIED |

    Scenario Outline: The cancellation of a pending payment is refused with <code>
      Given a payer whose wallet asks for a password
      And Alipay+ does not execute every cancellation and answers with F <code>
      When the shop charges the payer's code 250.00
      And the acquirer treats the payment as open
      And 5 s pass
      And the shop cancels the payment
      And the acquirer has cancelled the payment
      And 20 s pass
      And the payer enters the password
      Then the shop sees the payment as paid within 60 s
      And the shop has never seen the payment as unsuccessful

      Examples:
        | code          |
        | PROCESS_FAIL  |
        | ACCESS_DENIED |

  @ACQ-CAN-09
  Rule: Cancelling twice is harmless

    Scenario: The shop cancels a second time
      Given the shop has taken 250.00 from a payer
      When the shop cancels the payment
      And the acquirer has cancelled the payment
      And the shop has seen the payment as unsuccessful
      And the shop cancels the payment again
      Then every cancellation of the shop is answered as done
      And the shop sees the payment as unsuccessful
      And the payer has all the money back
      And every cancellation carries the same identifier
      And the acquirer sends no refund

    Scenario: Two tills cancel at the same instant
      Given the shop has taken 250.00 from a payer
      When the shop cancels the payment twice at once
      And the acquirer has cancelled the payment
      And the shop has seen the payment as unsuccessful
      And both cancellations of the shop are answered
      Then every cancellation of the shop is answered as done
      And the payer has all the money back
      And every cancellation carries the same identifier
      And the acquirer sends no refund

  @ACQ-CAN-10
  Rule: A cancelled payment cannot be refunded

    Scenario: The shop refunds what it has cancelled
      Given the shop has taken 250.00 from a payer
      When the shop cancels the payment
      And the acquirer has cancelled the payment
      And the shop has seen the payment as unsuccessful
      And the shop refunds the payment in full
      And 5 s pass
      Then the refund is refused
      And the acquirer sends no refund

  @ACQ-CAN-11
  Rule: A partly refunded payment is not cancelled

    Scenario: The shop cancels after a partial refund
      Given the shop has taken 10.00 from a payer
      And Alipay+ does not execute every cancellation and answers with F PROCESS_FAIL
      When the shop refunds 3.00
      And the shop has seen the refund as done
      And the shop cancels the payment
      And 10 s pass
      Then the acquirer sends no cancellation
      And for 5 s the shop does not see the payment as closed

  @ACQ-CAN-12
  Rule: The cancellation names the payment it is about

    @needs:cancel
    Scenario: One payment is known by its number at Alipay+, one is not
      Given the shop has taken 250.00 from a payer
      When the shop cancels the payment
      And the acquirer has cancelled the payment
      Given another payer
      And Alipay+ does not execute every charge and answers with a broken connection
      When the shop charges the payer's code 250.00
      And the acquirer treats the payment as open
      And the shop cancels the payment
      And the acquirer has cancelled the payment
      Then the messages to Alipay+ keep to this rule

  @ACQ-CAN-14
  Rule: The merchant's cancellation uses the cancel call

    Scenario: The shop cancels ten seconds after the payment
      Given the shop has taken 250.00 from a payer
      When 10 s pass
      And the shop cancels the payment
      Then the acquirer cancels the payment
      And the acquirer sends no refund
