package world

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"mppsim/reports/journal"
	"mppsim/scenarios/acquirer"
	"mppsim/scenarios/tolerance"
	"mppsim/wallet/aps"
	"mppsim/wallet/control"
	"mppsim/wallet/money"
	"mppsim/wallet/trace"
)

// ChargeOrder is what a shop wants to charge. Everything but the amount has a default.
type ChargeOrder struct {
	Product     string        // default: a payment code; others need neither payer nor code
	Payer       *Payer        // default: the latest payer
	Code        string        // default: a fresh code of the payer
	Shop        acquirer.Shop // default: the profile's first shop
	Amount      money.Amount
	AmountText  string // as a shop would write it, also nonsense
	Currency    string // as a shop would write it; default: the amount's
	Reference   string // the shop's order number; default: a new one
	Description string
	Blank       bool // send optional texts as empty strings
	Unsampled   bool // do not query it once a second

	Validity time.Duration   // how long the shop wishes the order to be payable; default: no wish
	Online   acquirer.Online // of the cashier
}

// Payment is one charge of a shop and everything the acquirer has told the shop about it.
type Payment struct {
	Payer  *Payer // nil when a code was given without a payer, and until one has scanned what the shop shows
	Code   string
	Charge acquirer.Charge

	w        *World
	started  time.Time
	answered chan struct{} // closed when the charge call is over

	// Guarded by w.mu.
	answer  acquirer.Payment
	err     error
	call    string // id of the charge's call
	samples []heard[acquirer.Payment]
	stumble string             // how the last query failed
	stop    context.CancelFunc // ends the sampling; nil when there is none
}

// Sample is what the acquirer told the shop at one moment, asked for by the sampler or by a step.
type Sample struct {
	At      time.Time // end of the call
	Verb    string    // charge_code, query, cancel
	Payment acquirer.Payment
	Call    string // id of a journaled call that told exactly this
}

func sample(h heard[acquirer.Payment]) Sample {
	return Sample{At: h.at, Verb: h.verb, Payment: *h.told, Call: h.call}
}

// Charge lets a shop charge a payment code. It returns at once: the call goes on in the background,
// and afterwards the payment is queried once a second (shortened, see Scale) until the world is closed.
func (w *World) Charge(ctx context.Context, o ChargeOrder) (*Payment, error) {
	p, err := w.prepare(ctx, o)
	if err != nil {
		return nil, err
	}
	w.mu.Lock()
	p.started = w.setup.Clock.Now()
	w.payments = append(w.payments, p)
	w.tell()
	w.mu.Unlock()
	w.spawn(func(ctx context.Context) {
		p.charge(ctx)
		if !o.Unsampled {
			p.Watch() //nolint:contextcheck // sampling lives as long as the world
		}
	})
	return p, nil
}

// prepare fills in what the order leaves open and announces the traffic.
func (w *World) prepare(ctx context.Context, o ChargeOrder) (*Payment, error) {
	if o.Shop.Role == "" && o.Shop.Merchant == "" {
		shop, err := w.Shop("")
		if err != nil {
			return nil, err
		}
		o.Shop = shop
	}
	byCode := o.Product == "" || o.Product == acquirer.ProductPaymentCode
	if o.Payer == nil && o.Code == "" && byCode {
		payer, err := w.PayerBy("")
		if err != nil {
			return nil, err
		}
		o.Payer = payer
	}
	if o.Code == "" && byCode {
		code, err := o.Payer.Code(ctx, control.CodeSpec{})
		if err != nil {
			return nil, err
		}
		o.Code = code.Digits
	}
	if o.Reference == "" {
		o.Reference = w.NextNumber()
	}
	if o.Currency == "" {
		o.Currency = o.Amount.Currency
	}
	if o.AmountText == "" {
		o.AmountText = o.Amount.Major()
	}
	expectation := control.Expectation{References: []string{o.Reference}}
	if !o.Amount.IsZero() {
		expectation.Amounts = []money.Amount{o.Amount}
	}
	if err := w.setup.Sim.Expect(ctx, w.timeline, expectation); err != nil {
		return nil, fmt.Errorf("announce the payment: %w", err)
	}
	return &Payment{
		Payer: o.Payer, Code: o.Code, w: w, answered: make(chan struct{}),
		Charge: acquirer.Charge{
			Product: o.Product, Validity: o.Validity, Online: o.Online,
			Shop: o.Shop, Code: o.Code, Amount: o.Amount, AmountText: o.AmountText, Currency: o.Currency,
			Reference: o.Reference, Description: o.Description, Blank: o.Blank,
		},
	}, nil
}

