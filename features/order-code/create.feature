@flow:order-code
Feature: The shop shows a code of Alipay+
  The shop asks for an order, Alipay+ hands out a code for it, and the shop shows the code to the payer.

  @ACQ-OC-01
  Rule: The order says that it is an order-code payment

    Scenario: The shop creates a code
      When the shop creates an order code of 250.00
      Then the messages to Alipay+ keep to this rule

  @ACQ-OC-02
  Rule: The order names the presenting device

    Scenario: The code is shown on a screen
      When the shop creates an order code of 250.00
      Then the messages to Alipay+ keep to this rule

  @ACQ-OC-12
  Rule: An order code lives less than 30 minutes

    Scenario: The shop has no wish
      When the shop creates an order code of 250.00
      And a payer scans the code
      And the payer confirms
      Then the messages to Alipay+ keep to this rule

    Scenario: The shop wishes for more time
      When the shop creates an order code of 250.00, wished to be valid for 120 min
      And a payer scans the code
      And the payer confirms
      Then the messages to Alipay+ keep to this rule

  @ACQ-OC-03
  Rule: The code of an accepted order reaches the merchant unchanged

    Scenario: The code has a query, escapes and letters of both cases
      When the shop creates an order code of 250.00
      Then the shop is shown the code of Alipay+ unchanged

  @ACQ-OC-05
  Rule: The QR text is chosen among the code details by type

    Scenario: The text is the last of several forms
      Given Alipay+ accepts the order with the barcode before the QR code
      When the shop creates an order code of 250.00
      Then the shop is shown the code of Alipay+ unchanged

  @ACQ-OC-06
  Rule: Every order gets its own code

    Scenario: Two of three orders have the same amount
      When the shop creates 2 order codes of 3.00
      And the shop creates an order code of 4.00
      Then each order has an identifier and a code of its own

  @ACQ-OC-10
  Rule: A refused order shows no code

    Scenario: Alipay+ refuses the order
      Given Alipay+ does not execute the charge and answers with F RISK_REJECT
      When the shop creates an order code of 250.00
      Then the shop sees the payment as failed
      And the shop is shown no code of the payment

    Scenario: Alipay+ refuses the order with a stray code
      Given Alipay+ hands out a code although it refuses the order with F MERCHANT_NOT_REGISTERED
      When the shop creates an order code of 250.00
      Then the shop sees the payment as failed
      And the shop is shown no code of the payment

  @ACQ-OC-11
  Rule: An accepted order without a code is closed, not shown

    @slow
    Scenario: Alipay+ hands out no code
      Given Alipay+ accepts the order without a code
      When the shop creates an order code of 250.00
      And 20 s pass
      Then the shop is shown no code of the payment
      And no second order reaches Alipay+ before the first one is closed
