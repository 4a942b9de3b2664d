package mpp

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"mppsim/fixtures"
	"mppsim/wallet/aps"
	"mppsim/wallet/money"
	"mppsim/wallet/risk"
)

// inStore is a request at a store in Singapore.
func (w *world) inStore(p Payer) aps.WalletPay {
	req := w.request(p)
	req.Order = &aps.Order{Amount: req.Amount, Merchant: aps.Merchant{
		ReferenceMerchantID: "M", MCC: "5411", Region: "MY", Store: &aps.Store{ReferenceStoreID: "S", Region: "SG"},
	}}
	return req
}

// judged pays and returns the rules for which risk control refused.
func (w *world) judged(req aps.WalletPay, p Payer) (rules []string) {
	w.t.Helper()
	answer := w.pay(req)
	view, err := w.wallet.Payer(w.t.Context(), p.ID)
	if err != nil {
		w.t.Fatal(err)
	}
	i := slices.IndexFunc(view.Payments, func(x Payment) bool { return x.PaymentRequestID == req.PaymentRequestID })
	last := view.Payments[i]
	for _, v := range last.Verdicts {
		rules = append(rules, v.Rule)
	}
	if refused := answer.Result.Code == "RISK_REJECT"; refused != (len(rules) > 0) || refused != strings.Contains(last.Reason, "rejected by risk control: ") {
		w.t.Errorf("answered %+v, verdicts %+v, reason %q", answer.Result, last.Verdicts, last.Reason)
	}
	return rules
}

func TestRiskControlRefusesWithItsReason(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		traits []string
		change func(*aps.WalletPay)
		want   []string
	}{
		{"nothing", nil, nil, nil},
		{"K1 promotion abuse", []string{"marks", "[promotion-abuse]"}, nil, []string{"K-01"}},
		{"K1 gambling", nil, func(r *aps.WalletPay) { r.Order.Merchant.MCC = "7995" }, []string{"K-01"}},
		{"K1 bad credit", []string{"marks", "[bad-credit]"}, nil, []string{"K-01"}},
		{"K2 phone where the store is", []string{"phoneRegion", "SG"}, nil, nil},
		{"K2 phone where the merchant is, not the store", []string{"phoneRegion", "MY"}, nil, []string{"K-02"}},
		{"K2 far from the store", []string{"distanceKm", "51"}, nil, []string{"K-02"}},
		{"K3 tampered", []string{"condition", "[tampered]"}, nil, []string{"K-03"}},
		{"K3 rooted and far away", []string{"condition", "[rooted]", "distanceKm", "51"}, nil, []string{"K-02", "K-03"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			p := w.payer("rich", test.traits...)
			req := w.inStore(p)
			if test.change != nil {
				test.change(&req)
			}
			if got := w.judged(req, p); !slices.Equal(got, test.want) {
				t.Errorf("refused by %v", got)
			}
		})
	}
}

// From the login of the third account on, every payment from the device is refused, until fewer than three are left in a day.
func TestK4ThreeAccountsOnADevice(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	want := func(what string, p Payer, refused bool) {
		t.Helper()
		if got := w.judged(w.inStore(p), p); slices.Contains(got, "K-04") != refused {
			t.Errorf("%s: refused by %v", what, got)
		}
	}
	first := w.payer("shared-phone")
	w.clock.Advance(time.Hour)
	second := w.payer("shared-phone")
	want("the first of two", first, false)
	third := w.payer("rich")
	want("the third, on its own phone", third, false)
	if _, err := w.wallet.Login(t.Context(), third.ID, "the family phone"); err != nil {
		t.Fatal(err)
	}
	for name, p := range map[string]Payer{"the first of three": first, "the second": second, "the third": third} {
		want(name, p, true)
	}
	w.clock.Advance(23 * time.Hour)
	want("when the first login is a day old", second, false)
	if _, err := w.wallet.Login(t.Context(), first.ID, ""); err != nil {
		t.Fatal(err)
	}
	want("when the first logs in again", second, true)
	if _, err := w.wallet.Login(t.Context(), "nobody", ""); !errors.Is(err, ErrNoPayer) {
		t.Errorf("nobody logs in: %v", err)
	}
}

func TestK5AConfirmedCaseHasThePayerRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.payer("rich")
	c, err := w.wallet.ReportRisk(t.Context(), p.ID, "pay-1", "promotion-abuse")
	if err != nil || c.CustomerID != p.CustomerID || !c.Opened.Equal(w.clock.Now()) {
		t.Fatalf("case %+v, %v", c, err)
	}
	if got := w.judged(w.inStore(p), p); got != nil {
		t.Errorf("with an open case: %v", got)
	}
	if _, err := w.wallet.AnswerRisk(t.Context(), "t1", c.ID, true, "it is so"); err != nil {
		t.Fatal(err)
	}
	if got := w.judged(w.inStore(p), p); !slices.Equal(got, []string{"K-01"}) {
		t.Errorf("confirmed: %v", got)
	}
	list, err := w.wallet.RiskCases(t.Context(), "t1")
	if err != nil || len(list) != 1 || !list[0].Confirmed {
		t.Errorf("cases %+v, %v", list, err)
	}
	if _, err := w.wallet.ReportRisk(t.Context(), "nobody", "", "x"); !errors.Is(err, ErrNoPayer) {
		t.Errorf("a case about nobody: %v", err)
	}
}

func TestK6StrategiesAreReplacedForATimeline(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.payer("far-away")
	if got := w.judged(w.inStore(p), p); !slices.Equal(got, []string{"K-02"}) {
		t.Fatalf("under the usual policy: %v", got)
	}
	policy, err := w.wallet.RiskPolicy(t.Context(), "t1")
	if err != nil {
		t.Fatal(err)
	}
	policy.Version, policy.Location.MaxDistanceKm = "tourists", 1000
	if err := w.wallet.SetRiskPolicy(t.Context(), "t1", policy); err != nil {
		t.Fatal(err)
	}
	if got := w.judged(w.inStore(p), p); got != nil {
		t.Errorf("under the new policy: %v", got)
	}
	if err := w.wallet.SetRiskPolicy(t.Context(), "t1", policy); !errors.Is(err, risk.ErrPolicy) {
		t.Errorf("the same version twice: %v", err)
	}
}

// Case M01: two promotions are both on the detail page, and the debit is what Alipay+ asks for, also where it computed otherwise (A5).
func TestM01AllPromotionsAreShown(t *testing.T) {
	t.Parallel()
	for _, off := range []int64{0, 2} {
		w := newWorld(t)
		p := w.payer("rich")
		req := w.request(p)
		req.Order.Amount = money.Of("SGD", 1334+off)
		req.Promotions = []aps.Promotion{
			{ID: "a", Name: "A", Type: "T", Savings: money.Of("SGD", 60)}, {ID: "b", Name: "优惠", Type: "NEW", Savings: money.Of("SGD", 40)},
		}
		if answer := w.pay(req); answer.Result.Code != "SUCCESS" || w.spent(p) != 1234 {
			t.Fatalf("answered %+v, debited %d", answer.Result, w.spent(p))
		}
		// Case R06: the refund credits what Alipay+ computed and shows the promotions.
		shares := []aps.Promotion{req.Promotions[0], req.Promotions[1]}
		shares[0].Savings.Value, shares[1].Savings.Value = 30, 20
		refund := aps.WalletRefund{
			PspID: "psp", PaymentRequestID: req.PaymentRequestID, RefundRequestID: "r", Amount: money.Of("SGD", 617),
			From: money.Of("SGD", 617), Promotions: shares,
		}
		if answer, err := w.wallet.Refund(t.Context(), refund); err != nil || answer.Result.Code != "SUCCESS" {
			t.Fatalf("refund %+v, %v", answer, err)
		}
		view, err := w.wallet.Payer(t.Context(), p.ID)
		if err != nil {
			t.Fatal(err)
		}
		shown := view.Payments[0]
		if !slices.Equal(shown.Promotions, req.Promotions) || shown.Price != req.Order.Amount || shown.Debited != req.PayTo {
			t.Errorf("the payment shows %+v", shown)
		}
		if len(shown.Refunds) != 1 || !slices.Equal(shown.Refunds[0].Promotions, shares) || shown.Refunds[0].From.Value != 617 || shown.Refunds[0].ID == "" {
			t.Errorf("the refund shows %+v", shown.Refunds)
		}
		if w.spent(p) != 617 {
			t.Errorf("after the refund %d are spent", w.spent(p))
		}
	}
}

func TestAPolicyOfOnesOwn(t *testing.T) {
	t.Parallel()
	policy, err := risk.Parse("risk.yaml", fixtures.Risk)
	if err != nil {
		t.Fatal(err)
	}
	policy.Device.Off = true
	w := newWorld(t)
	wallet, err := New(Options{Store: w.store, Clock: w.clock, Network: w.network, PspID: "psp", IDs: w.wallet.ids, Risk: &policy})
	if err != nil {
		t.Fatal(err)
	}
	w.wallet = wallet
	p := w.payer("rooted-phone")
	if got := w.judged(w.inStore(p), p); got != nil {
		t.Errorf("refused by %v", got)
	}
}
