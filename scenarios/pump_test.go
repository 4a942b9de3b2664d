package scenarios

import (
	"testing"

	"mppsim/wallet/trace"
)

// TestIdentifiersOfSeveralScenarios: only a pay under another scenario's identifier makes it ambiguous.
func TestIdentifiersOfSeveralScenarios(t *testing.T) {
	t.Parallel()
	p := newPump(nil, 0)
	pay := func(timeline, id string) trace.Exchange {
		return trace.Exchange{Leg: trace.AcquirerToNetwork, API: "pay", Timeline: timeline, PaymentRequestID: id}
	}
	asked, told := pay("b", "asked about elsewhere"), pay("b", "notified elsewhere")
	asked.API, told.Leg = "inquiryPayment", trace.NetworkToAcquirer
	p.deliver([]trace.Exchange{
		pay("a", "repeated"), pay("a", "repeated"), pay("a", "taken twice"), pay("b", "taken twice"), pay("", "of nobody"), pay("a", "of nobody"),
		pay("a", asked.PaymentRequestID), asked, pay("a", told.PaymentRequestID), told, pay("a", ""), pay("b", ""),
	})
	if got := p.ambiguous(); len(got) != 1 || !got["taken twice"] {
		t.Errorf("ambiguous are %v", got)
	}
}
