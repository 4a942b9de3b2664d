@flow:refund
Feature: How long a payment can be refunded
  Alipay+ alone decides whether a payment is too old.

  @ACQ-REF-18 @alone
  Rule: Refunds are possible for 365 days

    Scenario: A refund after 364 days
      Given the shop has taken 250.00 from a payer
      And 364 days pass, on the acquirer's own clock too
      When the shop refunds the payment in full
      Then the acquirer sends exactly 1 refund
