package world

import (
	"context"
	"fmt"
	"slices"
	"time"

	"mppsim/reports/journal"
	"mppsim/scenarios/acquirer"
	"mppsim/scenarios/acquirer/till"
	"mppsim/wallet/control"
)

// tillFamily are the faults that the harness plays itself.
const tillFamily = "till"

// shopLine is how the shops of this scenario reach the acquirer: undisturbed until a fault of tills is armed.
func (w *World) shopLine() acquirer.Acquirer {
	if w.disturbed.Load() {
		return w.till
	}
	return w.setup.Acquirer
}

// tillLine puts the acquirer behind a line on which this scenario's faults are played.
func (w *World) tillLine() acquirer.Acquirer {
	return till.At(w.setup.Acquirer, till.Line{
		Strike: func(ctx context.Context, m control.TillMessage) ([]control.TillFault, error) {
			m.Timeline, m.Payer = w.timeline, w.payerOf(m.Reference)
			return w.setup.Sim.StrikeTill(ctx, m)
		},
		Live: w.holds, NewNumber: w.NextNumber, Clock: w.setup.Clock,
		Unheard: func(verb string, call journal.Call, started time.Time, err error) {
			w.keep(w.finish(call, verb, started, err))
		},
	})
}

// payerOf finds whose payment has an order number.
func (w *World) payerOf(reference string) string {
	for _, p := range w.Payments() {
		if p.Charge.Reference == reference && p.Payer != nil {
			return p.Payer.ID
		}
	}
	return ""
}

// holds reports whether a fault that keeps messages back was not lifted; one that has hit as often as it was to cannot be.
func (w *World) holds(ctx context.Context, id string) (bool, error) {
	armed, err := w.setup.Sim.Armed(ctx, w.timeline)
	if err != nil {
		return false, fmt.Errorf("read the armed faults: %w", err)
	}
	return slices.ContainsFunc(armed, func(f control.Fault) bool {
		return f.ID == id && (f.Live || f.Spec.Aim.Count > 0 && f.Fired >= f.Spec.Aim.Count)
	}), nil
}
