package mpp

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"mppsim/wallet/aps"
	"mppsim/wallet/code"
	"mppsim/wallet/money"
)

func TestEachTemplateEndsAsItSays(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"rich": "SUCCESS", "poor": "USER_BALANCE_NOT_ENOUGH",
		"needs-password": "SUCCESS", "always-password": "PAYMENT_IN_PROCESS", "poor-with-password": "PAYMENT_IN_PROCESS",
		"slow": "PAYMENT_IN_PROCESS", "slow-refused": "PAYMENT_IN_PROCESS", "fails-verification": "PAYMENT_IN_PROCESS",
		"unknown": "USER_NOT_EXIST", "blocked": "USER_STATUS_ABNORMAL", "not-verified": "USER_KYC_NOT_QUALIFIED",
		"no-method": "UNAVAILABLE_PAYMENT_METHOD", "wrong-currency": "CURRENCY_NOT_SUPPORT",
		"over-single-limit": "PAYMENT_AMOUNT_EXCEED_LIMIT", "over-daily-amount": "USER_AMOUNT_EXCEED_LIMIT",
		"over-yearly-amount": "USER_AMOUNT_EXCEED_LIMIT",
		"over-count":         "PAYMENT_COUNT_EXCEED_LIMIT", "one-a-day": "SUCCESS", "risky": "RISK_REJECT",
		"restricted": "REGULATION_RESTRICTION", "unsupported-business": "BUSINESS_NOT_SUPPORT",
		"without-contract": "INVALID_CONTRACT", "process-fail": "PROCESS_FAIL", "unregistered-merchant": "MERCHANT_NOT_REGISTERED",
		"leaves": "SUCCESS", "offline": "SUCCESS", "risky-refund": "SUCCESS", "slow-refund": "SUCCESS", "no-refunds": "SUCCESS", "whole-refunds": "SUCCESS", "one-refund": "SUCCESS",
		"china-id": "SUCCESS", "passport": "SUCCESS", "shared-phone": "SUCCESS", "abuses-promotions": "RISK_REJECT",
		"bad-credit": "RISK_REJECT", "rooted-phone": "RISK_REJECT", "emulator": "RISK_REJECT", "far-away": "RISK_REJECT",
		// Alipay+ asks these in their own currency; here it does not.
		"from-malaysia": "CURRENCY_NOT_SUPPORT", "from-korea": "CURRENCY_NOT_SUPPORT",
		"from-kuwait": "CURRENCY_NOT_SUPPORT", "from-indonesia": "CURRENCY_NOT_SUPPORT",
	}
	for _, template := range newWorld(t).wallet.Templates() {
		if tests[template.Name] == "" {
			t.Errorf("template %s is not tested", template.Name)
		}
		if template.Title == "" || template.Person == "" {
			t.Errorf("template %s has no title or person", template.Name)
		}
	}
	for template, want := range tests {
		t.Run(template, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			p := w.payer(template)
			req := w.request(p)
			answer := w.pay(req)
			if answer.Result.Code != want {
				t.Fatalf("pay: %+v", answer.Result)
			}
			debit := int64(0)
			if want == "SUCCESS" {
				debit = req.PayTo.Value
				if answer.PaymentID == "" || answer.CustomerID != p.CustomerID || !answer.Time.Equal(w.clock.Now()) {
					t.Errorf("answer %+v", answer)
				}
			}
			if got := w.spent(p); got != debit {
				t.Errorf("debited %d, want %d", got, debit)
			}
			if inquiry := w.inquire(req.PaymentRequestID); inquiry.Outcome.Code != want || inquiry.Result.Code != "SUCCESS" {
				t.Errorf("inquiry: %+v", inquiry)
			}
			if again := w.pay(req); again != answer {
				t.Errorf("repeated: %+v, first %+v", again, answer)
			}
			if heard := w.network.notifications(); len(heard) != 0 {
				t.Errorf("a synchronous answer was notified: %v", heard)
			}
		})
	}
}

func TestAnyCurrencyOfAShopCanBePaid(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.payer("rich")
	for _, amount := range []money.Amount{
		money.Of("JPY", 123456789), money.Of("KWD", 123456789), money.Of("IDR", 12345678900), money.Of("CLF", 1), money.Of("SGD", 123456789),
	} {
		req := w.request(p)
		req.Amount, req.PayTo = amount, amount
		if answer := w.pay(req); answer.Result.Code != "SUCCESS" {
			t.Errorf("%s: %+v", amount, answer.Result)
		}
	}
	view, err := w.wallet.Payer(t.Context(), p.ID)
	if err != nil || len(view.Balances) != 5 || len(view.Payments) != 5 {
		t.Errorf("payer %+v, %v", view, err)
	}
}

