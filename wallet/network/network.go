// Package network is the fake Alipay+: it keeps orders, routes payment codes to a wallet, closes what
// expires, cancels, refunds and notifies, and tells which transaction a message belongs to.
// All state is in the store, all money in the ledger, all time on timelines.
package network

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"mppsim/wallet/aps"
	"mppsim/wallet/clock"
	"mppsim/wallet/code/identify"
	"mppsim/wallet/contract"
	"mppsim/wallet/ledger"
	"mppsim/wallet/limit"
	"mppsim/wallet/money"
	"mppsim/wallet/quote"
	"mppsim/wallet/store"
)

// Options are what a network needs.
type Options struct {
	Store      store.Store
	Acquirer   aps.Acquirer // receives notifications
	Wall       clock.Clock  // real time
	IDs        func() string
	Digits     io.Reader // randomness of payment codes
	Logger     *slog.Logger
	AcquirerID string
	PspID      string
	Brand      string       // walletBrandName
	Region     string       // where the wallet's users are at home, ISO 3166-1 alpha-2
	Rates      *quote.Board // nil: payments cannot cross currencies
	Contract   contract.Contract
	Rhythm     Rhythm // of the strays' timeline
	// BaseURL is the address under which our pages and pictures are reached.
	BaseURL func() string
	// Address says where the acquirer takes a call of Alipay+ that no order names an address for; empty: nowhere.
	Address func(aps.API) string
	// Identify tells what a scanned text is; nil takes everything for a code to be decoded.
	Identify func(ctx context.Context, text string) (identify.Outcome, error)
	// CodeRules are handed to wallets that ask for them; nil: there are none.
	CodeRules *identify.Rules
	// Foreign is the wallet that others run, where the network works for one: it knows its users, the network does not.
	Foreign *Foreign
	// Prompt says that the wallet is in this program and keeps nobody waiting, so that no call to it needs a deadline.
	Prompt bool
	// Limits are what regions allow users of foreign wallets.
	Limits limit.Rules
	// BrandOf is the brand of the wallet that a payer chose in the cashier; nil: Brand.
	BrandOf func(walletName string) string
	// Tokens are the access tokens of auto debit; nil: there are none.
	Tokens Tokens
	// Promotions say what payers save on their orders; nil: nothing.
	Promotions Marketing
	// Admits returns the result code with which a payment is refused before anything else is looked at, or nothing; nil
	// admits all.
	Admits func(tx store.Tx, req aps.PayRequest) (refusal string, err error)
	// Push hands a pushed order, for which the wallet has taken the money, to the acquirer; nil: there is no push mode.
	Push func(ctx context.Context, o Order)
	// Retention is how long a closed timeline is kept, in real time; 0: for ever.
	Retention time.Duration
	// Forgotten hears of each timeline that was closed for so long; nil: nobody does.
	Forgotten func(timeline string)
	// Undecided says that the network must keep the outcome of an order to itself.
	Undecided func(aps.Subject) bool
}

// Network is the fake Alipay+.
type Network struct {
	Options
	store   store.Store
	wallet  aps.Wallet
	account ledger.Account // the acquirer's
	lines   *timelines
	alarms  *alarms
	work    sync.WaitGroup // calls in flight that nobody waits for
	ctx     context.Context
	stop    context.CancelFunc
}

// New makes a network without wallet; Connect gives it one.
func New(o Options) *Network {
	ctx, stop := context.WithCancel(context.Background())
	return &Network{
		Options: o, store: o.Store, account: ledger.AcquirerAccount(o.AcquirerID), lines: newTimelines(o.Wall, o.Rhythm),
		alarms: newAlarms(), ctx: ctx, stop: stop,
	}
}

// Connect gives the network its wallet. It is called once, before the first message.
func (n *Network) Connect(w aps.Wallet) { n.wallet = w }

// Close ends everything that waits and returns when no call is in flight.
func (n *Network) Close() {
	n.stop()
	n.lines.stopAll()
	n.alarms.stopAll()
	n.work.Wait()
}

// OpenTimeline adds a timeline of a run, if it belongs to one, that is offset ahead of real time.
func (n *Network) OpenTimeline(name, run string, r Rhythm, offset time.Duration) (*Timeline, error) {
	if err := r.Check(); err != nil {
		return nil, err
	}
	line := &Timeline{ID: n.IDs(), Name: name, Run: run, Clock: clock.NewTimeline(n.Wall, offset), Rhythm: r}
	n.lines.add(line)
	return line, nil
}

