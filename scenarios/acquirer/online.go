package acquirer

import (
	"context"

	"mppsim/reports/journal"
	"mppsim/wallet/money"
)

// Online is what a shop knows of the buyer of an online payment, and what it wishes for it.
type Online struct {
	Device Device
	Wallet string // that the buyer has chosen in the shop (tile mode), in the acquirer's words; "": Alipay+'s page lets them choose
	Method string // walletName of the chosen wallet, where it is known
	Buyer  string // the shop's own reference of its customer
	Return string // address at the shop to which the buyer comes back
}

// Device is what the buyer uses, in the words of Alipay+.
type Device struct {
	Terminal string // WEB (a browser on a desktop), WAP (on a phone), APP or MINI_APP
	OS       string // IOS, ANDROID or nothing
}

// Offerer is an acquirer whose shops offer wallets one by one (tile mode of the cashier).
type Offerer interface {
	// Wallets asks which wallets a shop can offer to a buyer.
	Wallets(ctx context.Context, q WalletsQuestion) (Offer, error)
}

// WalletsQuestion is what a shop knows when it renders its payment page. An amount of zero is not known yet.
type WalletsQuestion struct {
	Shop   Shop
	Amount money.Amount
	Online Online
}

// Offer are the wallets that a shop can offer.
type Offer struct {
	Refused bool
	Reason  string
	Wallets []Wallet
	Call    journal.Call
}

// Wallet is one of the wallets that a buyer can choose.
type Wallet struct {
	Name  string // what the shop sends when the buyer chooses it
	Brand string // what the buyer reads
}
