package network

import (
	"mppsim/wallet/aps"
	"mppsim/wallet/contract"
	"mppsim/wallet/store"
)

// Tokens knows for whom access tokens were issued (auto debit). A token that was cancelled or has expired is not found.
type Tokens interface {
	// Owner finds whose money a client has a right to; tokens of other clients are unknown to it.
	Owner(tx store.Tx, client, accessToken string) (customerID string, found bool, err error)
	// WalletToken returns the wallet's token behind the acquirer's, and to whom the wallet gave it.
	WalletToken(tx store.Tx, accessToken string) (token, authClientID string, err error)
}

// route finds out where a new order leads, and what it costs, or returns the result code of the refusal.
func (n *Network) route(tx store.Tx, o *Order) (refusal string, err error) {
	if n.standing(*o) == contract.Suspended {
		o.Reason = "INVALID_MERCHANT_STATUS"
		return "ACCESS_DENIED", nil
	}
	if n.Admits != nil {
		if refusal, err = n.Admits(tx, *o.Request()); err != nil || refusal != "" {
			return refusal, err
		}
	}
	if refusal, err = n.lead(tx, o); err != nil || refusal != "" {
		return refusal, err
	}
	return n.price(tx, o)
}

// lead finds the payer of a new order, or hands out what leads the payer to it.
func (n *Network) lead(tx store.Tx, o *Order) (refusal string, err error) {
	switch o.Product {
	case aps.ByAutoDebit:
		return n.routeToken(tx, o)
	case aps.ByOrderCode, aps.ByEntryCode, aps.ByCashier:
		return "", n.offer(tx, o)
	default:
		return n.routeCode(tx, o)
	}
}

// routeCode finds the payer behind the order's payment code and uses the code up.
func (n *Network) routeCode(tx store.Tx, o *Order) (refusal string, err error) {
	c, found, err := codes().Get(tx, o.Code)
	if err != nil {
		return "", err
	}
	if !found {
		return "INVALID_CODE", nil
	}
	if refusal := c.refuses(o, n.openedOn(c.Timeline, o)); refusal != "" {
		return refusal, nil
	}
	if n.beyond(c, o) {
		return "INVALID_CODE", nil
	}
	c.Used = true
	o.Payer, o.CustomerID = c.Payer, c.CustomerID
	return "", codes().Put(tx, c.Digits, c)
}

// routeToken finds the payer who gave the acquirer an access token (acqp-api §5.10).
func (n *Network) routeToken(tx store.Tx, o *Order) (refusal string, err error) {
	h, found, err := n.tokenHolder(tx, o.Request().Client, o.Request().Token)
	if err != nil {
		return "", err
	}
	if !found {
		return "INVALID_TOKEN", nil
	}
	o.Payer, o.CustomerID = h.Payer, h.CustomerID
	return "", nil
}

// tokenHolder finds the wallet user who authorised an access token.
func (n *Network) tokenHolder(tx store.Tx, client, token string) (h Holder, found bool, err error) {
	if n.Tokens == nil || token == "" {
		return h, false, nil
	}
	customer, found, err := n.Tokens.Owner(tx, client, token)
	if err != nil || !found {
		return h, false, err
	}
	h, _, err = n.holder(tx, customer)
	return h, true, err
}

// standing is what is not as usual with the merchant of an order.
func (n *Network) standing(o Order) contract.Standing {
	return n.Contract.Merchants[o.Request().Order.Merchant.ReferenceMerchantID]
}
