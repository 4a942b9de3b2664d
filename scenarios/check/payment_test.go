package check

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"mppsim/scenarios/acquirer"
	"mppsim/wallet/aps"
	"mppsim/wallet/money"
	"mppsim/wallet/trace"
)

// storyCase is the traffic of a whole payment and the requirements that it must break.
type storyCase struct {
	name string
	tell func(b *builder)
	want []string
}

func (b *builder) paid(offset time.Duration) {
	b.call(offset, aps.Pay, payBody(), "S SUCCESS")
	b.order("pr-1", "SUCCESS")
	b.seen(offset+100*time.Millisecond, acquirer.Paid)
}

func (b *builder) wish(offset time.Duration) {
	b.Cancels = append(b.Cancels, Cancel{PaymentRef: acquirer.PaymentRef{Reference: number}, Started: b.at(offset)})
}

func (b *builder) wantBack(offset time.Duration) {
	b.Refunds = append(b.Refunds, Refund{RefundOrder: acquirer.RefundOrder{PaymentRef: acquirer.PaymentRef{Reference: number}}, Started: b.at(offset)})
}

func (b *builder) cancel(offset time.Duration, result string) *trace.Exchange {
	return b.call(offset, aps.CancelPayment, `{"paymentRequestId":"pr-1"}`, result)
}

func (b *builder) refund(offset time.Duration, id, result string) *trace.Exchange {
	return b.call(offset, aps.Refund,
		fmt.Sprintf(`{"paymentRequestId":"pr-1","refundRequestId":%q,"refundAmount":{"currency":"SGD","value":"100"}}`, id), result)
}

