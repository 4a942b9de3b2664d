package network

import (
	"context"
	"sync"
	"time"

	"mppsim/wallet/aps"
	"mppsim/wallet/clock"
	"mppsim/wallet/store"
)

// alarms keeps what waits, by name.
type alarms struct {
	mu    sync.Mutex
	set   map[string]alarm
	turn  uint64
	ended bool
}

// alarm is one setting of a name: the one that is in force.
type alarm struct {
	stop func() bool
	turn uint64
}

func newAlarms() *alarms { return &alarms{set: make(map[string]alarm)} }

// after calls f once, d from now on a clock, unless the alarm is stopped or set again, or all were ended.
func (a *alarms) after(c clock.Clock, name string, d time.Duration, f func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.ended {
		return
	}
	if old, isSet := a.set[name]; isSet {
		old.stop()
	}
	a.turn++
	turn := a.turn
	stop := c.AfterFunc(d, func() {
		a.forget(name, turn)
		f()
	})
	a.set[name] = alarm{stop, turn}
}

// forget drops an alarm that went off, unless it was set again meanwhile.
func (a *alarms) forget(name string, turn uint64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.set[name].turn == turn {
		delete(a.set, name)
	}
}

// stop ends an alarm and reports whether it had still been waiting.
func (a *alarms) stop(name string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	waiting, isSet := a.set[name]
	delete(a.set, name)
	return isSet && waiting.stop()
}

// stopAll ends every alarm and lets none be set again.
func (a *alarms) stopAll() {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, waiting := range a.set {
		waiting.stop()
	}
	clear(a.set)
	a.ended = true
}

func expiryAlarm(o *Order) string { return "expiry/" + o.PaymentRequestID }
func followAlarm(o *Order) string { return "follow/" + o.PaymentRequestID }

// guard closes the order when it expires undecided.
func (n *Network) guard(o *Order) {
	line := n.lines.of(o.Timeline).Clock
	id := o.PaymentRequestID
	n.alarms.after(line, expiryAlarm(o), o.Expiry.Sub(line.Now()), func() { n.expire(n.ctx, id) })
}

// expire closes an order that is undecided at its expiry and takes back what the wallet may have
// debited. An order that is kept undecided on purpose stays so.
func (n *Network) expire(ctx context.Context, id string) {
	if ctx.Err() != nil {
		return
	}
	if o, found, err := n.Order(ctx, id); err != nil || !found || o.State.Final() || n.keepsQuiet(&o) {
		return
	}
	n.inquireWallet(ctx, id)
	closed := false
	o, err := n.change(ctx, id, func(tx store.Tx, o *Order) error {
		if closed = o.State == Processing && !o.Taken; !closed {
			return nil
		}
		o.decide(aps.ResultOf("ORDER_IS_CLOSED"), n.Wall.Now())
		if err := n.dropRivals(tx, o); err != nil {
			return err
		}
		return n.undoPromotions(tx, o)
	})
	if err != nil || !closed {
		n.logError("expiry", id, err)
		return
	}
	n.takeBack(ctx, o)
	n.announce(o)
}

// followGaps are the growing gaps at which the network asks a wallet that owes it an outcome.
func followGaps() []time.Duration {
	s := time.Second
	return []time.Duration{2 * s, 2 * s, 3 * s, 3 * s, 5 * s, 5 * s, 10 * s}
}

// follow asks the wallet again and again, until the order is decided or expires.
func (n *Network) follow(o Order, step int) {
	gaps := followGaps()
	line := n.lines.of(o.Timeline).Clock
	gap := gaps[min(step, len(gaps)-1)]
	if line.Now().Add(gap).After(o.Expiry) {
		return
	}
	n.alarms.after(line, followAlarm(&o), gap, func() {
		if after := n.inquireWallet(n.ctx, o.PaymentRequestID); after.State == Processing {
			n.follow(o, step+1)
		}
	})
}

// inquireWallet asks the wallet for the outcome of an order and learns it.
func (n *Network) inquireWallet(ctx context.Context, id string) Order {
	o, found, err := n.Order(ctx, id)
	if err != nil || !found || o.State.Final() || o.Taken || o.CustomerID == "" {
		return o
	}
	call, done := n.bounded(ctx)
	defer done()
	answer, err := n.wallet.InquiryPayment(call, aps.WalletInquiry{
		Subject: o.Subject(), AcquirerID: n.AcquirerID, PspID: n.pspOf(&o), PaymentRequestID: o.WalletRequestID(),
	})
	if err != nil || answer.Result.Status != aps.Success {
		n.logError("inquiry at the wallet", id, err)
		return o
	}
	after, err := n.learn(ctx, id, answer.Outcome, answer.PaymentID)
	n.logError("inquiry at the wallet", id, err)
	return after
}

func (n *Network) logError(what, id string, err error) {
	if err != nil && n.ctx.Err() == nil {
		n.Logger.Error(what+" failed", "order", id, "error", err)
	}
}
