package storm

import (
	"slices"
	"testing"

	"mppsim/scenarios/acquirer"
	"mppsim/scenarios/check"
	"mppsim/wallet/aps"
	"mppsim/wallet/control"
	"mppsim/wallet/money"
	"mppsim/wallet/trace"
)

func sgd(value int64) money.Amount { return money.Of("SGD", value) }

// charged is a sale of 25.00 by a code, of which the shop was told these states in turn.
func charged(reference, code string, states ...acquirer.State) check.Charge {
	c := check.Charge{ID: "sale of " + code, CallID: "call of " + code, Charge: acquirer.Charge{Reference: reference, Code: code, Amount: sgd(2500)}}
	for _, s := range states {
		c.Seen = append(c.Seen, check.Sighting{State: s, CallID: "query of " + code})
	}
	return c
}

func order(code, state string, value, refunded int64) control.Order {
	return control.Order{PaymentRequestID: "order of " + code, Code: code, State: state, Amount: sgd(value), Refunded: sgd(refunded)}
}

func back(c check.Charge, value int64, states ...acquirer.State) check.Refund {
	r := check.Refund{CallID: "refund", RefundOrder: acquirer.RefundOrder{
		PaymentRef: acquirer.PaymentRef{Payment: c.ID, Reference: c.Reference}, Number: "R", Refund: sgd(value),
	}}
	for _, s := range states {
		r.Seen = append(r.Seen, check.Sighting{State: s})
	}
	return r
}

// shows puts amounts into the last word that the shop heard.
func shows(c check.Charge, paid, refunded int64) check.Charge {
	p, r := sgd(paid), sgd(refunded)
	c.Seen[len(c.Seen)-1].Paid, c.Seen[len(c.Seen)-1].Refunded = &p, &r
	return c
}

func scene(charges []check.Charge, orders []control.Order, given ...check.Refund) check.Scene {
	s := check.Scene{Charges: charges, Orders: orders, Refunds: given, Facts: check.Facts{Capabilities: []string{"single_order"}}}
	for _, o := range orders {
		s.Exchanges = append(s.Exchanges, trace.Exchange{ID: "pay for " + o.PaymentRequestID, API: string(aps.Pay), PaymentRequestID: o.PaymentRequestID})
	}
	return s
}

