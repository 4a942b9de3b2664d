package wallet_test

import (
	"runtime"
	"testing"
	"time"
	"weak"

	"mppsim/wallet"
	"mppsim/wallet/control"
)

// TestAClosedSimulatorIsGivenBack keeps certifications that run one after another in one process from piling up: no
// timer, call in flight or connection may hold a simulator that was closed.
func TestAClosedSimulatorIsGivenBack(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		use  func(r *rig)
	}{
		{"nothing happened", func(*rig) {}},
		{"a payment outside any timeline waits for its password", func(r *rig) {
			r.pay("P-1", r.code(r.payer("always-password")), "1000")
		}},
		{"a payment on an open timeline waits for its password", func(r *rig) {
			r.open("certify")
			r.pay("P-1", r.code(r.payer("always-password")), "1000")
		}},
		{"a payment on a closed timeline waits for its password", func(r *rig) {
			r.open("production")
			r.pay("P-1", r.code(r.payer("always-password")), "1000")
			r.close()
		}},
		{"a refused notification will be repeated", func(r *rig) {
			r.ackCode = "PROCESS_FAIL"
			r.open("production")
			r.pay("P-1", r.code(r.payer("rich")), "1000")
			r.awaitNotices(1)
			r.close()
		}},
		{"a wallet decides in a year", func(r *rig) {
			r.open("off")
			r.pay("P-1", r.code(r.payerWith("rich", map[string]string{"after": "8760h"})), "1000")
			r.close()
		}},
		{"a fault kept an order undecided", func(r *rig) {
			r.open("off")
			p := r.payer("rich")
			r.arm("undecided", control.Aim{Payer: p.ID}, control.Params{})
			r.pay("P-1", r.code(p), "1000")
			r.close()
		}},
		{"a timeline is a month ahead", func(r *rig) {
			line := r.open("production")
			r.pay("P-1", r.code(r.payer("always-password")), "1000")
			if _, err := r.api.MoveTimeline(r.t.Context(), line, control.Move{Days: 30}); err != nil {
				r.t.Fatal(err)
			}
			r.pay("P-2", r.code(r.payer("always-password")), "1000")
			r.close()
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if closed := live(t, test.use); !givenBack(closed) {
				t.Error("something still holds the simulator after Close")
			}
		})
	}
}

// live uses a simulator, closes it and returns what must be gone then.
func live(t *testing.T, use func(r *rig)) (closed weak.Pointer[wallet.Simulator]) {
	t.Run("life", func(t *testing.T) {
		r := newRig(t)
		use(r)
		closed = weak.Make(r.sim)
	})
	return closed
}

// givenBack waits for the collector, and for what ends by itself soon after a close.
func givenBack(p weak.Pointer[wallet.Simulator]) bool {
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if runtime.GC(); p.Value() == nil {
			return true
		}
	}
	return false
}

// close closes the rig's timeline.
func (r *rig) close() {
	r.t.Helper()
	if err := r.api.CloseTimeline(r.t.Context(), r.timeline); err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) payerWith(template string, traits map[string]string) control.Payer {
	r.t.Helper()
	p, err := r.api.CreatePayer(r.t.Context(), control.PayerSpec{Timeline: r.timeline, Template: template, Traits: traits})
	if err != nil {
		r.t.Fatal(err)
	}
	return p
}
