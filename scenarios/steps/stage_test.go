package steps

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"mppsim/reports/journal"
	"mppsim/scenarios/acquirer"
	"mppsim/scenarios/check"
	"mppsim/scenarios/tolerance"
	"mppsim/scenarios/world"
	"mppsim/wallet/aps"
	"mppsim/wallet/clock"
	"mppsim/wallet/control"
	"mppsim/wallet/money"
	"mppsim/wallet/trace"
)

// script is a simulator whose traffic, books and faults a test writes.
type script struct {
	control.API

	mu        sync.Mutex
	exchanges []trace.Exchange
	orders    []control.Order
	entries   []control.Entry
	armed     []control.FaultSpec
	report    string
}

func (s *script) OpenTimeline(context.Context, control.TimelineSpec) (control.Timeline, error) {
	return control.Timeline{ID: "line"}, nil
}

func (s *script) Expect(context.Context, string, control.Expectation) error { return nil }

func (s *script) CreatePayer(_ context.Context, spec control.PayerSpec) (control.Payer, error) {
	return control.Payer{ID: "payer", Template: spec.Template}, nil
}

func (s *script) IssueCode(context.Context, string, control.CodeSpec) (control.PaymentCode, error) {
	return control.PaymentCode{Digits: "281001021234567890123456"}, nil
}

func (s *script) Arm(_ context.Context, spec control.FaultSpec) (control.Fault, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.armed = append(s.armed, spec)
	return control.Fault{ID: "f" + strconv.Itoa(len(s.armed)), Spec: spec}, nil
}

func (s *script) Armed(context.Context, string) ([]control.Fault, error) { return nil, nil }

func (s *script) Orders(context.Context, string) ([]control.Order, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.orders), nil
}

func (s *script) Entries(context.Context, string) ([]control.Entry, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.entries), nil
}

// Notify is answered with S.
func (s *script) Notify(_ context.Context, spec control.NotifySpec) (trace.Exchange, error) {
	return trace.Exchange{
		Leg: trace.NetworkToAcquirer, API: string(aps.NotifyPayment), PaymentRequestID: spec.PaymentRequestID,
		Response: trace.Message{Status: 200}, Result: &trace.Result{Status: "S", Code: "SUCCESS"},
	}, nil
}

func (s *script) Exchanges(context.Context, control.ExchangeQuery) ([]trace.Exchange, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.exchanges), nil
}

// cashier is an acquirer that shows the states of its script one after the other, and then the last one.
type cashier struct {
	acquirer.Acquirer

	mu     sync.Mutex
	states []acquirer.State
	calls  int
}

func (c *cashier) tell() (acquirer.Payment, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	state := c.states[min(c.calls, len(c.states)-1)]
	c.calls++
	if state == "" {
		return acquirer.Payment{}, errors.New("no answer in time")
	}
	call := journal.Call{ID: "c" + strconv.Itoa(c.calls), Mapped: map[string]string{"state": string(state)}}
	return acquirer.Payment{ID: "sale", State: state, Call: call}, nil
}

func (c *cashier) ChargeCode(context.Context, acquirer.Charge) (acquirer.Payment, error) {
	return c.tell()
}

func (c *cashier) Query(context.Context, acquirer.PaymentRef) (acquirer.Payment, error) {
	return c.tell()
}

func (c *cashier) Refund(context.Context, acquirer.RefundOrder) (acquirer.Refund, error) {
	return c.tellRefund()
}

func (c *cashier) QueryRefund(context.Context, acquirer.RefundRef) (acquirer.Refund, error) {
	return c.tellRefund()
}

// tellRefund speaks of a refund as of the payment.
func (c *cashier) tellRefund() (acquirer.Refund, error) {
	told, err := c.tell()
	return acquirer.Refund{ID: "back", State: told.State, Call: told.Call}, err
}

func (c *cashier) Offers(string) bool { return true }

type discard struct{}

func (discard) Write(journal.Entry) error { return nil }

