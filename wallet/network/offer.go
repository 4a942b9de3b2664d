package network

import (
	"fmt"
	"io"
	"strings"
	"time"

	"mppsim/wallet/aps"
	"mppsim/wallet/clock"
	"mppsim/wallet/code/merchant"
	"mppsim/wallet/store"
)

// Defaults and bounds of the time that a payer has (acqp-api §10, §13).
const (
	codeExpiry    = 5 * time.Minute  // order, entry and private order codes, where the acquirer names none
	cashierExpiry = 10 * time.Minute // default and longest: a later wish is replaced without a word
)

// appIdentifier and scheme belong to the wallet's app.
const (
	appIdentifier = "com.mppsim.wallet"
	scheme        = "mppsim"
)

// handles lead from every text that a payer can scan or open to the order behind it.
func handles() store.Table[string] { return store.Table[string]{Name: "network.handle"} }

// offer hands out what leads the payer to the order: a code, or addresses that fit the payer's device (acqp-api §4).
func (n *Network) offer(tx store.Tx, o *Order) error {
	token, err := n.token(tx)
	if err != nil {
		return err
	}
	switch o.Product {
	case aps.ByOrderCode:
		o.Code = orderCodeText(token)
		o.Offer = &aps.Offer{Form: n.orderCodeForm(*o, token)}
	case aps.ByEntryCode:
		o.Offer = &aps.Offer{PaymentURL: n.checkoutURL(token)}
	default:
		o.Offer = n.cashierOffer(*o, token)
	}
	for _, text := range append(o.Offer.Texts(), token) {
		if err := handles().Put(tx, text, o.PaymentRequestID); err != nil {
			return err
		}
	}
	return nil
}

// token draws a text that nobody can guess and that was never drawn before.
func (n *Network) token(tx store.Tx) (string, error) {
	const letters = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789" // 56, none like another
	for {
		raw := make([]byte, 24)
		if _, err := io.ReadFull(n.Digits, raw); err != nil {
			return "", fmt.Errorf("draw a code: %w", err)
		}
		for i, b := range raw {
			raw[i] = letters[int(b)%len(letters)]
		}
		if _, taken, err := handles().Get(tx, string(raw)); err != nil || !taken {
			return string(raw), err
		}
	}
}

// orderCodeText is legal in every character and yet breaks in hands that decode, cut or lower it.
func orderCodeText(token string) string {
	o := merchant.Order{Host: merchant.HostAlipayPlus, Head: merchant.HeadAlipayPlus, Tail: token}
	return o.Value() + "?v=1&c=A%2Bb"
}

// checkoutURL is the page on which the payer finds the order. Query, escapes and fragment are part of it.
func (n *Network) checkoutURL(token string) string {
	return n.BaseURL() + "/checkout/" + token + "?lang=en&back=shop%2Fcart#pay"
}

func (n *Network) orderCodeForm(o Order, token string) *aps.OrderCodeForm {
	picture := func(size string) string { return n.BaseURL() + "/code/" + token + ".png?size=" + size }
	return &aps.OrderCodeForm{
		MethodType: "CONNECT_WALLET", Expiry: n.lines.of(o.Timeline).Clock.ToBase(o.Expiry),
		Details: []aps.CodeDetail{
			{ValueType: "QRCODE", Value: orderCodeText(token), DisplayType: "TEXT"},
			{ValueType: "QRCODE", Value: picture("small"), DisplayType: "SMALLIMAGE"},
			{ValueType: "QRCODE", Value: picture("middle"), DisplayType: "MIDDLEIMAGE"},
			{ValueType: "QRCODE", Value: picture("big"), DisplayType: "BIGIMAGE"},
		},
	}
}

// cashierOffer fits the device: a page for every browser, the app where there may be one, data for the library in a
// shop's app, and a code on a desktop in tile mode, where the wallet is chosen already (acqp-api §4).
func (n *Network) cashierOffer(o Order, token string) *aps.Offer {
	tile := strings.EqualFold(o.Request().Factor.Mode, "TILE")
	offer := &aps.Offer{NormalURL: n.checkoutURL(token)}
	if tile {
		offer.PaymentURL = offer.NormalURL
	}
	switch device := o.Request().Order.Env.TerminalType; device {
	case "WAP", "APP", "MINI_APP":
		offer.SchemeURL = scheme + "://pay?order=" + token + "&from=A%2Fb#confirm"
		offer.AppLinkURL = n.BaseURL() + "/app/pay?order=" + token + "&from=A%2Fb#confirm"
		if device != "WAP" {
			offer.AppIdentifier = appIdentifier
		}
		if device == "APP" && !tile {
			offer.PaymentData = "order=" + token + "&mode=unified"
		}
	default:
		if tile {
			offer.Form = n.orderCodeForm(o, token)
		}
	}
	return offer
}

// expiryOf shifts the acquirer's expiry onto the timeline. One that has passed on arrival closes the orders that come by pay;
// for those that the acquirer is asked about, the product's default stands in for it.
func expiryOf(line *clock.Timeline, o *Order, named time.Time) time.Time {
	standard := defaultExpiry
	switch o.Product {
	case aps.ByOrderCode, aps.ByEntryCode:
		standard = codeExpiry
	case aps.ByCashier:
		standard = cashierExpiry
	default:
	}
	if own := o.Request().Life.Standard; own > 0 {
		standard = own
	}
	if named.IsZero() || !named.After(o.Created) {
		return o.Opened.Add(standard)
	}
	expiry := line.FromBase(named)
	if longest := o.longestLife(); longest > 0 && expiry.After(o.Opened.Add(longest)) {
		return o.Opened.Add(longest)
	}
	return expiry
}

// longestLife is the bound of the expiry that an acquirer names; zero: none.
func (o *Order) longestLife() time.Duration {
	if o.Product == aps.ByCashier {
		return cashierExpiry
	}
	return o.Request().Life.Longest
}
