package world_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"mppsim/reports/journal"
	"mppsim/scenarios/acquirer"
	"mppsim/scenarios/world"
	"mppsim/wallet/aps"
	"mppsim/wallet/control"
	"mppsim/wallet/money"
	"mppsim/wallet/trace"
)

func TestTheMoneyAudit(t *testing.T) {
	t.Parallel()
	amount := func(minor int64) *money.Amount { a := money.Of("SGD", minor); return &a }
	order := func(state string, paid, refunded int64) []control.Order {
		return []control.Order{{
			PaymentRequestID: "r1", PaymentID: "n1", Payer: "p-rich", State: state,
			Amount: money.Of("SGD", paid), Refunded: money.Of("SGD", refunded),
		}}
	}
	debit := []control.Entry{{Account: "payer/p-rich", Order: "n1", Amount: money.Of("SGD", -100)}}
	tests := []struct {
		name    string
		told    acquirer.Payment
		orders  []control.Order
		entries []control.Entry
		stray   bool // the order is not the shop's
		excused bool
		want    string
	}{
		{name: "paid", told: acquirer.Payment{State: acquirer.Paid, Paid: amount(100), Refunded: amount(0)}, orders: order("SUCCESS", 100, 0), entries: debit},
		{name: "partly refunded", told: acquirer.Payment{State: acquirer.Paid, Paid: amount(100), Refunded: amount(30)}, orders: order("SUCCESS", 100, 30)},
		{name: "failed", told: acquirer.Payment{State: acquirer.Failed}, orders: order("FAIL", 100, 0)},
		{name: "never arrived", told: acquirer.Payment{State: acquirer.Closed}},
		{
			name: "reversed", told: acquirer.Payment{State: acquirer.Closed}, orders: order("CLOSED", 100, 0),
			entries: append([]control.Entry{{Account: "payer/p-rich", Order: "r1", Amount: money.Of("SGD", 100)}}, debit...),
		},
		{name: "paid at the shop only", told: acquirer.Payment{State: acquirer.Paid}, orders: order("CLOSED", 100, 0), want: "paid at the shop; the network has taken nothing"},
		{name: "paid at the network only", told: acquirer.Payment{State: acquirer.Failed}, orders: order("SUCCESS", 100, 0), want: "FAILED at the shop; the network has taken SGD 1.00"},
		{name: "another amount", told: acquirer.Payment{State: acquirer.Paid, Paid: amount(99)}, orders: order("SUCCESS", 100, 0), want: "SGD 0.99 at the shop, SGD 1.00 at the network"},
		{name: "another refund", told: acquirer.Payment{State: acquirer.Paid, Refunded: amount(50)}, orders: order("SUCCESS", 100, 0), want: "SGD 0.50 refunded at the shop"},
		{name: "still open", told: acquirer.Payment{State: acquirer.Pending}, orders: order("PROCESSING", 100, 0), want: "without a final state"},
		{name: "charged for nothing", told: acquirer.Payment{State: acquirer.Closed}, orders: order("CLOSED", 100, 0), entries: debit, want: "its payer's balance changed by SGD -1.00"},
		{name: "an order of nobody", told: acquirer.Payment{State: acquirer.Failed}, orders: order("SUCCESS", 100, 0), stray: true, want: "which no charge of the shop explains"},
		{name: "excused", told: acquirer.Payment{State: acquirer.Failed}, orders: order("SUCCESS", 100, 0), excused: true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newStage(t)
				tt.told.ID = "p1"
				s.shop.say(tt.told, nil)
				p := s.charged(t, world.ChargeOrder{})
				if !tt.stray {
					for i := range tt.orders {
						tt.orders[i].Code = p.Code
					}
				}
				s.books.mu.Lock()
				s.books.orders, s.books.entries = tt.orders, tt.entries
				s.books.mu.Unlock()
				if tt.excused {
					s.Differs("on purpose")
				}
				end, err := s.Settle(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				got := strings.Join(end.Audit, "; ")
				if tt.want == "" && got != "" || !strings.Contains(got, tt.want) {
					t.Errorf("audit %q, want %q", got, tt.want)
				}
				if len(end.Orders) != len(tt.orders) || !s.books.closed {
					t.Error("the scenario was not brought to its end")
				}
			})
		})
	}
}

func TestSettlingAsksForWhatNobodyAsks(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t)
		p := s.charged(t, world.ChargeOrder{Unsampled: true})
		s.shop.say(acquirer.Payment{ID: "p1", State: acquirer.Failed}, nil)
		if _, err := s.Settle(t.Context()); err != nil {
			t.Fatal(err)
		}
		if p.State() != acquirer.Failed {
			t.Errorf("state %s", p.State())
		}
	})
}

// Settling asks about several payments at a time: one after the other they would outlast its patience.
func TestSettlingAsksASlowAcquirerAboutManyPayments(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t)
		s.shop.slow = 60 * time.Millisecond
		for range 12 {
			s.charged(t, world.ChargeOrder{Unsampled: true})
		}
		s.shop.say(acquirer.Payment{ID: "p1", State: acquirer.Closed}, nil)
		end, err := s.Settle(t.Context())
		if err != nil || len(end.Audit) > 0 {
			t.Errorf("audit %v, %v", end.Audit, err)
		}
	})
}

