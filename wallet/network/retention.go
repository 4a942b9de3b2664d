package network

import (
	"context"
	"slices"
)

func retireAlarm(timeline string) string { return "retire/" + timeline }

// retire forgets a closed timeline after the retention, so that a network that runs for weeks does not keep the clock of
// every scenario. One with an undecided order has to wait for another retention.
func (n *Network) retire(id string) {
	if n.Retention <= 0 {
		return
	}
	n.alarms.after(n.Wall, retireAlarm(id), n.Retention, func() {
		n.Settle(n.ctx, id)
		if list, err := n.Orders(n.ctx, id); err != nil || slices.ContainsFunc(list, undecided) {
			n.logError("forgetting a timeline", id, err)
			n.retire(id)
			return
		}
		n.forget(n.ctx, id)
	})
}

func undecided(o Order) bool { return !o.State.Final() }

// forget drops a timeline. Its payments stay known, and answers about them are the same as ever; what happens to them
// from now on happens in real time.
func (n *Network) forget(ctx context.Context, id string) {
	if ctx.Err() != nil {
		return
	}
	n.lines.remove(id)
	if n.Forgotten != nil {
		n.Forgotten(id)
	}
}
