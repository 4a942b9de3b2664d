package mpp

import (
	"context"
	"fmt"

	"mppsim/wallet/aps"
	"mppsim/wallet/code/identify"
	"mppsim/wallet/store"
)

// Scan is what a payer sees after scanning or opening something.
type Scan struct {
	Result  aps.Result // Alipay+'s answer; a refusal is shown to the payer
	Action  aps.ActionForm
	Payment Payment // the order to confirm; empty where there is none
	// UserAgent is what the wallet's web view calls itself on the page that an entry code opens.
	UserAgent string
}

// OpenURL is the action of codes that open a page instead of an order: its address is the payload.
const OpenURL = "OPEN_URL"

// Scan lets the payer scan a code, or open an address that leads to an order (mpp-api §7.3). The order then waits for
// the payer's confirmation until it expires. Scanning it again shows the same order, and never pays twice.
func (w *Wallet) Scan(ctx context.Context, payerID, text string) (Scan, error) {
	owner, err := w.find(ctx, payerID)
	if err == nil {
		err = w.online(owner)
	}
	if err != nil {
		return Scan{}, err
	}
	what, refused, err := w.identified(ctx, owner, text)
	switch {
	case err != nil:
		return Scan{}, fmt.Errorf("payer %s scans: %w", payerID, err)
	case refused != nil:
		return Scan{Result: *refused}, nil
	case !what.Supported:
		return Scan{Result: refusal("INVALID_CODE", "this is no code of Alipay+")}, nil
	case what.Action == identify.OpenURL:
		return Scan{Result: success(), Action: aps.ActionForm{Type: OpenURL, Payload: what.URL}, UserAgent: what.UserAgent}, nil
	}
	answer, err := w.peer().UserInitiatedPay(ctx, aps.UserPay{Subject: owner.subject(), PspID: w.psp(owner), Code: what.CodeValue, CustomerID: owner.CustomerID})
	if err != nil {
		return Scan{}, fmt.Errorf("payer %s scans: %w", payerID, err)
	}
	shown := Scan{Result: answer.Result, Action: answer.Action}
	if answer.Result.Status != aps.Success || answer.Action.Type == aps.HandleBySDK {
		return shown, nil
	}
	p, err := w.keepShown(ctx, payerID, answer)
	if err != nil {
		return Scan{}, fmt.Errorf("payer %s scans: %w", payerID, err)
	}
	shown.Payment = p.show()
	return shown, nil
}

// identified tells what a scanned text is (mpp-api §7.2). What the wallet's rules are too old for is asked of Alipay+,
// which may refuse to tell.
func (w *Wallet) identified(ctx context.Context, owner payer, text string) (what identify.Outcome, refused *aps.Result, err error) {
	if w.identify == nil {
		return identify.Outcome{Supported: true, Action: identify.Decode, CodeValue: text}, nil, nil
	}
	if what, err = w.identify(ctx, text); err != nil || !what.Ask {
		return what, nil, err
	}
	answer, err := w.peer().IdentifyCode(ctx, aps.CodeQuestion{Subject: owner.subject(), Code: what.CodeValue, CustomerID: owner.CustomerID})
	if err != nil {
		return what, nil, err
	}
	if answer.Result.Status != aps.Success {
		return what, &answer.Result, nil
	}
	return identify.Outcome{
		Supported: answer.Supported, Action: identify.Action(answer.Action), CodeValue: answer.Code, URL: answer.RedirectURL, UserAgent: answer.UserAgent,
	}, nil, nil
}

// keepShown keeps the order until the payer decides; one that is known already stays as it is.
func (w *Wallet) keepShown(ctx context.Context, payerID string, a aps.UserPayAnswer) (p payment, err error) {
	err = w.store.Update(ctx, func(tx store.Tx) error {
		owner, err := findPayer(tx, payerID)
		if err != nil {
			return err
		}
		var found bool
		if p, found, err = payments().Get(tx, a.PaymentRequestID); err != nil || found {
			return err
		}
		p = payment{
			ID: w.ids(), RequestID: a.PaymentRequestID, Payer: owner.ID, CustomerID: owner.CustomerID,
			State: Processing, Outcome: inProcess(), Price: a.Order.Amount, Amount: a.Amount, PayTo: a.PayTo, Quote: a.Quote, Product: a.Product, Promotions: a.Promotions, Surcharge: a.Surcharge.Amount, NotifyURL: a.NotifyURL,
			Created: w.clockOf(owner.Timeline).Now(), Expiry: a.Expiry,
			Shown: &page{Order: a.Order, Redirect: a.RedirectURL}, AsksConfirm: true,
		}
		return insert(tx, new(p))
	})
	if err == nil {
		w.announce()
	}
	return p, err
}