func TestAWalletOfOneCurrency(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.payer("from-malaysia")
	if want := money.Of("MYR", 100_000_000_000); p.Currency != "MYR" || p.Balance != want || len(p.Balances) != 1 {
		t.Fatalf("payer %+v", p)
	}
	req := w.request(p)
	req.PayTo, req.Quote = money.Of("MYR", 4110), aps.Quote{ID: "20310305C0000000", Pair: "SGD/MYR", Price: "3.33055347"}
	if answer := w.pay(req); answer.Result.Code != "SUCCESS" {
		t.Fatalf("pay: %+v", answer.Result)
	}
	view, err := w.wallet.Payer(t.Context(), p.ID)
	if err != nil || view.Balance.Value != 100_000_000_000-4110 || len(view.Balances) != 1 {
		t.Fatalf("payer %+v, %v", view, err)
	}
	if shown := view.Payments[0]; shown.Amount != req.Amount || shown.Debited != req.PayTo || shown.Quote != req.Quote {
		t.Errorf("shown as %+v", shown)
	}
	back := aps.WalletRefund{
		PaymentRequestID: req.PaymentRequestID, RefundRequestID: "r", Amount: money.Of("SGD", 1), From: money.Of("SGD", 1), Quote: req.Quote,
	}
	if answer, err := w.wallet.Refund(t.Context(), back); err != nil || answer.Result.Code != "CURRENCY_NOT_SUPPORT" {
		t.Errorf("refund in the shop's currency: %+v, %v", answer, err)
	}
	balance := money.Of("SGD", 1)
	if _, err := w.wallet.CreatePayer(t.Context(), PayerSpec{Template: "from-malaysia", Balance: &balance}); !errors.Is(err, ErrTrait) {
		t.Errorf("a balance in another currency: %v", err)
	}
	if _, err := w.wallet.CreatePayer(t.Context(), PayerSpec{Traits: map[string]string{"currency": "myr"}}); !errors.Is(err, ErrTrait) {
		t.Errorf("a currency that is none: %v", err)
	}
}

func TestABalanceOfOnesOwnIsTheOnlyMoney(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	balance := money.Of("SGD", 2000)
	p, err := w.wallet.CreatePayer(t.Context(), PayerSpec{Timeline: "t1", Balance: &balance})
	if err != nil || p.Balance != balance || p.Template != "rich" {
		t.Fatalf("payer %+v, %v", p, err)
	}
	if got := w.pay(w.request(p)).Result.Code; got != "SUCCESS" {
		t.Errorf("first payment: %s", got)
	}
	if got := w.pay(w.request(p)).Result.Code; got != "USER_BALANCE_NOT_ENOUGH" {
		t.Errorf("second payment: %s", got)
	}
	yen := w.request(p)
	yen.Amount, yen.PayTo = money.Of("JPY", 1), money.Of("JPY", 1)
	if got := w.pay(yen).Result.Code; got != "USER_BALANCE_NOT_ENOUGH" {
		t.Errorf("another currency: %s", got)
	}
	if p, err = w.wallet.TopUp(t.Context(), p.ID, money.Of("SGD", 468)); err != nil || p.Balance != money.Of("SGD", 1234) {
		t.Errorf("topped up: %+v, %v", p, err)
	}
	if got := w.pay(w.request(p)).Result.Code; got != "SUCCESS" {
		t.Errorf("after the top-up: %s", got)
	}
}

func TestTraitsOverrideTheTemplate(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		traits []string
		want   string
	}{
		{"refusal", []string{"refuses", "RISK_REJECT"}, "RISK_REJECT"},
		{"password", []string{"password", "above", "passwordFree", "12"}, "PAYMENT_IN_PROCESS"},
		{"password-free", []string{"password", "above", "passwordFree", "13"}, "SUCCESS"},
		{"delay", []string{"after", "3s"}, "PAYMENT_IN_PROCESS"},
		{"balance", []string{"balance", "12"}, "USER_BALANCE_NOT_ENOUGH"},
		{"limit", []string{"singleLimit", "12"}, "PAYMENT_AMOUNT_EXCEED_LIMIT"},
		{"higher limit", []string{"singleLimit", "13"}, "SUCCESS"},
		{"daily amount", []string{"dailyAmount", "12"}, "USER_AMOUNT_EXCEED_LIMIT"},
		{"currencies", []string{"currencies", "[USD, SGD]"}, "SUCCESS"},
		{"frozen", []string{"active", "false"}, "USER_STATUS_ABNORMAL"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			if got := w.pay(w.request(w.payer("rich", test.traits...))).Result.Code; got != test.want {
				t.Errorf("result %s, want %s", got, test.want)
			}
		})
	}
}

func TestImpossiblePayersAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if _, err := w.wallet.CreatePayer(t.Context(), PayerSpec{Template: "richer"}); !errors.Is(err, ErrNoTemplate) || !strings.Contains(err.Error(), "rich,") {
		t.Errorf("unknown template: %v", err)
	}
	for name, value := range map[string]string{
		"colour": "blue", "password": "sometimes", "tries": "0", "tries ": "x", "balance": "-1", "after": "soon",
		"secret": "''", "currencies": "[QQQ]", "refuses": "A\nactive: false", "dailyCount": "many",
	} {
		_, err := w.wallet.CreatePayer(t.Context(), PayerSpec{Traits: map[string]string{name: value}})
		if !errors.Is(err, ErrTrait) {
			t.Errorf("trait %s %q: %v", name, value, err)
		}
	}
	if _, err := w.wallet.Payer(t.Context(), "nobody"); !errors.Is(err, ErrNoPayer) {
		t.Errorf("unknown payer: %v", err)
	}
	if _, err := w.wallet.TopUp(t.Context(), "nobody", money.Of("SGD", 1)); !errors.Is(err, ErrNoPayer) {
		t.Errorf("top-up: %v", err)
	}
	if _, err := w.wallet.IssueCode(t.Context(), "nobody", CodeSpec{}); !errors.Is(err, ErrNoPayer) {
		t.Errorf("code: %v", err)
	}
	if _, err := New(Options{}); err == nil {
		t.Error("a wallet without a store was made")
	}
}

func TestTemplateFilesAreChecked(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"unknown field":  "- name: a\n  colour: blue\n",
		"twice":          "- name: a\n- name: a\n",
		"no name":        "- title: a\n",
		"bad policy":     "- name: a\n  password: maybe\n",
		"not a list":     "name: a\n",
		"unknown money":  "- name: a\n  currencies: [QQQ]\n",
		"negative delay": "- name: a\n  after: -1s\n",
	} {
		if _, err := ParseTemplates([]byte(text)); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
	list, err := ParseTemplates([]byte("- name: a\n  secret: 0742\n"))
	if err != nil || list[0].Secret != "0742" || list[0].Tries != 3 || !list[0].Active {
		t.Errorf("templates %+v, %v", list, err)
	}
}

func TestACodeIsNotGoodBeforeItsMinute(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.payer("rich")
	series, err := w.wallet.IssueCode(t.Context(), p.ID, CodeSpec{Quantity: 2})
	if err != nil || len(series) != 2 {
		t.Fatalf("%v, %v", series, err)
	}
	with := func(digits string) string {
		req := w.request(p)
		req.Code = digits
		return w.pay(req).Result.Code
	}
	second := series[1].Digits
	if got := with(second); got != "INVALID_CODE" {
		t.Errorf("before its minute: %s", got)
	}
	w.clock.Advance(time.Minute + time.Second)
	if got := with(series[0].Digits); got != "EXPIRED_CODE" {
		t.Errorf("the first in the second minute: %s", got)
	}
	if got := with(second); got != "SUCCESS" {
		t.Errorf("in its minute: %s", got)
	}
	if got := with(second); got != "INVALID_CODE" {
		t.Errorf("a second time: %s", got)
	}
}

func TestCodesAreIssuedInTheFormatAskedFor(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.payer("rich")
	issued, err := w.wallet.IssueCode(t.Context(), p.ID, CodeSpec{Format: code.Format{Prefix: "28", Length: 19}, Quantity: 3})
	if err != nil || len(issued) != 3 {
		t.Fatalf("%v, %v", issued, err)
	}
	var digits []string
	for _, c := range issued {
		digits = append(digits, c.Digits)
		if code.Classify(c.Digits) != code.Alipay {
			t.Errorf("issued %s", c.Digits)
		}
	}
	slices.Sort(digits)
	if len(slices.Compact(digits)) != 3 {
		t.Errorf("codes %v", digits)
	}
	if _, err := w.wallet.IssueCode(t.Context(), p.ID, CodeSpec{Format: code.Format{Prefix: "99"}}); !errors.Is(err, ErrRefused) {
		t.Errorf("impossible format: %v", err)
	}
}
