package scenarios_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"mppsim/reports/journal"
	"mppsim/scenarios/acquirer"
	"mppsim/wallet/control"
	"mppsim/wallet/money"
	"mppsim/wallet/trace"
)

// simulator is a control.API without a network behind it: tests put exchanges and orders into it.
type simulator struct {
	control.API // what a test does not use

	mu        sync.Mutex
	timelines int
	closed    []string
	exchanges []trace.Exchange
	orders    map[string][]control.Order
	armed     map[string][]control.Fault
	held      map[string]bool
	fired     bool          // armed faults have fired
	down      bool          // answers nothing
	silent    string        // the operation that gets no answer, once
	told      bool          // it did not get one
	gone      bool          // then nobody can tell who the simulator is
	changed   chan struct{} // closed and replaced with every new exchange
}

func newSimulator() *simulator {
	return &simulator{orders: map[string][]control.Order{}, armed: map[string][]control.Fault{}, changed: make(chan struct{})}
}

var errDown = errors.New("the simulator is down")

func (s *simulator) ok() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.down {
		return errDown
	}
	return nil
}

// once fails an operation that is to get no answer, the first time.
func (s *simulator) once(operation string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.silent != operation {
		return nil
	}
	s.silent, s.told = "", true
	return fmt.Errorf("simulator: %s: %w: EOF", operation, control.ErrNoAnswer)
}

func (s *simulator) Info(context.Context) (control.Info, error) {
	s.mu.Lock()
	gone := s.told && s.gone
	s.mu.Unlock()
	if gone {
		return control.Info{}, errDown
	}
	return control.Info{LastSeq: uint64(len(s.all()))}, s.ok()
}

func (s *simulator) all() []trace.Exchange {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.exchanges)
}

func (s *simulator) OpenTimeline(context.Context, control.TimelineSpec) (control.Timeline, error) {
	if err := errors.Join(s.ok(), s.once("open timeline")); err != nil {
		return control.Timeline{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.timelines++
	return control.Timeline{ID: "line-" + strconv.Itoa(s.timelines)}, nil
}

func (s *simulator) Expect(context.Context, string, control.Expectation) error { return s.ok() }

func (s *simulator) CloseTimeline(_ context.Context, id string) error {
	if err := s.once("close timeline"); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = append(s.closed, id)
	return nil
}

func (s *simulator) TakeTurn(_ context.Context, spec control.TurnSpec) (control.Turn, error) {
	return control.Turn{Run: spec.Run, Granted: true}, s.ok()
}

func (s *simulator) EndTurn(context.Context, string) error { return s.ok() }

func (s *simulator) CreatePayer(_ context.Context, spec control.PayerSpec) (control.Payer, error) {
	return control.Payer{ID: "payer-of-" + spec.Timeline, Timeline: spec.Timeline}, s.ok()
}

func (s *simulator) IssueCode(_ context.Context, payer string, _ control.CodeSpec) (control.PaymentCode, error) {
	return control.PaymentCode{Digits: "28" + payer}, s.ok()
}

func (s *simulator) Arm(_ context.Context, spec control.FaultSpec) (control.Fault, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := control.Fault{ID: "fault", Spec: spec, Live: true}
	if s.fired {
		f.Seen, f.Fired = 1, 1
	}
	s.armed[spec.Aim.Timeline] = append(s.armed[spec.Aim.Timeline], f)
	return control.Fault{ID: "fault", Spec: spec, Live: true}, nil
}

func (s *simulator) Armed(_ context.Context, timeline string) ([]control.Fault, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.armed[timeline]), nil
}

func (s *simulator) Orders(_ context.Context, timeline string) ([]control.Order, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.orders[timeline]), nil
}

func (s *simulator) Entries(context.Context, string) ([]control.Entry, error) { return nil, nil }

// put records an exchange, as if the acquirer had called; it returns its id.
func (s *simulator) put(e trace.Exchange) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	e.Seq = uint64(len(s.exchanges) + 1)
	e.ID = fmt.Sprintf("ex-%d", e.Seq)
	e.Leg, e.Received, e.Answered = trace.AcquirerToNetwork, time.Now(), time.Now()
	s.exchanges = append(s.exchanges, e)
	close(s.changed)
	s.changed = make(chan struct{})
	return e.ID
}

