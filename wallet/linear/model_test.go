package linear_test

import (
	"strings"
	"testing"
	"time"

	"mppsim/wallet/linear"
)

// said is a call with its answer and the moments of both.
type said struct {
	call         linear.Call
	answer       linear.Answer
	began, ended int64
}

func pay(minor int64, code string, began, ended int64) said {
	return said{linear.Call{Kind: linear.Pay, Order: "P", Minor: minor}, linear.Answer{Code: code}, began, ended}
}

func cancel(code string, began, ended int64) said {
	return said{linear.Call{Kind: linear.Cancel, Order: "P"}, linear.Answer{Code: code}, began, ended}
}

func refund(id string, minor int64, code string, began, ended int64) said {
	return said{linear.Call{Kind: linear.Refund, Order: "P", Refund: id, Minor: minor}, linear.Answer{Code: code}, began, ended}
}

func inquiry(code string, refunded, began, ended int64) said {
	return said{linear.Call{Kind: linear.Inquiry, Order: "P"}, linear.Answer{Code: code, Refunded: refunded}, began, ended}
}

func notified(code string, at int64) said {
	return said{linear.Call{Kind: linear.Notification, Order: "P"}, linear.Answer{Code: code}, 0, at}
}

func check(calls []said) error {
	var h linear.History
	for _, s := range calls {
		h.Add(s.call, s.answer, s.began, s.ended)
	}
	return h.Check(10*time.Second, "SUCCESS", "USER_BALANCE_NOT_ENOUGH")
}

