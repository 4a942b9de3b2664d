@flow:private-order-code
Feature: The acquirer's own code comes to its end
  A code leads to one payment. Once it is paid, cancelled or expired, nobody can pay it any more.

  @ACQ-POC-05
  Rule: An expired private code is not payable

    @slow
    Scenario: The first scan comes too late
      When the shop creates a private order code of 250.00
      And 0 s are left until the payment expires
      And 20 s pass
      And a payer scans the code
      Then the acquirer refuses the code

  @ACQ-POC-06
  Rule: A paid private code cannot be paid again

    Scenario: Somebody scans the code after it was paid
      When the shop creates a private order code of 250.00
      And a payer scans the code
      And the payer confirms
      And the shop has seen the payment as paid
      And another payer scans the code
      Then the acquirer refuses the code
      And 250.00 has moved from the payer to the shop

  @ACQ-POC-07
  Rule: A cancelled private code is not payable

    Scenario: The shop cancels before anybody has scanned
      When the shop creates a private order code of 250.00
      And the shop cancels the payment
      And the shop has seen the payment as closed
      And a payer scans the code
      Then the acquirer refuses the code

  @ACQ-POC-08
  Rule: The refusal of a private code tells why

    @slow
    Scenario: A paid, an unknown and an expired code
      When the shop creates a private order code of 250.00
      And a payer scans the code
      And the payer confirms
      And the shop has seen the payment as paid
      And another payer scans the code
      And the acquirer has refused the code
      Then the acquirer refuses the code with ORDER_IS_CLOSED
      When Alipay+ asks about a code that nobody has issued
      And the acquirer has refused the code
      Then the acquirer refuses the code with INVALID_CODE
      When the shop creates a private order code of 17.00
      And 0 s are left until the payment expires
      And 20 s pass
      And another payer scans the second payment's code
      And the acquirer has refused the code
      Then the acquirer refuses the code with EXPIRED_CODE

  @ACQ-POC-11
  Rule: A decoded order without result is resolved at expiry

    @slow
    Scenario: The payer pays and no notification comes
      Given Alipay+ sends no notification
      When the shop creates a private order code of 250.00
      And a payer scans the code
      And the payer confirms
      Then the payment ends as paid, or as closed by a confirmed cancellation
      And the acquirer sends at least 1 inquiry within 10 min
