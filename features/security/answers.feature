@flow:security
Feature: Answers that are not what Alipay+ has answered
  An answer is believed for its signature, not for the connection that it came over.

  @ACQ-SEC-05
  Rule: An unsigned success answer is not a success

    Scenario Outline: <forgery>
      Given a payer without money whose wallet asks for a password
      And Alipay+ answers every charge with a success <forgery>
      When the shop charges the payer's code 250.00
      Then for 10 s the shop does not see the payment as paid
      When the payer enters the password
      Then the shop sees the payment as unsuccessful within 120 s
      And the shop has never seen the payment as paid

      Examples:
        | forgery           |
        | without signature |
        | without time      |

  @ACQ-SEC-06
  Rule: A success answer with a wrong signature is not a success

    Scenario Outline: <forgery>
      Given a payer without money whose wallet asks for a password
      And Alipay+ answers every charge with a success <forgery>
      When the shop charges the payer's code 250.00
      Then for 10 s the shop does not see the payment as paid
      When the payer enters the password
      Then the shop sees the payment as unsuccessful within 120 s
      And the shop has never seen the payment as paid

      Examples:
        | forgery                              |
        | whose body was changed after signing |
        | whose time was changed after signing |
        | signed with another key              |
        | signed for another address           |
        | signed under an unknown key version  |

  @ACQ-SEC-07
  Rule: A failure answer with a wrong signature is not a failure

    Scenario: The wallet pays, and a refusal arrives
      Given a payer
      And Alipay+ executes the charge but answers with F RISK_REJECT signed with another key
      When the shop charges the payer's code 250.00
      Then the payment ends as paid, or as closed by a confirmed cancellation

  @ACQ-SEC-08
  Rule: Answers to all calls are verified

    Scenario: Inquiries
      Given a payer whose wallet asks for a password
      And Alipay+ leaves the payment undecided
      And Alipay+ answers the first 3 inquiries with a success signed with another key
      When the shop charges the payer's code 250.00
      And the acquirer treats the payment as open
      And the acquirer has asked 3 times
      Then for 5 s the shop does not see the payment as paid

    @needs:cancel
    Scenario: Cancellations
      Given the shop has taken 250.00 from a payer
      And Alipay+ answers every cancellation with a success signed with another key
      When the shop cancels the payment
      And the acquirer has cancelled the payment
      Then for 10 s the shop does not see the payment as unsuccessful

    @needs:refund
    Scenario: Refunds
      Given the shop has taken 250.00 from a payer
      And Alipay+ answers every refund with a success signed with another key
      When the shop refunds the payment in full
      Then for 10 s the shop does not see the refund as done

  @ACQ-SEC-09
  Rule: A replayed answer of another payment is not used

    Scenario: Two payments of the same amount
      Given the shop has taken 10.00 from a payer
      And another payer without money whose wallet asks for a password
      And Alipay+ answers the charge with its answer to the first payment
      When the shop charges the payer's code 10.00
      Then for 10 s the shop does not see the payment as paid
      When the payer enters the password
      Then the shop sees the payment as unsuccessful within 120 s
      And the shop has never seen the payment as paid
      And the shop sees the first payment as paid

  @ACQ-SEC-15
  Rule: Redirects of the network are not followed

    Scenario Outline: Status <status>
      Given a payer
      And Alipay+ executes the charge but redirects the caller with status <status>
      When the shop charges the payer's code 250.00
      Then the payment ends as paid, or as closed by a confirmed cancellation
      And nobody follows the redirection

      Examples:
        | status |
        | 307    |
        | 302    |
