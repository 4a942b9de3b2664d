package world_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"mppsim/reports/journal"
	"mppsim/scenarios/acquirer"
	"mppsim/scenarios/check"
	"mppsim/scenarios/tolerance"
	"mppsim/scenarios/world"
	"mppsim/wallet/clock"
	"mppsim/wallet/control"
	"mppsim/wallet/money"
	"mppsim/wallet/trace"
)

// books is a control.API that holds what a test puts into it.
type books struct {
	control.API

	mu        sync.Mutex
	codes     int
	expected  []string
	exchanges []trace.Exchange
	orders    []control.Order
	entries   []control.Entry
	armed     []control.Fault
	closed    bool
	lifted    []string
	struck    []control.TillMessage
}

func (b *books) OpenTimeline(_ context.Context, spec control.TimelineSpec) (control.Timeline, error) {
	return control.Timeline{ID: "line", Name: spec.Name}, nil
}

func (b *books) MoveTimeline(_ context.Context, id string, move control.Move) (control.Timeline, error) {
	if move.By < 0 {
		return control.Timeline{}, errors.New("time does not go back")
	}
	return control.Timeline{ID: id}, nil
}

func (b *books) CloseTimeline(context.Context, string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	return nil
}

func (b *books) Expect(_ context.Context, _ string, e control.Expectation) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.expected = append(b.expected, e.References...)
	return nil
}

func (b *books) CreatePayer(_ context.Context, spec control.PayerSpec) (control.Payer, error) {
	return control.Payer{ID: "p-" + spec.Template, Template: spec.Template}, nil
}

func (b *books) IssueCode(_ context.Context, payer string, _ control.CodeSpec) (control.PaymentCode, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.codes++
	return control.PaymentCode{Digits: fmt.Sprintf("28%s%04d", payer, b.codes)}, nil
}

func (b *books) Arm(_ context.Context, spec control.FaultSpec) (control.Fault, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	family, _, _ := strings.Cut(spec.Fault, "-")
	f := control.Fault{ID: "f" + strconv.Itoa(len(b.armed)), Spec: spec, Live: true, Family: family, Alone: family == "connection", Needs: map[string]string{"answer-lost": "silence"}[spec.Fault]}
	b.armed = append(b.armed, f)
	return f, nil
}

func (b *books) Armed(context.Context, string) ([]control.Fault, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.armed), nil
}

func (b *books) Lift(_ context.Context, id string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.lifted = append(b.lifted, id)
	return nil
}

// StrikeTill lets every armed fault of the till hit every message of its verb.
func (b *books) StrikeTill(_ context.Context, m control.TillMessage) (hits []control.TillFault, _ error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.struck = append(b.struck, m)
	for _, f := range b.armed {
		if f.Family == "till" && string(f.Spec.Aim.API) == m.Verb {
			hits = append(hits, control.TillFault{ID: f.ID, Fault: f.Spec.Fault})
		}
	}
	return hits, nil
}

func (b *books) Orders(context.Context, string) ([]control.Order, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.orders), nil
}

func (b *books) Entries(context.Context, string) ([]control.Entry, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.entries), nil
}

func (b *books) Exchanges(_ context.Context, q control.ExchangeQuery) ([]trace.Exchange, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var list []trace.Exchange
	for _, e := range b.exchanges {
		if e.Seq > q.After {
			list = append(list, e)
		}
	}
	return list, nil
}

// put records an exchange.
func (b *books) put(e trace.Exchange) trace.Exchange {
	b.mu.Lock()
	defer b.mu.Unlock()
	e.Seq = uint64(len(b.exchanges) + 1)
	if e.ID == "" {
		e.ID = "x" + strconv.Itoa(len(b.exchanges)+1)
	}
	if e.Received.IsZero() {
		e.Received = time.Now()
	}
	e.Leg, e.Answered = trace.AcquirerToNetwork, e.Received
	b.exchanges = append(b.exchanges, e)
	return e
}

// shopside is an acquirer that tells what a test says.
type shopside struct {
	mu      sync.Mutex
	calls   int
	told    acquirer.Payment
	refund  acquirer.Refund
	err     error
	without []string // verbs that it does not offer
	slow    time.Duration
}

