package wallet

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"mppsim/wallet/aps"
	"mppsim/wallet/authorisation"
	"mppsim/wallet/clock"
	"mppsim/wallet/code"
	"mppsim/wallet/consent"
	"mppsim/wallet/control"
	"mppsim/wallet/customs"
	"mppsim/wallet/dispute"
	"mppsim/wallet/fault"
	"mppsim/wallet/gateway"
	"mppsim/wallet/ledger"
	"mppsim/wallet/mpp"
	"mppsim/wallet/network"
	"mppsim/wallet/promo"
	"mppsim/wallet/promo/commission"
	"mppsim/wallet/promo/redpacket"
	"mppsim/wallet/push"
	"mppsim/wallet/registration"
	"mppsim/wallet/risk"
	"mppsim/wallet/store"
	"mppsim/wallet/trace"
)

// farthest is how far one move may lead: a refund window and a leap year.
const farthest = 800 * 24 * time.Hour

// longestWait bounds every wait of the control API.
const longestWait = 10 * time.Minute

// Info implements control.API.
func (s *Simulator) Info(context.Context) (control.Info, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	o := s.options
	keys, err := s.keys.Lines()
	if err != nil {
		return control.Info{}, fmt.Errorf("keys of the acquirer: %w", err)
	}
	return control.Info{
		AcquirerKeys: keys, Version: o.Version, ClientID: o.ClientID, Clients: s.clients.All()[1:], AcquirerID: o.AcquirerID, PspID: o.PspID, WalletBrand: o.WalletBrand,
		GatewayURL: s.urls.gateway, ControlURL: s.urls.control, TLSURL: s.urls.tls, NetworkKey: s.publicKey, KeyVersion: o.KeyVersion,
		Now: o.Clock.Now(), CallbackHosts: slices.Clone(o.Hosts), LastSeq: s.recorder.Last(), SigningOff: o.SigningOff,
		Foreign: s.foreignView(),
	}, nil
}

// OpenTimeline implements control.API.
func (s *Simulator) OpenTimeline(_ context.Context, spec control.TimelineSpec) (control.Timeline, error) {
	rhythm := network.Rhythm{Mode: spec.Notification.Mode, Delay: spec.Notification.Delay}
	if rhythm.Mode == "" {
		rhythm = network.Rhythm{Mode: s.options.Notification.Mode, Delay: s.options.Notification.Delay}
	}
	if spec.Offset < 0 || spec.Offset > farthest {
		return control.Timeline{}, control.Errorf(control.Invalid, "offset %s: want 0 to %s", spec.Offset, farthest)
	}
	line, err := s.network.OpenTimeline(spec.Name, spec.Run, rhythm, spec.Offset)
	if err != nil {
		return control.Timeline{}, control.Errorf(control.Invalid, "%v", err)
	}
	return show(line), nil
}

func show(line *network.Timeline) control.Timeline {
	return control.Timeline{ID: line.ID, Name: line.Name, Run: line.Run, Now: line.Clock.Now(), Held: line.Clock.Held()}
}

// Timeline implements control.API.
func (s *Simulator) Timeline(_ context.Context, id string) (control.Timeline, error) {
	line, err := s.network.Timeline(id)
	if err != nil {
		return control.Timeline{}, translate(err)
	}
	return show(line), nil
}

// MoveTimeline implements control.API.
func (s *Simulator) MoveTimeline(_ context.Context, id string, move control.Move) (control.Timeline, error) {
	line, err := s.network.Timeline(id)
	if err != nil {
		return control.Timeline{}, translate(err)
	}
	if err := moveClock(line.Clock, move); err != nil {
		return control.Timeline{}, err
	}
	return show(line), nil
}

// HoldTimeline implements control.API.
func (s *Simulator) HoldTimeline(_ context.Context, id string, hold control.Hold) (control.Timeline, error) {
	line, err := s.network.Timeline(id)
	if err != nil {
		return control.Timeline{}, translate(err)
	}
	if hold.Still {
		line.Clock.Hold()
	} else {
		line.Clock.Release()
	}
	return show(line), nil
}

