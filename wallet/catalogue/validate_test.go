package catalogue_test

import (
	"encoding/json"
	"strings"
	"testing"

	"mppsim/wallet/catalogue"
	"mppsim/wallet/jsontree"
)

const cancelBody = `{"paymentRequestId":"P1","paymentId":"N1"}`

func TestValidateRefund(t *testing.T) {
	t.Parallel()
	op := operation(t, "aps", "refund")
	for _, tt := range []struct{ name, body, want string }{
		{"sound", `{"paymentId":"N1","refundRequestId":"R1","refundAmount":{"currency":"JPY","value":"33"}}`, ""},
		{"null is nothing", `{"paymentId":"N1","paymentRequestId":null,"refundRequestId":"R1","refundAmount":{"currency":"JPY","value":"33"}}`, ""},
		{
			"no id of the payment", `{"refundRequestId":"R1","refundAmount":{"currency":"JPY","value":"33"}}`,
			"illegal required paymentRequestId, illegal required paymentId",
		},
		{"no key", `{"paymentId":"N1","refundAmount":{"currency":"JPY","value":"33"}}`, "illegal required refundRequestId"},
		{"native amount", `{"paymentId":"N1","refundRequestId":"R1","refundAmount":{"currency":"JPY","value":33}}`, "lenient string refundAmount.value"},
		{"zero", `{"paymentId":"N1","refundRequestId":"R1","refundAmount":{"currency":"JPY","value":"0"}}`, "illegal value refundAmount.value"},
		{"negative", `{"paymentId":"N1","refundRequestId":"R1","refundAmount":{"currency":"JPY","value":"-5"}}`, "illegal format refundAmount.value"},
		{"decimals of nothing", `{"paymentId":"N1","refundRequestId":"R1","refundAmount":{"currency":"JPY","value":"33.00"}}`, "lenient format refundAmount.value"},
		{"decimals", `{"paymentId":"N1","refundRequestId":"R1","refundAmount":{"currency":"JPY","value":"33.50"}}`, "illegal format refundAmount.value"},
		{"huge exponent", `{"paymentId":"N1","refundRequestId":"R1","refundAmount":{"currency":"JPY","value":"1e999999999"}}`, "illegal format refundAmount.value"},
		{"small letters", `{"paymentId":"N1","refundRequestId":"R1","refundAmount":{"currency":"jpy","value":"33"}}`, "lenient format refundAmount.currency"},
		{"empty reason", `{"paymentId":"N1","refundRequestId":"R1","refundAmount":{"currency":"JPY","value":"33"},"refundReason":""}`, "lenient empty refundReason"},
		{"amount as text", `{"paymentId":"N1","refundRequestId":"R1","refundAmount":"33"}`, "illegal type refundAmount"},
		{"zero byte", `{"paymentId":"N\u0000","refundRequestId":"R1","refundAmount":{"currency":"JPY","value":"33"}}`, "illegal format paymentId"},
		{"no object", `["P1"]`, "illegal type "},
		{"no JSON", `{`, "illegal json "},
		{"name twice", `{"paymentId":"N1","paymentId":"N2","refundRequestId":"R1","refundAmount":{"currency":"JPY","value":"33"}}`, "lenient json "},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var got []string
			verdict := op.Validate(catalogue.Request, []byte(tt.body))
			for _, v := range verdict.Violations {
				got = append(got, string(v.Severity)+" "+string(v.Rule)+" "+v.Path)
				if v.ResultCode != "PARAM_ILLEGAL" || v.Expected == "" || v.Seen == "" || v.String() == "" {
					t.Errorf("incomplete violation %+v", v)
				}
			}
			if strings.Join(got, ", ") != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
			if verdict.Illegal() != strings.Contains(tt.want, "illegal") {
				t.Errorf("illegal is %v", verdict.Illegal())
			}
		})
	}
}

func TestLengthsCountCharacters(t *testing.T) {
	t.Parallel()
	op := operation(t, "aps", "cancelPayment")
	for text, want := range map[string]int{strings.Repeat("é", 64): 0, strings.Repeat("é", 65): 1} {
		v := op.Validate(catalogue.Request, []byte(`{"paymentId":"`+text+`"}`))
		if len(v.Violations) != want {
			t.Errorf("%d characters: %v", len([]rune(text)), v.Violations)
		}
	}
}

func TestUnknownMembersAreToldApart(t *testing.T) {
	t.Parallel()
	body := strings.Replace(cancelBody, "{", `{"x":1,`, 1)
	v := operation(t, "aps", "cancelPayment").Validate(catalogue.Request, []byte(body))
	if len(v.Violations) != 0 || len(v.Unknown) != 1 || v.Unknown[0] != "x" {
		t.Errorf("%+v", v)
	}
}

