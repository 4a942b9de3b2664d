package steps

import (
	"strings"
	"testing"
	"time"

	"mppsim/scenarios/acquirer"
	"mppsim/scenarios/world"
	"mppsim/wallet/aps"
	"mppsim/wallet/money"
	"mppsim/wallet/trace"
)

// refundOf is a refund message with this body.
func refundOf(body string) trace.Exchange {
	return trace.Exchange{API: string(aps.Refund), Request: trace.Message{Body: []byte(body)}}
}

func TestDifferentRefund(t *testing.T) {
	t.Parallel()
	const same = `{"refundRequestId":"R1","paymentRequestId":"P1","refundAmount":{"currency":"SGD","value":"300"}}`
	tests := []struct {
		name, body, want string
	}{
		{"the same", same, ""},
		{"another layout", `{ "refundAmount":{"value":"300","currency":"SGD"}, "paymentRequestId":"P1", "refundRequestId":"R1" }`, ""},
		{"one more identifier", strings.Replace(same, `{"refundR`, `{"paymentId":"A1","refundR`, 1), ""},
		{"another reason", strings.Replace(same, `{"refundR`, `{"refundReason":"again","refundR`, 1), ""},
		{"another id", strings.Replace(same, "R1", "R2", 1), `refundRequestId, "R2" instead of "R1"`},
		{"another value", strings.Replace(same, "300", "301", 1), `refundAmount, "301" instead of "300"`},
		{"another currency", strings.Replace(same, "SGD", "USD", 1), `refundAmount, "USD" instead of "SGD"`},
		{"another payment", strings.Replace(same, "P1", "P2", 1), `paymentRequestId, "P2" instead of "P1"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			what, differs := differentRefund(refundOf(same), refundOf(tt.body))
			if what != tt.want || differs != (tt.want != "") {
				t.Errorf("got %q, %t; want %q", what, differs, tt.want)
			}
		})
	}
}

func TestListsRefund(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, body string
		status     int
		want       bool
	}{
		{"a refund done", `{"transactions":[{"transactionType":"PAYMENT","transactionStatus":"SUCCESS"},{"transactionType":"REFUND","transactionStatus":"SUCCESS"}]}`, 200, true},
		{"a refund that failed", `{"transactions":[{"transactionType":"REFUND","transactionStatus":"FAIL"}]}`, 200, false},
		{"the payment only", `{"transactions":[{"transactionType":"PAYMENT","transactionStatus":"SUCCESS"}]}`, 200, false},
		{"nothing", `{}`, 200, false},
		{"no JSON", `<html>`, 200, false},
		{"an answer that did not arrive", `{"transactions":[{"transactionType":"REFUND","transactionStatus":"SUCCESS"}]}`, 502, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			e := trace.Exchange{
				Leg: trace.AcquirerToNetwork, API: string(aps.InquiryPayment),
				Response: trace.Message{Status: tt.status, Body: []byte(tt.body)},
			}
			if got := listsRefund(e); got != tt.want {
				t.Errorf("got %t, want %t", got, tt.want)
			}
		})
	}
}

func TestShowsLeft(t *testing.T) {
	t.Parallel()
	sgd := func(minor int64) *money.Amount { a := money.Of("SGD", minor); return &a }
	p := &world.Payment{Charge: acquirer.Charge{Amount: *sgd(1000)}}
	tests := []struct {
		name  string
		told  acquirer.Payment
		want  money.Amount
		shown bool
	}{
		{"the remainder", acquirer.Payment{Remaining: sgd(667), Refunded: sgd(1)}, *sgd(667), true},
		{"only the refunded sum", acquirer.Payment{Refunded: sgd(333)}, *sgd(667), true},
		{"everything refunded", acquirer.Payment{Refunded: sgd(1000)}, *sgd(0), true},
		{"neither", acquirer.Payment{Paid: sgd(1000)}, money.Amount{}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, shown := showsLeft(p, world.Sample{Payment: tt.told})
			if got != tt.want || shown != tt.shown {
				t.Errorf("got %s, %t; want %s, %t", got, shown, tt.want, tt.shown)
			}
		})
	}
}

func TestSlow(t *testing.T) {
	t.Parallel()
	at := time.Unix(1000, 0)
	for took, want := range map[time.Duration]bool{0: false, prompt: false, prompt + time.Millisecond: true} {
		if got := slow(trace.Exchange{Received: at, Answered: at.Add(took)}); got != want {
			t.Errorf("an answer after %s: got %t, want %t", took, got, want)
		}
	}
}

func TestRefundStates(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]string{"done": "REFUNDED", "failed": "FAILED", "decided": "REFUNDED or FAILED"} {
		if got := join(refundStates(word)); got != want {
			t.Errorf("%s: got %s, want %s", word, got, want)
		}
	}
}