func moveClock(c *clock.Timeline, move control.Move) error {
	if move.By < 0 || move.By > farthest || move.Days < 0 || move.Days > int(farthest/(24*time.Hour)) {
		return control.Errorf(control.Invalid, "time moves forward, by at most %d days", int(farthest/(24*time.Hour)))
	}
	if move.ToTime == "" {
		c.Advance(move.By + time.Duration(move.Days)*24*time.Hour)
		return nil
	}
	hour, minute, err := parseTimeOfDay(move.ToTime)
	if err != nil {
		return err
	}
	target := clock.NextTimeOfDay(c.Now().Add(move.By), hour, minute)
	c.AdvanceTo(target.AddDate(0, 0, move.Days))
	return nil
}

func parseTimeOfDay(text string) (hour, minute int, err error) {
	h, m, found := strings.Cut(text, ":")
	hour, hourErr := strconv.Atoi(h)
	minute, minuteErr := strconv.Atoi(m)
	if !found || hourErr != nil || minuteErr != nil || hour < 0 || hour > 23 || minute < 0 || minute > 59 {
		return 0, 0, control.Errorf(control.Invalid, "time of day %q: want hh:mm in UTC+8", text)
	}
	return hour, minute, nil
}

// CloseTimeline implements control.API.
func (s *Simulator) CloseTimeline(ctx context.Context, id string) error {
	line, err := s.network.Timeline(id)
	if err != nil || id == "" {
		return translate(fmt.Errorf("timeline %q: %w", id, network.ErrTimeline))
	}
	line.Clock.Release()
	s.plans.LiftAll(id)
	err = s.network.CloseTimeline(ctx, id)
	s.courier.Flush(id)
	return translate(err)
}

// Expect implements control.API.
func (s *Simulator) Expect(_ context.Context, id string, e control.Expectation) error {
	return translate(s.network.Expect(id, e.References, e.Amounts))
}

// CreatePayer implements control.API.
func (s *Simulator) CreatePayer(ctx context.Context, spec control.PayerSpec) (control.Payer, error) {
	if f := s.options.ForeignWallet; f != nil {
		return control.Payer{}, control.Errorf(control.Conflict, "this network works for the wallet at %s: payers are made there", f.URL)
	}
	if _, err := s.network.Timeline(spec.Timeline); err != nil {
		return control.Payer{}, translate(err)
	}
	if err := checkPayer(spec); err != nil {
		return control.Payer{}, err
	}
	promotions, attached := promotionsOf(spec.Promotions, s.options.IDs)
	p, err := s.wallet.CreatePayer(ctx, mpp.PayerSpec{
		Timeline: spec.Timeline, Template: spec.Template, Balance: spec.Balance, Promotions: promotions, Traits: spec.Traits, Alias: spec.Alias,
	})
	if err != nil {
		return control.Payer{}, translate(err)
	}
	holder := network.Holder{Timeline: spec.Timeline, Payer: p.ID, CustomerID: p.CustomerID, Currency: p.Currency}
	if p.Wallet != "" {
		holder.PspID, holder.Brand = s.brands()[p.Wallet], s.cashier().BrandOf(p.Wallet)
	}
	if err := s.network.SetHolder(ctx, holder); err != nil {
		return control.Payer{}, translate(err)
	}
	err = s.store.Update(ctx, func(tx store.Tx) error { return promo.Attach(tx, p.CustomerID, attached) })
	if err == nil {
		err = s.wallet.FetchAhead(ctx, p.ID)
	}
	if err != nil {
		return control.Payer{}, translate(err)
	}
	return payerView(p), nil
}

