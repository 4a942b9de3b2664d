@flow:order-code
Feature: The payer scans the code of an order
  The payer scans the code, sees the order in the wallet and confirms it. The shop hears of it from Alipay+.

  @ACQ-OC-04
  Rule: A created order code is not a payment

    Scenario: Nobody scans for a while, then a payer pays
      When the shop creates an order code of 250.00
      Then for 20 s the shop does not see the payment as paid
      When a payer scans the code
      And the payer confirms
      Then the shop sees the payment as paid within 60 s
      And the shop has never seen the payment as paid before Alipay+ said so
      And the shop's books agree with Alipay+
      And 250.00 has moved from the payer to the shop

    Scenario: The payer scans and declines
      When the shop creates an order code of 250.00
      And a payer scans the code
      And the payer declines
      Then for 20 s the shop does not see the payment as paid
      And no money has moved

    Scenario: Two payers scan the same code and one of them pays
      When the shop creates an order code of 250.00
      And a payer scans the code
      And another payer scans the code
      And the first payer confirms
      Then the shop sees the payment as paid within 60 s
      And the shop has never seen the payment as paid before Alipay+ said so
      And 250.00 has moved from the payer to the shop

    Scenario: Payers of two wallets scan the same code
      When the shop creates an order code of 250.00
      And a payer scans the code
      And another payer of another wallet scans the code
      And the first payer confirms
      Then the shop sees the payment as paid within 60 s
      And the shop has never seen the payment as paid before Alipay+ said so

    Scenario: A payer scans twice and pays once
      When the shop creates an order code of 250.00
      And a payer scans the code
      And the payer scans the code
      And the payer confirms
      Then the shop sees the payment as paid within 60 s
      And the shop has never seen the payment as paid before Alipay+ said so
      And 250.00 has moved from the payer to the shop

  @ACQ-OC-08
  Rule: A closed order's code is no longer shown

    Scenario: The order is paid
      When the shop creates an order code of 250.00
      And a payer scans the code
      And the payer confirms
      And the shop has seen the payment as paid
      Then the shop is shown no code of the payment any longer

    Scenario: The shop has cancelled the order
      When the shop creates an order code of 250.00
      And a payer scans the code
      And the shop cancels the payment
      And the shop has seen the payment as closed
      Then the shop is shown no code of the payment any longer

  @ACQ-OC-09
  Rule: The code's own expiry limits its display

    Scenario: The code ends before the order
      Given Alipay+ accepts the order with a code that ends after 20 s
      When the shop creates an order code of 250.00
      And 25 s pass
      Then the shop knows when the code ends, or is not shown it any longer
