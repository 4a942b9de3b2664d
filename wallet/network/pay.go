package network

import (
	"cmp"
	"context"
	"time"

	"mppsim/wallet/aps"
	"mppsim/wallet/risk"
	"mppsim/wallet/store"
)

// Pay remembers a pay message, takes its order and asks the wallet for the money. The same request again gets the state
// of the first one; two at the same instant are decided once. With force the network decides
// the order itself and never asks the wallet. Nobody may change the request afterwards.
func (n *Network) Pay(ctx context.Context, s aps.Subject, req *aps.PayRequest, force *aps.Result) (aps.PayAnswer, error) {
	o, fresh, err := n.open(ctx, s, req, force)
	if err != nil {
		return aps.PayAnswer{}, err
	}
	if !fresh {
		return n.repeat(&o, req), nil
	}
	if o.State.Final() {
		n.announce(o)
		return n.payAnswer(&o), nil
	}
	if o.Product.Presented() {
		n.guard(&o)
		return n.payAnswer(&o), nil // its payer is still to come
	}
	o, err = n.collect(ctx, o)
	return n.payAnswer(&o), err
}

// collect asks the wallet for the money of an order, which is closed when it expires undecided. A prompt wallet decides
// most orders at once: what is decided needs no alarm, which would cost as much as asking.
func (n *Network) collect(ctx context.Context, o Order) (Order, error) {
	if !n.Prompt {
		n.guard(&o)
		return n.ask(ctx, o)
	}
	after, err := n.ask(ctx, o)
	if !after.State.Final() {
		n.guard(&o)
	}
	return after, err
}

// open books a new order, or finds the one that has the id already.
func (n *Network) open(ctx context.Context, s aps.Subject, req *aps.PayRequest, force *aps.Result) (o Order, fresh bool, err error) {
	var kept *Order
	err = n.store.Update(ctx, func(tx store.Tx) error {
		before, found, err := orders().Get(tx, req.PaymentRequestID)
		if err != nil {
			return err
		}
		if fresh = !found; found {
			kept = new(before)
			return remember(tx, s)
		}
		if kept, err = n.newOrder(tx, s, req, force); err != nil {
			return err
		}
		if kept.Tells = kept.tells(s); !kept.Tells {
			if err := remember(tx, s); err != nil {
				return err
			}
		}
		return enter(tx, kept)
	})
	if err != nil {
		return Order{}, fresh, err
	}
	return *kept, fresh, nil
}

// insert is enter, except that an id which an order has already is store.ErrExists.
func insert(tx store.Tx, o Order) error {
	if taken, err := orders().Has(tx, o.PaymentRequestID); err != nil || taken {
		return cmp.Or(err, store.ErrExists)
	}
	return enter(tx, &o)
}

// enter books an order under an id that no order has. Nobody may change it afterwards.
func enter(tx store.Tx, o *Order) error {
	if err := orders().Keep(tx, o.PaymentRequestID, o); err != nil {
		return err
	}
	if err := byTimeline().Append(tx, o.Timeline, o.PaymentRequestID); err != nil {
		return err
	}
	return paymentIDs().Put(tx, o.PaymentID, o.PaymentRequestID)
}

func (n *Network) newOrder(tx store.Tx, s aps.Subject, req *aps.PayRequest, force *aps.Result) (*Order, error) {
	line := n.lines.of(s.Timeline)
	o := &Order{
		PaymentRequestID: req.PaymentRequestID, PaymentID: n.IDs(), Timeline: line.ID, Payer: s.Payer,
		Product: req.Product, Code: req.Code, State: Processing, Outcome: aps.ResultOf("PAYMENT_IN_PROCESS"), Asked: req,
		Created: n.Wall.Now(), Opened: line.Clock.Now(),
	}
	o.Expiry = expiryOf(line.Clock, o, req.Expiry)
	late := req.Late(o.Created)
	refusal := ""
	if !late {
		var err error
		if refusal, err = n.route(tx, o); err != nil {
			return o, err
		}
	}
	switch {
	case force != nil:
		o.decide(*force, o.Created)
	case late:
		o.decide(aps.ResultOf("ORDER_IS_CLOSED"), o.Created)
	case refusal != "":
		o.decide(aps.ResultOf(refusal), o.Created)
	}
	if err := n.takePromotions(tx, o); err != nil {
		return o, err
	}
	return o, o.discount()
}