// charge makes the call and keeps its answer.
func (p *Payment) charge(ctx context.Context) {
	w, started := p.w, p.w.setup.Clock.Now()
	w.mu.Lock()
	p.started = started
	w.mu.Unlock()
	answer, err := w.create(ctx, p.Charge)
	call := w.finish(answer.Call, acquirer.CreateVerb(p.Charge.Product), started, err)
	answer.Call = call
	w.mu.Lock()
	p.answer, p.err = answer, err
	p.call = call.ID
	if err == nil {
		p.samples = append(p.samples, heard[acquirer.Payment]{call.Ended, call.Verb, call.ID, &answer})
	}
	close(p.answered)
	w.put(call)
	w.mu.Unlock()
	w.Record(journal.Entry{Call: &call})
}

// create charges a payment code, or makes a payment of another product.
func (w *World) create(ctx context.Context, c acquirer.Charge) (acquirer.Payment, error) {
	verb := acquirer.CreateVerb(c.Product)
	if verb == acquirer.VerbChargeCode {
		return w.shopLine().ChargeCode(ctx, c)
	}
	presenter, able := w.shopLine().(acquirer.Presenter)
	if !able {
		return acquirer.Payment{}, fmt.Errorf("%s: %w", verb, acquirer.ErrNotOffered)
	}
	return presenter.Present(ctx, c)
}

// finish completes a call that a driver has made, also when it failed half-way.
func (w *World) finish(call journal.Call, verb string, started time.Time, err error) journal.Call {
	if call.ID == "" {
		call.ID = w.setup.NewID()
	}
	if call.Verb == "" {
		call.Verb = verb
	}
	if call.Started.IsZero() {
		call.Started = started
	}
	if call.Ended.IsZero() {
		call.Ended = w.setup.Clock.Now()
	}
	if err != nil && call.Error == "" {
		call.Error = err.Error()
	}
	w.reached(call)
	w.heard(call, err)
	return call
}

// Payments are the scenario's payments so far, in order.
func (w *World) Payments() []*Payment {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.payments)
}

// PaymentBy finds a payment: "" and "the payment" mean the latest, "the first payment" … count.
func (w *World) PaymentBy(role string) (*Payment, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	i, err := pick(role, "payment", len(w.payments))
	if err != nil {
		return nil, err
	}
	return w.payments[i], nil
}

// Answer waits for the answer to the charge, as long as a till would. An error is the environment's or
// the profile's fault.
func (p *Payment) Answer(ctx context.Context) (acquirer.Payment, error) {
	done, err := p.w.Await(ctx, tolerance.CallAnswer, "the acquirer's answer to the charge", func(*View) bool {
		_, answered := p.Answered()
		return answered
	})
	if err != nil {
		return acquirer.Payment{}, err
	}
	if !done {
		return acquirer.Payment{}, errors.New("the acquirer did not answer the charge")
	}
	p.w.mu.Lock()
	defer p.w.mu.Unlock()
	return p.answer, p.err
}

// Answered returns the answer to the charge, if it has come and could be read.
func (p *Payment) Answered() (acquirer.Payment, bool) {
	select {
	case <-p.answered:
	default:
		return acquirer.Payment{}, false
	}
	p.w.mu.Lock()
	defer p.w.mu.Unlock()
	return p.answer, true
}

// Started is when the shop made the charge.
func (p *Payment) Started() time.Time {
	p.w.mu.Lock()
	defer p.w.mu.Unlock()
	return p.started
}

// Ref names the payment to the acquirer.
func (p *Payment) Ref() acquirer.PaymentRef {
	answer, _ := p.Answered()
	return acquirer.PaymentRef{
		Payment: answer.ID, Reference: p.Charge.Reference, Shop: p.Charge.Shop, Amount: p.Charge.Amount,
	}
}

// Named reports whether the shop can name the payment in a call: by the acquirer's own id, which it learns from the
// answer to the charge, or by its order number, where the verb does with that.
func (p *Payment) Named(verb string) bool {
	if answer, over := p.Answered(); over && answer.ID != "" {
		return true
	}
	namer, tells := p.w.setup.Acquirer.(acquirer.Namer)
	return tells && !namer.NeedsID(verb)
}

// Samples is everything that the acquirer has told the shop about the payment, oldest first: the answer to the
// charge, the sampler's queries, and the answers to what steps asked.
func (p *Payment) Samples() []Sample {
	p.w.mu.Lock()
	defer p.w.mu.Unlock()
	list := make([]Sample, len(p.samples))
	for i, h := range p.samples {
		list[i] = sample(h)
	}
	return list
}

// Shown is what the payer of an order code, a cashier payment and the like gets to see: what the acquirer's answer to
// the shop's order told, or the first answer to a query that told it; empty as long as there is none.
func (p *Payment) Shown() acquirer.Shown {
	for _, s := range p.Samples() {
		if s.Payment.Shown.Code != "" || s.Payment.Shown.Address != "" {
			return s.Payment.Shown
		}
	}
	return acquirer.Shown{}
}

