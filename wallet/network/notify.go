package network

import (
	"context"
	"errors"
	"fmt"
	"time"

	"mppsim/wallet/aps"
	"mppsim/wallet/store"
)

// ErrOrder says that the network has no such order.
var ErrOrder = errors.New("no such order")

// productionGaps is the documented schedule of deliveries (acqp-api §5.5).
func productionGaps() []time.Duration {
	m, h := time.Minute, time.Hour
	return []time.Duration{0, 2 * m, 10 * m, 10 * m, h, 2 * h, 6 * h, 15 * h}
}

func noticeAlarm(id string) string { return "notice/" + id }

// announce lets the acquirer be told the final outcome of an order by its timeline's rhythm, once per
// order. What the acquirer cancelled itself, and what must look undecided, is not told.
func (n *Network) announce(o Order) {
	if !n.mayTell(&o) {
		return
	}
	fresh := false
	o, err := n.change(n.ctx, o.PaymentRequestID, func(_ store.Tx, o *Order) error {
		fresh, o.Announced = !o.Announced, true
		return nil
	})
	if err != nil || !fresh {
		n.logError("announcement", o.PaymentRequestID, err)
		return
	}
	n.schedule(&o)
}

func (n *Network) mayTell(o *Order) bool {
	silent := o.Request().Door == aps.InStore && o.State != Success // in stores only successes are notified (AMS paymentrn)
	return o.State.Final() && !o.Cancelled && o.State != Tombstone && !silent && o.Request().NotifyURL != "" && !n.keepsQuiet(o)
}

func (n *Network) schedule(o *Order) {
	line, id := n.lines.of(o.Timeline), o.PaymentRequestID // what waits must not hold the whole order
	switch line.Rhythm.Mode {
	case RhythmCertify:
		if n.lines.isClosed(line.ID) {
			n.background(func(ctx context.Context) { n.deliver(ctx, id) })
			return
		}
		n.alarms.after(n.Wall, noticeAlarm(id), line.Rhythm.Delay, func() { n.deliver(n.ctx, id) })
	case RhythmSandbox:
		n.background(func(ctx context.Context) { n.deliver(ctx, id) })
	case RhythmProduction:
		due := line.Clock.Now()
		n.background(func(ctx context.Context) { n.deliverUntil(ctx, line.ID, id, 0, due) })
	}
}

// deliverUntil makes the step-th delivery of an order's notification, which was due at a time of its timeline, and schedules
// the next one unless it was acknowledged. Time that passes on the timeline during a delivery counts.
func (n *Network) deliverUntil(ctx context.Context, timeline, id string, step int, due time.Time) {
	gaps := productionGaps()
	if n.deliver(ctx, id) || step+1 >= len(gaps) || ctx.Err() != nil {
		return
	}
	line := n.lines.of(timeline).Clock
	due = due.Add(gaps[step+1])
	n.alarms.after(line, noticeAlarm(id), due.Sub(line.Now()), func() { n.deliverUntil(n.ctx, timeline, id, step+1, due) })
}

// deliver sends one genuine notification of an order as it is now and reports whether nothing
// more is to be sent: it was acknowledged, or there is nothing to tell.
func (n *Network) deliver(ctx context.Context, id string) bool {
	o, found, err := n.Order(ctx, id)
	if err != nil || !found || ctx.Err() != nil {
		return true
	}
	if !n.mayTell(&o) {
		n.retract(ctx, o)
		return true
	}
	ack, err := n.Acquirer.NotifyPayment(ctx, n.delivery(o, o.Outcome))
	return err == nil && ack.Status == aps.Success
}

// retract lets an order that fell silent be announced again when it may speak.
func (n *Network) retract(ctx context.Context, o Order) {
	_, err := n.change(ctx, o.PaymentRequestID, func(_ store.Tx, o *Order) error {
		o.Announced = false
		return nil
	})
	n.logError("announcement", o.PaymentRequestID, err)
}

func (n *Network) delivery(o Order, outcome aps.Result) aps.Delivery {
	return aps.Delivery{
		URL: o.Request().NotifyURL, Subject: o.Subject(),
		Notification: aps.Notification{Outcome: outcome, Payment: n.payment(&o)},
	}
}

// Delivery is the notification of an order with an outcome; without one the order's own, or success
// while it is undecided.
func (n *Network) Delivery(ctx context.Context, paymentRequestID string, outcome *aps.Result) (aps.Delivery, error) {
	o, found, err := n.Order(ctx, paymentRequestID)
	if err != nil {
		return aps.Delivery{}, err
	}
	if !found {
		return aps.Delivery{}, fmt.Errorf("payment %s: %w", paymentRequestID, ErrOrder)
	}
	told := o.Outcome
	if !told.Final() {
		told = aps.ResultOf("SUCCESS")
	}
	if outcome != nil {
		told = outcome.Complete()
	}
	return n.delivery(o, told), nil
}