// promotionsOf gives promotions an id and the two forms in which wallet and promotions desk keep them.
func promotionsOf(specs []control.PromotionSpec, ids func() string) (inWallet []mpp.Promotion, attached []promo.Saving) {
	for _, p := range specs {
		promotion := aps.Promotion{ID: ids(), Name: p.Name, Type: p.Type, Savings: p.Savings}
		inWallet = append(inWallet, mpp.Promotion{Promotion: promotion, Sponsor: p.Sponsor})
		attached = append(attached, promo.Saving{Promotion: promotion, Sponsor: p.Sponsor})
	}
	return inWallet, attached
}

func payerView(p mpp.Payer) control.Payer {
	return control.Payer{
		ID: p.ID, CustomerID: p.CustomerID, Timeline: p.Timeline, Template: p.Template, Name: p.Name, Alias: p.Alias, Wallet: p.Wallet, Currency: p.Currency, Balance: p.Balance,
		Waiting: paymentViews(p.Waiting), Payments: paymentViews(p.Payments),
	}
}

func paymentViews(list []mpp.Payment) []control.Payment {
	views := make([]control.Payment, 0, len(list))
	for _, p := range list {
		views = append(views, paymentView(p))
	}
	return views
}

// Payer implements control.API.
func (s *Simulator) Payer(ctx context.Context, id string) (control.Payer, error) {
	p, err := s.wallet.Payer(ctx, id)
	if err != nil {
		return control.Payer{}, translate(err)
	}
	return payerView(p), nil
}

// IssueCode implements control.API.
func (s *Simulator) IssueCode(ctx context.Context, payer string, spec control.CodeSpec) (control.PaymentCode, error) {
	list, err := s.IssueCodes(ctx, payer, control.CodesSpec{CodeSpec: spec})
	if err != nil {
		return control.PaymentCode{}, err
	}
	return list[0], nil
}

// IssueCodes implements control.API.
func (s *Simulator) IssueCodes(ctx context.Context, payer string, spec control.CodesSpec) ([]control.PaymentCode, error) {
	if err := checkCodes(spec); err != nil {
		return nil, err
	}
	list, err := s.wallet.IssueCode(ctx, payer, mpp.CodeSpec{
		Format: code.Format{Prefix: spec.Prefix, Length: spec.Length}, Quantity: spec.Quantity, Region: spec.Region,
	})
	if err != nil {
		return nil, translate(err)
	}
	views := make([]control.PaymentCode, 0, len(list))
	for _, c := range list {
		views = append(views, control.PaymentCode{Digits: c.Digits, Start: c.Start, Expiry: c.Expiry})
	}
	return views, nil
}

// Faults implements control.API.
func (s *Simulator) Faults(context.Context) ([]control.FaultKind, error) { return fault.Catalogue() }

// Arm implements control.API. A fault belongs to the timeline of its payer where the aim names none.
func (s *Simulator) Arm(ctx context.Context, spec control.FaultSpec) (control.Fault, error) {
	home := spec.Aim.Timeline
	if home == "" && spec.Aim.Payer != "" {
		p, err := s.wallet.Payer(ctx, spec.Aim.Payer)
		if err != nil {
			return control.Fault{}, translate(err)
		}
		home = p.Timeline
	}
	if home == "" {
		subject, err := s.network.Locate(ctx, aps.Marks{Code: spec.Aim.Code, PaymentRequestID: spec.Aim.PaymentRequestID})
		if err != nil {
			return control.Fault{}, translate(err)
		}
		home = subject.Timeline
	}
	if err := s.disturbs(spec, home); err != nil {
		return control.Fault{}, err
	}
	f, err := s.plans.Arm(spec, home)
	return f, translate(err)
}

// Armed implements control.API.
func (s *Simulator) Armed(_ context.Context, timeline string) ([]control.Fault, error) {
	return s.plans.Armed(timeline), nil
}

// Lift implements control.API. What an undecided payment kept to itself is settled before it returns.
func (s *Simulator) Lift(ctx context.Context, id string) error {
	home, err := s.plans.Lift(id)
	if err != nil {
		return translate(err)
	}
	s.network.Settle(ctx, home)
	return nil
}

