package check

import (
	"slices"
	"strings"
	"testing"
	"time"

	"mppsim/scenarios/acquirer"
	"mppsim/wallet/aps"
	"mppsim/wallet/money"
	"mppsim/wallet/trace"
)

// payCase is one pay message and the requirements that it must break, no more and no less.
type payCase struct {
	name   string
	edits  []any
	change func(b *builder, ex *trace.Exchange)
	want   string // ids without "ACQ-", separated by blanks
}

func header(name, value string) func(*builder, *trace.Exchange) {
	return func(_ *builder, ex *trace.Exchange) {
		if value == "" {
			ex.Request.Header.Del(name)
			return
		}
		ex.Request.Header.Set(name, value)
	}
}

func target(text string) func(*builder, *trace.Exchange) {
	return func(_ *builder, ex *trace.Exchange) { ex.Request.Target = text }
}

func body(text string) func(*builder, *trace.Exchange) {
	return func(_ *builder, ex *trace.Exchange) { ex.Request.Body = []byte(text) }
}

func sold(currency string, minor int64) func(*builder, *trace.Exchange) {
	return func(b *builder, _ *trace.Exchange) { b.Charges[0].Amount = money.Of(currency, minor) }
}

func scenarioOf(ids ...string) func(*builder, *trace.Exchange) {
	return func(b *builder, _ *trace.Exchange) { b.Scenario.Requirements = ids }
}

func amounts(currency, value string) []any {
	return []any{
		"paymentAmount.value", value, "order.orderAmount.value", value,
		"paymentAmount.currency", currency, "order.orderAmount.currency", currency,
	}
}

func payCases() []payCase {
	return slices.Concat(legalForms(), brokenHeaders(), brokenBodies(), brokenSales())
}

func legalForms() []payCase {
	sig := strings.Repeat("QUJD", 84) + "QUI%3d"
	return []payCase{
		{name: "a right message"},
		{name: "absolute target", change: target("http://gateway.example:80/aps/api/v1/payments/pay")},
		{name: "no Content-Type", change: header("Content-Type", "")},
		{name: "Content-Type twice", change: func(_ *builder, ex *trace.Exchange) {
			ex.Request.Header["Content-Type"] = []string{"application/json", "application/json;charset=utf-8"}
		}},
		{name: "milliseconds as Request-Time", change: header("Request-Time", "1772600767080")},
		{name: "offset without colon", change: header("Request-Time", "2026-03-04T13:06:07+0800")},
		{name: "spaces, other order, lower-case escapes", change: header("Signature", "keyVersion=1, algorithm=RSA256, signature="+sig)},
		{name: "white space around the JSON", change: func(_ *builder, ex *trace.Exchange) {
			ex.Request.Body = []byte(" \n" + payBody() + "\r\n")
		}},
		{name: "optional members null", edits: []any{"paymentNotifyUrl", nil, "order.buyer", map[string]any{"referenceBuyerId": nil}}},
		{name: "order number inside a longer one", edits: []any{"order.referenceOrderId", "SG/ms-1-7/X"}},
		{name: "isCashierPayment left out", edits: []any{"paymentFactor.isCashierPayment", nil}},
		{name: "wrong signature that nobody could check", change: func(_ *builder, ex *trace.Exchange) {
			ex.Signature = trace.Signature{Verdict: "unchecked"}
		}},
		{name: "yen", edits: append(amounts("JPY", "250"), "settlementStrategy.settlementCurrency", "SGD"), change: sold("JPY", 250)},
		{name: "rupiah rounded half to even", edits: amounts("IDR", "1234400"), change: sold("IDR", 1234450)},
	}
}