// scene is a world with one payment of 250.00 SGD.
type scene struct {
	*world.World
	sim     *script
	ctx     context.Context //nolint:containedctx // what the steps of the test get
	address string          // for notifications, in pay
}

// play charges a payment at a till that shows these states.
func play(t *testing.T, states ...acquirer.State) *scene {
	t.Helper()
	s := playAt(t, &cashier{states: states})
	if _, err := s.Payments()[0].Answer(t.Context()); err != nil && states[0] != "" {
		t.Fatal(err)
	}
	return s
}

// playAt charges a payment at a till of any kind, without waiting for the answer.
func playAt(t *testing.T, a acquirer.Acquirer, change ...func(*check.Facts)) *scene {
	t.Helper()
	table, err := tolerance.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	for name, entry := range table {
		entry.Bound, entry.Scales, entry.Slack = 200*time.Millisecond, false, 0
		table[name] = entry
	}
	facts := check.Facts{Factor: 1, Expiry: 10 * time.Millisecond, Shops: []acquirer.Shop{{Role: "corner", Merchant: "M-1", Currencies: []string{"SGD"}}}}
	for _, c := range change {
		c(&facts)
	}
	s, id := &scene{sim: &script{}}, 0
	s.World, err = world.Open(t.Context(), world.Setup{
		Sim: s.sim, Acquirer: a, Tolerances: table, Clock: clock.System(), Journal: discard{},
		NewID: func() string { id++; return fmt.Sprintf("0000-1111-2222-%d", id) }, Logger: slog.New(slog.DiscardHandler),
		Facts: facts,
	}, journal.Scenario{ID: "s/1", Requirements: []string{"ACQ-RES-01"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	s.ctx = world.With(t.Context(), s.World)
	if err := newPayer(s.ctx, rich); err != nil {
		t.Fatal(err)
	}
	if err := chargePayer(s.ctx, "the payer", "250.00", "and asks no more"); err != nil {
		t.Fatal(err)
	}
	return s
}

// says records an exchange about the payment, now.
func (s *scene) says(api aps.API, result, outcome *trace.Result) {
	s.sim.mu.Lock()
	e := trace.Exchange{
		Seq: uint64(len(s.sim.exchanges) + 1), ID: "x" + strconv.Itoa(len(s.sim.exchanges)+1), Leg: trace.AcquirerToNetwork,
		API: string(api), PaymentRequestID: "p-1", Executed: true, Received: time.Now(), Answered: time.Now(),
		Request:  trace.Message{Body: []byte(s.body(api))},
		Response: trace.Message{Status: 200}, Result: result, Outcome: outcome,
	}
	s.sim.exchanges = append(s.sim.exchanges, e)
	s.sim.mu.Unlock()
	s.Deliver(e)
}

// body is a request of the scene's acquirer.
func (s *scene) body(api aps.API) string {
	const head = `{"paymentRequestId":"p-1","code":"281001021234567890123456","paymentAmount":{"value":"25000"}`
	if api == aps.Pay && s.address != "" {
		return head + `,"paymentNotifyUrl":"` + s.address + `"}`
	}
	return head + "}"
}

// shows lets the shop ask once more.
func (s *scene) shows(t *testing.T) {
	t.Helper()
	p, err := s.PaymentBy("")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Query(t.Context(), p); err != nil {
		t.Fatal(err)
	}
}

// books sets the network's order of the payment.
func (s *scene) books(state string) {
	s.sim.mu.Lock()
	defer s.sim.mu.Unlock()
	s.sim.orders = []control.Order{{PaymentRequestID: "p-1", State: state, Amount: money.Of("SGD", 25000)}}
}

// accused, unreached and passed sort a step's answer.
func verdictOf(err error) string {
	var failure *world.Failure
	var unreached *world.Unreached
	var unjudged *world.Unjudged
	switch {
	case err == nil:
		return "passed"
	case errors.As(err, &unjudged):
		return string(unjudged.Verdict)
	case errors.As(err, &failure):
		return "accused"
	case errors.As(err, &unreached):
		return "not reached " + unreached.Blames
	}
	return "broken: " + err.Error()
}

var (
	paid, pending, failed, closed = acquirer.Paid, acquirer.Pending, acquirer.Failed, acquirer.Closed

	success   = &trace.Result{Status: "S", Code: "SUCCESS"}
	unknown   = &trace.Result{Status: "U", Code: "UNKNOWN_EXCEPTION"}
	inProcess = &trace.Result{Status: "U", Code: "PAYMENT_IN_PROCESS"}
)

func TestEndsDecided(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		states []acquirer.State
		tell   func(s *scene)
		book   string
		want   string
	}{
		{"found by inquiry", []acquirer.State{pending, paid}, func(s *scene) { s.says(aps.InquiryPayment, success, success) }, "SUCCESS", "passed"},
		{"cancelled and confirmed", []acquirer.State{pending, closed}, func(s *scene) { s.says(aps.CancelPayment, success, nil) }, "CLOSED", "passed"},
		{"declined though nobody said so", []acquirer.State{pending, failed}, func(*scene) {}, "SUCCESS", "accused"},
		{"closed while the cancellation is unknown", []acquirer.State{pending, closed}, func(s *scene) { s.says(aps.CancelPayment, unknown, nil) }, "SUCCESS", "accused"},
		{"failed before the cancellation was confirmed", []acquirer.State{failed, closed}, func(s *scene) {
			time.Sleep(150 * time.Millisecond)
			s.says(aps.CancelPayment, success, nil)
		}, "CLOSED", "accused"},
		{"paid though Alipay+ has taken nothing", []acquirer.State{pending, paid}, func(s *scene) { s.says(aps.CancelPayment, success, nil) }, "CLOSED", "accused"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := play(t, tt.states...)
				s.says(aps.Pay, unknown, nil)
				tt.tell(s)
				s.books(tt.book)
				s.shows(t)
				if got := verdictOf(endsDecided(s.ctx)); got != tt.want {
					t.Errorf("%s, want %s", got, tt.want)
				}
			})
		})
	}
}

