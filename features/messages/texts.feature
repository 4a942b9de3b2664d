@flow:messages
Feature: What a charge says about the shop and its order
  The payer finds the sale in the wallet by what the acquirer sends: the shop's name, its country, its order number.

  @ACQ-MSG-02
  Rule: Booleans and integers are sent as strings

    Scenario: The scalars of a charge
      Given a payer
      When the shop charges the payer's code 12.00
      Then the messages to Alipay+ keep to this rule

  @ACQ-MSG-03
  Rule: Unused optional fields are left out, never empty

    Scenario: A till that leaves every optional text blank
      When the shop makes these sales
        | amount | optional texts |
        | 12.00  | blank          |
      Then the messages to Alipay+ keep to this rule

    @needs:refund
    Scenario: A refund without a reason
      Given the shop has taken 12.00 from a payer
      When the shop refunds the payment with every optional text blank
      Then the messages to Alipay+ keep to this rule

  @ACQ-MSG-12
  Rule: Order and merchant carry their mandatory fields

    Scenario: A sale with nothing but what the till must say
      Given a payer
      When the shop charges the payer's code 12.00
      Then the messages to Alipay+ keep to this rule

  @ACQ-MSG-13
  Rule: The merchant address names the merchant's real country

    Scenario: Each shop makes a sale
      When each shop charges a new payer 12.00
      Then the messages to Alipay+ keep to this rule

  @ACQ-FX-01
  Rule: The settlement currency is named

    Scenario: Each shop makes a sale
      When each shop charges a new payer 12.00
      Then the messages to Alipay+ keep to this rule

  @ACQ-MSG-14
  Rule: Long descriptions are cut on a character boundary or refused

    Scenario: Descriptions of 300 characters
      When the shop makes these sales
        | amount | description            |
        | 12.00  | 300 letters            |
        | 12.00  | 300 Chinese characters |
        | 12.00  | 300 emoji              |
      Then the messages to Alipay+ keep to this rule, or the charges are refused

  @ACQ-MSG-15
  Rule: Identifiers keep within their lengths

    Scenario: Long order numbers
      When the shop makes these sales
        | amount | order number   |
        | 12.00  | 32 characters  |
        | 12.00  | 64 characters  |
        | 12.00  | 100 characters |
      Then the messages to Alipay+ keep to this rule, or the charges are refused

  @ACQ-MSG-16
  Rule: The user can recognise the merchant's order number

    Scenario: A sale with an order number of the shop's own
      Given a payer
      When the shop charges the payer's code 12.00
      Then the messages to Alipay+ keep to this rule

  @ACQ-MSG-17
  Rule: Times in bodies carry an offset

    Scenario: The times of a charge
      Given a payer
      When the shop charges the payer's code 12.00
      Then the messages to Alipay+ keep to this rule

  @ACQ-MSG-20
  Rule: Request identifiers use plain characters

    Scenario: Order numbers with blanks, slashes, accents and a plus sign
      When the shop makes these sales
        | amount | order number |
        | 12.00  | No 7/a       |
        | 12.00  | Größe+1      |
      Then the messages to Alipay+ keep to this rule, or the charges are refused