func brokenHeaders() []payCase {
	invalid := func(_ *builder, ex *trace.Exchange) {
		ex.Signature = trace.Signature{Verdict: "invalid", Reason: "CRLF after the path", Signed: "POST /x"}
	}
	value := func(text string) func(*builder, *trace.Exchange) {
		return header("Signature", "algorithm=RSA256,keyVersion=1,signature="+text)
	}
	return []payCase{
		{name: "signature does not verify", change: invalid, want: "SIG-01"},
		{name: "no Signature header", change: func(_ *builder, ex *trace.Exchange) {
			ex.Request.Header.Del("Signature")
			ex.Signature = trace.Signature{Verdict: "missing"}
		}, want: "SIG-01"},
		{name: "plain base64", change: value("ab+/" + strings.Repeat("QUJD", 4) + "QQ=="), want: "SIG-03"},
		{name: "encoded twice", change: value("QUJDQUI%253D"), want: "SIG-03"},
		{name: "URL-safe alphabet", change: value("QU-_QUI%3D"), want: "SIG-04"},
		{name: "no padding", change: value("QUJDQUI"), want: "SIG-04"},
		{name: "slash not escaped", change: value("QU/DQUI%3D"), want: "SIG-04"},
		{name: "SHA256withRSA", change: func(b *builder, ex *trace.Exchange) {
			ex.Request.Header.Set("Signature", "algorithm=SHA256withRSA,keyVersion=1,signature=QUJD")
			invalid(b, ex)
		}, want: "SIG-05"},
		{name: "no keyVersion", change: header("Signature", "algorithm=RSA256,signature=QUJD"), want: "SIG-05"},
		{name: "quoted", change: header("Signature", `algorithm=RSA256,keyVersion="1",signature=QUJD`), want: "SIG-05"},
		{name: "foreign Client-Id", change: func(b *builder, ex *trace.Exchange) {
			ex.Request.Header.Set("Client-Id", "1022188000000000001")
			invalid(b, ex)
		}, want: "SIG-06"},
		{name: "no Client-Id", change: header("Client-Id", ""), want: "SIG-06"},
		{name: "time without zone", change: header("Request-Time", "2026-03-04T05:06:07"), want: "SIG-07"},
		{name: "seconds", change: header("Request-Time", "1772600767"), want: "SIG-07"},
		{name: "impossible date", change: header("Request-Time", "2026-13-41T05:06:07Z"), want: "SIG-07"},
		{name: "trailing slash", change: target(prefix + "pay/"), want: "SIG-09"},
		{name: "version 2", change: target("/aps/api/v2/payments/pay"), want: "SIG-09"},
		{name: "query", change: target(prefix + "pay?env=sandbox"), want: "SIG-09"},
		{name: "PUT", change: func(_ *builder, ex *trace.Exchange) { ex.Request.Method = "PUT" }, want: "SIG-09"},
		{name: "form data", change: header("Content-Type", "application/x-www-form-urlencoded"), want: "SIG-10"},
		{name: "Latin-1", change: header("Content-Type", "application/json; charset=ISO-8859-1"), want: "SIG-10"},
		{name: "byte order mark", change: body("\xef\xbb\xbf" + payBody()), want: "SIG-10"},
		{name: "text behind", change: body(payBody() + "{}"), want: "SIG-10"},
	}
}

