@flow:cashier
Feature: The payer buys online
  The shop sends the payer to a page of Alipay+ or into the wallet, and learns from Alipay+ alone what came of it.

  @ACQ-CSH-01
  Rule: The payment says that it is an online cashier payment

    Scenario: The wallet is chosen on the page of Alipay+
      Given a payer
      When the shop sends the payer to the cashier for 250.00
      And the payer opens the page
      And the payer confirms
      Then the messages to Alipay+ keep to this rule
      And the shop sees the payment as paid
      And 250.00 has moved from the payer to the shop

    @needs:cashier_tile
    Scenario: The wallet is chosen in the shop
      Given a payer
      When the payer chooses the first wallet that the shop offers for 251.00
      And the shop sends the payer to the cashier for 251.00
      And the payer opens the page
      And the payer confirms
      Then the messages to Alipay+ keep to this rule
      And the shop sees the payment as paid

  @ACQ-CSH-02
  Rule: Terminal and operating system of the buyer are passed on

    Scenario Outline: The buyer uses <device>
      Given a payer
      When the shop sends the payer, who uses <device>, to the cashier for 250.00
      And the payer opens the page
      And the payer confirms
      Then the messages to Alipay+ keep to this rule

      Examples:
        | device                     |
        | a desktop browser          |
        | a phone browser on Android |
        | an app on iOS              |

  @ACQ-CSH-03
  Rule: A return address is always given

    Scenario: The buyer has to get back to the shop
      Given a payer
      When the shop sends the payer to the cashier for 250.00
      And the payer opens the page
      And the payer confirms
      Then the messages to Alipay+ keep to this rule

  @ACQ-CSH-04
  Rule: The buyer is sent to exactly the returned address

    Scenario Outline: The buyer uses <device>
      Given a payer
      When the shop sends the payer, who uses <device>, to the cashier for 250.00
      Then the shop is given the addresses of Alipay+ unchanged
      When the payer opens the page
      And the payer confirms
      Then the shop sees the payment as paid

      Examples:
        | device            |
        | a desktop browser |
        | an app on Android |

  @ACQ-CSH-05
  Rule: The buyer's return is no proof of payment

    Scenario: The buyer comes back without having paid
      Given a payer
      And Alipay+ sends no notification
      When the shop sends the payer to the cashier for 250.00
      And the acquirer treats the payment as open
      And the payer comes back to the shop
      And the payer comes back to the shop, with a success in the address
      Then for 20 s the shop does not see the payment as paid
      When the payer opens the page
      And the payer confirms
      Then the shop sees the payment as paid within 60 s
      And the shop has never seen the payment as paid before Alipay+ said so

  @ACQ-CSH-06
  Rule: An undecided online payment is cancelled after its time

    @slow
    Scenario: The buyer leaves the wallet's page open
      Given a payer
      And Alipay+ leaves the payment undecided
      And Alipay+ answers the cancellation 5 s late
      When the shop sends the payer to the cashier for 250.00
      And the payer opens the page
      And the acquirer treats the payment as open
      Then the acquirer cancels the payment within 60 s after its expiry
      And the shop sees the payment as unsuccessful within 60 s
      And the shop sees the payment as unsuccessful only after Alipay+ confirmed the cancellation
      And no money has moved

  @ACQ-CSH-07
  Rule: The requested expiry is at most 10 minutes

    Scenario: The shop wishes for an hour
      Given a payer
      When the shop sends the payer to the cashier for 250.00, payable for 60 min
      Then the payer has at most 10 min to pay
      When the payer opens the page
      And the payer confirms
      Then the shop sees the payment as paid

  @ACQ-CSH-08
  Rule: The chosen wallet is the method type of a tile payment

    Scenario: The buyer takes the second wallet
      Given a payer
      When the payer chooses the second wallet that the shop offers for 252.00
      And the shop sends the payer to the cashier for 252.00
      And the payer opens the page
      And the payer confirms
      Then the messages to Alipay+ keep to this rule

  @ACQ-CSH-11
  Rule: The buyer's reference is sent

    Scenario: One buyer buys twice, another one once
      Given a payer
      When the shop sends the payer to the cashier for 250.00
      And the payer opens the page
      And the payer confirms
      And the shop sends the payer to the cashier for 20.00
      And the payer opens the page
      And the payer confirms
      Given another payer
      When the shop sends the payer to the cashier for 30.00
      And the payer opens the page
      And the payer confirms
      Then the messages to Alipay+ keep to this rule

  @ACQ-CSH-09
  Rule: Only enabled wallets are offered

    Scenario: One wallet is disabled, and one was never heard of
      Given a payer
      And Alipay+ offers shops these wallets
        | KALEIDO_PAY  | Kaleido Pay  | enabled  |
        | NOVEL_WALLET | Novel Wallet | enabled  |
        | HANRIVER_PAY | Hanriver Pay | disabled |
      When the shop asks which wallets it can offer for 253.00
      Then the shop can offer Novel Wallet, but not Hanriver Pay

  @ACQ-CSH-10
  Rule: A consultation creates no order

    Scenario: The shop asks twice, and nobody pays
      Given a payer
      When the shop asks which wallets it can offer for 254.00
      And the shop asks which wallets it can offer for a price that is not known yet
      And 10 s pass
      Then no payment has come of the questions

  @ACQ-CSH-12
  Rule: A desktop buyer may be shown a code of the chosen wallet

    Scenario: The buyer's phone can scan the desktop's screen
      Given a payer
      When the payer chooses the first wallet that the shop offers for 255.00
      And the shop sends the payer to the cashier for 255.00
      Then the shop is given a code of Alipay+ beside the address
      When the payer opens the page
      And the payer confirms
      Then the shop sees the payment as paid
