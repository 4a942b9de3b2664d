@flow:refund
Feature: A refund whose result is unknown
  Nobody knows yet whether the payer has the money. The acquirer asks on with the same refund, and says so to the shop.

  @ACQ-REF-05
  Rule: An undecided refund is repeated unchanged

    Scenario: Alipay+ does not know three times
      Given the shop has taken 250.00 from a payer
      And Alipay+ does not execute the first 3 refunds and answers with U UNKNOWN_EXCEPTION
      When the shop refunds the payment in full
      Then the acquirer sends at least 4 refunds within 10 min
      And every refund message is the same

  @ACQ-REF-06
  Rule: A refund call without usable answer is repeated unchanged

    Scenario: Silence, a server error and half an answer
      Given the shop has taken 250.00 from a payer
      And Alipay+ executes the first refunds but answers in turn
        | silence          |
        | server error 502 |
        | half an answer   |
      When the shop refunds the payment in full
      Then the shop sees the refund as done within 180 s
      And the shop has never seen the refund as failed
      And every refund message is the same
      And the payer has all the money back

  @ACQ-REF-07
  Rule: An undecided refund is shown as undecided

    @slow
    Scenario: The refund fails after a minute
      Given the shop has taken 250.00 from a payer
      And Alipay+ leaves the refund undecided
      When the shop refunds the payment in full
      Then for 60 s the shop does not see the refund as decided
      When Alipay+ refuses the refund with F PROCESS_FAIL
      Then the shop sees the refund as failed within 180 s

    @slow
    Scenario: The refund succeeds after a minute
      Given the shop has taken 250.00 from a payer
      And Alipay+ leaves the refund undecided
      When the shop refunds the payment in full
      Then for 60 s the shop does not see the refund as decided
      When Alipay+ executes the refund
      Then the shop sees the refund as done within 180 s

  @ACQ-REF-15
  Rule: A refused repetition says nothing about the first refund

    Scenario Outline: Repetitions are answered with F <code>
      Given the shop has taken 250.00 from a payer
      And Alipay+ executes the first refund but answers with a broken connection
      And Alipay+ does not execute every further refund and answers with F <code>
      When the shop refunds the payment in full
      Then for 30 s the shop does not see the refund as failed
      When Alipay+ answers refunds truthfully again
      Then the shop sees the refund as done within 180 s
      And every refund message is the same
      And the payer has all the money back

      Examples:
        | code                    |
        | REPEAT_REQ_INCONSISTENT |
        | INVALID_SIGNATURE       |

  @ACQ-REF-20
  Rule: Refunds listed in an inquiry complete the books

    Scenario: The refund is done, and only an inquiry says so
      Given the shop has taken 250.00 from a payer
      And Alipay+ executes every refund but answers with silence
      When the shop refunds the payment in full
      And an inquiry has told the acquirer of the refund
      Then the shop sees the refund as done