// Release implements control.API.
func (s *Simulator) Release(_ context.Context, id string) error {
	return translate(s.plans.Release(id))
}

// StrikeTill implements control.API.
func (s *Simulator) StrikeTill(ctx context.Context, m control.TillMessage) ([]control.TillFault, error) {
	about, err := s.network.Locate(ctx, aps.Marks{Code: m.Code, Texts: aps.ListTexts(m.Reference)})
	if err != nil {
		return nil, translate(err)
	}
	about.Timeline, about.Payer = cmp.Or(m.Timeline, about.Timeline), cmp.Or(m.Payer, about.Payer)
	return s.plans.MatchTill(m.Verb, about), nil
}

// Orders implements control.API.
func (s *Simulator) Orders(ctx context.Context, timeline string) ([]control.Order, error) {
	list, err := s.network.Orders(ctx, timeline)
	if err != nil {
		return nil, translate(err)
	}
	views := make([]control.Order, 0, len(list))
	for _, o := range list {
		views = append(views, orderView(o))
	}
	return views, nil
}

// conversion is what an amount of an order became.
func conversion(o network.Order, c network.Conversion) control.Conversion {
	return control.Conversion{Amount: c.Amount, Quote: o.Wire(c.Terms())}
}

func orderView(o network.Order) control.Order {
	view := control.Order{
		PaymentRequestID: o.PaymentRequestID, PaymentID: o.PaymentID, ReferenceOrderID: o.Request().Order.ReferenceOrderID,
		Timeline: o.Timeline, Payer: o.Payer, Product: string(o.Product), Code: o.Code, State: string(o.State), Outcome: o.Outcome, Amount: o.Request().Amount,
		PayTo: conversion(o, o.PayTo), Settlement: conversion(o, o.Settlement),
		Created: o.Created, Finished: o.Finished, Refunded: o.Refunded(), Door: string(cmp.Or(o.Request().Door, aps.AlipayPlus)),
	}
	if view.Product == "" {
		view.Product = string(aps.ByPaymentCode)
	}
	if o.Offer != nil && !o.State.Final() {
		view.Scan = o.Offer.Texts()
	}
	for _, r := range o.Refunds {
		view.Refunds = append(view.Refunds, control.Refund{
			RefundRequestID: r.RefundRequestID, RefundID: r.RefundID, Amount: r.Amount, Result: r.Result,
			From: conversion(o, r.From), Settlement: conversion(o, r.Settlement),
		})
	}
	return view
}

// Notify implements control.API.
func (s *Simulator) Notify(ctx context.Context, spec control.NotifySpec) (trace.Exchange, error) {
	if err := fault.CheckAlteration(spec.Alter); err != nil {
		return trace.Exchange{}, translate(err)
	}
	if spec.Pay {
		if err := s.payNow(ctx, spec.PaymentRequestID); err != nil {
			return trace.Exchange{}, translate(err)
		}
	}
	d, err := s.delivery(ctx, spec)
	if err != nil {
		return trace.Exchange{}, translate(err)
	}
	if spec.URL != "" {
		d.URL = spec.URL
	}
	e, err := s.gateway.Deliver(ctx, d, gateway.Shape{Alter: spec.Alter, Size: spec.RawSize, Depth: spec.RawDepth})
	if err != nil {
		return e, control.Errorf(control.Invalid, "%v", err)
	}
	return e, nil
}

// delivery finds the order; a raw message needs none if it has an address.
func (s *Simulator) delivery(ctx context.Context, spec control.NotifySpec) (aps.Delivery, error) {
	if spec.URL != "" && spec.RawSize+spec.RawDepth > 0 && spec.PaymentRequestID == "" {
		return aps.Delivery{}, nil
	}
	return s.network.Delivery(ctx, spec.PaymentRequestID, spec.Outcome)
}

