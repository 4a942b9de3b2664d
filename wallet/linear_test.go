package wallet_test

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"sync"
	"testing"
	"time"

	"mppsim/wallet/control"
	"mppsim/wallet/linear"
)

// queue is a crowd of callers at both doors who do everything with a few orders at the same time.
type queue struct {
	till
	history linear.History
	bodies  []func(value string) (path, body string) // of the orders' payments, by amount
	asking  []control.Payer                          // payers who must enter a password
}

func newQueue(t *testing.T, orders int) *queue {
	t.Helper()
	r := newRig(t)
	q := &queue{till: r.till()}
	for i := range orders {
		p := r.payer([]string{"rich", "poor", "always-password"}[i%3])
		if i%3 == 2 {
			q.asking = append(q.asking, p)
		}
		q.bodies = append(q.bodies, q.order(i, r.code(p)))
	}
	r.expectOrders(orders)
	return q
}

func (r *rig) expectOrders(n int) {
	r.t.Helper()
	for i := range n {
		r.expect("order-P" + strconv.Itoa(i))
	}
}

// order is the payment of an order at one of the doors.
func (q *queue) order(i int, code string) func(string) (path, body string) {
	id := "P" + strconv.Itoa(i)
	if i%2 == 0 {
		return func(value string) (string, string) {
			return "/aps/api/v1/payments/pay", q.payBody(id, code, value)
		}
	}
	return func(value string) (string, string) {
		return "/ams/api/v1/payments/pay", q.inStoreBody(inStoreSale{id: id, code: code, value: value})
	}
}

// apsName is the name of a code at the door of Alipay+, in which the model speaks.
func apsName(code string) string {
	switch code {
	case "ORDER_IS_CANCELED":
		return "ORDER_IS_CLOSED"
	case "ORDER_STATUS_INVALID":
		return "PROCESS_FAIL"
	}
	return code
}

// say makes a call at a path and takes the result's name, or what stands at another place of a successful answer.
func (q *queue) say(path, body, place string) (linear.Answer, answer, error) {
	a, err := q.do(q.requestTo(path, body))
	if err != nil {
		return linear.Answer{}, a, err
	}
	code := a.code()
	if told := text(a.body, place); place != "" && told != "" {
		code = told
	}
	return linear.Answer{Code: apsName(code)}, a, nil
}

// act makes one call about an order, at one of the doors.
func (q *queue) act(r *rand.Rand, client int) error {
	i := r.IntN(len(q.bodies))
	id := "P" + strconv.Itoa(i)
	named := fmt.Sprintf(`"paymentRequestId":%q`, id)
	switch r.IntN(9) {
	case 0, 1, 2:
		minor := 1000 + int64(r.IntN(8)/7) // now and then another amount
		path, body := q.bodies[i](strconv.FormatInt(minor, 10))
		return q.record(client, linear.Call{Kind: linear.Pay, Order: id, Minor: minor}, func() (linear.Answer, error) {
			a, _, err := q.say(path, body, "")
			return a, err
		})
	case 3:
		return q.record(client, linear.Call{Kind: linear.Cancel, Order: id}, func() (linear.Answer, error) {
			a, _, err := q.say("/aps/api/v1/payments/cancelPayment", "{"+named+"}", "")
			return a, err
		})
	case 4, 5:
		c := linear.Call{Kind: linear.Refund, Order: id, Refund: id + "R" + strconv.Itoa(r.IntN(4)), Minor: 400}
		return q.record(client, c, func() (linear.Answer, error) {
			a, _, err := q.say("/aps/api/v1/payments/refund", fmt.Sprintf(`{%s,"refundRequestId":%q,"refundAmount":{"currency":"SGD","value":"400"}}`, named, c.Refund), "")
			return a, err
		})
	case 6:
		if len(q.asking) > 0 {
			_, err := q.api.EnterPassword(q.t.Context(), q.asking[r.IntN(len(q.asking))].ID, control.PayerAct{})
			if asRefusal(err) != nil {
				err = nil // nothing waits for a password
			}
			return err
		}
		return nil
	}
	door := r.IntN(2)
	return q.record(client, linear.Call{Kind: linear.Inquiry, Order: id}, func() (linear.Answer, error) { return q.stand(door, named) })
}

// stand asks how a payment stands, at one of the doors.
func (q *queue) stand(door int, named string) (linear.Answer, error) {
	path, place := "/aps/api/v1/payments/inquiryPayment", "paymentResult.resultCode"
	if door == 1 {
		path, place = "/ams/api/v1/payments/inquiryPayment", "paymentResultCode"
	}
	told, a, err := q.say(path, "{"+named+"}", place)
	for i := 0; a.body != nil; i++ {
		at := "transactions." + strconv.Itoa(i) + "."
		kind := text(a.body, at+"transactionType")
		if kind == "" {
			break
		}
		if kind != "REFUND" || text(a.body, at+"transactionResult.resultStatus") != "S" && text(a.body, at+"transactionStatus") != "SUCCESS" {
			continue
		}
		minor, err := strconv.ParseInt(text(a.body, at+"transactionAmount.value"), 10, 64)
		if err != nil {
			return told, err
		}
		told.Refunded += minor
	}
	return told, err
}

func (q *queue) record(client int, c linear.Call, f func() (linear.Answer, error)) (err error) {
	q.history.Do(client, c, func() (a linear.Answer) {
		a, err = f()
		return a
	})
	return err
}

// run lets callers make calls at the same time.
func (q *queue) run(callers, calls int, seed uint64) error {
	var all sync.WaitGroup
	failed := make(chan error, callers*calls)
	for client := range callers {
		all.Go(func() {
			r := rand.New(rand.NewPCG(seed, uint64(client)))
			for range calls {
				if err := q.act(r, client); err != nil {
					failed <- err
				}
			}
		})
	}
	all.Wait()
	close(failed)
	return <-failed
}

// TestConcurrentCallsAtBothDoorsAreLinear lets six callers pay, cancel, refund and ask at both doors, over HTTP, while
// payers enter passwords and notifications go out: all that anybody was told must be explained by some order of the calls.
func TestConcurrentCallsAtBothDoorsAreLinear(t *testing.T) {
	t.Parallel()
	for seed := range linearRounds {
		t.Run(strconv.Itoa(seed), func(t *testing.T) {
			t.Parallel()
			q := newQueue(t, 6)
			if err := q.run(6, 25, uint64(seed)); err != nil {
				t.Fatal(err)
			}
			for _, n := range q.received() {
				id, code := text(n.body, "paymentRequestId"), text(n.body, "paymentResult.resultCode")
				if code == "" {
					code = text(n.body, "result.resultCode")
				}
				q.history.Heard(0, id, apsName(code))
			}
			if err := q.history.Check(time.Minute, "SUCCESS", "USER_BALANCE_NOT_ENOUGH"); err != nil {
				t.Error(err)
			}
		})
	}
}