// decide makes an order final with a result; at is real time.
func (o *Order) decide(r aps.Result, at time.Time) {
	o.Outcome, o.Finished = r, at
	switch {
	case r.Status == aps.Success:
		o.State = Success
	case r.Code == "ORDER_IS_CLOSED":
		o.State = Closed
	default:
		o.State = Failed
	}
}

// repeat answers a pay message whose id is known (acqp-api §7).
func (n *Network) repeat(o *Order, req *aps.PayRequest) aps.PayAnswer {
	if o.State != Tombstone && !req.Repeats(*o.Request()) {
		return aps.PayAnswer{Result: aps.ResultOf("REPEAT_REQ_INCONSISTENT"), Payment: aps.Payment{AcquirerID: n.AcquirerID}}
	}
	return n.payAnswer(o)
}

// ask calls the wallet and learns its answer. Without one the outcome stays open.
func (n *Network) ask(ctx context.Context, o Order) (Order, error) {
	call, done := n.bounded(context.WithoutCancel(ctx))
	defer done()
	promotions, err := o.PayTo.promotions(o.promotions(), o.Net.Currency)
	if err != nil {
		return o, err
	}
	token, authClient, err := n.walletToken(call, &o)
	if err != nil {
		return o, err
	}
	answer, err := n.wallet.Pay(call, aps.WalletPay{
		Subject: o.Subject(), AcquirerID: n.AcquirerID, PspID: n.pspOf(&o), PaymentRequestID: o.WalletRequestID(), Order: &o.Request().Order,
		Amount: o.Net, PayTo: o.PayTo.Amount, Quote: o.PayTo.Terms(), Code: o.Code, CustomerID: o.CustomerID,
		Token: token, AuthClientID: authClient, Product: o.Product, Expiry: o.Expiry, NotifyURL: n.notifyURL(), Promotions: promotions,
	})
	if err != nil {
		n.Logger.Warn("wallet gave no answer to pay", "order", o.PaymentRequestID, "error", err)
		n.follow(o, 0)
		return o, nil
	}
	n.flagCustomer(scenarioOf(&o), risk.Sighting{Place: risk.Supplied(scenarioOf(&o)), ID: o.CustomerID},
		risk.Sighting{Place: risk.PayResponse, ID: answer.CustomerID})
	if !answer.Result.Final() {
		n.follow(o, 0)
		return o, nil
	}
	return n.learn(context.WithoutCancel(ctx), o.PaymentRequestID, answer.Result, answer.PaymentID)
}

// bounded is the context of one call to the wallet.
func (n *Network) bounded(ctx context.Context) (context.Context, context.CancelFunc) {
	if n.Prompt {
		return ctx, func() {}
	}
	return context.WithTimeout(ctx, walletLag)
}

// learn takes over a final outcome from the wallet, moves the money and lets the acquirer be told.
// An order that is final already does not change; a late success of a closed one goes back.
func (n *Network) learn(ctx context.Context, id string, outcome aps.Result, walletPayment string) (Order, error) {
	if !outcome.Final() {
		o, _, err := n.Order(ctx, id)
		return o, err
	}
	changed, late, told := false, false, false
	o, err := n.change(ctx, id, func(tx store.Tx, o *Order) error {
		if o.Pushed && outcome.Status == aps.Success && o.State == Processing {
			return nil // the acquirer decides it
		}
		changed = o.State == Processing
		late = outcome.Status == aps.Success && (o.State == Closed || o.State == Failed)
		if !changed {
			return nil
		}
		o.decide(acquirerResult(outcome), n.Wall.Now())
		o.WalletPaymentID = walletPayment
		if err := n.dropRivals(tx, o); err != nil {
			return err
		}
		told = !o.Announced && n.mayTell(o) // announced in the same step; what must look undecided is left to announce, which looks again
		o.Announced = o.Announced || told
		if o.State == Success {
			o.Paid = n.now(o)
			if err := n.promotionsPaid(tx, o); err != nil {
				return err
			}
			return n.bookPayment(tx, o)
		}
		return n.undoPromotions(tx, o)
	})
	switch {
	case err != nil:
		return o, err
	case o.Pushed && outcome.Status == aps.Success && o.State == Processing:
		return n.push(ctx, o, walletPayment)
	case changed:
		n.alarms.stop(expiryAlarm(&o))
		if told {
			n.schedule(&o)
		} else {
			n.announce(o)
		}
	case late:
		back := o
		back.WalletTold = false // it took the money after it had confirmed the cancellation
		n.background(func(ctx context.Context) { n.takeBack(ctx, back) })
	}
	return o, nil
}