func (s *simulator) Exchanges(ctx context.Context, q control.ExchangeQuery) ([]trace.Exchange, error) {
	wait := time.After(q.Wait)
	for {
		s.mu.Lock()
		changed := s.changed
		var found []trace.Exchange
		for _, e := range s.exchanges {
			if e.Seq > q.After && (q.Timeline == "" || e.Timeline == q.Timeline) {
				found = append(found, e)
			}
		}
		down := s.down
		s.mu.Unlock()
		if down {
			return nil, errDown
		}
		if len(found) > 0 || q.Wait == 0 {
			return found, nil
		}
		select {
		case <-changed:
		case <-wait:
			return nil, nil
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// till is an acquirer whose payments are all in one state.
type till struct {
	state   atomic.Value // acquirer.State
	dead    atomic.Bool
	ahead   atomic.Int64 // nanoseconds
	stuck   atomic.Bool
	forgets atomic.Bool  // the payments so far
	tells   atomic.Bool  // the time
	set     atomic.Int64 // how often its clock was set
	hangs   atomic.Bool  // charges are never answered
	sick    atomic.Bool
	version atomic.Value // string
	calls   atomic.Int64
	busy    atomic.Int64 // nanoseconds until a probe is answered
}

func newTill(state acquirer.State) *till {
	a := &till{}
	a.state.Store(state)
	return a
}

func (a *till) answer(id string) (acquirer.Payment, error) {
	call := journal.Call{ID: "call-" + strconv.FormatInt(a.calls.Add(1), 10)}
	if a.dead.Load() {
		return acquirer.Payment{Call: call}, fmt.Errorf("charge: %w", acquirer.ErrUnreachable)
	}
	paid := money.Of("SGD", 100)
	state, _ := a.state.Load().(acquirer.State)
	return acquirer.Payment{ID: id, State: state, Paid: &paid, Call: call}, nil
}

func (a *till) ChargeCode(ctx context.Context, c acquirer.Charge) (acquirer.Payment, error) {
	if a.hangs.Load() {
		<-ctx.Done()
		return acquirer.Payment{}, ctx.Err()
	}
	return a.answer("p-" + c.Reference)
}

func (a *till) Query(_ context.Context, ref acquirer.PaymentRef) (acquirer.Payment, error) {
	if a.forgets.Load() && !a.dead.Load() {
		return acquirer.Payment{Refused: true, Reason: "unknown", Call: journal.Call{ID: "call-" + strconv.FormatInt(a.calls.Add(1), 10)}}, nil
	}
	return a.answer(ref.Payment)
}

func (a *till) Cancel(_ context.Context, ref acquirer.PaymentRef) (acquirer.Payment, error) {
	return a.answer(ref.Payment)
}

func (a *till) Refund(context.Context, acquirer.RefundOrder) (acquirer.Refund, error) {
	return acquirer.Refund{State: acquirer.Refunded}, nil
}

func (a *till) QueryRefund(context.Context, acquirer.RefundRef) (acquirer.Refund, error) {
	return acquirer.Refund{State: acquirer.Refunded}, nil
}

func (a *till) List(context.Context, acquirer.Shop) ([]acquirer.Payment, error) { return nil, nil }

func (a *till) Receipt(context.Context, acquirer.PaymentRef) (acquirer.Receipt, error) {
	return acquirer.Receipt{}, nil
}

func (a *till) Offers(string) bool { return true }

// SetClock starts the till anew under another clock, which takes three seconds; where it is stuck, that fails.
func (a *till) SetClock(_ context.Context, ahead time.Duration) (journal.Call, error) {
	if a.stuck.Load() && ahead == 0 {
		return journal.Call{ID: "clock", Error: "stuck"}, errors.New("stuck")
	}
	a.set.Add(1)
	a.ahead.Store(int64(ahead))
	a.dead.Store(true)
	time.AfterFunc(3*time.Second, func() { a.dead.Store(false) })
	return journal.Call{ID: "clock", Verb: acquirer.VerbSetClock}, nil
}

// Time is that of the till's clock, where it tells it.
func (a *till) Time(context.Context) (time.Time, error) {
	if !a.tells.Load() {
		return time.Time{}, acquirer.ErrNoClock
	}
	return time.Now().Add(time.Duration(a.ahead.Load())), nil
}

// Probe fails when the acquirer is dead, and takes its time when it is busy.
func (a *till) Probe(context.Context) (string, error) {
	time.Sleep(time.Duration(a.busy.Load()))
	switch {
	case a.dead.Load():
		return "", acquirer.ErrUnreachable
	case a.sick.Load():
		return "", acquirer.ErrUnwell
	}
	version, _ := a.version.Load().(string)
	return version, nil
}

// record is a journal in memory.
type record struct {
	mu      sync.Mutex
	entries []journal.Entry
	full    bool // refuses everything
}

func (r *record) Write(e journal.Entry) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.full {
		return errors.New("no space left")
	}
	r.entries = append(r.entries, e)
	return nil
}

func (r *record) count(fits func(journal.Entry) bool) (n int) {
	for _, e := range r.all() {
		if fits(e) {
			n++
		}
	}
	return n
}

func (r *record) all() []journal.Entry {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.entries)
}
