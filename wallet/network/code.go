package network

import (
	"context"
	"fmt"

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

// MintCode issues one payment code for a wallet user. It is valid for 60 s on the user's timeline and pays once (acqp-api §9.1).
func (n *Network) MintCode(ctx context.Context, customerID string, form code.Format) (Code, error) {
	var c Code
	err := n.store.Update(ctx, func(tx store.Tx) error {
		h, found, err := holders().Get(tx, customerID)
		if err != nil {
			return err
		}
		if !found {
			return fmt.Errorf("customer %s: unknown", customerID)
		}
		now := n.lines.of(h.Timeline).Clock.Now()
		c = Code{Timeline: h.Timeline, Payer: h.Payer, CustomerID: customerID, Start: now, Expiry: now.Add(codeValidity)}
		if c.Digits, err = n.unusedDigits(tx, form); err != nil {
			return err
		}
		if h.Timeline != "" { // the strays' never ends
			if err := codesOf().Append(tx, h.Timeline, c.Digits); err != nil {
				return err
			}
		}
		return codes().Insert(tx, c.Digits, c)
	})
	return c, err
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

// GetPaymentCode is the wallets' way to codes (mpp-api §4.5).
func (n *Network) GetPaymentCode(ctx context.Context, req aps.CodeRequest) (aps.CodeAnswer, error) {
	form, err := code.ParseFormat(req.Format)
	if err != nil || req.Quantity < 1 || req.Quantity > 10 || req.CustomerID == "" || len(req.CustomerID) > longestCustomerID {
		return aps.CodeAnswer{Result: aps.ResultOf("PARAM_ILLEGAL")}, nil //nolint:nilerr // the answer says so
	}
	n.flagCustomer("UPM", risk.Sighting{Place: risk.GetPaymentCodeRequest, ID: req.CustomerID})
	answer := aps.CodeAnswer{Result: aps.ResultOf("SUCCESS")}
	for range req.Quantity {
		c, err := n.MintCode(ctx, req.CustomerID, form)
		if err != nil {
			return aps.CodeAnswer{}, err
		}
		answer.Codes = append(answer.Codes, aps.PaymentCode{Digits: c.Digits, Start: c.Start, Expiry: c.Expiry})
	}
	return answer, nil
}
