package cli

import (
	"strings"
	"testing"

	"mppsim/wallet/trace"
)

// spoken is an exchange about a payment with a request body.
func spoken(id, payment, body string) trace.Exchange {
	return trace.Exchange{ID: id, PaymentRequestID: payment, Request: trace.Message{Body: []byte(body)}}
}

func TestAnOrderLeadsToItsPayments(t *testing.T) {
	t.Parallel()
	pay := func(id, payment, number string) trace.Exchange {
		return spoken(id, payment, `{"referenceOrderId":"`+number+`"}`)
	}
	for name, tt := range map[string]struct {
		batches [][]trace.Exchange
		want    []string // exchanges of each batch, then the payments
	}{
		"what follows later does not name the order": {
			[][]trace.Exchange{{pay("1", "P1", "O-1")}, {spoken("2", "P1", `{}`), spoken("3", "P2", `{}`), spoken("4", "", `{"about":"P1"}`)}},
			[]string{"1", "2 4", "P1"},
		},
		"an order that was charged twice": {
			[][]trace.Exchange{{pay("1", "P1", "O-1"), pay("2", "P2", "O-1")}, {spoken("3", "P2", `{}`)}}, []string{"1 2", "3", "P1 P2"},
		},
		"a longer number":                  {[][]trace.Exchange{{pay("1", "P1", "O-10"), pay("2", "P2", "O-1")}}, []string{"2", "P2"}},
		"a word of a longer name":          {[][]trace.Exchange{{pay("1", "P1", "SHOP-O-1")}}, []string{"1", "P1"}},
		"a longer name where there is one": {[][]trace.Exchange{{pay("1", "P1", "SHOP-O-1"), pay("2", "P2", "O-1")}}, []string{"2", "P2"}},
		"a paymentRequestId, and who names it": {
			[][]trace.Exchange{{spoken("1", "O-1", `{}`), spoken("2", "P2", `{"passed on":"see O-1"}`), spoken("3", "P2", `{}`)}}, []string{"1 2", "O-1"},
		},
		"nothing": {[][]trace.Exchange{{pay("1", "P1", "O-2")}}, []string{"", ""}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := &order{name: "O-1"}
			var got []string
			for _, batch := range tt.batches {
				var ids []string
				for _, e := range o.pick(batch) {
					ids = append(ids, e.ID)
				}
				got = append(got, strings.Join(ids, " "))
			}
			var payments []string
			for _, p := range o.payments {
				payments = append(payments, p.id)
			}
			got = append(got, strings.Join(payments, " "))
			if strings.Join(got, "|") != strings.Join(tt.want, "|") {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
