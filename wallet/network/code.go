package network

import (
	"context"
	"fmt"
	"strings"
	"time"

	"mppsim/wallet/aps"
	"mppsim/wallet/code"
	"mppsim/wallet/risk"
	"mppsim/wallet/store"
)

// Holder is the wallet user for whom codes are minted.
type Holder struct {
	Timeline   string
	Payer      string
	CustomerID string
	Currency   string // in which the wallet pays for the user; empty: in whatever currency an order has
	PspID      string // of the user's wallet; empty: the network's usual one
	Brand      string // of the user's wallet; empty: the network's usual one
}

// SetHolder tells the network on whose timeline a wallet user lives.
func (n *Network) SetHolder(ctx context.Context, h Holder) error {
	return n.store.Update(ctx, func(tx store.Tx) error { return holders().Put(tx, h.CustomerID, h) })
}

// Holder finds on whose timeline a wallet user lives.
func (n *Network) Holder(ctx context.Context, customerID string) (h Holder, found bool, err error) {
	if customerID == "" {
		return h, false, nil
	}
	err = n.store.View(ctx, func(tx store.Tx) error {
		h, found, err = holders().Get(tx, customerID)
		return err
	})
	return h, found, err
}

func holders() store.Table[Holder] { return store.Table[Holder]{Name: "network.holder"} }

// CodeOrder says which payment codes a wallet user shall get.
type CodeOrder struct {
	CustomerID string
	Region     string // where alone the user can pay with them; empty: everywhere
	Quantity   int
	Format     code.Format
}

// MintCode issues one payment code for a wallet user. It is valid for 60 s on the user's timeline and pays once (acqp-api §9.1).
func (n *Network) MintCode(ctx context.Context, customerID string, form code.Format) (Code, error) {
	list, err := n.MintCodes(ctx, CodeOrder{CustomerID: customerID, Quantity: 1, Format: form})
	if err != nil {
		return Code{}, err
	}
	return list[0], nil
}

// MintCodes issues payment codes whose minutes follow one another, so that a phone without network can show a valid one
// for as many minutes as it has codes (mpp-api §4.5).
func (n *Network) MintCodes(ctx context.Context, order CodeOrder) (list []Code, err error) {
	err = n.store.Update(ctx, func(tx store.Tx) error {
		h, found, err := n.holder(tx, order.CustomerID)
		if err != nil {
			return err
		}
		if !found {
			return fmt.Errorf("customer %s: unknown", order.CustomerID)
		}
		list = nil
		c := Code{Timeline: h.Timeline, Payer: h.Payer, CustomerID: order.CustomerID, Region: order.Region}
		c.Start = n.lines.of(h.Timeline).Clock.Now()
		for range order.Quantity {
			c.Expiry = c.Start.Add(codeValidity)
			if c.Digits, err = n.unusedDigits(tx, order.Format); err != nil {
				return err
			}
			if err := keepCode(tx, c); err != nil {
				return err
			}
			list = append(list, c)
			c.Start = c.Expiry
		}
		return nil
	})
	return list, err
}

func keepCode(tx store.Tx, c Code) error {
	if c.Timeline != "" { // the strays' never ends
		if err := codesOf().Append(tx, c.Timeline, c.Digits); err != nil {
			return err
		}
	}
	return codes().Insert(tx, c.Digits, c)
}

// refuses tells why nobody can pay an order with the code, which came at a time on the code's timeline; empty: somebody can.
func (c Code) refuses(o *Order, now time.Time) (refusal string) {
	region := o.Request().Order.Merchant.Region
	switch {
	case c.Used, now.Before(c.Start):
		return "INVALID_CODE"
	case !now.Before(c.Expiry):
		return "EXPIRED_CODE"
	case c.Region != "" && region != "" && c.Region != region:
		return "INVALID_CODE"
	}
	return ""
}

// unusedDigits draws until a code comes that was never issued.
func (n *Network) unusedDigits(tx store.Tx, form code.Format) (string, error) {
	for range 100 {
		digits, err := code.Mint(form, n.Digits)
		if err != nil {
			return "", err
		}
		if _, taken, err := codes().Get(tx, digits); err != nil || !taken {
			return digits, err
		}
	}
	return "", fmt.Errorf("no free payment code of the form %q", form)
}

// mostCodes is how many payment codes a wallet can get at once (mpp-api §4.5).
const mostCodes = 10

// GetPaymentCode is the wallets' way to codes (mpp-api §4.5). Codes for a region pay in that region only; those for none
// pay wherever the shop is.
func (n *Network) GetPaymentCode(ctx context.Context, req aps.CodeRequest) (aps.CodeAnswer, error) {
	form, err := code.ParseFormat(req.Format)
	if err != nil || req.Quantity < 1 || req.Quantity > mostCodes || !isRegion(req.Region) || req.CustomerID == "" || len(req.CustomerID) > longestCustomerID {
		return aps.CodeAnswer{Result: aps.ResultOf("PARAM_ILLEGAL")}, nil //nolint:nilerr // the answer says so
	}
	n.flagCustomer("UPM", risk.Sighting{Place: risk.GetPaymentCodeRequest, ID: req.CustomerID})
	list, err := n.MintCodes(ctx, CodeOrder{CustomerID: req.CustomerID, Region: req.Region, Quantity: req.Quantity, Format: form})
	if err != nil {
		return aps.CodeAnswer{}, err
	}
	answer := aps.CodeAnswer{Result: aps.ResultOf("SUCCESS")}
	for _, c := range list {
		answer.Codes = append(answer.Codes, aps.PaymentCode{Digits: c.Digits, Start: c.Start, Expiry: c.Expiry})
	}
	return answer, nil
}

// isRegion reports whether a text has the form of a region in ISO 3166-1 alpha-2, or is empty.
func isRegion(text string) bool {
	return text == "" || len(text) == 2 && strings.Trim(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}
