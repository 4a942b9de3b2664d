package network

import (
	"mppsim/wallet/aps"
	"mppsim/wallet/store"
)

// Foreign says what the network knows of a wallet that others run. Its users are known only by their ids, and live on
// the strays' timeline.
type Foreign struct {
	Currency  string // in which the wallet pays; empty: in whatever currency an order has
	Brand     string // walletBrandName; empty: the network's usual one
	NotifyURL string // where it reports the results of payments; empty: at the path of the protocol
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
	if n.Foreign == nil {
		return ""
	}
	return n.Foreign.NotifyURL
}

// beyond reports whether a code of a foreign wallet does not reach the region where its payer stands: codes for the
// Chinese mainland have to be asked for.
func (n *Network) beyond(c Code, o *Order) bool {
	return n.Foreign != nil && c.Region == "" && o.Request.Order.Merchant.Place() == mainland
}

var _ aps.Network = (*Network)(nil)
