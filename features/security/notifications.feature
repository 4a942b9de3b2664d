@flow:security
Feature: Notifications that Alipay+ has not sent
  The notification address is open to everybody. Only the signature tells Alipay+ from anybody else.

  @ACQ-SEC-01
  Rule: An unsigned notification has no effect

    Scenario Outline: <forgery>
      Given a payment of 250.00 waits for the payer's password
      When a notification of success arrives <forgery>
      Then for 10 s the shop does not see the payment as paid

      Examples:
        | forgery                 |
        | without signature       |
        | with an empty signature |

  @ACQ-SEC-02
  Rule: A notification with a wrong signature has no effect

    Scenario Outline: <forgery>
      Given a payment of 250.00 waits for the payer's password
      When a notification of success arrives <forgery>
      Then for 10 s the shop does not see the payment as paid

      Examples:
        | forgery                                |
        | whose body was changed after signing   |
        | signed for another address             |
        | whose client was changed after signing |
        | whose time was changed after signing   |
        | signed with another key                |

  @ACQ-SEC-03
  Rule: A notification for another client has no effect

    Scenario: Alipay+ signed it for another acquirer
      Given a payment of 250.00 waits for the payer's password
      When a notification of success arrives signed for another acquirer
      Then for 10 s the shop does not see the payment as paid

  @ACQ-SEC-04
  Rule: Only RSA256 is accepted

    Scenario Outline: <forgery>
      Given a payment of 250.00 waits for the payer's password
      When a notification of success arrives <forgery>
      Then for 10 s the shop does not see the payment as paid

      Examples:
        | forgery                                 |
        | with the algorithm none                 |
        | with HS256 and the public key as secret |

  @ACQ-SEC-25
  Rule: A badly signed notification is not acknowledged

    Scenario Outline: <forgery>
      Given the shop has taken 250.00 from a payer
      When a notification of success arrives <forgery>
      Then the acquirer does not acknowledge the notification

      Examples:
        | forgery                              |
        | without signature                    |
        | signed with another key              |
        | whose body was changed after signing |

  @ACQ-SEC-24 @alone
  Rule: Oversized or deeply nested messages do not stop the service

    Scenario: A genuine notification five seconds later
      Given a payment of 250.00 waits for the payer's password
      When a call of 20 MB and one nested 100000 levels deep arrive at the notification address
      And 5 s pass
      And the payer enters the password
      And Alipay+ decides the payment
      And Alipay+ notifies the outcome for 10 s until it is acknowledged
      Then the acquirer acknowledges the notification
      And the shop sees the payment as paid
