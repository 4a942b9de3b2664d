package network

import (
	"context"
	"time"

	"mppsim/wallet/aps"
	"mppsim/wallet/store"
)

// Foreign says what the network knows of a wallet that others run. Its users are known only by their ids, and live on
// the strays' timeline.
type Foreign struct {
	Currency  string        // in which the wallet pays; empty: in whatever currency an order has
	Brand     string        // walletBrandName; empty: the network's usual one
	NotifyURL func() string // where it reports the results of payments; empty: at the path of the protocol
}

// mainland is the region in which a payer must have asked for a code by name (mpp-api §4.5).
const mainland = "CN"

// stranger is a user of a foreign wallet.
func (n *Network) stranger(customerID string) (h Holder, known bool) {
	if n.Foreign == nil || customerID == "" {
		return Holder{CustomerID: customerID}, false
	}
	return Holder{CustomerID: customerID, Currency: n.Foreign.Currency, Brand: n.Foreign.Brand}, true
}

// holder finds a wallet user; of an unknown one only the id is known, and what is true of every user of a foreign wallet.
func (n *Network) holder(tx store.Tx, customerID string) (h Holder, known bool, err error) {
	if h, known, err = holders().Get(tx, customerID); err != nil || known {
		return h, known, err
	}
	h, known = n.stranger(customerID)
	return h, known, nil
}

func (n *Network) notifyURL() string {
	if n.Foreign == nil || n.Foreign.NotifyURL == nil {
		return ""
	}
	return n.Foreign.NotifyURL()
}

// beyond reports whether a code of a foreign wallet does not reach the region where its payer stands: codes for the
// Chinese mainland have to be asked for.
func (n *Network) beyond(c Code, o *Order) bool {
	return n.Foreign != nil && c.Region == "" && o.Request().Order.Merchant.Place() == mainland
}

var _ aps.Network = (*Network)(nil)

// atHome is how a payer's timeline is found by a code or token. Users of a foreign wallet have none of their own: theirs
// is found by what else a message says.
func (n *Network) atHome(timeline string) (match string) {
	if n.Foreign != nil && timeline == "" {
		return ""
	}
	return "code"
}

// openedOn is when an order was opened, on the timeline of its payer's code.
func (n *Network) openedOn(timeline string, o *Order) time.Time {
	if timeline == o.Timeline {
		return o.Opened
	}
	return n.lines.of(timeline).Clock.Now()
}

// About tells which transaction a message of a wallet is about: by the payment's id on the wallet's leg, by a code, or by
// the user alone. A message that says none of them is about nothing known.
func (n *Network) About(ctx context.Context, leg, code, customerID string) (s aps.Subject, err error) {
	err = n.store.View(ctx, func(tx store.Tx) error {
		o, found, err := orderWith(tx, leg)
		if err == nil && !found && code != "" {
			o, found, err = orderBehind(tx, code)
		}
		if err != nil || found {
			s = o.Subject()
			return err
		}
		if s = (aps.Subject{}); customerID == "" {
			return nil
		}
		h, known, err := holders().Get(tx, customerID)
		if known {
			s = aps.Subject{Timeline: h.Timeline, Payer: h.Payer, Match: "code"}
		}
		return err
	})
	return s, err
}

func orderBehind(tx store.Tx, code string) (o Order, found bool, err error) {
	id, known, err := handles().Get(tx, code)
	if err != nil || !known {
		return o, false, err
	}
	return orders().Get(tx, id)
}
