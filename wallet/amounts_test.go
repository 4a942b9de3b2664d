package wallet_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"mppsim/wallet"
	"mppsim/wallet/aps"
	"mppsim/wallet/control"
)

// TestOrdersThatComeAfterTheirExpiryAreClosed: a payment must not succeed after its expiry (acqp-api §5.1), whichever offset
// it is written with. Its payment code is still good for another order.
func TestOrdersThatComeAfterTheirExpiryAreClosed(t *testing.T) {
	t.Parallel()
	c := newRig(t).till()
	p := c.payer("rich")
	code := c.code(p)
	late := func(zone int, ago time.Duration) string {
		return time.Now().Add(-ago).In(time.FixedZone("", zone)).Format(time.RFC3339)
	}
	for i, expiry := range []string{late(0, time.Second), late(8*3600, time.Minute), late(-12*3600, time.Hour), late(5*3600+45*60, 400*24*time.Hour)} {
		id := fmt.Sprintf("late%d", i)
		body := c.payBody(id, code, "1000")
		at := strings.Index(body, `"paymentExpiryTime":"`) + len(`"paymentExpiryTime":"`)
		body = body[:at] + expiry + body[at+strings.IndexByte(body[at:], '"'):]
		for range 2 {
			want(t, expiry, codeOf(c.rig.ask(aps.Pay, body)), "ORDER_IS_CLOSED")
		}
		want(t, "inquiry", c.outcome(id), "ORDER_IS_CLOSED")
		if notes := c.last(aps.Pay).Notes; !slices.ContainsFunc(notes, func(n string) bool { return strings.HasPrefix(n, "paymentExpiryTime had passed") }) {
			t.Errorf("the record does not say why: %q", notes)
		}
		inStore := c.pay(inStoreSale{id: id + "s", code: code, value: "1000", expiry: expiry})
		want(t, "in store", codeOf(inStore), "ORDER_IS_CLOSED")
		want(t, "in store, inquiry", c.stands(id+"s"), "FAIL ORDER_IS_CLOSED")
	}
	want(t, "order code", codeOf(c.pay(inStoreSale{id: "O1", value: "1000", scenario: "OrderCode", expiry: late(0, time.Minute)})), "ORDER_IS_CLOSED")
	c.wantMoved("payer/"+p.ID, 0)
	want(t, "the code pays another order", codeOf(c.pay(inStoreSale{id: "P1", code: code, value: "1000"})), "SUCCESS")
}

// TestAmountsBeyondCounting are refused by their rule, not by an overflow.
func TestAmountsBeyondCounting(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.open("off")
	most := fmt.Sprint(int64(math.MaxInt64))
	p := r.payer("rich")
	want(t, "pay", r.pay("P1", r.code(p), "1000").code(), "SUCCESS")
	want(t, "refund", r.refund("P1", "R1", "1").code(), "SUCCESS")
	for i, value := range []string{most, "1000", "99999"} {
		want(t, "refund of "+value, r.refund("P1", fmt.Sprintf("R%d", 2+i), value).code(), "REFUND_AMOUNT_EXCEED")
	}
	want(t, "more than can be written", r.refund("P1", "R9", "9223372036854775808").code(), "PARAM_ILLEGAL")
	r.wantMoved("payer/"+p.ID, -999)

	want(t, "more than the payer has", r.pay("P2", r.code(p), most).code(), "USER_BALANCE_NOT_ENOUGH")
	abroad := r.payer("from-malaysia")
	want(t, "more than ringgit can tell", r.pay("P3", r.code(abroad), most).code(), "PAYMENT_AMOUNT_EXCEED_LIMIT")
	limited := must[control.Payer](t)(r.api.CreatePayer(t.Context(), control.PayerSpec{Timeline: r.timeline, Template: "rich", Traits: map[string]string{"dailyAmount": "20"}}))
	want(t, "within the day's limit", r.pay("P4", r.code(limited), "1").code(), "SUCCESS")
	want(t, "more than a day may have", r.pay("P5", r.code(limited), most).code(), "USER_AMOUNT_EXCEED_LIMIT")
}

// TestSettlementCurrencies: letter case does not count; what is no currency is told, and refused where the gateway is strict.
func TestSettlementCurrencies(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ settlement, settled, note, strict string }{
		{"USD", "USD", "", "SUCCESS"},
		{"usd", "USD", "expected an ISO 4217 code of three capital letters", "PARAM_ILLEGAL"},
		{"XXQ", "SGD", `"XXQ" is not an active ISO 4217 currency; that of the payment stands in`, "PARAM_ILLEGAL"},
	} {
		for _, strict := range []bool{false, true} {
			t.Run(fmt.Sprint(tt.settlement, strict), func(t *testing.T) {
				t.Parallel()
				c := newRig(t, func(o *wallet.Options) { o.Strict = strict }).till()
				p := c.payer("rich")
				result := "SUCCESS"
				if strict {
					result = tt.strict
				}
				body := strings.Replace(c.payBody("P1", c.code(p), "1000"), `"settlementCurrency":"SGD"`, fmt.Sprintf(`"settlementCurrency":%q`, tt.settlement), 1)
				want(t, "pay", c.rig.call("pay", body).code(), result)
				want(t, "in store", codeOf(c.blurt("pay", c.inStoreBody(inStoreSale{id: "P2", code: c.code(p), value: "1000", settlement: tt.settlement}))), result)
				if result != "SUCCESS" {
					return
				}
				want(t, "settled in", c.rig.ask(aps.InquiryPayment, `{"paymentRequestId":"P1"}`).Text("settlementAmount.currency"), tt.settled)
				for _, id := range []string{"P1", "P2"} {
					e := c.lastAbout(aps.Pay, id)
					if got := strings.Join(e.Notes, "\n"); (tt.note == "") != (got == "") || !strings.Contains(got, tt.note) {
						t.Errorf("%s: the record says %q, want %q", id, got, tt.note)
					}
				}
			})
		}
	}
}