// walletToken is the token with which the wallet knows an order of auto debit.
func (n *Network) walletToken(ctx context.Context, o *Order) (token, authClient string, err error) {
	if o.Product != aps.ByAutoDebit || n.Tokens == nil {
		return "", "", nil
	}
	return n.tokenBehind(ctx, o.Request().Token)
}

func (n *Network) tokenBehind(ctx context.Context, acquirers string) (token, authClient string, err error) {
	err = n.store.View(ctx, func(tx store.Tx) error {
		token, authClient, err = n.Tokens.WalletToken(tx, acquirers)
		return err
	})
	return token, authClient, err
}

// acquirerResult translates a wallet's result for the acquirer's door.
func acquirerResult(r aps.Result) aps.Result {
	if r.Status == aps.Success {
		return aps.ResultOf("SUCCESS")
	}
	if r.Code == "EXPIRED_ACCESS_TOKEN" {
		return aps.ResultOf("INVALID_TOKEN") // acquirers know one code for both
	}
	if known, ok := aps.LookUp(r.Code); ok && known.Status == aps.Failure && known.Calls != nil { // the others are about the call, which is not the acquirer's
		return aps.Result{Code: known.Name, Status: known.Status, Message: known.Message}
	}
	return aps.ResultOf("PROCESS_FAIL")
}

// payment is what answers tell of an order.
func (n *Network) payment(o *Order) aps.Payment {
	p := aps.Payment{
		AcquirerID: n.AcquirerID, PspID: n.pspOf(o), PaymentRequestID: o.PaymentRequestID, PaymentID: o.PaymentID,
		CustomerID: o.CustomerID, WalletBrandName: n.brandOf(o), Time: o.Finished, Amount: o.Request().Amount,
		Promotions: o.promotions(), Offer: o.Offer,
		State: n.state(o), Reason: o.Reason, Created: o.Created, Debited: o.PayTo.Amount, DebitQuote: o.Wire(o.PayTo.Terms()),
	}
	if p.Time.IsZero() {
		p.Time = n.Wall.Now() // only an altered answer tells it
	}
	p.Settlement, p.SettlementQuote = o.Settlement.Amount, o.Wire(o.Settlement.Terms())
	if o.State == Tombstone {
		return aps.Payment{AcquirerID: n.AcquirerID, PaymentRequestID: o.PaymentRequestID, State: aps.Cancelled, Time: o.Finished}
	}
	return p
}

// brandOf is the brand of the payer's wallet, or of the one that was chosen in the cashier.
func (n *Network) brandOf(o *Order) string {
	switch {
	case o.Brand != "":
		return o.Brand
	case n.BrandOf == nil || o.Product != aps.ByCashier:
		return n.Brand
	}
	return n.BrandOf(o.Request().MethodType)
}

func (n *Network) pspOf(o *Order) string { return cmp.Or(o.PspID, n.PspID) }

// told is the outcome that the network admits to.
func (n *Network) told(o *Order) aps.Result {
	if n.keepsQuiet(o) {
		return aps.ResultOf("PAYMENT_IN_PROCESS")
	}
	return o.Outcome
}

// keepsQuiet says that the order is to look undecided. What the acquirer itself cancelled is known to it.
func (n *Network) keepsQuiet(o *Order) bool {
	return !o.Cancelled && o.State != Tombstone && n.Undecided != nil && n.Undecided(o.Subject())
}

func (n *Network) payAnswer(o *Order) aps.PayAnswer {
	return aps.PayAnswer{Result: n.told(o), Payment: n.payment(o)}
}

// state is where the network admits an order to stand.
func (n *Network) state(o *Order) aps.State {
	if n.keepsQuiet(o) {
		return aps.Running
	}
	return o.toldState()
}

func (o *Order) toldState() aps.State {
	switch {
	case o.Cancelled, o.State == Tombstone:
		return aps.Cancelled
	case o.State == Success:
		return aps.Paid
	case o.State == Closed:
		return aps.Expired
	case o.State == Failed:
		return aps.Refused
	}
	return aps.Running
}