func goodStories() []storyCase {
	const s = time.Second
	return []storyCase{
		{name: "undecided, asked with growing gaps, paid", tell: func(b *builder) {
			b.call(0, aps.Pay, payBody(), "U PAYMENT_IN_PROCESS")
			for _, at := range []time.Duration{2, 4, 7, 12} {
				b.inquire(at*s, "pr-1", "U PAYMENT_IN_PROCESS")
			}
			b.inquire(20*s, "pr-1", "S SUCCESS")
			b.order("pr-1", "SUCCESS")
			b.seen(21*s, acquirer.Paid)
		}},
		{name: "what belongs to another scenario's payment under the same id", tell: func(b *builder) {
			b.Shared = map[string]bool{"pr-1": true}
			b.paid(0)
			for i := range time.Duration(3) {
				b.inquire((5+3*i)*s, "pr-1", "S SUCCESS")
			}
			b.cancel(60*s, "S SUCCESS")
		}},
		{name: "pay repeated, late expiry in the repetition", tell: func(b *builder) {
			b.call(0, aps.Pay, payBody(), "U UNKNOWN_EXCEPTION")
			b.call(50*s, aps.Pay, payBody(), "S SUCCESS")
		}},
		{name: "an inquiry was under way", tell: func(b *builder) {
			b.paid(0)
			b.inquire(400*time.Millisecond, "pr-1", "S SUCCESS")
			b.inquire(3*s, "pr-1", "S SUCCESS")
		}},
		{name: "the shop refunds, the acquirer asks for refunds", tell: func(b *builder) {
			b.paid(0)
			b.wantBack(5 * s)
			b.refund(5*s, "r-1", "U UNKNOWN_EXCEPTION")
			for i := range time.Duration(4) {
				b.inquire((7+2*i)*s, "pr-1", "S SUCCESS")
			}
		}},
		{name: "the shop cancels a paid payment", tell: func(b *builder) {
			b.paid(0)
			b.wish(5 * s)
			b.cancel(5*s, "S SUCCESS")
		}},
		{name: "the cancellation began before the success", tell: func(b *builder) {
			b.call(0, aps.Pay, payBody(), "U PAYMENT_IN_PROCESS")
			b.cancel(60*s, "U UNKNOWN_EXCEPTION")
			b.inquire(61*s, "pr-1", "S SUCCESS")
			b.order("pr-1", "SUCCESS")
			b.seen(61100*time.Millisecond, acquirer.Paid)
			b.cancel(63*s, "S SUCCESS")
		}},
		{name: "a forged success decides nothing", tell: func(b *builder) {
			b.call(0, aps.Pay, payBody(), "U PAYMENT_IN_PROCESS")
			b.order("pr-1", "CLOSED")
			b.notify(1*s, "pr-1", "S SUCCESS")
			b.seen(2*s, acquirer.Paid)
			b.cancel(60*s, "S SUCCESS")
		}},
		{name: "asked by the paymentId of Alipay+", tell: func(b *builder) {
			b.call(0, aps.Pay, payBody(), "U PAYMENT_IN_PROCESS").PaymentID = "2026pr-1"
			b.call(2*s, aps.InquiryPayment, `{"paymentId":"2026pr-1"}`, "S SUCCESS")
			b.cancel(60*s, "S SUCCESS").Request.Body = []byte(`{"paymentId":"2026pr-1"}`)
		}},
		{name: "refund after a cancellation that came too late", tell: func(b *builder) {
			b.paid(0)
			b.wish(5 * s)
			b.cancel(5*s, "F CANCEL_WINDOW_EXCEED")
			b.refund(6*s, "r-1", "S SUCCESS")
		}},
		{name: "a new code for the same order", tell: func(b *builder) {
			b.charge("281001020000000000000001", number, money.Of("SGD", 25000))
			b.call(0, aps.Pay, payBody(), "F USER_BALANCE_NOT_ENOUGH")
			b.call(9*s, aps.Pay, payBody("paymentRequestId", "pr-2", "paymentMethod.paymentMethodId", "281001020000000000000001"), "S SUCCESS")
		}},
		{name: "a refused charge, and the shop charges the same code again", tell: func(b *builder) {
			b.charge(code, "MS-1-8", money.Of("SGD", 25000))
			b.call(0, aps.Pay, payBody(), "F RISK_REJECT")
			b.call(9*s, aps.Pay, payBody("paymentRequestId", "pr-2", "order.referenceOrderId", "MS-1-8"), "S SUCCESS")
		}},
		{name: "a refused charge whose call the till's line has repeated", tell: func(b *builder) {
			b.Calls = append(b.Calls, journalCall(acquirer.VerbChargeCode, `{}`), journalCall(acquirer.VerbChargeCode, `{}`))
			b.call(0, aps.Pay, payBody(), "F RISK_REJECT")
			b.call(9*s, aps.Pay, payBody("paymentRequestId", "pr-2"), "S SUCCESS")
		}},
		{name: "pay repeated after the gateway refused it", tell: func(b *builder) {
			b.call(0, aps.Pay, payBody(), "F ACCESS_DENIED")
			b.call(9*s, aps.Pay, payBody(), "S SUCCESS")
		}},
		{name: "refund and cancellation are confirmed, and sent once more", tell: func(b *builder) {
			b.paid(0)
			b.wantBack(5 * s)
			b.refund(5*s, "r-1", "U UNKNOWN_EXCEPTION")
			b.refund(7*s, "r-1", "S SUCCESS")
			b.refund(9*s, "r-1", "S SUCCESS")
			b.wish(20 * s)
			b.cancel(20*s, "F PROCESS_FAIL")
			b.cancel(25*s, "F PROCESS_FAIL")
		}},
		{name: "the shop asks for the same refund again, and so does the acquirer", tell: func(b *builder) {
			b.paid(0)
			b.wantBack(5 * s)
			b.refund(5*s, "r-1", "S SUCCESS")
			b.wantBack(8 * s)
			b.refund(8*s, "r-1", "S SUCCESS")
			b.wantBack(9 * s)
			b.refund(9*s, "r-1", "S SUCCESS")
		}},
		{name: "the shop cancels what is cancelled", tell: func(b *builder) {
			b.paid(0)
			for _, at := range []time.Duration{5, 8, 11} {
				b.wish(at * s)
				b.cancel(at*s, "S SUCCESS")
			}
		}},
		{name: "two refunds for two wishes", tell: func(b *builder) {
			b.paid(0)
			b.wantBack(5 * s)
			b.refund(5*s, "r-1", "F PROCESS_FAIL")
			b.wantBack(9 * s)
			b.refund(9*s, "r-2", "S SUCCESS")
		}},
		{name: "a refund that was refused is tried again under another identifier", tell: func(b *builder) {
			b.paid(0)
			b.wantBack(5 * s)
			b.refund(5*s, "r-1", "F PROCESS_FAIL")
			b.refund(9*s, "r-2", "S SUCCESS")
		}},
		{name: "the same charge once more while the books take in that it was refused", tell: func(b *builder) {
			b.call(0, aps.Pay, payBody(), "U PAYMENT_IN_PROCESS")
			b.order("pr-1", "FAIL")
			b.notify(2*s, "pr-1", "F USER_BALANCE_NOT_ENOUGH")
			b.call(4*s, aps.Pay, payBody(), "F USER_BALANCE_NOT_ENOUGH")
			b.seen(4100*time.Millisecond, acquirer.Failed)
		}},
		{name: "a refund that the till asks for twice, beside an order without a payment code", tell: func(b *builder) {
			b.charge("", "MS-1-9", money.Of("SGD", 25000))
			b.Charges[1].Product = acquirer.ProductOrderCode
			b.paid(0)
			b.wantBack(5 * s)
			for i, at := range []time.Duration{5, 9} {
				b.Calls = append(b.Calls, journalCall(acquirer.VerbRefund, `{}`))
				b.refund(at*s, fmt.Sprint("r-", i), "S SUCCESS")
			}
		}},
		{name: "a cancellation that the till asks for three times", tell: func(b *builder) {
			b.paid(0)
			b.wish(5 * s)
			for _, at := range []time.Duration{5, 8, 11} {
				b.Calls = append(b.Calls, journalCall(acquirer.VerbCancel, `{}`))
				b.cancel(at*s, "S SUCCESS")
			}
		}},
		{name: "given back because it was too late for the acquirer's own cancellation", tell: func(b *builder) {
			b.call(0, aps.Pay, payBody(), "U PAYMENT_IN_PROCESS")
			b.order("pr-1", "SUCCESS")
			b.cancel(70*s, "F CANCEL_WINDOW_EXCEED")
			b.refund(71*s, "r-1", "S SUCCESS")
		}},
		{name: "a refund after its answer was lost under another identifier is another rule's matter", tell: func(b *builder) {
			b.paid(0)
			b.wantBack(5 * s)
			b.refund(5*s, "r-1", "U UNKNOWN_EXCEPTION")
			b.refund(7*s, "r-2", "S SUCCESS")
		}},
		{name: "what cannot be cancelled any more is given back in two parts", tell: func(b *builder) {
			b.paid(0)
			b.wantBack(5 * s)
			b.refund(5*s, "r-1", "S SUCCESS")
			b.wish(9 * s)
			b.cancel(9*s, "F CANCEL_WINDOW_EXCEED")
			b.refund(10*s, "r-2", "S SUCCESS")
		}},
		{name: "one identifier for two sales is judged for the run, not for their messages", tell: func(b *builder) {
			b.charge("281001020000000000000001", "MS-1-8", money.Of("SGD", 25000))
			b.paid(0)
			b.call(s, aps.Pay, payBody("paymentMethod.paymentMethodId", "281001020000000000000001", "order.referenceOrderId", "MS-1-8"), "S SUCCESS")
			b.cancel(60*s, "S SUCCESS")
		}},
		{name: "a genuine notification, acknowledged", tell: func(b *builder) {
			b.call(0, aps.Pay, payBody(), "U PAYMENT_IN_PROCESS")
			b.order("pr-1", "SUCCESS")
			b.notify(1*s, "pr-1", "S SUCCESS")
			b.seen(2*s, acquirer.Paid)
		}},
		{name: "a forgery refused without signature", tell: func(b *builder) {
			ex := b.notify(1*s, "pr-9", "S SUCCESS")
			ex.Response = trace.Message{Status: 403, Header: http.Header{}}
			ex.Signature = trace.Signature{Verdict: "missing"}
		}},
	}
}