// Last is the latest of the samples; its state is empty as long as the acquirer has told nothing.
func (p *Payment) Last() Sample {
	p.w.mu.Lock()
	defer p.w.mu.Unlock()
	if len(p.samples) == 0 {
		return Sample{}
	}
	return sample(p.samples[len(p.samples)-1])
}

// State is the payment's state as the shop last heard it: PENDING before the first word, FAILED when the
// acquirer refused the charge.
func (p *Payment) State() acquirer.State { return p.Last().State() }

// State reads a sample's state, see Payment.State.
func (s Sample) State() acquirer.State {
	_, creates := acquirer.Creates(s.Verb)
	switch {
	case s.Payment.Refused && creates && s.Payment.State == "":
		return acquirer.Failed
	case s.Payment.State == "":
		return acquirer.Pending
	}
	return s.Payment.State
}

// Ever returns the first sample in one of the states.
func (p *Payment) Ever(states ...acquirer.State) (Sample, bool) {
	for _, s := range p.Samples() {
		if slices.Contains(states, s.State()) {
			return s, true
		}
	}
	return Sample{}, false
}

// Pays are the pay messages for this payment: those that carry its code or, for a code that the acquirer has
// changed, its order number and no other payment's code.
func (p *Payment) Pays() []trace.Exchange {
	all := Of(p.w.Exchanges(), aps.Pay)
	if p.Code != "" {
		pays := slices.DeleteFunc(slices.Clone(all), func(e trace.Exchange) bool { return !mentions(e.Request, p.Code) })
		if len(pays) > 0 {
			return pays
		}
	}
	others := slices.DeleteFunc(p.w.Payments(), func(o *Payment) bool { return o.Code == "" })
	return slices.DeleteFunc(all, func(e trace.Exchange) bool {
		return !mentions(e.Request, p.Charge.Reference) ||
			slices.ContainsFunc(others, func(o *Payment) bool { return o != p && mentions(e.Request, o.Code) })
	})
}

// NamesNotifyAddress reports whether a pay message of the payment tells Alipay+ where to send notifications.
func (p *Payment) NamesNotifyAddress() bool {
	return slices.ContainsFunc(p.Pays(), namesNotifyAddress)
}

func namesNotifyAddress(pay trace.Exchange) bool {
	var told struct {
		Address string `json:"paymentNotifyUrl"`
	}
	// A message that is broken elsewhere still tells what could be read.
	_ = json.Unmarshal(pay.Request.Body, &told)
	return told.Address != ""
}

// Decodes are the questions of Alipay+ which order is behind the payment's private order code.
func (p *Payment) Decodes() []trace.Exchange {
	code := p.Shown().Code
	return slices.DeleteFunc(Of(p.w.Exchanges(), aps.UserInitiatedPay), func(e trace.Exchange) bool {
		return e.Leg != trace.NetworkToAcquirer || code == "" || CodeAsked(e) != code
	})
}

// CodeAsked is the code that a question of Alipay+ is about.
func CodeAsked(decode trace.Exchange) string {
	var asked struct {
		Code string `json:"codeValue"`
	}
	_ = json.Unmarshal(decode.Request.Body, &asked) // a question that is broken on purpose is about no code
	return asked.Code
}

// RequestIDs are the paymentRequestIds under which the acquirer made this payment known to Alipay+, in order of appearance.
func (p *Payment) RequestIDs() []string {
	var ids []string
	for _, e := range append(p.Pays(), p.Decodes()...) {
		if e.PaymentRequestID != "" && !slices.Contains(ids, e.PaymentRequestID) {
			ids = append(ids, e.PaymentRequestID)
		}
	}
	return ids
}

// Exchanges are the messages about this payment, in order of arrival, of the given operations or of all. A message
// that names no known payment belongs to the only payment of a scenario.
func (p *Payment) Exchanges(apis ...aps.API) []trace.Exchange {
	ids, only := p.RequestIDs(), len(p.w.Payments()) == 1
	var picked []trace.Exchange
	for _, e := range p.w.Exchanges() {
		if len(apis) > 0 && !slices.Contains(apis, aps.API(e.API)) {
			continue
		}
		if only || slices.Contains(ids, e.PaymentRequestID) {
			picked = append(picked, e)
		}
	}
	return picked
}

// Orders are the network's books about this payment.
func (p *Payment) Orders(ctx context.Context) ([]control.Order, error) {
	all, err := p.w.setup.Sim.Orders(ctx, p.w.timeline)
	if err != nil {
		return nil, fmt.Errorf("read the network's orders: %w", err)
	}
	ids := p.RequestIDs()
	return slices.DeleteFunc(all, func(o control.Order) bool {
		return (p.Code == "" || o.Code != p.Code) && !slices.Contains(ids, o.PaymentRequestID)
	}), nil
}