func TestInvariants(t *testing.T) {
	t.Parallel()
	paidSale, failedSale := charged("A", "1", acquirer.Pending, acquirer.Paid), charged("A", "1", acquirer.Failed)
	cancelled := func(s check.Scene) check.Scene {
		s.Cancels = []check.Cancel{{PaymentRef: acquirer.PaymentRef{Reference: "A"}}}
		return s
	}
	split := scene([]check.Charge{paidSale, charged("A", "2", acquirer.Paid)},
		[]control.Order{order("1", "SUCCESS", 2500, 0), order("2", "SUCCESS", 2500, 0)})
	split.Facts.Capabilities = nil
	for _, tt := range []struct {
		name  string
		scene check.Scene
		want  []string
	}{
		{"paid", scene([]check.Charge{shows(charged("A", "1", acquirer.Paid), 2500, 0)}, []control.Order{order("1", "SUCCESS", 2500, 0)}), nil},
		{"failed", scene([]check.Charge{failedSale}, []control.Order{order("1", "FAIL", 2500, 0)}), nil},
		{"never came", scene([]check.Charge{failedSale}, nil), nil},
		{"closed, and the money given back", scene([]check.Charge{charged("A", "1", acquirer.Closed)}, []control.Order{order("1", "SUCCESS", 2500, 2500)}), nil},
		{"never answered", scene([]check.Charge{charged("A", "1")}, []control.Order{order("1", "SUCCESS", 2500, 0)}), nil},
		{"failed, paid at Alipay+", scene([]check.Charge{failedSale}, []control.Order{order("1", "SUCCESS", 2500, 0)}), []string{agreed}},
		{"failed, given back in part", scene([]check.Charge{failedSale}, []control.Order{order("1", "SUCCESS", 2500, 100)}), []string{agreed}},
		{"paid, failed at Alipay+", scene([]check.Charge{paidSale}, []control.Order{order("1", "FAIL", 2500, 0)}), []string{agreed}},
		{"paid, unknown to Alipay+", scene([]check.Charge{paidSale}, nil), []string{agreed}},
		{"still pending", scene([]check.Charge{charged("A", "1", acquirer.Pending)}, []control.Order{order("1", "CLOSED", 2500, 0)}), []string{ends}},
		{"another amount taken", scene([]check.Charge{paidSale}, []control.Order{order("1", "SUCCESS", 25, 0)}), []string{amounts}},
		{"another amount told", scene([]check.Charge{shows(charged("A", "1", acquirer.Paid), 2499, 0)}, []control.Order{order("1", "SUCCESS", 2500, 0)}), []string{amounts}},
		{"one order, two payments", scene([]check.Charge{paidSale, charged("A", "2", acquirer.Paid)},
			[]control.Order{order("1", "SUCCESS", 2500, 0), order("2", "SUCCESS", 2500, 0)}), []string{once}},
		{"one code, two payments", scene([]check.Charge{paidSale}, []control.Order{order("1", "SUCCESS", 2500, 0), order("1", "SUCCESS", 2500, 0)}), []string{once}},
		{"an order number may be split", split, nil},
		{"one order, the first given back", scene([]check.Charge{charged("A", "1", acquirer.Closed), charged("A", "2", acquirer.Paid)},
			[]control.Order{order("1", "SUCCESS", 2500, 2500), order("2", "SUCCESS", 2500, 0)}), nil},
		{"the second charge is answered with the first sale", scene([]check.Charge{paidSale, charged("A", "2", acquirer.Paid)},
			[]control.Order{order("1", "SUCCESS", 2500, 0)}), nil},
		{"the second charge is refused", scene([]check.Charge{paidSale, charged("A", "2", acquirer.Failed)},
			[]control.Order{order("1", "SUCCESS", 2500, 0)}), nil},
		{"refunded as told", scene([]check.Charge{shows(charged("A", "1", acquirer.Paid), 2500, 500)},
			[]control.Order{order("1", "SUCCESS", 2500, 500)}, back(paidSale, 500, acquirer.Pending, acquirer.Refunded), back(paidSale, 9900, acquirer.Failed)), nil},
		{"refunded twice", scene([]check.Charge{paidSale}, []control.Order{order("1", "SUCCESS", 2500, 1000)}, back(paidSale, 500, acquirer.Refunded)), []string{refunds}},
		{"cancelled too late, and given back by the acquirer itself", cancelled(scene([]check.Charge{shows(charged("A", "1", acquirer.Paid), 2500, 2500)},
			[]control.Order{order("1", "SUCCESS", 2500, 2500)}, back(paidSale, 500, acquirer.Refunded))), nil},
		{"cancelled too late, and a refund told that is not done", cancelled(scene([]check.Charge{paidSale},
			[]control.Order{order("1", "SUCCESS", 2500, 0)}, back(paidSale, 500, acquirer.Refunded))), []string{refunds}},
		{"cancelled too late, given back and not told so", cancelled(scene([]check.Charge{shows(charged("A", "1", acquirer.Paid), 2500, 0)},
			[]control.Order{order("1", "SUCCESS", 2500, 2500)})), []string{refunds}},
		{"refund told, not done", scene([]check.Charge{paidSale}, []control.Order{order("1", "SUCCESS", 2500, 0)}, back(paidSale, 500, acquirer.Refunded)), []string{refunds}},
		{"refund done, told as failed", scene([]check.Charge{paidSale}, []control.Order{order("1", "SUCCESS", 2500, 500)}, back(paidSale, 500, acquirer.Failed)), []string{refunds}},
		{"the sum is told wrongly", scene([]check.Charge{shows(charged("A", "1", acquirer.Paid), 2500, 0)},
			[]control.Order{order("1", "SUCCESS", 2500, 500)}, back(paidSale, 500, acquirer.Refunded)), []string{refunds}},
		{"refund still pending", scene([]check.Charge{paidSale}, []control.Order{order("1", "SUCCESS", 2500, 0)}, back(paidSale, 500, acquirer.Pending)), []string{ends}},
		{"a payment out of nowhere", scene(nil, []control.Order{order("9", "SUCCESS", 2500, 0)}), []string{explained}},
		{"a refusal out of nowhere costs nobody anything", scene(nil, []control.Order{order("9", "FAIL", 2500, 0)}), nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, w := range Watches() {
				for _, f := range w.Judge(tt.scene).Findings {
					got = append(got, f.Requirement)
					if len(f.Exchanges)+len(f.Calls) == 0 || f.Expected == "" || f.Seen == "" {
						t.Errorf("a finding without evidence: %+v", f)
					}
					if f.Requirement != w.Requirement {
						t.Errorf("%s accuses of %s", w.Requirement, f.Requirement)
					}
				}
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("broken: %v, want %v", got, tt.want)
			}
		})
	}
}

// What could not be looked at does not count as judged.
func TestNothingIsJudgedThatDidNotHappen(t *testing.T) {
	t.Parallel()
	for _, w := range Watches() {
		if got := w.Judge(check.Scene{}); got.Judged > 0 {
			t.Errorf("%s judged %d things in an empty scene", w.Requirement, got.Judged)
		}
	}
	quiet := scene([]check.Charge{charged("A", "1", acquirer.Failed)}, []control.Order{order("1", "FAIL", 2500, 0)})
	for _, w := range Watches() {
		judged := w.Judge(quiet).Judged > 0
		if want := slices.Contains([]string{once, agreed, ends}, w.Requirement); judged != want {
			t.Errorf("%s judged a refused payment: %t", w.Requirement, judged)
		}
	}
}

func TestCatalogueHoldsTheInvariants(t *testing.T) {
	t.Parallel()
	c, err := Catalogue()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range c.Requirements {
		got = append(got, r.ID)
	}
	if !slices.Equal(got, ids()) {
		t.Errorf("catalogue %v, judged %v", got, ids())
	}
}