func TestAResponseIsNotRefused(t *testing.T) {
	t.Parallel()
	v := operation(t, "aps", "notifyPayment").Validate(catalogue.Response, []byte(`{"result":{"resultCode":"SUCCESS","resultStatus":"A"}}`))
	if len(v.Violations) != 1 || v.Violations[0].ResultCode != "" || v.Violations[0].Path != "result.resultStatus" {
		t.Errorf("%+v", v)
	}
}

// TestProductsNeedTheirFields goes through the products of pay.
func TestProductsNeedTheirFields(t *testing.T) {
	t.Parallel()
	op := operation(t, "aps", "pay")
	for _, tt := range []struct{ name, factor, want string }{
		{"payment code", `{"isInStorePayment":"true","inStorePaymentScenario":"PaymentCode"}`, "order.merchant.store paymentMethod.paymentMethodId"},
		{"order code", `{"isInStorePayment":"true","isCashierPayment":"true","inStorePaymentScenario":"OrderCode"}`, "order.env paymentNotifyUrl"},
		{"entry code", `{"isInStorePayment":"true","isCashierPayment":"true","inStorePaymentScenario":"EntryCode"}`, "order.merchant.store order.env paymentNotifyUrl"},
		{"cashier", `{"isInStorePayment":"false","isCashierPayment":"true"}`, "order.env paymentFactor.presentmentMode paymentNotifyUrl paymentRedirectUrl"},
		{"auto debit", `{"isInStorePayment":"false","isCashierPayment":"false","isAgreementPayment":"true"}`, "paymentMethod.paymentMethodId"},
		{"store without product", `{"isInStorePayment":"true"}`, "paymentFactor.inStorePaymentScenario"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			body := `{"order":{"referenceOrderId":"O","orderDescription":"D","orderAmount":{"currency":"JPY","value":"1"},
				"merchant":{"referenceMerchantId":"M","merchantName":"N","merchantMCC":"5411","merchantAddress":{"region":"JP"}}},
				"paymentRequestId":"P","paymentAmount":{"currency":"JPY","value":"1"},"paymentMethod":{"paymentMethodType":"CONNECT_WALLET"},
				"paymentFactor":` + tt.factor + `,"settlementStrategy":{"settlementCurrency":"JPY"}}`
			var missing []string
			for _, v := range op.Validate(catalogue.Request, []byte(body)).Violations {
				if v.Rule != catalogue.RuleRequired {
					t.Errorf("%s", v)
				}
				missing = append(missing, v.Path)
			}
			if got := strings.Join(missing, " "); got != tt.want {
				t.Errorf("missing %q, want %q", got, tt.want)
			}
		})
	}
}

func TestOneLibrarysSpellingIsLenient(t *testing.T) {
	t.Parallel()
	op := operation(t, "ams", "pay")
	v := op.Validate(catalogue.Request, []byte(`{"paymentFactor":{"inStorePaymentScenario":"PAYMENTCODE"},"paymentMethod":{"paymentMethodType":"CONNECT_WALLET"}}`))
	var lenient, code bool
	for _, v := range v.Violations {
		lenient = lenient || v.Path == "paymentFactor.inStorePaymentScenario" && v.Rule == catalogue.RuleEnum && v.Severity == catalogue.Lenient
		code = code || v.Path == "paymentMethod.paymentMethodId" && v.Rule == catalogue.RuleRequired
	}
	if !lenient || !code {
		t.Errorf("lenient %v, payment code wanted %v: %v", lenient, code, v.Violations)
	}
}

func TestQuotesAreNativeAtTheAntomDoorOnly(t *testing.T) {
	t.Parallel()
	quote := `{"result":{"resultCode":"SUCCESS","resultStatus":"S"},"settlementQuote":{"quoteCurrencyPair":"JPY/CNY","quotePrice":%,"guaranteed":true}}`
	for _, tt := range []struct {
		door, price string
		want        bool
	}{{"ams", `0.05`, false}, {"ams", `"0.05"`, true}, {"aps", `"0.05"`, false}, {"aps", `0.05`, true}} {
		found := false
		for _, v := range operation(t, tt.door, "refund").Validate(catalogue.Response, []byte(strings.Replace(quote, "%", tt.price, 1))).Violations {
			found = found || v.Path == "settlementQuote.quotePrice" && v.Rule == catalogue.RuleString
		}
		if found != tt.want {
			t.Errorf("%s %s: violation is %v", tt.door, tt.price, found)
		}
	}
}

