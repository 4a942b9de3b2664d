@flow:private-order-code
Feature: Alipay+ asks what is behind the acquirer's own code
  The acquirer issues codes of its own. When a payer scans one, Alipay+ asks the acquirer for the order behind it.

  @ACQ-POC-01
  Rule: An open private code is decoded into a complete order

    Scenario: A payer scans and pays
      When the shop creates a private order code of 250.00
      And a payer scans the code
      Then the acquirer tells a complete order
      When the payer confirms
      Then the shop sees the payment as paid within 60 s
      And 250.00 has moved from the payer to the shop

  @ACQ-POC-02
  Rule: The decoded amount is the merchant's amount

    Scenario: Two orders, and a text that was changed
      When the shop creates a private order code of 250.00
      And the shop creates a private order code of 17.00
      And a payer scans the first payment's code
      Then the acquirer tells the first payment's amount
      When another payer scans the second payment's code
      Then the acquirer tells the second payment's amount
      When Alipay+ asks about the first payment's code with "?amount=1" appended
      Then the acquirer tells the first payment's amount, or refuses the code
      When Alipay+ asks about the first payment's code with "&a=1" appended
      Then the acquirer tells the first payment's amount, or refuses the code
      When the first payer confirms
      And the second payer confirms
      Then the shop sees each payment as paid within 60 s

  @ACQ-POC-03
  Rule: Decoding the same code again returns the same payment

    Scenario: The payer scans twice, and then somebody else does
      When the shop creates a private order code of 250.00
      And a payer scans the code
      And the payer scans the code
      And another payer of another wallet scans the code
      Then the acquirer tells the same order each time
      When the first payer confirms
      Then the shop sees the payment as paid within 60 s

  @ACQ-POC-04
  Rule: Two scans at the same instant get one payment

    Scenario: Alipay+ asks ten times at once
      When the shop creates a private order code of 250.00
      And a payer scans the code 10 times at once
      Then the acquirer tells the same order each time
      When the payer confirms
      Then the shop sees the payment as paid within 60 s

  @ACQ-POC-12
  Rule: Malformed decode requests are refused politely

    Scenario: Three questions that cannot be meant, and then a good one
      When the shop creates a private order code of 250.00
      And Alipay+ asks without a code
      Then the acquirer refuses the code with PARAM_ILLEGAL or INVALID_CODE
      When Alipay+ asks about a code of 600 characters
      Then the acquirer refuses the code with PARAM_ILLEGAL or INVALID_CODE
      When Alipay+ asks in broken JSON
      Then the acquirer refuses the code with PARAM_ILLEGAL or INVALID_CODE
      When a payer scans the code
      Then the acquirer tells the payment's amount
      When the payer confirms
      Then the shop sees the payment as paid within 60 s

  @ACQ-POC-09
  Rule: Private codes are unique HTTPS addresses of up to 512 characters

    Scenario: Fifty orders
      When the shop creates 50 private order codes of 1.00
      Then every code is an address of its own at the registered domain

  @ACQ-POC-10
  Rule: Private codes cannot be guessed

    Scenario: Twenty orders in a row
      When the shop creates 20 private order codes of 1.00
      Then no code leads to the next one