func TestRightHistories(t *testing.T) {
	t.Parallel()
	for name, calls := range map[string][]said{
		"paid and asked":                        {pay(10, "SUCCESS", 1, 2), inquiry("SUCCESS", 0, 3, 4)},
		"asked while it is paid":                {pay(10, "SUCCESS", 1, 6), inquiry("ORDER_NOT_EXIST", 0, 2, 3), inquiry("PAYMENT_IN_PROCESS", 0, 4, 5)},
		"decided by the wallet later":           {pay(10, "PAYMENT_IN_PROCESS", 1, 2), inquiry("USER_BALANCE_NOT_ENOUGH", 0, 3, 4)},
		"the same twice at once":                {pay(10, "SUCCESS", 1, 4), pay(10, "PAYMENT_IN_PROCESS", 2, 3)},
		"the same with another amount":          {pay(10, "SUCCESS", 1, 2), pay(11, "REPEAT_REQ_INCONSISTENT", 3, 4), inquiry("SUCCESS", 0, 5, 6)},
		"cancelled while it is paid":            {pay(10, "ORDER_IS_CLOSED", 1, 4), cancel("SUCCESS", 2, 3)},
		"cancelled before it came":              {cancel("SUCCESS", 1, 2), pay(10, "ORDER_IS_CLOSED", 3, 4), pay(11, "ORDER_IS_CLOSED", 5, 6)},
		"cancelled, the wallet does not know":   {pay(10, "SUCCESS", 1, 2), cancel("UNKNOWN_EXCEPTION", 3, 4), inquiry("ORDER_IS_CLOSED", 0, 5, 6)},
		"a failure cannot be cancelled away":    {pay(10, "USER_BALANCE_NOT_ENOUGH", 1, 2), cancel("SUCCESS", 3, 4), inquiry("USER_BALANCE_NOT_ENOUGH", 0, 5, 6)},
		"refunded in two parts":                 {pay(10, "SUCCESS", 1, 2), refund("a", 4, "SUCCESS", 3, 6), refund("b", 6, "SUCCESS", 4, 7), inquiry("SUCCESS", 6, 5, 6), inquiry("SUCCESS", 10, 8, 9)},
		"one of two refunds is too much":        {pay(10, "SUCCESS", 1, 2), refund("a", 6, "REFUND_AMOUNT_EXCEED", 3, 6), refund("b", 6, "SUCCESS", 4, 7)},
		"a refusal is repeated":                 {pay(10, "PAYMENT_IN_PROCESS", 1, 2), refund("a", 6, "PROCESS_FAIL", 3, 4), inquiry("SUCCESS", 0, 5, 6), refund("a", 6, "PROCESS_FAIL", 7, 8)},
		"a refund before the order":             {refund("a", 6, "ORDER_NOT_EXIST", 1, 4), pay(10, "SUCCESS", 2, 3), refund("a", 6, "SUCCESS", 5, 6)},
		"no cancellation of a refunded payment": {pay(10, "SUCCESS", 1, 2), refund("a", 6, "SUCCESS", 3, 4), cancel("PROCESS_FAIL", 5, 6)},
		"notified, then cancelled":              {pay(10, "SUCCESS", 1, 2), cancel("SUCCESS", 3, 4), notified("SUCCESS", 9)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if err := check(calls); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestWrongHistoriesAreRejected keeps the model from explaining everything.
func TestWrongHistoriesAreRejected(t *testing.T) {
	t.Parallel()
	for name, calls := range map[string][]said{
		"decided twice":                          {pay(10, "SUCCESS", 1, 2), inquiry("USER_BALANCE_NOT_ENOUGH", 0, 3, 4)},
		"forgotten":                              {pay(10, "SUCCESS", 1, 2), inquiry("ORDER_NOT_EXIST", 0, 3, 4)},
		"paid without having come":               {inquiry("SUCCESS", 0, 1, 2), pay(10, "SUCCESS", 3, 4)},
		"undecided again":                        {pay(10, "SUCCESS", 1, 2), inquiry("PAYMENT_IN_PROCESS", 0, 3, 4)},
		"undecided again for one of two callers": {pay(10, "PAYMENT_IN_PROCESS", 1, 9), inquiry("SUCCESS", 0, 2, 3), inquiry("PAYMENT_IN_PROCESS", 0, 4, 5)},
		"another amount is taken":                {pay(10, "SUCCESS", 1, 2), pay(11, "SUCCESS", 3, 4)},
		"both of two amounts are taken":          {pay(10, "SUCCESS", 1, 3), pay(11, "SUCCESS", 2, 4)},
		"both of two amounts differ":             {pay(10, "REPEAT_REQ_INCONSISTENT", 1, 3), pay(11, "REPEAT_REQ_INCONSISTENT", 2, 4)},
		"paid after the cancellation":            {pay(10, "PAYMENT_IN_PROCESS", 1, 2), cancel("SUCCESS", 3, 4), inquiry("SUCCESS", 0, 5, 6)},
		"paid though cancelled before":           {cancel("SUCCESS", 1, 2), pay(10, "SUCCESS", 3, 4)},
		"too much is refunded":                   {pay(10, "SUCCESS", 1, 2), refund("a", 6, "SUCCESS", 3, 5), refund("b", 6, "SUCCESS", 4, 6)},
		"neither of two refunds fits":            {pay(10, "SUCCESS", 1, 2), refund("a", 6, "REFUND_AMOUNT_EXCEED", 3, 5), refund("b", 6, "REFUND_AMOUNT_EXCEED", 4, 6)},
		"refunded twice under one id":            {pay(10, "SUCCESS", 1, 2), refund("a", 4, "SUCCESS", 3, 5), refund("a", 4, "SUCCESS", 4, 6), inquiry("SUCCESS", 8, 7, 8)},
		"refunded and cancelled":                 {pay(10, "SUCCESS", 1, 2), refund("a", 6, "SUCCESS", 3, 5), cancel("SUCCESS", 4, 6)},
		"neither refunded nor cancelled":         {pay(10, "SUCCESS", 1, 2), refund("a", 6, "ORDER_IS_CLOSED", 3, 5), cancel("PROCESS_FAIL", 4, 6)},
		"the refund is not told":                 {pay(10, "SUCCESS", 1, 2), refund("a", 6, "SUCCESS", 3, 4), inquiry("SUCCESS", 0, 5, 6)},
		"refunded before it was paid":            {pay(10, "PAYMENT_IN_PROCESS", 3, 4), refund("a", 6, "SUCCESS", 1, 2)},
		"a refusal changes":                      {pay(10, "PAYMENT_IN_PROCESS", 1, 2), refund("a", 6, "PROCESS_FAIL", 3, 4), refund("a", 6, "SUCCESS", 5, 6)},
		"notified of something else":             {pay(10, "SUCCESS", 1, 2), notified("USER_BALANCE_NOT_ENOUGH", 3)},
		"notified before it was decided":         {notified("SUCCESS", 3), pay(10, "PAYMENT_IN_PROCESS", 1, 2), inquiry("PAYMENT_IN_PROCESS", 0, 4, 5)},
		"a code that no wallet says":             {pay(10, "RISK_REJECT", 1, 2)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if err := check(calls); err == nil || !strings.Contains(err.Error(), "no order of the calls explains") {
				t.Errorf("it was explained: %v", err)
			}
		})
	}
}

func TestOrdersAreCheckedByThemselves(t *testing.T) {
	t.Parallel()
	var h linear.History
	for _, id := range []string{"P1", "P2"} {
		h.Do(1, linear.Call{Kind: linear.Pay, Order: id, Minor: 5}, func() linear.Answer { return linear.Answer{Code: "SUCCESS"} })
	}
	h.Heard(2, "P2", "USER_BALANCE_NOT_ENOUGH")
	if err := h.Check(time.Second, "SUCCESS", "USER_BALANCE_NOT_ENOUGH"); err == nil || !strings.Contains(err.Error(), "order P2") {
		t.Errorf("error %v, want one about P2", err)
	}
	if h.Len() != 5 {
		t.Errorf("%d steps, want 5", h.Len())
	}
}