func TestLongValuesAreNotRepeatedWhole(t *testing.T) {
	t.Parallel()
	v := operation(t, "aps", "pay").Validate(catalogue.Request, []byte(`{"paymentNotifyUrl":"`+strings.Repeat("x", 100_000)+`"}`))
	for _, violation := range v.Violations {
		if len(violation.Seen) > 400 {
			t.Errorf("%s: %d bytes are repeated", violation.Path, len(violation.Seen))
		}
	}
}

func TestConditions(t *testing.T) {
	t.Parallel()
	message, err := jsontree.Parse([]byte(`{"a":"x","b":{"c":true},"n":null,"e":"","l":["p","q",1]}`))
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		condition, words string
		want             bool
	}{
		{`{"field":"a","is":["y","X"]}`, "a is y or X", true},
		{`{"field":"a","is":["y"]}`, "a is y", false},
		{`{"field":"b.c","is":["true"]}`, "b.c is true", true},
		{`{"field":"b","is":[""]}`, "b is ", false},
		{`{"field":"l","is":["Q"]}`, "l is Q", true},
		{`{"field":"l","is":["r"]}`, "l is r", false},
		{`{"given":"b"}`, "b is given", true},
		{`{"given":"n"}`, "n is given", false},
		{`{"missing":"e"}`, "e is not given", true},
		{`{"not":{"given":"a"}}`, "not (a is given)", false},
		{`{"all":[{"given":"a"},{"any":[{"given":"n"},{"given":"b.c"}]}]}`, "a is given and (n is given or b.c is given)", true},
		{`{"any":[{"given":"n"},{"missing":"a"}]}`, "n is given or a is not given", false},
		{`{"all":[{"given":"a"},{"missing":"a"}]}`, "a is given and a is not given", false},
	} {
		var c catalogue.Condition
		if err := json.Unmarshal([]byte(tt.condition), &c); err != nil {
			t.Fatal(err)
		}
		if got := c.Holds(message); got != tt.want {
			t.Errorf("%s holds: %v", &c, got)
		}
		if got := c.String(); got != tt.words {
			t.Errorf("words %q, want %q", got, tt.words)
		}
	}
}

// FuzzValidate watches that no body breaks validation; what it says must not depend on the run.
func FuzzValidate(f *testing.F) {
	f.Add([]byte(cancelBody))
	f.Add([]byte(`{"order":{"goods":[null,{"goodsUnitAmount":[]}]},"allowedPspRegions":[{}]}`))
	op, ok := load(f).Operation("aps", "pay")
	if !ok {
		f.Fatal("no operation")
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		first, second := op.Validate(catalogue.Request, body), op.Validate(catalogue.Request, body)
		if len(first.Violations) != len(second.Violations) || len(first.Unknown) != len(second.Unknown) {
			t.Errorf("%v, then %v", first, second)
		}
	})
}

func BenchmarkValidate(b *testing.B) {
	op, ok := load(b).Operation("aps", "pay")
	if !ok {
		b.Fatal("no operation")
	}
	root, err := jsontree.Parse([]byte(`{"order":{"referenceOrderId":"O","orderDescription":"D","orderAmount":{"currency":"JPY","value":"1"},
		"merchant":{"referenceMerchantId":"M","merchantName":"N","merchantMCC":"5411","merchantAddress":{"region":"JP"},
		"store":{"referenceStoreId":"S","storeName":"N","storeMCC":"5411"}}},"paymentRequestId":"P","paymentAmount":{"currency":"JPY","value":"1"},
		"paymentMethod":{"paymentMethodType":"CONNECT_WALLET","paymentMethodId":"281006020123456789012345"},
		"paymentFactor":{"isInStorePayment":"true","inStorePaymentScenario":"PaymentCode"},"settlementStrategy":{"settlementCurrency":"JPY"}}`))
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if v := op.ValidateTree(catalogue.Request, root); len(v.Violations) > 0 {
			b.Fatal(v)
		}
	}
}

// TestAVerdictKeepsExamples: what occurs without end is counted, and hides nothing else.
func TestAVerdictKeepsExamples(t *testing.T) {
	t.Parallel()
	op := operation(t, "aps", "pay")
	body := `{"order":{"goods":[` + strings.Repeat(`{"goodsName":1,"x":2},`, 1000) + `[]]}}`
	verdict := op.Validate(catalogue.Request, []byte(body))
	kept := map[string]int{}
	for _, v := range verdict.Violations {
		kept[string(v.Severity)+" "+string(v.Rule)]++
	}
	if kept["lenient string"] != 20 || kept["illegal type"] != 1 || len(verdict.Unknown) != 20 || verdict.More != 2*980 || !verdict.Illegal() {
		t.Errorf("kept %v and %d unknown members, %d more", kept, len(verdict.Unknown), verdict.More)
	}
}