func (a *shopside) say(p acquirer.Payment, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.told, a.err = p, err
}

func (a *shopside) tell() (acquirer.Payment, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.calls++
	p := a.told
	p.Call = journal.Call{ID: "c" + strconv.Itoa(a.calls), Mapped: map[string]string{"state": string(p.State)}, Response: p.Call.Response}
	return p, a.err
}

func (a *shopside) ChargeCode(context.Context, acquirer.Charge) (acquirer.Payment, error) {
	return a.tell()
}

func (a *shopside) Query(context.Context, acquirer.PaymentRef) (acquirer.Payment, error) {
	time.Sleep(a.slow)
	return a.tell()
}

func (a *shopside) Cancel(context.Context, acquirer.PaymentRef) (acquirer.Payment, error) {
	return a.tell()
}

func (a *shopside) Refund(context.Context, acquirer.RefundOrder) (acquirer.Refund, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.refund, a.err
}

func (a *shopside) QueryRefund(ctx context.Context, _ acquirer.RefundRef) (acquirer.Refund, error) {
	return a.Refund(ctx, acquirer.RefundOrder{})
}

func (a *shopside) List(context.Context, acquirer.Shop) ([]acquirer.Payment, error) {
	p, err := a.tell()
	return []acquirer.Payment{p}, err
}

func (a *shopside) Receipt(context.Context, acquirer.PaymentRef) (acquirer.Receipt, error) {
	return acquirer.Receipt{Text: "thank you"}, nil
}
func (a *shopside) Offers(verb string) bool { return !slices.Contains(a.without, verb) }

// log is a journal in memory.
type log struct {
	mu      sync.Mutex
	entries []journal.Entry
}

func (l *log) Write(e journal.Entry) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.entries = append(l.entries, e)
	return nil
}

func (l *log) count(is func(journal.Entry) bool) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := 0
	for _, e := range l.entries {
		if is(e) {
			n++
		}
	}
	return n
}

// stage is a world over fakes.
type stage struct {
	*world.World
	books *books
	shop  *shopside
	log   *log
}

func newStage(t *testing.T, change ...func(*world.Setup)) *stage {
	t.Helper()
	s := &stage{books: &books{}, shop: &shopside{}, log: &log{}}
	s.shop.say(acquirer.Payment{ID: "p1", State: acquirer.Pending}, nil)
	table, err := tolerance.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	for name, entry := range table {
		entry.Bound, entry.Scales, entry.Slack = 250*time.Millisecond, false, 0
		table[name] = entry
	}
	quiet := table[tolerance.Quiet]
	quiet.Bound = 100 * time.Millisecond
	table[tolerance.Quiet] = quiet
	id := 0
	setup := world.Setup{
		Sim: s.books, Acquirer: s.shop, Tolerances: table, Clock: clock.System(), Journal: s.log,
		NewID: func() string { id++; return fmt.Sprintf("0000-1111-2222-%d", id) }, Logger: slog.New(slog.DiscardHandler),
		Facts: check.Facts{Factor: 0.01, Shops: []acquirer.Shop{
			{Role: "corner", Merchant: "M-1", Currencies: []string{"SGD", "USD"}},
			{Role: "kiosk", Merchant: "M-1", Currencies: []string{"SGD"}},
			{Role: "tokyo", Merchant: "M-2", Currencies: []string{"JPY"}},
			{Role: "jakarta", Merchant: "M-3", Currencies: []string{"IDR", "KWD"}},
		}},
	}
	for _, f := range change {
		f(&setup)
	}
	s.World, err = world.Open(t.Context(), setup, journal.Scenario{ID: "s/1", Requirements: []string{"ACQ-UPM-03", "ACQ-UPM-04"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// charged is a payment of 1.00 by a rich payer whose charge has been answered.
func (s *stage) charged(t *testing.T, o world.ChargeOrder) *world.Payment {
	t.Helper()
	if _, err := s.NewPayer(t.Context(), "rich"); err != nil {
		t.Fatal(err)
	}
	o.Amount = money.Of("SGD", 100)
	p, err := s.Charge(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = p.Answer(t.Context())
	return p
}
