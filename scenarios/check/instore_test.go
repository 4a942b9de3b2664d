package check

import (
	"testing"
	"time"

	"mppsim/scenarios/acquirer"
	"mppsim/wallet/aps"
)

// TestInStoreMessagesAccuseNobody shows that a scene in the other dialect, which these checks would misread from the path
// on, is not judged, and says so.
func TestInStoreMessagesAccuseNobody(t *testing.T) {
	t.Parallel()
	scene := func(door aps.Door) Scene {
		b := oneSale()
		pay := b.call(0, aps.Pay, payBody("paymentFactor", map[string]any{"inStorePaymentScenario": "PAYMENTCODE", "isInStorePayment": true}), "S SUCCESS")
		pay.Request.Target = "/ams/sandbox/api/v1/payments/pay"
		asked := b.call(time.Second, aps.CancelPayment, `{"paymentId":"1"}`, "S SUCCESS")
		asked.Request.Target = "/ams/sandbox/api/v1/payments/cancel"
		b.seen(2*time.Second, acquirer.Paid)
		for i := range b.Exchanges {
			b.Exchanges[i].Door = string(door)
		}
		return b.Scene
	}
	if ids := accused(t, scene(aps.InStore)); len(ids) > 0 {
		t.Errorf("accused: %v", ids)
	}
	s := Prepare(scene(aps.InStore))
	for _, w := range Watches() {
		if r := w.Judge(s); r.NotJudged == "" || r.Judged > 0 {
			t.Errorf("%s: %+v", w.Name, r)
		}
	}
	if ids := accused(t, scene(aps.AlipayPlus)); len(ids) == 0 {
		t.Error("the same messages are right in the dialect of Alipay+")
	}
}