func badStories() []storyCase {
	const s = time.Second
	return []storyCase{
		{name: "two inquiries half a second apart", want: []string{"ACQ-INQ-02"}, tell: func(b *builder) {
			b.call(0, aps.Pay, payBody(), "U PAYMENT_IN_PROCESS")
			b.inquire(2*s, "pr-1", "U PAYMENT_IN_PROCESS")
			b.inquire(2500*time.Millisecond, "pr-1", "U PAYMENT_IN_PROCESS")
		}},
		{name: "41 inquiries in two minutes", want: []string{"ACQ-INQ-02"}, tell: func(b *builder) {
			b.call(0, aps.Pay, payBody(), "U PAYMENT_IN_PROCESS")
			for i := range time.Duration(41) {
				b.inquire(2*s+i*1100*time.Millisecond, "pr-1", "U PAYMENT_IN_PROCESS")
			}
		}},
		{name: "inquiries go on", want: []string{"ACQ-INQ-04"}, tell: func(b *builder) {
			b.paid(0)
			for i := range time.Duration(3) {
				b.inquire((5+3*i)*s, "pr-1", "S SUCCESS")
			}
		}},
		{name: "inquiries go on after a notified failure", want: []string{"ACQ-INQ-04"}, tell: func(b *builder) {
			b.call(0, aps.Pay, payBody(), "U PAYMENT_IN_PROCESS")
			b.order("pr-1", "FAIL")
			b.notify(1*s, "pr-1", "F RISK_REJECT")
			b.seen(2*s, acquirer.Failed)
			b.inquire(5*s, "pr-1", "F RISK_REJECT")
			b.inquire(8*s, "pr-1", "F RISK_REJECT")
		}},
		{name: "an inquiry about nothing", want: []string{"ACQ-INQ-09"}, tell: func(b *builder) {
			b.call(0, aps.Pay, payBody(), "U PAYMENT_IN_PROCESS")
			b.call(2*s, aps.InquiryPayment, `{}`, "F PARAM_ILLEGAL")
		}},
		{name: "an empty paymentId", want: []string{"ACQ-INQ-09"}, tell: func(b *builder) {
			b.call(0, aps.Pay, payBody(), "U PAYMENT_IN_PROCESS")
			b.call(2*s, aps.InquiryPayment, `{"paymentRequestId":"pr-1","paymentId":""}`, "S SUCCESS")
		}},
		{name: "the order number as paymentRequestId", want: []string{"ACQ-INQ-09"}, tell: func(b *builder) {
			b.call(0, aps.Pay, payBody(), "U PAYMENT_IN_PROCESS")
			b.inquire(2*s, number, "U PAYMENT_IN_PROCESS")
		}},
		{name: "identifiers of two payments", want: []string{"ACQ-INQ-09"}, tell: func(b *builder) {
			b.charge("281001020000000000000001", "MS-1-8", money.Of("SGD", 25000))
			b.call(0, aps.Pay, payBody(), "U PAYMENT_IN_PROCESS")
			b.call(0, aps.Pay, payBody("paymentRequestId", "pr-2", "order.referenceOrderId", "MS-1-8",
				"paymentMethod.paymentMethodId", "281001020000000000000001"), "U PAYMENT_IN_PROCESS")
			b.order("pr-2", "PROCESSING")
			b.call(2*s, aps.InquiryPayment, `{"paymentRequestId":"pr-1","paymentId":"2026pr-2"}`, "S SUCCESS")
		}},
		{name: "a cancellation with an id of its own", want: []string{"ACQ-CAN-12"}, tell: func(b *builder) {
			b.call(0, aps.Pay, payBody(), "U PAYMENT_IN_PROCESS")
			b.call(60*s, aps.CancelPayment, `{"paymentRequestId":"cancel-1"}`, "S SUCCESS")
		}},
		{name: "a cancellation with an amount", want: []string{"ACQ-CAN-12"}, tell: func(b *builder) {
			b.call(0, aps.Pay, payBody(), "U PAYMENT_IN_PROCESS")
			b.call(60*s, aps.CancelPayment, `{"paymentRequestId":"pr-1","cancelAmount":{"currency":"SGD","value":"1"}}`, "S SUCCESS")
		}},
		{name: "the expiry timer cancels a paid payment", want: []string{"ACQ-CAN-16"}, tell: func(b *builder) {
			b.paid(0)
			b.cancel(60*s, "S SUCCESS")
		}},
		{name: "another amount in a repetition", want: []string{"ACQ-IDM-02", "ACQ-MSG-11"}, tell: func(b *builder) {
			b.call(0, aps.Pay, payBody(), "U UNKNOWN_EXCEPTION")
			b.call(9*s, aps.Pay, payBody("paymentAmount.value", "24000"), "S SUCCESS")
		}},
		{name: "another factor in a repetition", want: []string{"ACQ-IDM-02"}, tell: func(b *builder) {
			b.call(0, aps.Pay, payBody(), "U UNKNOWN_EXCEPTION")
			b.call(9*s, aps.Pay, payBody("paymentFactor.isCashierPayment", nil), "S SUCCESS")
		}},
		{name: "a second id while undecided", want: []string{"ACQ-RES-09"}, tell: func(b *builder) {
			b.call(0, aps.Pay, payBody(), "U UNKNOWN_EXCEPTION")
			b.call(9*s, aps.Pay, payBody("paymentRequestId", "pr-2"), "S SUCCESS")
		}},
		{name: "a refused charge, and the acquirer tries again", want: []string{"ACQ-UPM-11"}, tell: func(b *builder) {
			b.call(0, aps.Pay, payBody(), "F RISK_REJECT")
			b.call(9*s, aps.Pay, payBody("paymentRequestId", "pr-2"), "S SUCCESS")
		}},
		{name: "a charge refused later, and the same message again", want: []string{"ACQ-UPM-11"}, tell: func(b *builder) {
			b.call(0, aps.Pay, payBody(), "U PAYMENT_IN_PROCESS")
			b.inquire(2*s, "pr-1", "F USER_PAYMENT_VERIFICATION_FAILED")
			b.call(9*s, aps.Pay, payBody(), "F USER_PAYMENT_VERIFICATION_FAILED")
		}},
		{name: "a charge whose refusal the shop has seen, and the same message again", want: []string{"ACQ-UPM-11"}, tell: func(b *builder) {
			b.call(0, aps.Pay, payBody(), "U PAYMENT_IN_PROCESS")
			b.order("pr-1", "FAIL")
			b.notify(2*s, "pr-1", "F USER_BALANCE_NOT_ENOUGH")
			b.seen(3*s, acquirer.Failed)
			b.call(4*s, aps.Pay, payBody(), "F USER_BALANCE_NOT_ENOUGH")
		}},
		{name: "a charge refused by a notification, and tried again", want: []string{"ACQ-UPM-11"}, tell: func(b *builder) {
			b.call(0, aps.Pay, payBody(), "U PAYMENT_IN_PROCESS")
			b.order("pr-1", "FAIL")
			b.notify(2*s, "pr-1", "F USER_BALANCE_NOT_ENOUGH")
			b.call(4*s, aps.Pay, payBody("paymentRequestId", "pr-2"), "F USER_BALANCE_NOT_ENOUGH")
		}},
		{name: "a confirmed cancellation goes on", want: []string{"ACQ-IDM-13"}, tell: func(b *builder) {
			b.paid(0)
			b.wish(5 * s)
			for i := range time.Duration(3) {
				b.cancel((5+3*i)*s, "S SUCCESS")
			}
		}},
		{name: "a refund that is done goes on", want: []string{"ACQ-IDM-13"}, tell: func(b *builder) {
			b.paid(0)
			b.wantBack(5 * s)
			for i := range time.Duration(3) {
				b.refund((5+3*i)*s, "r-1", "S SUCCESS")
			}
		}},
		{name: "one refund wanted, two sent", want: []string{"ACQ-IDM-12"}, tell: func(b *builder) {
			b.paid(0)
			b.wantBack(5 * s)
			b.refund(5*s, "r-1", "S SUCCESS")
			b.refund(15*s, "r-2", "S SUCCESS")
		}},
		{name: "one refund wanted, tried again after a refusal, and sent once more", want: []string{"ACQ-IDM-12"}, tell: func(b *builder) {
			b.paid(0)
			b.wantBack(5 * s)
			b.refund(5*s, "r-1", "F PROCESS_FAIL")
			b.refund(9*s, "r-2", "S SUCCESS")
			b.refund(15*s, "r-3", "S SUCCESS")
		}},
		{name: "a refund that nobody asked for", want: []string{"ACQ-IDM-12"}, tell: func(b *builder) {
			b.paid(0)
			b.refund(9*s, "r-1", "S SUCCESS")
		}},
		{name: "a refund after the cancellation was confirmed", want: []string{"ACQ-IDM-12"}, tell: func(b *builder) {
			b.paid(0)
			b.wish(5 * s)
			b.cancel(5*s, "S SUCCESS")
			b.refund(20*s, "r-1", "S SUCCESS")
		}},
		{name: "a refund in another currency", want: []string{"ACQ-REF-14"}, tell: func(b *builder) {
			b.paid(0)
			b.wantBack(5 * s)
			b.call(5*s, aps.Refund, `{"paymentRequestId":"pr-1","refundRequestId":"r-1","refundAmount":{"currency":"USD","value":"100"}}`, "S SUCCESS")
		}},
		{name: "a repetition sent again as it was", want: []string{"ACQ-SIG-08"}, tell: func(b *builder) {
			b.wantBack(0)
			b.paid(0)
			first := b.refund(5*s, "r-1", "U UNKNOWN_EXCEPTION")
			stamp := first.Request.Header.Get("Request-Time")
			b.refund(90*s, "r-1", "S SUCCESS").Request.Header.Set("Request-Time", stamp)
		}},
		{name: "an unsigned acknowledgement", want: []string{"ACQ-SIG-14"}, tell: func(b *builder) {
			b.call(0, aps.Pay, payBody(), "U PAYMENT_IN_PROCESS")
			ex := b.notify(1*s, "pr-1", "S SUCCESS")
			ex.Response.Header.Del("Signature")
			ex.Signature = trace.Signature{Verdict: "missing"}
		}},
		{name: "an acknowledgement signed over another path", want: []string{"ACQ-SIG-14"}, tell: func(b *builder) {
			b.call(0, aps.Pay, payBody(), "U PAYMENT_IN_PROCESS")
			b.notify(1*s, "pr-1", "S SUCCESS").Signature = trace.Signature{Verdict: "invalid"}
		}},
		{name: "items of an acknowledgement out of order", want: []string{"ACQ-SIG-05"}, tell: func(b *builder) {
			b.call(0, aps.Pay, payBody(), "U PAYMENT_IN_PROCESS")
			b.notify(1*s, "pr-1", "S SUCCESS").Response.Header.Set("Signature", "keyVersion=1,algorithm=RSA256,signature=QUJD")
		}},
		{name: "the code in an answer to the shop", want: []string{"ACQ-SEC-19"}, tell: func(b *builder) {
			b.paid(0)
			b.Calls = append(b.Calls, journalCall("query", `{"state":"TAKEN","scan":"`+code+`"}`))
		}},
	}
}

func TestStories(t *testing.T) {
	t.Parallel()
	for _, c := range slices.Concat(goodStories(), badStories()) {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := oneSale()
			c.tell(b)
			if got := accused(t, b.Scene); !slices.Equal(got, c.want) {
				t.Errorf("findings %v, want %v", got, c.want)
			}
		})
	}
}

func TestShortGapsAreNotJudgedAtASmallFactor(t *testing.T) {
	t.Parallel()
	b := oneSale()
	b.Facts.Factor = 0.05
	b.call(0, aps.Pay, payBody(), "U PAYMENT_IN_PROCESS")
	b.inquire(100*time.Millisecond, "pr-1", "U PAYMENT_IN_PROCESS")
	b.inquire(110*time.Millisecond, "pr-1", "U PAYMENT_IN_PROCESS")
	for _, w := range Watches() {
		if w.Requirement != "ACQ-INQ-02" {
			continue
		}
		if r := w.Judge(b.Scene); len(r.Findings) != 0 || r.NotJudged == "" {
			t.Errorf("gaps of 50 ms were judged: %+v", r)
		}
	}
}
