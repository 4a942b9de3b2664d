package wallet_test

import (
	"testing"
	"time"

	"mppsim/wallet/aps"
	"mppsim/wallet/control"
)

// posLoop is how the library ams-java-sdk goes on after a pay without a final word: inquiries at these distances, then a
// cancellation, repeated at those.
func posLoop() (inquiries, cancels []time.Duration) {
	const s = time.Second
	return []time.Duration{0, 2 * s, 3 * s, 3 * s, 5 * s, 5 * s, 5 * s, 5 * s, 5 * s, 5 * s}, []time.Duration{2 * s, 2 * s, 3 * s, 3 * s, 5 * s, 5 * s}
}

// loop plays it. meanwhile is called before the n-th inquiry. It returns what the till shows at the end.
func (c till) loop(id string, meanwhile func(inquiry int)) string {
	c.t.Helper()
	inquiries, cancels := posLoop()
	for i, gap := range inquiries {
		c.move(gap)
		meanwhile(i)
		f := c.inquire(id)
		switch status := f.Text("paymentStatus"); {
		case f.Text("result.resultStatus") == "F" && codeOf(f) != "ORDER_NOT_EXIST":
			return c.giveUp(id, cancels)
		case status == "SUCCESS", status == "FAIL", status == "CANCELLED":
			return status
		case status != "PROCESSING" && status != "":
			c.t.Fatalf("the library does not know paymentStatus %q", status)
		}
	}
	return c.giveUp(id, cancels)
}

func (c till) giveUp(id string, gaps []time.Duration) string {
	c.t.Helper()
	for _, gap := range gaps {
		c.move(gap)
		if a := c.cancel(id); a.Text("result.resultStatus") != "U" {
			return "cancel " + codeOf(a)
		}
	}
	return "open"
}

// TestTheLoopOfTheInStoreLibrary plays tills with that library: payers who enter their password in time, at the last moment,
// too late and never, an Alipay+ that does not answer the pay, and one that does not confirm the cancellation at first.
func TestTheLoopOfTheInStoreLibrary(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		enters  int // before this inquiry
		fault   string
		aim     control.Aim
		params  control.Params
		shows   string
		charged int64
	}{
		{name: "at once", enters: 1, shows: "SUCCESS", charged: 1000},
		{name: "before the last inquiry", enters: 9, shows: "SUCCESS", charged: 1000},
		{name: "never", enters: -1, shows: "cancel SUCCESS"},
		{name: "the order never came", enters: -1, fault: "request-reset", aim: control.Aim{API: aps.Pay}, shows: "cancel ORDER_NOT_EXIST"},
		{
			name: "the cancellation is confirmed late", enters: -1, fault: "refused-result", aim: control.Aim{API: aps.CancelPayment, Count: 4},
			params: control.Params{Result: unknownResult()}, shows: "cancel SUCCESS",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := newRig(t).till()
			p := c.payer("always-password")
			if tt.fault != "" {
				tt.aim.Payer = p.ID
				c.arm(tt.fault, tt.aim, tt.params)
			}
			sale := inStoreSale{id: "P1", value: "1000", code: c.code(p)}
			c.expect("order-P1")
			if a, err := c.do(c.requestTo(inStoreOperation(t, "pay").Path, c.inStoreBody(sale))); err == nil {
				want(t, "pay", a.code(), "PAYMENT_IN_PROCESS")
			}
			shows := c.loop("P1", func(inquiry int) {
				if inquiry == tt.enters {
					must[control.Payment](t)(c.api.EnterPassword(t.Context(), p.ID, control.PayerAct{}))
				}
			})
			want(t, "the till shows", shows, tt.shows)
			if tt.charged == 0 {
				_, err := c.api.EnterPassword(t.Context(), p.ID, control.PayerAct{}) // which comes too late
				if err == nil {
					t.Error("the payer could still enter the password")
				}
			}
			c.wantMoved("payer/"+p.ID, -tt.charged)
		})
	}
}

func unknownResult() *aps.Result {
	r := aps.ResultOf("UNKNOWN_EXCEPTION")
	return &r
}
