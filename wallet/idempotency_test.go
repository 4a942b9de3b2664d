package wallet_test

import (
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"mppsim/wallet/aps"
	"mppsim/wallet/control"
)

// repeated is a call that is made again and again.
type repeated struct {
	path, body string
	code       string // of every answer
	moved      int64  // of the payer's money in the end, in minor units
}

// repeatables are calls with side effects, at both doors; each prepares what it is about on a rig of its own.
func repeatables() map[string]func(q *till, p control.Payer) repeated {
	const paths = "/aps/api/v1/payments/"
	inStore := func(api string) string { return "/ams/api/v1/payments/" + api }
	paid := func(q *till, p control.Payer) string {
		return text(q.rig.pay("P1", q.code(p), "1000").body, "paymentId")
	}
	refund := func(q *till, p control.Payer, path, value, code string, moved int64) repeated {
		return repeated{path, fmt.Sprintf(`{"paymentId":%q,"refundRequestId":"R1","refundAmount":{"currency":"SGD","value":%q}}`, paid(q, p), value), code, moved}
	}
	return map[string]func(q *till, p control.Payer) repeated{
		"pay": func(q *till, p control.Payer) repeated {
			return repeated{paths + "pay", q.payBody("P1", q.code(p), "1000"), "SUCCESS", -1000}
		},
		"pay in store": func(q *till, p control.Payer) repeated {
			return repeated{inStore("pay"), q.inStoreBody(inStoreSale{id: "P1", code: q.code(p), value: "1000"}), "SUCCESS", -1000}
		},
		"pay without money": func(q *till, _ control.Payer) repeated {
			return repeated{paths + "pay", q.payBody("P1", q.code(q.payer("poor")), "1000"), "USER_BALANCE_NOT_ENOUGH", 0}
		},
		"pay that is cancelled": func(q *till, p control.Payer) repeated {
			body := q.payBody("P1", q.code(p), "1000")
			q.rig.cancel("P1")
			return repeated{paths + "pay", body, "ORDER_IS_CLOSED", 0}
		},
		"refund": func(q *till, p control.Payer) repeated { return refund(q, p, paths+"refund", "400", "SUCCESS", -600) },
		"refund in store": func(q *till, p control.Payer) repeated {
			return refund(q, p, inStore("refund"), "400", "SUCCESS", -600)
		},
		"refund of too much": func(q *till, p control.Payer) repeated {
			return refund(q, p, paths+"refund", "1001", "REFUND_AMOUNT_EXCEED", -1000)
		},
		"cancel": func(q *till, p control.Payer) repeated {
			paid(q, p)
			return repeated{paths + "cancelPayment", `{"paymentRequestId":"P1"}`, "SUCCESS", 0}
		},
		"cancel in store": func(q *till, p control.Payer) repeated {
			return repeated{inStore("cancel"), fmt.Sprintf(`{"paymentId":%q}`, paid(q, p)), "SUCCESS", 0}
		},
		"cancel before pay": func(*till, control.Payer) repeated {
			return repeated{paths + "cancelPayment", `{"paymentRequestId":"P1"}`, "SUCCESS", 0}
		},
		"registration": func(q *till, _ control.Payer) repeated {
			return repeated{operation(q.t, aps.Registration).Path, registrationBody("R1", "M-1", "S-1", "http://127.0.0.1/n"), "SUCCESS", 0}
		},
		"prepare": func(q *till, _ control.Payer) repeated {
			return repeated{operation(q.t, aps.Prepare).Path, prepareBody("A-1", "s"), "SUCCESS", 0}
		},
		"applyToken": func(q *till, p control.Payer) repeated {
			_, code := q.agreement(p, "A-1")
			return repeated{operation(q.t, aps.ApplyToken).Path, applyBody("M-1", code), "SUCCESS", 0}
		},
		"cancelToken": func(q *till, p control.Payer) repeated {
			return repeated{operation(q.t, aps.CancelToken).Path, fmt.Sprintf(`{"accessToken":%q}`, q.active(p, "A-1")), "SUCCESS", 0}
		},
		"declare": func(q *till, p control.Payer) repeated {
			paid(q, p)
			return repeated{operation(q.t, aps.Declare).Path, declareBody("D1", "P1", ""), "SUCCESS", -1000}
		},
	}
}

// TestTheSameAgainIsAnsweredAlike makes each call six times at once, then once more over new connections, as a caller
// does that was started again. All final answers are the same to the octet, and the money moves once.
func TestTheSameAgainIsAnsweredAlike(t *testing.T) {
	t.Parallel()
	for name, prepare := range repeatables() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			q := newRig(t).till()
			q.acquirer()
			p := q.payer("rich")
			c := prepare(&q, p)
			bodies := make([]string, 7)
			var all sync.WaitGroup
			for i := range 6 {
				all.Go(func() { bodies[i] = q.again(c) })
			}
			all.Wait()
			q.http = &http.Client{Timeout: time.Minute, Transport: &http.Transport{DisableKeepAlives: true}}
			bodies[6] = q.again(c)
			for i, body := range bodies {
				want(t, fmt.Sprintf("answer %d", i), body, bodies[6])
			}
			q.wantMoved("payer/"+p.ID, c.moved)
		})
	}
}

// again makes the call until its answer is final, and returns the answer's body.
func (c *till) again(r repeated) string {
	for range 1000 {
		a, err := c.do(c.requestTo(r.path, r.body))
		if err != nil || text(a.body, "result.resultStatus") == "" {
			c.t.Errorf("%s: body %q, error %v", r.path, a.raw, err)
			return ""
		}
		if text(a.body, "result.resultStatus") != "U" {
			want(c.t, r.path, a.code(), r.code)
			return string(a.raw)
		}
	}
	c.t.Errorf("%s stays undecided", r.path)
	return ""
}

// TestOtherContentUnderAKnownIDChangesNothing: whichever door the second request comes to, the first stays as it was.
func TestOtherContentUnderAKnownIDChangesNothing(t *testing.T) {
	t.Parallel()
	for _, first := range []string{"aps", "ams"} {
		for _, second := range []string{"aps", "ams"} {
			t.Run(first+" then "+second, func(t *testing.T) {
				t.Parallel()
				one := newCounter(t, first)
				two := counter{till: one.till, door: second}
				p := one.payer("rich")
				code := one.code(p)
				paid := one.pay("P1", code, "1000")
				id := paid.Text("paymentId")
				want(t, "another amount", codeOf(two.pay("P1", code, "999")), "REPEAT_REQ_INCONSISTENT")
				want(t, "the first again", one.pay("P1", code, "1000").Text("paymentId"), id)
				want(t, "refund", codeOf(one.refund(id, "R1", "SGD", "400")), "SUCCESS")
				want(t, "another amount back", codeOf(two.refund(id, "R1", "SGD", "401")), "REPEAT_REQ_INCONSISTENT")
				want(t, "the same refund at the other door", codeOf(two.refund(id, "R1", "SGD", "400")), "SUCCESS")
				other := one.pay("P2", one.code(p), "1000").Text("paymentId")
				want(t, "the refund's id for another payment", codeOf(two.refund(other, "R1", "SGD", "400")), "REPEAT_REQ_INCONSISTENT")
				one.wantMoved("payer/"+p.ID, -1600)
			})
		}
	}
}
