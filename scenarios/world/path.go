package world

import (
	"context"
	"fmt"

	"mppsim/reports/journal"
	"mppsim/scenarios/netpath"
	"mppsim/wallet/aps"
	"mppsim/wallet/control"
	"mppsim/wallet/trace"
)

// path is what the profile says of proxies.
func (w *World) path() netpath.Path { return w.setup.Facts.Path }

// Obstacle tells why nothing in this scenario may be held against the acquirer: something in between has spoken in its
// place, or repeated its messages. Empty: nothing has.
func (w *World) Obstacle() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.obstacle
}

// obstruct notes the first obstacle, with the lock held.
func (w *World) obstruct(why string) {
	if w.obstacle == "" {
		w.obstacle = why
	}
}

// hindered takes a fault back that would not arrive as it is.
func (w *World) hindered(ctx context.Context, f control.Fault) error {
	why := w.path().ToNetwork.Hinders(netpath.ToNetwork, netpath.Trait(f.Needs))
	if why == "" {
		return nil
	}
	if err := w.setup.Sim.Lift(ctx, f.ID); err != nil {
		return fmt.Errorf("lift %s: %w", f.Spec.Fault, err)
	}
	return &Unjudged{Verdict: journal.Inconclusive, Reason: fmt.Sprintf("fault %s does not reach the acquirer: %s", f.Spec.Fault, why)}
}

// Sends refuses to send a message that would not get through to the acquirer.
func (w *World) Sends(size int64) error {
	if why := w.path().ToAcquirer.Stops(netpath.ToAcquirer, size); why != "" {
		return &Unjudged{Verdict: journal.Inconclusive, Reason: "the message does not reach the acquirer: " + why}
	}
	return nil
}

// passed looks whether an exchange passed between the two as it is, with the lock held.
func (w *World) passed(e trace.Exchange) {
	path := w.path()
	switch e.Leg {
	case trace.NetworkToAcquirer:
		if why := path.ToAcquirer.Spoke(netpath.ToAcquirer, e.Response); why != "" {
			w.obstruct(fmt.Sprintf("%s to the acquirer: %s", e.API, why))
		}
	case trace.AcquirerToNetwork:
		if !path.ToNetwork.Retries {
			return
		}
		for _, earlier := range w.exchanges {
			if netpath.Repeats(earlier, e) {
				w.obstruct(fmt.Sprintf("%s came twice octet for octet: it may be the proxy of network_path.%s that repeats (retries)", e.API, netpath.ToNetwork))
			}
		}
	case trace.NetworkToWallet, trace.WalletToNetwork, trace.HarnessToMerchant:
	}
}

// reached looks whether a call of the merchant API reached it.
func (w *World) reached(call journal.Call) {
	why := w.path().Till.Spoke(netpath.Till, call.Response)
	if why == "" {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.obstruct(fmt.Sprintf("%s of the merchant API: %s", call.Verb, why))
}

// Repeated tells whether a proxy may have repeated what the shop asked for: there are more attempts to take money than
// charges.
func (w *World) Repeated() string {
	if !w.path().Till.Retries {
		return ""
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	ids := map[string]bool{}
	for _, e := range w.exchanges {
		if e.Leg == trace.AcquirerToNetwork && e.API == string(aps.Pay) && e.PaymentRequestID != "" {
			ids[e.PaymentRequestID] = true
		}
	}
	if len(ids) <= len(w.payments) {
		return ""
	}
	return fmt.Sprintf("%d attempts to take money for %d charges: it may be the proxy of network_path.%s that repeats (retries)", len(ids), len(w.payments), netpath.Till)
}