func TestTreatsAsOpen(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		states []acquirer.State
		result *trace.Result
		follow bool
		want   string
	}{
		{"pending and followed up", []acquirer.State{pending}, inProcess, true, "passed"},
		{"pending, not followed up yet", []acquirer.State{pending}, inProcess, false, "passed"},
		{"taken for paid", []acquirer.State{paid}, inProcess, false, "not reached ACQ-UPM-08"},
		{"taken for declined", []acquirer.State{failed}, unknown, false, "not reached ACQ-RES-05"},
		{"declined before it was followed up", []acquirer.State{failed}, unknown, true, "not reached ACQ-RES-05"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := play(t, tt.states...)
				s.says(aps.Pay, tt.result, nil)
				if tt.follow {
					s.says(aps.InquiryPayment, success, inProcess)
				}
				p, err := s.PaymentBy("")
				if err != nil {
					t.Fatal(err)
				}
				if got := verdictOf(isOpen(s.ctx, p)); got != tt.want {
					t.Errorf("%s, want %s", got, tt.want)
				}
			})
		})
	}
}

func TestNothingReachedAlipayPlus(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := play(t, pending)
		if got := verdictOf(sees(s.ctx, "the payment", "paid", "")); got != "not reached ACQ-UPM-03" {
			t.Errorf("without a charge: %s", got)
		}
		if got := verdictOf(sends(s.ctx, "exactly 1", "charge")); got != "accused" {
			t.Errorf("exactly one charge: %s", got)
		}
	})
}

