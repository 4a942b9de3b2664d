package wallet

import (
	"context"
	"errors"
	"reflect"

	"mppsim/wallet/aps"
	"mppsim/wallet/control"
	"mppsim/wallet/fault"
	"mppsim/wallet/gateway"
	"mppsim/wallet/jsontree"
	"mppsim/wallet/mpp"
	"mppsim/wallet/network"
	"mppsim/wallet/push"
	"mppsim/wallet/trace"
)

// unnamedMerchant stands in the books for a shop of which the acquirer told nothing.
const unnamedMerchant = "unnamed"

func (s *Simulator) pushed() map[aps.API]serving {
	s.pushes = push.New(push.Options{
		Store: s.store, Acquirer: acquirerPort{s}, Courier: s.courier, Address: s.address, Accept: s.accept,
		Logger: s.options.Logger, AcquirerID: s.options.AcquirerID,
	})
	return map[aps.API]serving{aps.NotifyPushPayment: s.pushNotified}
}

// pushNotified takes the first client's word only: what is pushed is pushed to it.
func (s *Simulator) pushNotified(ctx context.Context, about aps.Subject, root *jsontree.Node) (*jsontree.Node, error) {
	if about.Client != "" {
		return aps.NewAnswer(aps.ResultOf("ORDER_NOT_EXIST")).Node(), nil
	}
	return s.pushes.Notified(ctx, about, root)
}

// accept books the acquirer's word on a pushed order.
func (s *Simulator) accept(ctx context.Context, order string, word aps.Result) (aps.Result, error) {
	o, err := s.network.Accept(ctx, order, word)
	return o.Outcome, err
}

// push hands an order to the acquirer when the wallet has taken the money.
func (s *Simulator) push(ctx context.Context, o network.Order) {
	d, err := s.network.Delivery(ctx, o.PaymentRequestID, nil)
	if err == nil {
		p := d.Notification.Payment
		about := o.Subject()
		about.Code = o.Request().Code
		err = s.pushes.Push(ctx, push.Payment{
			Order: o.PaymentRequestID, ID: o.PaymentID, RequestID: o.Request().PaymentRequestID, PspID: s.options.PspID, Code: o.Request().Code,
			Timeline: o.Timeline, Amount: o.Request().Amount, Settlement: p.Settlement, Paid: s.options.Clock.Now(),
			CustomerID: o.CustomerID, Brand: p.WalletBrandName, Subject: about,
		})
	}
	if err != nil {
		s.options.Logger.Error("a payment could not be pushed", "payment", o.PaymentID, "error", err)
	}
}

// Push implements control.API.
func (s *Simulator) Push(ctx context.Context, payer string, spec control.PushSpec) (control.Push, error) {
	p, err := s.scanning(ctx, payer, spec)
	if err != nil {
		return control.Push{}, err
	}
	about := aps.Subject{Timeline: p.Timeline, Match: "code", Payer: p.ID, Code: spec.Code}
	question := aps.Decode{AcquirerID: s.options.AcquirerID, PspID: s.options.PspID, Code: spec.Code, CustomerID: p.CustomerID}.Node()
	answer, err := s.askAcquirer(ctx, aps.UserInitiatedPay, about, question)
	if err != nil {
		return control.Push{}, err
	}
	decoded, reading := aps.ReadDecoded(answer)
	if decoded.CodeType != aps.StoreCodeType && len(reading.Problems) > 0 {
		return control.Push{}, control.Errorf(control.Conflict, "the acquirer's order cannot be understood: %v", reading.Problems)
	}
	req := decoded.Order
	req.Code, req.NotifyURL = spec.Code, "" // the acquirer decides, and need not be notified
	if spec.Amount.Currency != "" {
		req.Amount = spec.Amount
	}
	return s.lead(ctx, p, network.Led{Product: aps.ByPush, Request: req})
}

// PlaceOrder implements control.API.
func (s *Simulator) PlaceOrder(ctx context.Context, payer string, spec control.PushSpec) (control.Push, error) {
	p, err := s.scanning(ctx, payer, spec)
	if err != nil {
		return control.Push{}, err
	}
	id := s.options.IDs()
	about := aps.Subject{Timeline: p.Timeline, Match: "code", Payer: p.ID, Code: spec.Code, PaymentID: id}
	answer, err := s.askAcquirer(ctx, aps.PlaceOrder, about, aps.NewMessage().
		Text("acquirerId", s.options.AcquirerID).Text("pspId", s.options.PspID).Text("codeValue", spec.Code).Text("paymentId", id).
		Amount("paymentAmount", spec.Amount).Text("customerId", p.CustomerID).Node())
	if err != nil {
		return control.Push{}, err
	}
	req := aps.PayRequest{
		PaymentRequestID: aps.FieldsOf(answer).Text("paymentRequestId"), Amount: spec.Amount, Code: spec.Code,
		Order: aps.Order{Amount: spec.Amount}, NotifyURL: s.addressOf(aps.NotifyPayment),
	}
	return s.lead(ctx, p, network.Led{Product: aps.ByPlacedOrder, PaymentID: id, Request: req})
}