// A cancellation that was answered before it was done: the shop is told its end although nobody samples what is paid.
func TestSettlingAsksAboutWhatTheShopHasCancelled(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t)
		s.shop.say(acquirer.Payment{ID: "p1", State: acquirer.Paid}, nil)
		p := s.charged(t, world.ChargeOrder{Unsampled: true})
		if _, err := s.Cancel(t.Context(), p); err != nil {
			t.Fatal(err)
		}
		s.shop.say(acquirer.Payment{ID: "p1", State: acquirer.Closed}, nil)
		if _, err := s.Settle(t.Context()); err != nil || p.State() != acquirer.Closed {
			t.Errorf("state %s, %v", p.State(), err)
		}
	})
}

func TestSettlingFindsWhatIsStillOnItsWay(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t)
		s.books.put(trace.Exchange{ID: "undelivered", Received: time.Now().Add(-time.Second)})
		if _, err := s.Settle(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := s.Exchanges(); len(got) != 1 || got[0].ID != "undelivered" {
			t.Errorf("%v", got)
		}
	})
}

func TestChecksLeftForTheEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t)
		s.AtEnd(func(context.Context) error { return nil })
		s.AtEnd(func(ctx context.Context) error {
			return world.From(ctx).Fail("nothing", "something", s.Ex(trace.Exchange{ID: "x"}))
		})
		end, err := s.Settle(t.Context())
		if err != nil || len(end.Late) != 1 || end.Late[0].Seen != "something" || end.Stuck != nil {
			t.Errorf("%+v, %v", end, err)
		}
		for name, left := range map[string]func(context.Context) error{
			"an error": func(context.Context) error { return errors.New("no cable") },
			"a panic": func(ctx context.Context) error {
				_, err := world.From(ctx).Payments()[0].Answer(ctx) // takes for granted that there is a payment
				return err
			},
		} {
			stuck := newStage(t)
			stuck.AtEnd(left)
			end, err := stuck.Settle(t.Context())
			var broke *world.Breakdown
			if err != nil || end.Stuck == nil || errors.As(end.Stuck, &broke) != (name == "a panic") {
				t.Errorf("%s: %v, %v", name, end.Stuck, err)
			}
		}
	})
}

// TestEveryIdleFaultIsNamedToItsAuthor: whoever wrote the scenario wants to know of each.
func TestEveryIdleFaultIsNamedToItsAuthor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, func(setup *world.Setup) { setup.EveryFault = true })
		if _, err := s.Arm(t.Context(), "answer-html", aps.Refund, world.Optional(), world.OnCode("1")); err != nil {
			t.Fatal(err)
		}
		if end, err := s.Settle(t.Context()); err != nil || strings.Join(end.Idle, ", ") != "answer-html on refund" {
			t.Errorf("idle %q, %v", end.Idle, err)
		}
	})
}

func TestIdleFaultsAreNamed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t)
		arm := func(fault string, opts ...world.FaultOption) {
			if _, err := s.Arm(t.Context(), fault, aps.Pay, append(opts, world.OnCode("1"))...); err != nil {
				t.Fatal(err)
			}
		}
		arm("answer-lost")
		arm("answer-html", world.Optional())
		arm("answer-reset")
		s.books.mu.Lock()
		s.books.armed[2].Fired = 1
		s.books.mu.Unlock()
		end, err := s.Settle(t.Context())
		if err != nil || strings.Join(end.Idle, ", ") != "answer-lost on pay" {
			t.Errorf("idle %q, %v", end.Idle, err)
		}
		if n := s.log.count(func(e journal.Entry) bool { return e.Fault != nil }); n != 3 {
			t.Errorf("%d faults in the journal", n)
		}
	})
}

func TestAChargeBeforeItsPayerMeetsNoFaultOfThePayer(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]string{"": "", "1": "answer-altered on pay"} {
		synctest.Test(t, func(t *testing.T) {
			s := newStage(t)
			payer, err := s.NewPayer(t.Context(), "rich")
			if err != nil {
				t.Fatal(err)
			}
			if _, err := s.Arm(t.Context(), "answer-altered", aps.Pay); err != nil {
				t.Fatal(err)
			}
			order := world.ChargeOrder{Product: acquirer.ProductCashier, Payer: payer, Code: code, Amount: money.Of("SGD", 100), Unsampled: true}
			if _, err := s.Charge(t.Context(), order); err != nil {
				t.Fatal(err)
			}
			if end, err := s.Settle(t.Context()); err != nil || strings.Join(end.Idle, ", ") != want {
				t.Errorf("code %q: idle %q, %v", code, end.Idle, err)
			}
		})
	}
}

func TestAMutedWorldWritesNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t)
		s.Mute()
		s.Deliver(s.books.put(trace.Exchange{}))
		if n := s.log.count(func(e journal.Entry) bool { return e.Exchange != nil }); n != 0 {
			t.Errorf("%d exchanges in the journal", n)
		}
	})
}