// Timeline returns a timeline; the empty id is the strays'.
func (n *Network) Timeline(id string) (*Timeline, error) { return n.lines.get(id) }

// Expect announces references and amounts of a timeline's traffic. References count without regard to letter case.
func (n *Network) Expect(id string, references []string, amounts []money.Amount) error {
	return n.lines.change(id, func(line *Timeline) {
		for _, ref := range references {
			if ref = strings.ToLower(ref); ref != "" && !slices.Contains(line.references, ref) {
				line.references = append(line.references, ref)
			}
		}
		for _, a := range amounts {
			if !slices.Contains(line.amounts, a) {
				line.amounts = append(line.amounts, a)
			}
		}
	})
}

// CloseTimeline delivers the notifications that are still due, once, and forgets the timeline's
// codes and expectations. Its clock runs on, so that open orders still expire.
func (n *Network) CloseTimeline(ctx context.Context, id string) error {
	if id == "" {
		return fmt.Errorf("timeline of the strays: %w", ErrTimeline)
	}
	if err := n.lines.change(id, func(line *Timeline) { line.closed = true }); err != nil {
		return err
	}
	n.Settle(ctx, id)
	n.flush(id)
	n.retire(id)
	return n.forgetCodes(ctx, id)
}

// forgetCodes forgets the codes of a timeline with which nobody paid.
func (n *Network) forgetCodes(ctx context.Context, timeline string) error {
	return n.store.Update(ctx, func(tx store.Tx) error {
		minted, err := codesOf().All(tx, timeline)
		if err != nil {
			return err
		}
		for _, digits := range minted {
			c, found, err := codes().Get(tx, digits)
			if err == nil && found && !c.Used {
				err = codes().Delete(tx, digits)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// Orders lists the orders of a timeline, oldest first.
func (n *Network) Orders(ctx context.Context, timeline string) ([]Order, error) {
	var list []Order
	err := n.store.View(ctx, func(tx store.Tx) error {
		ids, err := byTimeline().All(tx, timeline)
		if err != nil {
			return err
		}
		for _, id := range ids {
			o, _, err := orders().Get(tx, id)
			if err != nil {
				return err
			}
			if o.Timeline == timeline { // else a payer on another timeline took it there
				list = append(list, o)
			}
		}
		return nil
	})
	slices.SortStableFunc(list, func(a, b Order) int { return a.Created.Compare(b.Created) })
	return list, err
}

// Order finds an order by the acquirer's id of the payment.
func (n *Network) Order(ctx context.Context, paymentRequestID string) (o Order, found bool, err error) {
	err = n.store.View(ctx, func(tx store.Tx) error {
		o, found, err = orders().Get(tx, paymentRequestID)
		return err
	})
	return o, found, err
}

// Behind finds the order to which a scanned text, an address or the token in it leads.
func (n *Network) Behind(ctx context.Context, text string) (o Order, found bool, err error) {
	if text == "" {
		return o, false, nil
	}
	err = n.store.View(ctx, func(tx store.Tx) error {
		o, found, err = orderBehind(tx, text)
		return err
	})
	return o, found, err
}

// change loads an order, lets f alter it and keeps it. A missing order is an error.
func (n *Network) change(ctx context.Context, id string, f func(tx store.Tx, o *Order) error) (Order, error) {
	var o *Order
	err := n.store.Update(ctx, func(tx store.Tx) error {
		before, found, err := orders().Get(tx, id)
		if err != nil {
			return err
		}
		if !found {
			return fmt.Errorf("order %s: not found", id)
		}
		o = new(before)
		if err := f(tx, o); err != nil {
			return err
		}
		return orders().Keep(tx, id, o)
	})
	if o == nil {
		return Order{}, err
	}
	return *o, err
}

// now returns the time on an order's timeline.
func (n *Network) now(o *Order) time.Time { return n.lines.of(o.Timeline).Clock.Now() }

// background runs f unless the network is closed.
func (n *Network) background(f func(ctx context.Context)) {
	if n.ctx.Err() != nil {
		return
	}
	n.work.Go(func() { f(n.ctx) })
}
