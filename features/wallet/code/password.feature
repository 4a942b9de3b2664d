Feature: Passwords and limits
  The wallet asks for the password above an amount and keeps to the payer's limits.

  @UP-09
  Rule: Small payments need no password

    Scenario: Up to 100.00, and above
      Given a payer who needs a password above 100
      When the payer buys for 100.00
      Then the payer pays 100.00
      When the payer buys for 100.01
      Then the payment waits for the password
      When the payer enters the password
      Then the payer pays 100.01
      And the shop hears SUCCESS

  @UP-10
  Rule: The sum of a day without password is limited

    Scenario: 60.00 a day
      Given a payer who needs a password above 60 a day
      When the payer buys for 40.00
      Then the payer pays 40.00
      When the payer buys for 20.01
      Then the payment waits for the password
      When the payer enters the password
      Then the payer pays 20.01
      When the payer buys for 20.00
      Then the payer pays 20.00
      When the payer buys for 0.01
      Then the payment waits for the password
      When the payer enters the password
      And 24 hours pass
      And the payer buys for 40.00
      Then the payer pays 40.00

  @UP-11
  Rule: Without the password the payment ends

    Scenario: The password comes too late
      Given a payer who needs a password above 10
      When the payer buys for 25.00
      Then the payment waits for the password
      When 61 seconds pass
      Then the shop hears ORDER_IS_CLOSED
      And the payer cannot enter the password any more
      And the payer is debited 0.00 in all

  @UP-12
  Rule: Wrong passwords end the payment

    Scenario: Three wrong passwords
      Given a payer who needs a password above 10
      When the payer buys for 25.00
      And the payer enters a wrong password 2 times
      Then the payment waits for the password
      When the payer enters a wrong password 1 times
      Then the payment is refused with USER_PAYMENT_VERIFICATION_FAILED
      And the payer is debited 0.00 in all

  @UP-13
  Rule: A payer may decline

    Scenario: The page is dismissed
      Given a payer who needs a password above 10
      When the payer buys for 25.00
      And the payer declines
      Then the payment is refused with USER_PAYMENT_VERIFICATION_FAILED

  @UP-14
  Rule: Payments, days and years have limits

    Scenario: A single payment
      Given a payer who may pay 50 at once
      When the payer buys for 50.00
      Then the payer pays 50.00
      When the payer buys for 50.01
      Then the payment is refused with PAYMENT_AMOUNT_EXCEED_LIMIT

    Scenario: The sum of a day ends at midnight in UTC+8
      Given a payer who may pay 50 a day
      When the payer buys for 30.00
      And the payer buys for 20.01
      Then the payment is refused with USER_AMOUNT_EXCEED_LIMIT
      When it is midnight in UTC+8
      And the payer buys for 20.01
      Then the payer pays 20.01

    Scenario: The sum of a year
      Given a payer who may pay 50 a year
      When the payer buys for 30.00
      And 10 days pass
      And the payer buys for 20.01
      Then the payment is refused with USER_AMOUNT_EXCEED_LIMIT
      When 366 days pass
      And the payer buys for 20.01
      Then the payer pays 20.01

    Scenario: The payments of a day
      Given a payer who may pay 2 times a day
      When the payer buys for 1.00
      And the payer buys for 1.00
      Then the payer pays 1.00
      When the payer buys for 1.00
      Then the payment is refused with PAYMENT_COUNT_EXCEED_LIMIT
