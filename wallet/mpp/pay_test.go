package mpp

import (
	"sync"
	"testing"
	"time"

	"mppsim/wallet/aps"
	"mppsim/wallet/clock"
	"mppsim/wallet/money"
)

func TestRepetitionsAreComparedByTheRecommendedFields(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		change func(r *aps.WalletPay)
		want   string
	}{
		{"nothing", func(*aps.WalletPay) {}, "SUCCESS"},
		{"order text", func(r *aps.WalletPay) { r.Order.Description = "other" }, "SUCCESS"},
		{"expiry", func(r *aps.WalletPay) { r.Expiry = r.Expiry.Add(time.Hour) }, "SUCCESS"},
		{"amount", func(r *aps.WalletPay) { r.Amount.Value++ }, "REPEAT_REQ_INCONSISTENT"},
		{"debit", func(r *aps.WalletPay) { r.PayTo.Value-- }, "REPEAT_REQ_INCONSISTENT"},
		{"currency", func(r *aps.WalletPay) { r.PayTo.Currency = "USD" }, "REPEAT_REQ_INCONSISTENT"},
		{"code", func(r *aps.WalletPay) { r.Code = "" }, "REPEAT_REQ_INCONSISTENT"},
		{"promotion", func(r *aps.WalletPay) { r.Promotions = []aps.Promotion{{ID: "1"}} }, "REPEAT_REQ_INCONSISTENT"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			p := w.payer("rich")
			req := w.request(p)
			first := w.pay(req)
			w.clock.Advance(400 * 24 * time.Hour) // ids are unique for ever
			again := req
			test.change(&again)
			if got := w.pay(again); got.Result.Code != test.want {
				t.Errorf("result %+v", got.Result)
			}
			if got := w.pay(req); got != first {
				t.Errorf("the first payment now says %+v", got)
			}
			if got := w.spent(p); got != 1234 {
				t.Errorf("debited %d", got)
			}
		})
	}
}

func TestAFailureStaysAFailure(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.payer("poor")
	req := w.request(p)
	first := w.pay(req)
	if _, err := w.wallet.TopUp(t.Context(), p.ID, money.Of("SGD", 5000)); err != nil {
		t.Fatal(err)
	}
	if got := w.pay(req); got != first || first.Result.Status != aps.Failure {
		t.Errorf("first %+v, repeated %+v", first, got)
	}
	fresh := w.request(p)
	if got := w.pay(fresh); got.Result.Status != aps.Success {
		t.Errorf("a new payment: %+v", got.Result)
	}
}

func TestPayRefusesWhatItCannotUse(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		change func(w *world, r *aps.WalletPay)
		want   string
	}{
		{"no id", func(_ *world, r *aps.WalletPay) { r.PaymentRequestID = "" }, "PARAM_ILLEGAL"},
		{"another wallet", func(_ *world, r *aps.WalletPay) { r.PspID = "other" }, "PARAM_ILLEGAL"},
		{"nothing to pay", func(_ *world, r *aps.WalletPay) { r.PayTo.Value = 0 }, "PARAM_ILLEGAL"},
		{"expired order", func(w *world, _ *aps.WalletPay) { w.clock.Advance(61 * time.Second) }, "ORDER_IS_CLOSED"},
		{"expired code", func(w *world, r *aps.WalletPay) { r.Expiry = time.Time{}; w.clock.Advance(61 * time.Second) }, "EXPIRED_CODE"},
		{"code in its last second", func(w *world, _ *aps.WalletPay) { w.clock.Advance(60 * time.Second) }, "SUCCESS"},
		{"code of nobody", func(_ *world, r *aps.WalletPay) { r.Code = "251001020123456789012345" }, "INVALID_CODE"},
		{"code of another payer", func(w *world, r *aps.WalletPay) { r.CustomerID = w.payer("rich").CustomerID }, "INVALID_CODE"},
		{"customer alone", func(_ *world, r *aps.WalletPay) { r.Code = "" }, "SUCCESS"},
		{"unknown customer", func(_ *world, r *aps.WalletPay) { r.Code, r.CustomerID = "", "nobody" }, "USER_NOT_EXIST"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			p := w.payer("rich")
			req := w.request(p)
			test.change(w, &req)
			first := w.pay(req)
			if first.Result.Code != test.want {
				t.Errorf("result %+v", first.Result)
			}
			if again := w.pay(req); again != first {
				t.Errorf("repeated: %+v", again)
			}
			if got := w.spent(p); (got != 0) != (test.want == "SUCCESS") {
				t.Errorf("debited %d", got)
			}
		})
	}
}

func TestACodeIsGoodForOnePayment(t *testing.T) {
	t.Parallel()
	for _, template := range []string{"rich", "poor", "always-password"} {
		t.Run(template, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			req := w.request(w.payer(template))
			w.pay(req)
			second := req
			second.PaymentRequestID += "-2"
			if got := w.pay(second); got.Result.Code != "INVALID_CODE" {
				t.Errorf("second use: %+v", got.Result)
			}
		})
	}
}

