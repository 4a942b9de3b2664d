package steps

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"mppsim/wallet/trace"
)

func TestBadAddress(t *testing.T) {
	t.Parallel()
	domains := []string{"qr.acme.example"}
	for code, bad := range map[string]bool{
		"https://qr.acme.example/281002040001abc":             false,
		"https://127.0.0.1:9100/c/1":                          false,
		"http://localhost/c/1":                                false,
		"http://qr.acme.example/1":                            true,
		"https://pay.acme.example/1":                          true,
		"281002040001":                                        true,
		"https://qr.acme.example/" + strings.Repeat("1", 512): true,
	} {
		if complaint := badAddress(code, domains); (complaint != "") != bad {
			t.Errorf("%s: %q", code, complaint)
		}
	}
	if complaint := badAddress("https://anywhere.example/1", nil); complaint != "" {
		t.Errorf("no domain is told: %s", complaint)
	}
}

func TestCounting(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		codes  []string
		counts bool
	}{
		"by one":          {[]string{"https://a/0009/x", "https://a/0010/x", "https://a/0011/x"}, true},
		"by ten":          {[]string{"c100", "c110", "c120", "c130"}, true},
		"growing steps":   {[]string{"c100", "c101", "c104"}, false},
		"letters":         {[]string{"cab", "cac", "cad"}, false},
		"too few":         {[]string{"c1", "c2"}, false},
		"all alike":       {[]string{"c1", "c1", "c1"}, false},
		"of other length": {[]string{"c8", "c9", "c10", "c11"}, true},
	} {
		if step, counts := counting(tt.codes); counts != tt.counts {
			t.Errorf("%s: %t by %d", name, counts, step)
		}
	}
}

func TestNeighbours(t *testing.T) {
	t.Parallel()
	for code, want := range map[string][]string{
		"https://a/19":  {"https://a/18", "https://a/10"},
		"https://a/1a/": {"https://a/1z/", "https://a/1b/"},
		"AZ":            {"AY", "AA"},
		"---":           nil,
	} {
		if got := neighbours(code); !slices.Equal(got, want) {
			t.Errorf("%s: %q", code, got)
		}
	}
}

// told is an answer to userInitiatedPay.
func toldOrder(result, body string) trace.Exchange {
	status, code, _ := strings.Cut(result, " ")
	return trace.Exchange{
		Leg: trace.NetworkToAcquirer, Response: trace.Message{Status: 200, Body: []byte(body)}, Result: &trace.Result{Status: status, Code: code},
	}
}

func TestIncomplete(t *testing.T) {
	t.Parallel()
	const good = `{"codeType":"ORDER_CODE","paymentRequestId":"p1","paymentNotifyUrl":"https://a/n","paymentAmount":{"currency":"SGD","value":"25000"},
		"paymentFactor":{"isInStorePayment":"true","isCashierPayment":"true","inStorePaymentScenario":"OrderCode"},
		"order":{"referenceOrderId":"R","orderDescription":"tea","orderAmount":{"currency":"SGD","value":"25000"},"merchant":{"referenceMerchantId":"M","merchantName":"Corner"}}}`
	for name, tt := range map[string]struct{ result, old, replacement, want string }{
		"complete":         {"S SUCCESS", "", "", ""},
		"library's amount": {"S SUCCESS", `"paymentAmount"`, `"amount"`, ""},
		"native booleans":  {"S SUCCESS", `"isInStorePayment":"true"`, `"isInStorePayment":true`, ""},
		"refused":          {"F INVALID_CODE", "", "", "F INVALID_CODE"},
		"a shop":           {"S SUCCESS", "ORDER_CODE", "STORE_CODE", `codeType "STORE_CODE"`},
		"no id":            {"S SUCCESS", `"paymentRequestId":"p1",`, "", "no paymentRequestId"},
		"no address":       {"S SUCCESS", `"paymentNotifyUrl":"https://a/n",`, "", "no paymentNotifyUrl"},
		"nothing to pay": {"S SUCCESS", `"value":"25000"},
		"paymentFactor"`, `"value":"0"},"paymentFactor"`, `paymentAmount "SGD" "0"`},
		"other scenario": {"S SUCCESS", "OrderCode", "PaymentCode", `paymentFactor with isInStorePayment true, isCashierPayment true, inStorePaymentScenario "PaymentCode"`},
		"nobody's order": {"S SUCCESS", `"referenceMerchantId":"M",`, "", "no order.merchant.referenceMerchantId"},
	} {
		if tt.old != "" && !strings.Contains(good, tt.old) {
			t.Fatalf("%s: the answer has no %s", name, tt.old)
		}
		if got := incomplete(toldOrder(tt.result, strings.Replace(good, tt.old, tt.replacement, 1))); got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
	if got := incomplete(trace.Exchange{Leg: trace.NetworkToAcquirer, Broken: "refused"}); got != "no answer (refused)" {
		t.Errorf("no answer: %q", got)
	}
}

func TestDisagreement(t *testing.T) {
	t.Parallel()
	read := func(id, value, order string) decoded {
		return readDecoded(toldOrder("S SUCCESS", fmt.Sprintf(`{"paymentRequestId":%q,"paymentAmount":{"currency":"SGD","value":%q},"order":%s}`, id, value, order)))
	}
	one := read("p1", "5", `{"a":"1","b":"2"}`)
	for name, tt := range map[string]struct {
		other  decoded
		agrees bool
	}{
		"the same":       {one, true},
		"other layout":   {read("p1", "5", `{ "b":"2", "a":"1" }`), true},
		"another id":     {read("p2", "5", `{"a":"1","b":"2"}`), false},
		"another amount": {read("p1", "6", `{"a":"1","b":"2"}`), false},
		"another order":  {read("p1", "5", `{"a":"1"}`), false},
	} {
		if got := disagreement(one, tt.other); (got == "") != tt.agrees {
			t.Errorf("%s: %q", name, got)
		}
	}
}
