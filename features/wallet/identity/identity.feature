Feature: Customer ids
  Alipay+ knows a payer by the id that the wallet gives.

  @CI-01
  Rule: A payer has one customer id

    Scenario: By code and by order
      Given a payer who has money
      And an order of 25.00
      When the payer scans the order
      And the payer confirms
      And the shop notes the customer
      And the payer buys for 25.00
      Then the shop sees the same customer
      And the id tells nothing about the payer

    Scenario: Two payers
      Given a payer who has money
      When the payer buys for 25.00
      And the shop notes the customer
      Given a payer who has money
      When the payer buys for 25.00
      Then the shop sees another customer