func TestLimitsOfADayEndAtMidnightInUTC8(t *testing.T) {
	t.Parallel()
	w := newWorld(t) // 18:00 in UTC+8
	counted := w.payer("one-a-day")
	limited := w.payer("rich", "dailyAmount", "20")
	steps := []struct {
		after time.Duration
		want  [2]string
	}{
		{0, [2]string{"SUCCESS", "SUCCESS"}},
		{5*time.Hour + 59*time.Minute, [2]string{"PAYMENT_COUNT_EXCEED_LIMIT", "USER_AMOUNT_EXCEED_LIMIT"}},
		{time.Minute, [2]string{"SUCCESS", "SUCCESS"}},
	}
	for _, step := range steps {
		w.clock.Advance(step.after)
		got := [2]string{w.pay(w.request(counted)).Result.Code, w.pay(w.request(limited)).Result.Code}
		if got != step.want {
			t.Errorf("%v later: %v, want %v", step.after, got, step.want)
		}
	}
}

func TestTheLimitOfAYearEndsAtNewYearInUTC8(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	limited := w.payer("rich", "yearlyAmount", "20")
	eve := time.Date(w.clock.Now().Year()+1, 1, 1, 0, 0, 0, 0, clock.UTC8()).Add(-time.Second)
	steps := []struct {
		at   time.Time
		want string
	}{
		{eve.AddDate(0, 0, -30), "SUCCESS"},
		{eve, "USER_AMOUNT_EXCEED_LIMIT"}, // in UTC there are eight hours of the year left
		{eve.Add(time.Second), "SUCCESS"},
		{eve.Add(9 * time.Hour), "USER_AMOUNT_EXCEED_LIMIT"}, // in UTC it has just begun
	}
	for _, step := range steps {
		w.clock.Advance(step.at.Sub(w.clock.Now()))
		if got := w.pay(w.request(limited)).Result.Code; got != step.want {
			t.Errorf("%v: %s, want %s", step.at, got, step.want)
		}
	}
}

// TestRefusalsComeInTheDocumentedOrder gives a payer every reason to be refused and takes away one after the other (mpp-api
// §4.1.1): the first that is left is told.
func TestRefusalsComeInTheDocumentedOrder(t *testing.T) {
	t.Parallel()
	reasons := []struct{ trait, refusing, code string }{
		{"registered", "false", "USER_NOT_EXIST"},
		{"active", "false", "USER_STATUS_ABNORMAL"},
		{"verified", "false", "USER_KYC_NOT_QUALIFIED"},
		{"currencies", "[JPY]", "CURRENCY_NOT_SUPPORT"},
		{"method", "false", "UNAVAILABLE_PAYMENT_METHOD"},
		{"unregisteredMerchants", "true", "MERCHANT_NOT_REGISTERED"},
		{"singleLimit", "1", "PAYMENT_AMOUNT_EXCEED_LIMIT"},
		{"dailyAmount", "1", "USER_AMOUNT_EXCEED_LIMIT"},
		{"yearlyAmount", "1", "USER_AMOUNT_EXCEED_LIMIT"},
		{"dailyCount", "0", "PAYMENT_COUNT_EXCEED_LIMIT"},
		{"risk", "true", "RISK_REJECT"},
		{"condition", "[rooted]", "RISK_REJECT"},
		{"balance", "0", "USER_BALANCE_NOT_ENOUGH"},
		{"refuses", "PROCESS_FAIL", "PROCESS_FAIL"},
	}
	for i, first := range reasons {
		w := newWorld(t)
		var traits []string
		for _, r := range reasons[i:] {
			traits = append(traits, r.trait, r.refusing)
		}
		if got := w.pay(w.request(w.payer("rich", traits...))).Result.Code; got != first.code {
			t.Errorf("from %s on: %s, want %s", first.trait, got, first.code)
		}
	}
}

func TestConcurrentRepetitionsDebitOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.payer("rich")
	req := w.request(p)
	answers := make([]aps.WalletPayAnswer, 16)
	var group sync.WaitGroup
	for i := range answers {
		group.Go(func() { answers[i] = w.pay(req) })
	}
	group.Wait()
	for _, answer := range answers {
		if answer != answers[0] || answer.Result.Status != aps.Success {
			t.Errorf("answers %+v and %+v", answer, answers[0])
		}
	}
	if got := w.spent(p); got != 1234 {
		t.Errorf("debited %d", got)
	}
}

func TestAWalletThatDecidesLater(t *testing.T) {
	t.Parallel()
	tests := []struct {
		template, want string
		expiry         time.Duration
		debit          int64
	}{
		{"slow", "SUCCESS", time.Minute, 1234},
		{"slow-refused", "RISK_REJECT", time.Minute, 0},
		{"slow", "ORDER_IS_CLOSED", time.Second, 0},
	}
	for _, test := range tests {
		t.Run(test.template+" "+test.want, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			p := w.payer(test.template)
			req := w.request(p)
			req.Expiry = w.clock.Now().Add(test.expiry)
			w.pay(req)
			w.clock.Advance(2*time.Second - 1)
			if heard := w.network.notifications(); len(heard) != 0 {
				t.Errorf("too early: %v", heard)
			}
			w.clock.Advance(1)
			if heard := w.network.notifications(); len(heard) != 1 || heard[0] != test.want {
				t.Errorf("notified %v", heard)
			}
			if got := w.inquire(req.PaymentRequestID).Outcome.Code; got != test.want {
				t.Errorf("inquiry: %s", got)
			}
			if got := w.spent(p); got != test.debit {
				t.Errorf("debited %d", got)
			}
		})
	}
}
