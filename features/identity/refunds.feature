@flow:identity
Feature: Each refund has an identifier of its own
  Shops number their refunds as they like; to Alipay+ a number that it has seen is the refund that it has made.

  @ACQ-IDM-06
  Rule: refundRequestId is never used twice

    Scenario: Two payments whose refunds have the same numbers
      Given the shop has taken 12.00 from a payer
      And the shop has taken 12.00 from another payer
      When the shop refunds 1.00 of each payment three times, numbered from 1
      Then each refund has an identifier of its own
