@flow:unknown-results
Feature: Alipay+ gives no usable answer to a charge
  The wallet may have paid although the acquirer heard nothing it can use. Nothing but an outcome from
  Alipay+, or a confirmed cancellation, decides the payment.

  @ACQ-RES-01
  Rule: A pay call without answer leaves the payment undecided

    Scenario: The wallet pays, and Alipay+ never answers
      Given a payer
      And Alipay+ executes the charge but answers with silence
      When the shop charges the payer's code 250.00
      Then the payment ends as paid, or as closed by a confirmed cancellation

    Scenario: The wallet pays, half of the answer arrives, and then nothing more
      Given a payer
      And the fault answer-stalled hits the first charge
      When the shop charges the payer's code 250.00
      Then the payment ends as paid, or as closed by a confirmed cancellation

  @ACQ-RES-02
  Rule: A broken connection leaves the payment undecided

    Scenario: The wallet pays, and the connection breaks before the answer
      Given a payer
      And Alipay+ executes the charge but answers with a broken connection
      When the shop charges the payer's code 250.00
      Then the payment ends as paid, or as closed by a confirmed cancellation

    Scenario Outline: The wallet pays, and the connection ends before the announced end of the answer
      Given a payer
      And the fault <fault> hits the first charge
      When the shop charges the payer's code 250.00
      Then the payment ends as paid, or as closed by a confirmed cancellation

      Examples:
        | fault              |
        | answer-cut         |
        | answer-length-long |

  @ACQ-RES-03
  Rule: An HTTP error status leaves the payment undecided

    Scenario Outline: The wallet pays, and the answer is server error <status>
      Given a payer
      And Alipay+ executes the charge but answers with server error <status>
      When the shop charges the payer's code 250.00
      Then the payment ends as paid, or as closed by a confirmed cancellation

      Examples:
        | status |
        | 500    |
        | 502    |
        | 503    |
        | 504    |
        | 429    |

  @ACQ-RES-04
  Rule: An unreadable answer leaves the payment undecided

    Scenario Outline: The wallet pays, and the answer is <answer>
      Given a payer
      And Alipay+ executes the charge but answers with <answer>
      When the shop charges the payer's code 250.00
      Then the payment ends as paid, or as closed by a confirmed cancellation

      Examples:
        | answer                   |
        | an empty page            |
        | half an answer           |
        | an HTML page             |
        | an answer without result |
        | an answer without status |

  @ACQ-RES-05
  Rule: U/UNKNOWN_EXCEPTION is not a failure

    Scenario: The wallet pays, and Alipay+ does not know it yet
      Given a payer
      And Alipay+ executes the charge but answers with U UNKNOWN_EXCEPTION
      When the shop charges the payer's code 250.00
      Then the payment ends as paid, or as closed by a confirmed cancellation

  @ACQ-RES-06
  Rule: Any other U code is not a failure either

    Scenario: The wallet pays, and the answer carries a code that nobody knows
      Given a payer
      And Alipay+ executes the charge but answers with U NEW_CODE_FOR_TEST
      When the shop charges the payer's code 250.00
      Then the payment ends as paid, or as closed by a confirmed cancellation

  @ACQ-RES-10
  Rule: "Order not found" during a pay call proves nothing

    Scenario: Alipay+ executes the charge long after the connection broke
      Given a payer
      And Alipay+ executes the charge 15 s after the connection broke
      When the shop charges the payer's code 250.00
      And the acquirer treats the payment as open
      Then the payment ends as paid, or as closed by a confirmed cancellation
      And the acquirer uses one identifier for the payment

  @ACQ-RES-13
  Rule: A refused repetition says nothing about the first attempt

    Scenario Outline: A repeated charge is refused with <code>
      Given a payer
      And Alipay+ executes the charge but answers with a broken connection
      And Alipay+ does not execute every further charge and answers with F <code>
      When the shop charges the payer's code 250.00
      And the acquirer treats the payment as open
      Then the payment ends as paid, or as closed by a confirmed cancellation

      Examples:
        | code                    |
        | REPEAT_REQ_INCONSISTENT |
        | INVALID_SIGNATURE       |
