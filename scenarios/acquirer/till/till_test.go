package till_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"mppsim/reports/journal"
	"mppsim/scenarios/acquirer"
	"mppsim/scenarios/acquirer/till"
	"mppsim/wallet"
	"mppsim/wallet/aps"
	"mppsim/wallet/clock"
	"mppsim/wallet/control"
	"mppsim/wallet/money"
	"mppsim/wallet/sign"
)

// counter is an acquirer's merchant API over plain TCP, in the least that a test needs: each call is one line of text. It keeps the
// octets that it was sent.
type counter struct {
	acquirer.Acquirer
	addr string
	mu   sync.Mutex
	seen []string
}

func newCounter(t *testing.T) *counter {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &counter{addr: l.Addr().String()}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go c.take(conn)
		}
	}()
	return c
}

func (c *counter) take(conn net.Conn) {
	defer func() { _ = conn.Close() }()
	var octets bytes.Buffer
	r, err := http.ReadRequest(bufio.NewReader(io.TeeReader(conn, &octets)))
	if err != nil {
		return
	}
	_, _ = io.Copy(io.Discard, r.Body)
	_, text, _ := strings.Cut(octets.String(), "\r\n\r\n")
	c.mu.Lock()
	c.seen = append(c.seen, text)
	n := len(c.seen)
	c.mu.Unlock()
	body := fmt.Sprintf("answer %d", n)
	_, _ = fmt.Fprintf(conn, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s", len(body), body)
}

func (c *counter) taken() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.seen)
}

func (c *counter) send(ctx context.Context, format string, args ...any) (string, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+c.addr, strings.NewReader(fmt.Sprintf(format, args...)))
	if err != nil {
		return "", err
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		return "", err
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	return string(text), err
}

func (c *counter) ChargeCode(ctx context.Context, charge acquirer.Charge) (acquirer.Payment, error) {
	id, err := c.send(ctx, "charge %s at %s with %s", charge.Reference, charge.Shop.Terminal, charge.Code)
	return acquirer.Payment{ID: id, Call: journal.Call{ID: id}}, err
}

func (c *counter) Cancel(ctx context.Context, ref acquirer.PaymentRef) (acquirer.Payment, error) {
	id, err := c.send(ctx, "cancel %s", ref.Reference)
	return acquirer.Payment{ID: id}, err
}

func (c *counter) Query(ctx context.Context, ref acquirer.PaymentRef) (acquirer.Payment, error) {
	id, err := c.send(ctx, "query %s", ref.Reference)
	return acquirer.Payment{ID: id}, err
}

func (c *counter) Refund(ctx context.Context, r acquirer.RefundOrder) (acquirer.Refund, error) {
	id, err := c.send(ctx, "refund %s as %s", r.Reference, r.Number)
	return acquirer.Refund{ID: id, Call: journal.Call{ID: id}}, err
}

func (c *counter) QueryRefund(ctx context.Context, ref acquirer.RefundRef) (acquirer.Refund, error) {
	id, err := c.send(ctx, "query refund %s", ref.Number)
	return acquirer.Refund{ID: id}, err
}

// stand is a till before a counter, with a simulator in which faults are armed.
type stand struct {
	*till.Till
	api     control.API
	counter *counter
	unheard []string
}

var key = sync.OnceValues(sign.GenerateKey)

func newStand(t *testing.T) *stand {
	t.Helper()
	k, err := key()
	if err != nil {
		t.Fatal(err)
	}
	sim, err := wallet.New(wallet.Options{NetworkKey: k, AcquirerKeys: sign.NewKeySet("1", &k.PublicKey)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := sim.Close(); err != nil {
			t.Error(err)
		}
	})
	s := &stand{api: sim, counter: newCounter(t)}
	numbers := 0
	s.Till = till.At(s.counter, till.Line{
		Strike: sim.StrikeTill, Clock: clock.System(), NewNumber: func() string { numbers++; return fmt.Sprintf("NEW-%d", numbers) },
		Live: func(ctx context.Context, id string) (bool, error) {
			armed, err := sim.Armed(ctx, "")
			return slices.ContainsFunc(armed, func(f control.Fault) bool { return f.ID == id && f.Live }), err
		},
		Unheard: func(verb string, call journal.Call, _ time.Time, _ error) {
			s.unheard = append(s.unheard, verb+" "+call.ID)
		},
	})
	return s
}