func (s *Simulator) scanning(ctx context.Context, payer string, spec control.PushSpec) (mpp.Payer, error) {
	if spec.Code == "" {
		return mpp.Payer{}, control.Errorf(control.Invalid, "code: nothing was scanned")
	}
	if err := s.wallet.Online(ctx, payer); err != nil {
		return mpp.Payer{}, translate(err)
	}
	p, err := s.wallet.Payer(ctx, payer)
	return p, translate(err)
}

// askAcquirer makes a call that must succeed for a payment to go on.
func (s *Simulator) askAcquirer(ctx context.Context, api aps.API, about aps.Subject, body *jsontree.Node) (*jsontree.Node, error) {
	address, err := s.address(api)
	if err != nil {
		return nil, translate(err)
	}
	answer, err := s.gateway.Call(ctx, aps.Call{API: api, URL: address, Subject: about, Body: body})
	if err != nil {
		return nil, control.Errorf(control.Conflict, "%s: %v", api, err)
	}
	if r := aps.FieldsOf(answer).Result("result"); r.Status != aps.Success {
		return nil, control.Errorf(control.Conflict, "%s: the acquirer answers %s %s", api, r.Status, r.Code)
	}
	return answer, nil
}

// lead books a payment of the payer's and has the wallet pay it.
func (s *Simulator) lead(ctx context.Context, p mpp.Payer, l network.Led) (control.Push, error) {
	if l.Request.Amount.Value < 1 {
		return control.Push{}, control.Errorf(control.Invalid, "amount: the code has none, so the payer must name one")
	}
	if l.Request.Order.Merchant.ReferenceMerchantID == "" {
		l.Request.Order.Merchant.ReferenceMerchantID = unnamedMerchant
	}
	h, found, err := s.network.Holder(ctx, p.CustomerID)
	if err != nil || !found {
		return control.Push{}, errors.Join(translate(err), mpp.ErrNoPayer)
	}
	l.Holder = h
	o, err := s.network.Lead(ctx, l)
	if err != nil {
		return control.Push{}, translate(err)
	}
	return s.pushView(ctx, o)
}

func (s *Simulator) pushView(ctx context.Context, o network.Order) (control.Push, error) {
	view := control.Push{
		PaymentID: o.PaymentID, PaymentRequestID: o.Request().PaymentRequestID, Order: o.PaymentRequestID,
		State: string(o.State), Outcome: o.Outcome, Amount: o.Request().Amount,
	}
	x, err := s.pushes.Find(ctx, o.PaymentID)
	switch {
	case errors.Is(err, push.ErrUnknown):
		return view, nil // not pushed yet, or never
	case err != nil:
		return view, err
	}
	if view.Channel = x.Channel; x.Word.Final() {
		view.Word = &x.Word
	}
	return view, nil
}

// Pushed implements control.API.
func (s *Simulator) Pushed(ctx context.Context, paymentID string) (control.Push, error) {
	x, err := s.pushes.Find(ctx, paymentID)
	if err != nil {
		return control.Push{}, translate(err)
	}
	o, _, err := s.network.Order(ctx, x.Order)
	if err != nil {
		return control.Push{}, translate(err)
	}
	return s.pushView(ctx, o)
}

// RepeatPush implements control.API. What is answered to an altered push is not taken for the payment's outcome.
func (s *Simulator) RepeatPush(ctx context.Context, paymentID string, spec control.RepeatSpec) (trace.Exchange, error) {
	if err := fault.CheckAlteration(spec.Alter); err != nil {
		return trace.Exchange{}, translate(err)
	}
	x, err := s.pushes.Find(ctx, paymentID)
	if err != nil {
		return trace.Exchange{}, translate(err)
	}
	call, err := s.pushes.Call(x)
	if err != nil {
		return trace.Exchange{}, translate(err)
	}
	e, err := s.gateway.Send(ctx, call, gateway.Shape{Alter: spec.Alter})
	if err != nil {
		return e, control.Errorf(control.Invalid, "%v", err)
	}
	if e.Result != nil && reflect.ValueOf(spec.Alter).IsZero() {
		err = s.pushes.Learn(ctx, paymentID, aps.Result{Code: e.Result.Code, Status: aps.Status(e.Result.Status)})
	}
	return e, translate(err)
}

// InquirePush implements control.API.
func (s *Simulator) InquirePush(ctx context.Context, spec control.PushInquiry) (trace.Exchange, error) {
	x, err := s.pushes.Find(ctx, spec.PaymentID)
	known := err == nil
	if errors.Is(err, push.ErrUnknown) {
		if spec.PaymentID == "" || spec.CodeValue == "" {
			return trace.Exchange{}, control.Errorf(control.Invalid, "paymentId and codeValue are needed to ask about what was never pushed")
		}
		x = push.Payment{ID: spec.PaymentID, PspID: s.options.PspID}
		err = nil
	}
	if err != nil {
		return trace.Exchange{}, translate(err)
	}
	if spec.CodeValue != "" {
		x.Code = spec.CodeValue
	}
	call, err := s.pushes.Inquiry(x)
	if err != nil {
		return trace.Exchange{}, translate(err)
	}
	e, err := s.gateway.Send(ctx, call, gateway.Shape{})
	if err != nil {
		return e, control.Errorf(control.Invalid, "%v", err)
	}
	if answer, parseErr := jsontree.Parse(e.Response.Body); known && parseErr == nil {
		s.pushes.Heard(ctx, spec.PaymentID, aps.FieldsOf(answer))
	}
	return e, nil
}
