@flow:wire
Feature: The acquirer reads every legal form of a message
  What Alipay+ says counts, however it is written: the layout of the JSON, the spelling of the headers and the form of
  the times are Alipay+'s own choice, and so are members that the acquirer does not know.

  @ACQ-SIG-11
  Rule: Answers are verified over their raw bytes

    Scenario: Alipay+ writes its JSON in another layout
      Given a payer
      And Alipay+ sends no notification
      And Alipay+ writes its messages in another JSON layout
      When the shop charges the payer's code 250.00
      Then the shop sees the payment as paid
      And the acquirer sends no cancellation

  @ACQ-SIG-12
  Rule: Legal spellings of the Signature header are accepted

    Scenario Outline: An answer <how>
      Given a payer
      And Alipay+ sends no notification
      And Alipay+ writes its messages <how>
      When the shop charges the payer's code 250.00
      Then the shop sees the payment as paid

      Examples:
        | how                                        |
        | with header names in lower case            |
        | with blanks after the commas of Signature  |
        | without blanks in Signature                |
        | with lower-case percent escapes            |

    @needs:notify
    Scenario Outline: A notification <how>
      Given a payer
      And Alipay+ leaves the payment undecided
      And Alipay+ writes its messages <how>
      When the shop charges the payer's code 250.00
      And Alipay+ notifies the payment's success in the same form
      Then the acquirer acknowledges the notification
      When Alipay+ decides the payment
      Then the shop sees the payment as paid

      Examples:
        | how                                        |
        | with blanks after the commas of Signature  |
        | with lower-case percent escapes            |

  @ACQ-SIG-13
  Rule: All documented time forms are accepted from Alipay+

    Scenario Outline: An answer <how>
      Given a payer
      And Alipay+ sends no notification
      And Alipay+ writes its messages <how>
      When the shop charges the payer's code 250.00
      Then the shop sees the payment as paid

      Examples:
        | how                                          |
        | with times at an offset and without fraction |
        | with times in Z and with two decimals        |

    @needs:notify
    Scenario: A notification with times at an offset and with three decimals
      Given a payer
      And Alipay+ leaves the payment undecided
      And Alipay+ writes its messages with times at an offset and with three decimals
      When the shop charges the payer's code 250.00
      And Alipay+ notifies the payment's success in the same form
      Then the acquirer acknowledges the notification
      When Alipay+ decides the payment
      Then the shop sees the payment as paid

  @ACQ-MSG-18
  Rule: Unknown fields do not spoil an answer

    Scenario: An answer with members that nobody knows
      Given a payer
      And Alipay+ sends no notification
      And Alipay+ writes its messages with members that nobody knows
      When the shop charges the payer's code 250.00
      Then the shop sees the payment as paid

    @needs:notify
    Scenario: A notification with members that nobody knows
      Given a payer
      And Alipay+ leaves the payment undecided
      And Alipay+ writes its messages with members that nobody knows
      When the shop charges the payer's code 250.00
      And Alipay+ notifies the payment's success in the same form
      Then the acquirer acknowledges the notification
      When Alipay+ decides the payment
      Then the shop sees the payment as paid

  @ACQ-MSG-19
  Rule: Missing and null optional fields do not spoil a success

    Scenario Outline: Messages <how>
      Given a payer
      And Alipay+ sends no notification
      And Alipay+ writes its messages <how>
      When the shop charges the payer's code 250.00
      Then the shop sees the payment as paid

      Examples:
        | how                              |
        | with the mandatory members only  |
        | with their optional members null |

  @ACQ-SEC-16
  Rule: Addresses in messages are not fetched by the back end

    @slow
    Scenario: Alipay+ names addresses of pages and pictures
      Given a payer
      And Alipay+ writes its messages with addresses of pages and pictures
      When the shop charges the payer's code 250.00
      Then nobody asks for these addresses within 60 s