func (s *stand) arm(t *testing.T, fault, verb string, count int, delay time.Duration) control.Fault {
	t.Helper()
	f, err := s.api.Arm(t.Context(), control.FaultSpec{
		Fault: fault, Aim: control.Aim{Reference: "ORDER-1", API: aps.API(verb), Count: count}, Params: control.Params{Delay: delay},
	})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func (s *stand) charge(ctx context.Context, reference string) (string, error) {
	p, err := s.ChargeCode(ctx, acquirer.Charge{Reference: reference, Code: "28", Shop: acquirer.Shop{Terminal: "T-1"}})
	return p.ID, err
}

func (s *stand) refund(ctx context.Context) (string, error) {
	r, err := s.Refund(ctx, acquirer.RefundOrder{
		PaymentRef: acquirer.PaymentRef{Reference: "ORDER-1"}, Number: "R-1", Refund: money.Of("SGD", 100),
	})
	return r.ID, err
}

// TestFaultsOfTillsOctetByOctet shows what arrives at the acquirer and what the shop hears.
func TestFaultsOfTillsOctetByOctet(t *testing.T) {
	t.Parallel()
	const charge, refund = "charge ORDER-1 at T-1 with 28", "refund ORDER-1 as R-1"
	rows := []struct {
		fault, verb string
		arrives     []string
		hears       string // empty: nothing
		unheard     []string
	}{
		{"till-request-lost", acquirer.VerbChargeCode, nil, "", nil},
		{"till-request-lost", acquirer.VerbRefund, nil, "", nil},
		{"till-answer-lost", acquirer.VerbChargeCode, []string{charge}, "", []string{"charge_code answer 1"}},
		{"till-answer-lost", acquirer.VerbRefund, []string{refund}, "", []string{"refund answer 1"}},
		{"till-repeated", acquirer.VerbChargeCode, []string{charge, charge}, "answer 2", []string{"charge_code answer 1"}},
		{"till-repeated", acquirer.VerbRefund, []string{refund, refund}, "answer 2", []string{"refund answer 1"}},
		{"till-repeated-with-new-number", acquirer.VerbChargeCode, []string{charge, "charge NEW-1 at T-1 with 28"}, "answer 2", []string{"charge_code answer 1"}},
		{"till-repeated-with-new-number", acquirer.VerbRefund, []string{refund, "refund ORDER-1 as NEW-1"}, "answer 2", []string{"refund answer 1"}},
		{"till-repeated-from-other-terminal", acquirer.VerbChargeCode, []string{charge, "charge ORDER-1 at T-0 with 28"}, "answer 2", []string{"charge_code answer 1"}},
		{"till-queue-replayed", acquirer.VerbChargeCode, []string{charge}, "answer 1", nil},
		{"till-queue-replayed", acquirer.VerbRefund, []string{refund}, "answer 1", nil},
	}
	for _, c := range rows {
		t.Run(c.fault+" "+c.verb, func(t *testing.T) {
			t.Parallel()
			s := newStand(t)
			var delay time.Duration // no other fault has one
			if c.fault == "till-queue-replayed" {
				delay = 10 * time.Millisecond
			}
			s.arm(t, c.fault, c.verb, 1, delay)
			call := func() (string, error) { return s.charge(t.Context(), "ORDER-1") }
			if c.verb == acquirer.VerbRefund {
				call = func() (string, error) { return s.refund(t.Context()) }
			}
			heard, err := call()
			if heard != c.hears || errors.Is(err, till.ErrLost) != (c.hears == "") || errors.Is(err, acquirer.ErrNoAnswer) != (c.hears == "") {
				t.Errorf("the shop hears %q, %v; want %q", heard, err, c.hears)
			}
			if got := s.counter.taken(); !slices.Equal(got, c.arrives) {
				t.Errorf("octets %q, want %q", got, c.arrives)
			}
			if !slices.Equal(s.unheard, c.unheard) {
				t.Errorf("unheard %q, want %q", s.unheard, c.unheard)
			}
			if again, err := call(); err != nil || again != fmt.Sprintf("answer %d", len(c.arrives)+1) {
				t.Errorf("afterwards %q, %v", again, err)
			}
		})
	}
	verified := map[string]bool{}
	for _, c := range rows {
		verified[c.fault] = true
	}
	for _, id := range till.Faults() {
		if !verified[id] {
			t.Errorf("%s is in no row", id)
		}
	}
}

func TestTheCatalogueAndTheTillKnowTheSameFaults(t *testing.T) {
	t.Parallel()
	kinds, err := newStand(t).api.Faults(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var listed []string
	for _, k := range kinds {
		if k.Family == "till" {
			listed = append(listed, k.ID)
		}
	}
	slices.Sort(listed)
	if !slices.Equal(listed, till.Faults()) {
		t.Errorf("the catalogue lists %v, the till plays %v", listed, till.Faults())
	}
}

func TestOnlyTheAimIsHit(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	f := s.arm(t, "till-request-lost", acquirer.VerbChargeCode, 0, 0)
	if _, err := s.charge(t.Context(), "ORDER-2"); err != nil {
		t.Error(err)
	}
	if _, err := s.refund(t.Context()); err != nil {
		t.Error(err)
	}
	for range 2 {
		if _, err := s.charge(t.Context(), "ORDER-1"); !errors.Is(err, till.ErrLost) {
			t.Errorf("the order that is aimed at: %v", err)
		}
	}
	if err := s.api.Lift(t.Context(), f.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := s.charge(t.Context(), "ORDER-1"); err != nil {
		t.Errorf("after it was lifted: %v", err)
	}
}

// TestTheQueueKeepsItsOrder: what waited at the till goes out in the order in which it came, as soon as the line is there again.
func TestTheQueueKeepsItsOrder(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	f := s.arm(t, "till-queue-replayed", acquirer.VerbChargeCode, 0, time.Hour)
	var sent sync.WaitGroup
	for i := range 5 {
		code := fmt.Sprint(i)
		sent.Go(func() {
			if _, err := s.ChargeCode(t.Context(), acquirer.Charge{Reference: "ORDER-1", Code: code}); err != nil {
				t.Error(err)
			}
		})
		for s.Waiting() <= i {
			time.Sleep(time.Millisecond)
		}
	}
	if n := len(s.counter.taken()); n != 0 {
		t.Errorf("%d messages came while the till was offline", n)
	}
	if err := s.api.Lift(t.Context(), f.ID); err != nil {
		t.Fatal(err)
	}
	sent.Wait()
	for i, text := range s.counter.taken() {
		if !strings.HasSuffix(text, fmt.Sprintf("with %d", i)) {
			t.Errorf("message %d is %q", i, text)
		}
	}
}