// NotifyNow delivers the notification of a decided order at once instead of later and waits for
// the acknowledgement. Without one the order's rhythm goes on.
func (n *Network) NotifyNow(ctx context.Context, paymentRequestID string) {
	o, found, err := n.Order(ctx, paymentRequestID)
	if err != nil || !found || !n.mayTell(&o) {
		return
	}
	waited := n.alarms.stop(noticeAlarm(paymentRequestID)) // or it could become due meanwhile and be told twice
	if !n.deliver(ctx, paymentRequestID) && waited {
		n.schedule(&o)
	}
}

// NotifyPayment takes over what a wallet reports of a payment (mpp-api §4.7).
func (n *Network) NotifyPayment(ctx context.Context, note aps.WalletNotification) (aps.Result, error) {
	o, found, err := n.underWallet(ctx, note.PaymentRequestID)
	switch {
	case err != nil:
		return aps.Result{}, err
	case !found:
		return aps.ResultOf("ORDER_NOT_EXIST"), nil
	case !note.Outcome.Final() || incomplete(o, note):
		return aps.ResultOf("PARAM_ILLEGAL"), nil
	case note.PaymentRequestID != o.WalletRequestID():
		return n.learnRival(context.WithoutCancel(ctx), o, note)
	case contradicts(o, note):
		return aps.ResultOf("REPEAT_REQ_INCONSISTENT"), nil
	}
	if _, err := n.learn(context.WithoutCancel(ctx), o.PaymentRequestID, note.Outcome, note.PaymentID); err != nil {
		return aps.Result{}, err
	}
	return aps.ResultOf("SUCCESS"), nil
}

// underWallet finds the order that wallets know under an id.
func (n *Network) underWallet(ctx context.Context, id string) (o Order, found bool, err error) {
	err = n.store.View(ctx, func(tx store.Tx) error {
		o, found, err = orderWith(tx, id)
		return err
	})
	return o, found, err
}

// incomplete reports whether a success lacks what makes it one (mpp-api §4.7). payToAmount may be left out where it is the
// same as paymentAmount.
func incomplete(o Order, note aps.WalletNotification) bool {
	if note.Outcome.Status != aps.Success {
		return false
	}
	return note.PaymentID == "" || note.Time.IsZero() || note.Amount.Currency == "" || note.CustomerID == "" ||
		note.PayTo.Currency == "" && o.PayTo.Amount.Currency != "" && o.PayTo.Amount != o.Net
}

// contradicts reports whether a wallet's report speaks of another payer, amount or payment than the order, or takes a success
// back that was reported before (mpp-api §4.7). A success after a failure is heard: it has to be cancelled.
func contradicts(o Order, note aps.WalletNotification) bool {
	return note.CustomerID != "" && o.CustomerID != "" && note.CustomerID != o.CustomerID ||
		note.Amount.Currency != "" && note.Amount != o.Net ||
		note.PayTo.Currency != "" && o.PayTo.Amount.Currency != "" && note.PayTo != o.PayTo.Amount ||
		note.PaymentID != "" && o.WalletPaymentID != "" && note.PaymentID != o.WalletPaymentID ||
		o.State == Success && note.Outcome.Status == aps.Failure
}

// Settle looks at the orders of a timeline again after the network stopped keeping quiet about
// them: what has expired is closed, what is final is announced.
func (n *Network) Settle(ctx context.Context, timeline string) {
	list, err := n.Orders(ctx, timeline)
	n.logError("settling", timeline, err)
	for _, o := range list {
		switch {
		case o.State == Processing && !n.now(&o).Before(o.Expiry):
			n.expire(ctx, o.PaymentRequestID)
		case o.State.Final() && !o.Announced:
			n.announce(o)
		}
	}
}

// SettleSoon is Settle in the background.
func (n *Network) SettleSoon(timeline string) {
	n.background(func(ctx context.Context) { n.Settle(ctx, timeline) })
}

// flush delivers at once what waits for its time on the timeline.
func (n *Network) flush(timeline string) {
	list, err := n.Orders(n.ctx, timeline)
	n.logError("settling", timeline, err)
	for _, o := range list {
		if n.alarms.stop(noticeAlarm(o.PaymentRequestID)) {
			n.background(func(ctx context.Context) { n.deliver(ctx, o.PaymentRequestID) })
		}
	}
}
