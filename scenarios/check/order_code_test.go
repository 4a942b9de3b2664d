package check

import (
	"fmt"
	"testing"
	"time"

	"mppsim/scenarios/acquirer"
	"mppsim/wallet/aps"
	"mppsim/wallet/trace"
)

// codeOrder is a pay message for an order code with parts of it replaced.
func codeOrder(factor, method, env, expiry string) string {
	return fmt.Sprintf(`{"paymentRequestId":"p1","order":{"referenceOrderId":"R-1","orderAmount":{"currency":"SGD","value":"25000"}%s},
		"paymentAmount":{"currency":"SGD","value":"25000"},"paymentFactor":{%s},"paymentMethod":{%s}%s}`, env, factor, method, expiry)
}

const (
	rightFactor = `"isInStorePayment":"true","isCashierPayment":"true","inStorePaymentScenario":"OrderCode"`
	rightMethod = `"paymentMethodType":"CONNECT_WALLET"`
	rightEnv    = `,"env":{"userAgent":"Till/1"}`
)

// expires writes a paymentExpiryTime so long after the arrival.
func expires(after time.Duration) string {
	return fmt.Sprintf(`,"paymentExpiryTime":%q`, arrival.Add(after).Format(time.RFC3339))
}

var arrival = time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)

func TestOrderCodes(t *testing.T) {
	t.Parallel()
	good := expires(2 * time.Minute)
	for name, tt := range map[string]struct {
		body string
		want []string
	}{
		"right":                {codeOrder(rightFactor, rightMethod, rightEnv, good), nil},
		"of the payment code":  {codeOrder(`"isInStorePayment":"true","isCashierPayment":"false","inStorePaymentScenario":"OrderCode"`, rightMethod, rightEnv, good), []string{"ACQ-OC-01"}},
		"other scenario":       {codeOrder(`"isInStorePayment":"true","isCashierPayment":"true","inStorePaymentScenario":"EntryCode"`, rightMethod, rightEnv, good), []string{"ACQ-OC-01"}},
		"a code of the payer":  {codeOrder(rightFactor, rightMethod+`,"paymentMethodId":"281"`, rightEnv, good), []string{"ACQ-OC-01"}},
		"no device":            {codeOrder(rightFactor, rightMethod, "", good), []string{"ACQ-OC-02"}},
		"no expiry":            {codeOrder(rightFactor, rightMethod, rightEnv, ""), []string{"ACQ-OC-12"}},
		"expired":              {codeOrder(rightFactor, rightMethod, rightEnv, expires(-time.Minute)), []string{"ACQ-OC-12"}},
		"half an hour":         {codeOrder(rightFactor, rightMethod, rightEnv, expires(31*time.Minute)), []string{"ACQ-OC-12"}},
		"nearly half an hour":  {codeOrder(rightFactor, rightMethod, rightEnv, expires(29*time.Minute)), nil},
		"no time that is read": {codeOrder(rightFactor, rightMethod, rightEnv, `,"paymentExpiryTime":"soon"`), nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, r := range orderCodeRules() {
				found := len(r.watch().Judge(orderScene(acquirer.ProductOrderCode, tt.body)).Findings) > 0
				wanted := len(tt.want) > 0 && tt.want[0] == r.requirement
				if found != wanted {
					t.Errorf("%s: found %t, wanted %t", r.requirement, found, wanted)
				}
			}
		})
	}
}

// TestProductsHaveTheirOwnRules: what holds for payment codes is not asked of order codes, and the other way round.
func TestProductsHaveTheirOwnRules(t *testing.T) {
	t.Parallel()
	order := codeOrder(rightFactor, rightMethod, rightEnv, expires(20*time.Minute))
	for product, silent := range map[string][]string{
		acquirer.ProductOrderCode:   {"ACQ-UPM-01", "ACQ-UPM-02", "ACQ-UPM-13"},
		acquirer.ProductPaymentCode: {"ACQ-OC-01", "ACQ-OC-02", "ACQ-OC-12"},
	} {
		for _, watch := range Watches() {
			judged := watch.Judge(orderScene(product, order)).Judged
			for _, id := range silent {
				if watch.Requirement == id && judged > 0 {
					t.Errorf("%s judges a payment of %s", id, product)
				}
			}
		}
	}
}

// orderScene is one order of a shop and its pay message.
func orderScene(product, body string) Scene {
	return Prepare(Scene{
		Charges: []Charge{{Charge: acquirer.Charge{Product: product, Reference: "R-1"}, Started: arrival}},
		Facts:   Facts{Factor: 1},
		Exchanges: []trace.Exchange{{
			ID: "x1", Leg: trace.AcquirerToNetwork, Door: string(aps.AlipayPlus), API: string(aps.Pay), PaymentRequestID: "p1", Received: arrival,
			Answered: arrival, Request: trace.Message{Body: []byte(body)}, Response: trace.Message{Status: 200},
		}},
	})
}

// TestDecodedOrdersAreKnown: an inquiry for an order that Alipay+ has asked about names a known payment.
func TestDecodedOrdersAreKnown(t *testing.T) {
	t.Parallel()
	decode := trace.Exchange{
		ID: "x1", Leg: trace.NetworkToAcquirer, API: string(aps.UserInitiatedPay), PaymentRequestID: "p1", Received: arrival, Answered: arrival,
		Request:  trace.Message{Body: []byte(`{"codeValue":"https://qr.example/1"}`)},
		Response: trace.Message{Status: 200, Body: []byte(`{"paymentRequestId":"p1","order":{"referenceOrderId":"R-1"},"paymentAmount":{"currency":"SGD","value":"1"}}`)},
		Result:   &trace.Result{Status: "S", Code: "SUCCESS"},
	}
	inquiry := trace.Exchange{
		ID: "x2", Leg: trace.AcquirerToNetwork, API: string(aps.InquiryPayment), PaymentRequestID: "p1", Received: arrival.Add(time.Second),
		Answered: arrival.Add(time.Second), Request: trace.Message{Body: []byte(`{"paymentRequestId":"p1"}`)}, Response: trace.Message{Status: 200},
	}
	scene := Scene{
		Charges:   []Charge{{Charge: acquirer.Charge{Product: acquirer.ProductPrivateOrderCode, Reference: "R-1"}, Started: arrival}},
		Exchanges: []trace.Exchange{decode, inquiry}, Facts: Facts{Factor: 1},
	}
	judge := func(s Scene) Result {
		for _, watch := range Watches() {
			if watch.Requirement == "ACQ-INQ-09" {
				return watch.Judge(Prepare(s))
			}
		}
		return Result{}
	}
	if got := judge(scene); got.Judged != 1 || len(got.Findings) > 0 {
		t.Errorf("%+v", got)
	}
	refused := scene
	refused.Exchanges = []trace.Exchange{decode, inquiry, inquiry}
	refused.Exchanges[2].Request.Body = []byte(`{"paymentRequestId":"p2"}`)
	if got := judge(refused); len(got.Findings) != 1 {
		t.Errorf("an inquiry for an unknown order: %+v", got)
	}
	for _, watch := range Watches() {
		if got := watch.Judge(Prepare(scene)); watch.Requirement == "ACQ-IDM-12" && len(got.Findings) > 0 {
			t.Errorf("%s: %+v", watch.Requirement, got.Findings)
		}
	}
}