func brokenBodies() []payCase {
	number := func(n float64) []any { return []any{"paymentAmount.value", n, "order.orderAmount.value", n} }
	return []payCase{
		{name: "exponent", edits: amounts("SGD", "1.0E8"), want: "MSG-01"},
		{name: "major units", edits: amounts("SGD", "250.00"), want: "MSG-01"},
		{name: "leading zero", edits: amounts("SGD", "025000"), want: "MSG-01"},
		{name: "number token", edits: number(25000), want: "MSG-01"},
		{name: "zero", edits: amounts("SGD", "0"), want: "MSG-01"},
		{name: "zero where the shop asked for it", edits: amounts("SGD", "0"), change: scenarioOf("ACQ-MSG-08")},
		{name: "native boolean", edits: []any{"paymentFactor.isInStorePayment", true}, want: "MSG-02"},
		{name: "native number", edits: []any{"order.goods", []any{map[string]any{"goodsQuantity": 2}}}, want: "MSG-02"},
		{name: "empty string", edits: []any{"order.buyer", map[string]any{"buyerEmail": ""}}, want: "MSG-03"},
		{name: "empty description", edits: []any{"order.orderDescription", ""}, want: "MSG-03"},
		{name: "lower-case currency", edits: amounts("sgd", "25000"), want: "MSG-10"},
		{name: "numeric currency", edits: []any{"settlementStrategy.settlementCurrency", "702"}, want: "MSG-10"},
		{name: "no orderAmount", edits: []any{"order.orderAmount", nil}, want: "MSG-11"},
		{name: "orderAmount before tax", edits: []any{"order.orderAmount.value", "23364"}, want: "MSG-11"},
		{name: "payment net of fees", edits: []any{"paymentAmount.value", "24500"}, want: "MSG-11"},
		{name: "another currency", edits: amounts("USD", "25000"), want: "MSG-11"},
		{name: "no MCC", edits: []any{"order.merchant.merchantMCC", nil}, want: "MSG-12"},
		{name: "category name", edits: []any{"order.merchant.merchantMCC", "Food"}, want: "MSG-12"},
		{name: "no address", edits: []any{"order.merchant.merchantAddress", nil}, want: "MSG-12"},
		{name: "other country", edits: []any{"order.merchant.merchantAddress.region", "CN"}, want: "MSG-13"},
		{name: "three-letter country", edits: []any{"order.merchant.merchantAddress.region", "SGP"}, want: "MSG-13"},
		{name: "no country", edits: []any{"order.merchant.merchantAddress.region", ""}, want: "MSG-13"},
		{name: "257 characters", edits: []any{"order.orderDescription", strings.Repeat("x", 257)}, want: "MSG-14"},
		{name: "256 wide characters", edits: []any{"order.orderDescription", strings.Repeat("咖", 256)}},
		{name: "broken character", edits: []any{"order.orderDescription", "x\ufffd"}, want: "MSG-14"},
		{name: "long id", edits: []any{"paymentRequestId", strings.Repeat("x", 65)}, want: "MSG-15"},
		{name: "long store", edits: []any{"order.merchant.store.referenceStoreId", strings.Repeat("x", 33)}, want: "MSG-15"},
		{name: "internal order number", edits: []any{"order.referenceOrderId", "pr-1"}, want: "MSG-16"},
		{name: "time without zone in body", edits: []any{"paymentExpiryTime", "2026-03-04T05:07:07"}, want: "MSG-17"},
		{name: "register date without zone", edits: []any{"order.merchant.merchantRegisterDate", "2020-01-01T00:00:00"}, want: "MSG-17"},
		{name: "expired on arrival", edits: []any{"paymentExpiryTime", "2026-03-04T05:05:07Z"}, want: "MSG-17"},
		{name: "expiry in local time labelled Z", edits: []any{"paymentExpiryTime", "2026-03-04T13:07:07Z"}, want: "MSG-17"},
		{name: "blank in id", edits: []any{"paymentRequestId", "pr 1+é"}, want: "MSG-20"},
	}
}

func brokenSales() []payCase {
	return []payCase{
		{name: "a cent too little", edits: amounts("SGD", "24999"), want: "MSG-04"},
		{name: "yen times 100", edits: amounts("JPY", "123400"), change: sold("JPY", 1234), want: "MSG-05"},
		{name: "dinar times 100", edits: amounts("KWD", "123"), change: sold("KWD", 1234), want: "MSG-06"},
		{name: "rupiah with cents", edits: amounts("IDR", "1234450"), change: sold("IDR", 1234450), want: "MSG-07"},
		{name: "rupiah rounded half up", edits: amounts("IDR", "1234500"), change: sold("IDR", 1234450), want: "MSG-07"},
		{name: "cashier", edits: []any{"paymentFactor.isCashierPayment", "true"}, want: "UPM-01"},
		{name: "order code", edits: []any{"paymentFactor.inStorePaymentScenario", "OrderCode"}, want: "UPM-01"},
		{name: "wallet name as type", edits: []any{"paymentMethod.paymentMethodType", "KAKAOPAY"}, want: "UPM-01"},
		{name: "no store", edits: []any{"order.merchant.store", nil}, want: "UPM-02"},
		{name: "storeMCC of five digits", edits: []any{"order.merchant.store.storeMCC", "54110"}, want: "UPM-02"},
		{name: "no expiry", edits: []any{"paymentExpiryTime", nil}, want: "UPM-13"},
		{name: "an hour", edits: []any{"paymentExpiryTime", "2026-03-04T06:06:07Z"}, want: "UPM-13"},
		{name: "ten seconds", edits: []any{"paymentExpiryTime", "2026-03-04T05:06:17Z"}, want: "UPM-13"},
		{
			name: "shortened like the other timers", edits: []any{"paymentExpiryTime", "2026-03-04T05:06:10Z"},
			change: func(b *builder, _ *trace.Exchange) { b.Facts.Factor = 0.05 },
		},
		{name: "no settlement currency", edits: []any{"settlementStrategy", nil}, want: "FX-01"},
		{name: "another settlement currency", edits: []any{"settlementStrategy.settlementCurrency", "USD"}, want: "FX-01"},
		{
			name: "nobody charged it", edits: []any{"paymentMethod.paymentMethodId", "281001029999999999999999", "order.referenceOrderId", "other"},
			want: "IDM-12",
		},
	}
}