func TestSeesAndNeverSees(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := play(t, pending, paid)
		s.says(aps.Pay, inProcess, nil)
		if got := verdictOf(neverSeen(s.ctx, "paid")); got != "passed" {
			t.Errorf("never paid while pending: %s", got)
		}
		s.shows(t)
		for name, tt := range map[string]struct {
			err  error
			want string
		}{
			"sees paid":       {sees(s.ctx, "the payment", "paid", ""), "passed"},
			"sees closed":     {sees(s.ctx, "each payment", "closed", ""), "accused"},
			"never paid":      {neverSeen(s.ctx, "paid"), "accused"},
			"paid too soon":   {notPaidTooSoon(s.World, s.Payments()[0]), "accused"},
			"stays paid":      {staysPaid(s.World, s.Payments()[0]), "passed"},
			"not seen closed": {notSeenFor(s.ctx, "0 s", "closed"), "passed"},
		} {
			if got := verdictOf(tt.err); got != tt.want {
				t.Errorf("%s: %s, want %s", name, got, tt.want)
			}
		}
	})
}

func TestCountsOfCalls(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := play(t, paid)
		s.says(aps.Pay, success, nil)
		for phrase, want := range map[[2]string]string{
			{"exactly 1", "charge"}: "passed", {"no", "cancellation"}: "passed", {"at most 2", "charges"}: "passed",
		} {
			if got := verdictOf(sends(s.ctx, phrase[0], phrase[1])); got != want {
				t.Errorf("%v: %s, want %s", phrase, got, want)
			}
		}
		s.says(aps.Pay, success, nil)
		if got := verdictOf(sends(s.ctx, "exactly 1", "charge")); got != "accused" {
			t.Errorf("two charges: %s", got)
		}
		if got := verdictOf(oneIdentifier(s.ctx, aps.Pay)); got != "passed" {
			t.Errorf("one identifier: %s", got)
		}
	})
}

func TestMoney(t *testing.T) {
	t.Parallel()
	moved := []control.Entry{
		{Kind: "payment", Account: "payer/payer", Amount: money.Of("SGD", -25000)},
		{Kind: "payment", Account: "shop/M-1", Amount: money.Of("SGD", 25000)},
	}
	back := append(slices.Clone(moved), control.Entry{Kind: "cancellation", Account: "payer/payer", Amount: money.Of("SGD", 25000)})
	tests := []struct {
		name                  string
		entries               []control.Entry
		moved, nothing, backs string
	}{
		{"nothing happened", nil, "accused", "passed", "not reached ACQ-UPM-03"},
		{"paid", moved, "passed", "accused", "accused"},
		{"given back", back, "passed", "passed", "passed"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := play(t, paid)
				s.says(aps.Pay, success, nil)
				s.sim.mu.Lock()
				s.sim.entries = tt.entries
				s.sim.mu.Unlock()
				if got := verdictOf(hasMoved(s.ctx, "250.00")); got != tt.moved {
					t.Errorf("has moved: %s", got)
				}
				if got := verdictOf(hasPaidNothing(s.ctx, false)); got != tt.nothing {
					t.Errorf("no money has moved: %s", got)
				}
				if got := verdictOf(hasPaidNothing(s.ctx, true)); got != tt.backs {
					t.Errorf("all the money back: %s", got)
				}
			})
		})
	}
}

func TestArming(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := play(t, pending)
		for _, err := range []error{
			answerWith(s.ctx, "executes", "the", "charge", "server error 503"),
			answerWith(s.ctx, "does not execute", "every further", "charge", "F INVALID_SIGNATURE"),
			endWith(s.ctx, "F RISK_REJECT"),
			executeLater(s.ctx, "15 s"),
		} {
			if err != nil {
				t.Fatal(err)
			}
		}
		s.sim.mu.Lock()
		defer s.sim.mu.Unlock()
		var got []string
		for _, f := range s.sim.armed {
			got = append(got, fmt.Sprintf("%s on %s of %s from %d, %d times", f.Fault, f.Aim.API, f.Aim.Payer, f.Aim.From, f.Aim.Count))
		}
		want := []string{
			"answer-http-status on pay of payer from 1, 1 times", "refused-result on pay of payer from 2, 0 times",
			"outcome-forced on pay of payer from 1, 1 times", "request-delayed on pay of payer from 1, 1 times",
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q", got)
		}
		if delay := s.sim.armed[3].Params.Delay; delay != 15*time.Second {
			t.Errorf("delay %s", delay)
		}
	})
}
