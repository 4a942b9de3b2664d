package wallet

import (
	"context"

	"mppsim/wallet/aps"
	"mppsim/wallet/control"
	"mppsim/wallet/fault"
	"mppsim/wallet/gateway"
	"mppsim/wallet/mpp"
	"mppsim/wallet/trace"
)

// The payer's hand: what is scanned, confirmed, declined.

func actOf(act control.PayerAct) mpp.Act {
	return mpp.Act{PaymentRequestID: act.PaymentRequestID, Password: act.Password, Wait: min(act.WaitFor, longestWait), Late: act.Late}
}

// Scan implements control.API.
func (s *Simulator) Scan(ctx context.Context, payer string, spec control.ScanSpec) (control.Scan, error) {
	if spec.Text == "" {
		return control.Scan{}, control.Errorf(control.Invalid, "text: nothing was scanned")
	}
	shown, err := s.wallet.Scan(ctx, payer, spec.Text)
	if err != nil {
		return control.Scan{}, translate(err)
	}
	view := control.Scan{Result: shown.Result, Action: shown.Action.Type, Page: shown.Action.Payload, UserAgent: shown.UserAgent}
	if shown.Payment.ID != "" {
		payment := paymentView(shown.Payment)
		view.Payment = &payment
	}
	return view, nil
}

// Confirm implements control.API.
func (s *Simulator) Confirm(ctx context.Context, payer string, act control.PayerAct) (control.Payment, error) {
	p, err := s.wallet.Confirm(ctx, payer, actOf(act))
	return paymentView(p), translate(err)
}

// EnterPassword implements control.API.
func (s *Simulator) EnterPassword(ctx context.Context, payer string, act control.PayerAct) (control.Payment, error) {
	p, err := s.wallet.EnterPassword(ctx, payer, actOf(act))
	return paymentView(p), translate(err)
}

// Decline implements control.API.
func (s *Simulator) Decline(ctx context.Context, payer string, act control.PayerAct) (control.Payment, error) {
	p, err := s.wallet.Decline(ctx, payer, actOf(act))
	return paymentView(p), translate(err)
}

func paymentView(p mpp.Payment) control.Payment {
	view := control.Payment{
		ID: p.ID, PaymentRequestID: p.PaymentRequestID, State: string(p.State), Code: p.Code, Amount: p.Amount, Quote: p.Quote,
		Debited: p.Debited, Refunded: p.Refunded, Waits: string(p.Waits), Payable: p.PayTo, Promotions: p.Promotions,
		Expiry: p.Expiry, RedirectURL: p.RedirectURL, Reason: p.Reason, Verdicts: p.Verdicts, Price: p.Price,
	}
	for _, r := range p.Refunds {
		view.Refunds = append(view.Refunds, control.PaymentRefund{
			ID: r.ID, Amount: r.Amount, Credited: r.From, Promotions: r.Promotions, Time: r.Time,
		})
	}
	if o := p.Order; o != nil {
		view.Order = &control.ShownOrder{
			ReferenceOrderID: o.ReferenceOrderID, Description: o.Description, Price: o.Amount,
			Merchant: o.Merchant.Name, DisplayName: o.Merchant.DisplayName, Region: o.Merchant.Region,
		}
	}
	return view
}

// Decode implements control.API.
func (s *Simulator) Decode(ctx context.Context, spec control.DecodeSpec) (trace.Exchange, error) {
	if err := fault.CheckAlteration(spec.Alter); err != nil {
		return trace.Exchange{}, translate(err)
	}
	address, err := s.address(aps.UserInitiatedPay)
	if err != nil {
		return trace.Exchange{}, control.Errorf(control.Invalid, "%v", err)
	}
	about, err := s.network.Locate(ctx, aps.Marks{Code: spec.Text})
	if err != nil {
		return trace.Exchange{}, translate(err)
	}
	customer := ""
	if spec.Payer != "" {
		p, err := s.wallet.Payer(ctx, spec.Payer)
		if err != nil {
			return trace.Exchange{}, translate(err)
		}
		about.Payer, customer = p.ID, p.CustomerID
		if about.Match == "" {
			about.Timeline, about.Match = p.Timeline, "code"
		}
	}
	body := aps.Decode{AcquirerID: s.options.AcquirerID, PspID: s.options.PspID, Code: spec.Text, CustomerID: customer}.Node()
	call := aps.Call{API: aps.UserInitiatedPay, URL: address, Subject: about, Body: body}
	e, err := s.gateway.Send(ctx, call, gateway.Shape{Alter: spec.Alter, Size: spec.RawSize, Depth: spec.RawDepth})
	if err != nil {
		return e, control.Errorf(control.Invalid, "%v", err)
	}
	return e, nil
}