// payNow lets the payer confirm a payment that still waits for it.
func (s *Simulator) payNow(ctx context.Context, paymentRequestID string) error {
	o, found, err := s.network.Order(ctx, paymentRequestID)
	if err != nil {
		return err
	}
	if !found {
		return fmt.Errorf("payment %s: %w", paymentRequestID, network.ErrOrder)
	}
	if o.State != network.Processing {
		return nil
	}
	_, err = s.wallet.EnterPassword(ctx, o.Payer, mpp.Act{PaymentRequestID: o.WalletRequestID(), Wait: time.Second})
	return err
}

// Entries implements control.API.
func (s *Simulator) Entries(ctx context.Context, timeline string) ([]control.Entry, error) {
	var posted []ledger.Transaction
	err := s.store.View(ctx, func(tx store.Tx) (err error) {
		posted, err = ledger.Transactions(tx, timeline)
		return err
	})
	if err != nil {
		return nil, translate(err)
	}
	names, err := s.orderNames(ctx, timeline)
	var entries []control.Entry
	for _, t := range posted {
		order := t.Order
		if name, known := names[order]; known {
			order = name
		}
		for _, p := range t.Postings {
			entries = append(entries, control.Entry{
				Transaction: t.ID, Kind: t.Kind, Account: string(p.Account), Amount: p.Amount, Order: order, At: t.At,
			})
		}
	}
	return entries, translate(err)
}

// orderNames leads from the ids on the wallet's leg to the acquirer's, so that all entries of a payment carry one.
func (s *Simulator) orderNames(ctx context.Context, timeline string) (map[string]string, error) {
	list, err := s.network.Orders(ctx, timeline)
	names := make(map[string]string, len(list))
	for _, o := range list {
		for _, leg := range append([]string{o.PaymentID, o.WalletRequestID()}, o.Rivals...) {
			names[leg] = o.PaymentRequestID
		}
	}
	return names, err
}

// Exchanges implements control.API.
func (s *Simulator) Exchanges(ctx context.Context, q control.ExchangeQuery) ([]trace.Exchange, error) {
	query := trace.Query{After: q.After, Timeline: q.Timeline, About: q.About, Limit: q.Limit, Wallet: q.Wallet}
	if q.Wait <= 0 {
		list, err := s.recorder.Query(query)
		return list, translate(err)
	}
	list, err := s.recorder.Wait(ctx, query, min(q.Wait, longestWait))
	return list, translate(err)
}

// translate gives the errors of the rooms the codes of the control API.
func translate(err error) error {
	if err == nil {
		return nil
	}
	for code, causes := range map[string][]error{
		control.NotFound: {
			network.ErrTimeline, network.ErrOrder, mpp.ErrNoPayer, mpp.ErrNoPayment, fault.ErrUnknown, registration.ErrUnknown, consent.ErrUnknown, dispute.ErrUnknown, customs.ErrUnknown, push.ErrUnknown,
			redpacket.ErrUnknown, commission.ErrUnknown, risk.ErrUnknown,
		},
		control.Invalid: {
			promo.ErrSpec, redpacket.ErrSpec, redpacket.ErrRegion, commission.ErrScheme, commission.ErrUnqualified, commission.ErrPeriod, commission.ErrCurrency, risk.ErrPolicy,
			mpp.ErrNoTemplate, mpp.ErrTrait, fault.ErrSpec, code.ErrFormat, gateway.ErrHost, mpp.ErrRefused, registration.ErrVerdict, dispute.ErrSpec, authorisation.ErrAddress,
		},
		control.Conflict: {mpp.ErrNotWaiting, mpp.ErrOffline, consent.ErrState, consent.ErrLimit, consent.ErrRefused, dispute.ErrPayment, dispute.ErrRule, commission.ErrOpen, commission.ErrTaken, risk.ErrClosed, store.ErrExists},
	} {
		if slices.ContainsFunc(causes, func(cause error) bool { return errors.Is(err, cause) }) {
			return control.Errorf(code, "%v", err)
		}
	}
	return err
}