func TestPayMessages(t *testing.T) {
	t.Parallel()
	for _, c := range payCases() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := oneSale()
			ex := b.call(0, aps.Pay, payBody(c.edits...), "S SUCCESS")
			if c.change != nil {
				c.change(b, ex)
			}
			b.seen(time.Second, acquirer.Paid)
			got := strings.ReplaceAll(strings.Join(accused(t, b.Scene), " "), "ACQ-", "")
			if got != c.want {
				t.Errorf("findings for %q, want %q", got, c.want)
			}
		})
	}
}

func TestEveryMessageRuleIsExercised(t *testing.T) {
	t.Parallel()
	b := oneSale()
	b.call(0, aps.Pay, payBody(), "S SUCCESS")
	for _, r := range slices.Concat(signingRules(), formRules(), saleRules()) {
		elsewhere := []string{"ACQ-SIG-02", "ACQ-SIG-08", "ACQ-SIG-14", "ACQ-MSG-05", "ACQ-MSG-06", "ACQ-MSG-07"}
		if !slices.Contains(elsewhere, r.requirement) && judged(b.Scene, r.requirement) == 0 {
			t.Errorf("%s judges nothing in a right pay message", r.requirement)
		}
	}
}

func TestOneMistakeIsOneFinding(t *testing.T) {
	t.Parallel()
	b := oneSale()
	for i := range 9 {
		ex := b.call(time.Duration(i)*time.Second, aps.Pay, payBody(), "U UNKNOWN_EXCEPTION")
		ex.Request.Header.Set("Client-Id", "other")
	}
	for _, w := range Watches() {
		r := w.Judge(b.Scene)
		if w.Requirement != "ACQ-SIG-06" {
			continue
		}
		if len(r.Findings) != 1 || r.Judged != 9 || len(r.Findings[0].Exchanges) != maxEvidence {
			t.Errorf("%d findings, %d judged: %+v", len(r.Findings), r.Judged, r.Findings)
		}
		if !strings.Contains(r.Findings[0].Seen, "first of 9") {
			t.Errorf("seen does not count: %s", r.Findings[0].Seen)
		}
	}
}

func TestSpecialTexts(t *testing.T) {
	t.Parallel()
	badly := func(ex *trace.Exchange) { ex.Signature = trace.Signature{Verdict: "invalid"} }
	cases := map[string]struct {
		text  string
		plain bool // a plain call of the scene verifies
		want  []string
	}{
		"verified elsewhere":   {text: "咖啡", plain: true, want: []string{"ACQ-SIG-02"}},
		"angle brackets":       {text: "<a&b>", plain: true, want: []string{"ACQ-SIG-02"}},
		"nothing verifies":     {text: "咖啡", plain: false, want: []string{"ACQ-SIG-01"}},
		"plain text is SIG-01": {text: "coffee", plain: true, want: []string{"ACQ-SIG-01"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := oneSale()
			badly(b.call(0, aps.Pay, payBody("order.orderDescription", c.text), "U PAYMENT_IN_PROCESS"))
			plain := b.inquire(2*time.Second, "pr-1", "S SUCCESS")
			if !c.plain {
				badly(plain)
			}
			if got := accused(t, b.Scene); !slices.Equal(got, c.want) {
				t.Errorf("findings %v, want %v", got, c.want)
			}
		})
	}
}

func TestNotUTF8(t *testing.T) {
	t.Parallel()
	b := oneSale()
	b.call(0, aps.Pay, strings.Replace(payBody(), "coffee", "caf\xe9", 1), "S SUCCESS")
	if got := accused(t, b.Scene); !slices.Contains(got, "ACQ-SIG-02") {
		t.Errorf("findings %v", got)
	}
}
