package scenarios

import (
	"context"
	"errors"
	"strconv"
	"testing"

	"mppsim/wallet/control"
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

// restless is a simulator that records another exchange whenever somebody looks.
type restless struct {
	control.API
	seq uint64
}

func (r *restless) Exchanges(_ context.Context, q control.ExchangeQuery) ([]trace.Exchange, error) {
	if q.After >= 10*pollLimit {
		return nil, errors.New("asked for ever")
	}
	r.seq = max(r.seq, pollLimit+20) + 1
	var list []trace.Exchange
	for seq := q.After + 1; seq <= r.seq && len(list) < q.Limit; seq++ {
		list = append(list, trace.Exchange{Seq: seq, ID: strconv.FormatUint(seq, 10)})
	}
	return list, nil
}

// TestAnAcquirerThatGoesOnCallingDoesNotHoldTheRun: what is on record is fetched, and not what comes meanwhile for ever.
func TestAnAcquirerThatGoesOnCallingDoesNotHoldTheRun(t *testing.T) {
	t.Parallel()
	sim := &restless{}
	p := newPump(sim, 0)
	if err := p.drain(t.Context()); err != nil || p.after < pollLimit+20 || len(p.strays.all) != int(p.after) {
		t.Errorf("drained up to %d of %d: %v", p.after, sim.seq, err)
	}
}
