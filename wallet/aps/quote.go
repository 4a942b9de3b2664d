package aps

import (
	"fmt"
	"strings"
	"time"

	"mppsim/wallet/jsontree"
	"mppsim/wallet/money"
)

// Quote is a rate that was fixed for a payment (mpp-api §3.2): paymentQuote and refundQuote towards a
// wallet, settlementQuote towards an acquirer. The zero Quote stands for none: both currencies are the same.
// One id covers different pairs of a day, so a quote is known by id and pair together.
type Quote struct {
	ID     string    `json:"quoteId"`
	Pair   string    `json:"quoteCurrencyPair"` // such as SGD/MYR
	Price  string    `json:"quotePrice"`        // exact decimal: one major unit of the first currency in major units of the second
	Start  time.Time `json:"quoteStartTime"`
	Expiry time.Time `json:"quoteExpiryTime"`
}

// IsZero reports whether there is no quote.
func (q Quote) IsZero() bool { return q.ID == "" && q.Pair == "" }

// Rate is the exact rate out of one of the pair's currencies into the other.
func (q Quote) Rate(from string) (money.Rate, error) {
	first, second, _ := strings.Cut(q.Pair, "/")
	rate, err := money.ParseRate(first, second, q.Price)
	if err != nil {
		return money.Rate{}, fmt.Errorf("quote %s: %w", q.ID, err)
	}
	switch from {
	case first:
		return rate, nil
	case second:
		return rate.Inverse(), nil
	}
	return money.Rate{}, fmt.Errorf("quote %s %s: %w: %s is not in it", q.ID, q.Pair, money.ErrCurrency, from)
}

// Moved returns the quote with its times shifted.
func (q Quote) Moved(shift func(time.Time) time.Time) Quote {
	if !q.IsZero() {
		q.Start, q.Expiry = shift(q.Start), shift(q.Expiry)
	}
	return q
}

// Node writes the quote as Alipay+ does: every scalar is a text. quoteUnit, whose meaning is not public, is left out.
func (q Quote) Node() *jsontree.Node {
	o := newObject(4)
	o.text("quoteId", q.ID)
	o.text("quoteCurrencyPair", q.Pair)
	o.text("quotePrice", q.Price)
	o.moment("quoteStartTime", q.Start)
	o.moment("quoteExpiryTime", q.Expiry)
	base, _, _ := strings.Cut(q.Pair, "/")
	o.text("baseCurrency", base)
	return o.node
}

func (o object) quote(name string, q Quote) {
	if !q.IsZero() {
		o.add(name, q.Node())
	}
}
