package network

import (
	"errors"
	"fmt"
	"time"

	"mppsim/wallet/aps"
	"mppsim/wallet/ledger"
	"mppsim/wallet/money"
	"mppsim/wallet/promo"
	"mppsim/wallet/quote"
	"mppsim/wallet/store"
)

// Conversion is an amount in the currency of the other side, with the quote that made it.
type Conversion struct {
	Amount money.Amount
	// Fair is the amount at the quote's rate to the nearest minor unit. Amount differs from it where the currency
	// has a rule of its own (IDR) or where the nearest minor unit is nothing; the difference is the network's.
	Fair  money.Amount
	Quote *aps.Quote // on the timeline; nil where both currencies are the same
}

// Terms are the quote by which an amount was converted; the zero one if none was needed.
func (c Conversion) Terms() aps.Quote {
	if c.Quote == nil {
		return aps.Quote{}
	}
	return *c.Quote
}

// least is the smallest amount that can be asked for in a currency (acqp-api §1.5).
func least(currency string) money.Amount {
	if money.RoundingOf(currency) == money.HalfEvenHund {
		return money.Of(currency, 100)
	}
	return money.Of(currency, 1)
}

// price fixes what an order is in its payer's currency, promotions aside, and in the settlement's, at the rates of the
// day on which it was opened. It returns the result code of the refusal where there is no rate.
func (n *Network) price(tx store.Tx, o *Order) (refusal string, err error) {
	var holder Holder
	if o.CustomerID != "" { // else the payer is still to come
		if holder, _, err = n.holder(tx, o.CustomerID); err != nil {
			return "", err
		}
		o.PspID, o.Brand = holder.PspID, holder.Brand
	}
	if o.PayTo, err = n.convert(o, o.Request().Amount, holder.Currency); err != nil {
		return n.noRate("CURRENCY_NOT_SUPPORT", o, err)
	}
	settlement := o.Request().Settlement
	if _, known := money.Decimals(settlement); !known {
		settlement = "" // noted by the door; the payment's own currency stands in
	}
	if o.Settlement, err = n.convert(o, o.Request().Amount, settlement); err != nil {
		return n.noRate("INVALID_CONTRACT", o, err)
	}
	return "", n.charge(o)
}

// discount lowers what the wallet pays to the net amount, at the quote that the order has.
func (o *Order) discount() (err error) {
	if o.Net == o.Request().Amount || o.PayTo.Amount.Currency == "" {
		return nil
	}
	o.PayTo, err = convertAt(o.PayTo.Terms(), o.Net, o.PayTo.Amount.Currency)
	return err
}

func (n *Network) noRate(code string, o *Order, err error) (string, error) {
	switch {
	case errors.Is(err, money.ErrOverflow):
		code = "PAYMENT_AMOUNT_EXCEED_LIMIT" // in the other currency the amount cannot be counted any more
	case !errors.Is(err, quote.ErrNoRate):
		return "", err
	case code == "INVALID_CONTRACT":
		o.Reason = "SETTLE_CONTRACT_NOT_MATCH" // no settlement contract fits the settlement currency
	}
	n.Logger.Warn("an order is refused", "order", o.PaymentRequestID, "code", code, "reason", err)
	return code, nil
}

// convert changes an amount of an order into another currency; the empty one is the amount's own.
func (n *Network) convert(o *Order, amount money.Amount, to string) (Conversion, error) {
	if to == "" || to == amount.Currency {
		return Conversion{Amount: amount, Fair: amount}, nil
	}
	if n.Rates == nil {
		return Conversion{}, fmt.Errorf("rate %s/%s: %w: the network has no board", amount.Currency, to, quote.ErrNoRate)
	}
	q, err := n.Rates.Quote(amount.Currency, to, o.Opened)
	if err != nil {
		return Conversion{}, err
	}
	return convertAt(q, amount, to)
}

func convertAt(q aps.Quote, amount money.Amount, to string) (c Conversion, err error) {
	if q.IsZero() {
		return Conversion{Amount: amount, Fair: amount}, nil
	}
	rate, err := q.Rate(amount.Currency)
	if err != nil {
		return c, err
	}
	c.Quote = &q
	if c.Amount, err = rate.Convert(amount, money.RoundingOf(to)); err != nil {
		return c, err
	}
	if c.Amount.Value == 0 {
		c.Amount = least(to)
	}
	c.Fair, err = rate.Convert(amount, money.HalfUp)
	return c, err
}

// due is the next part of a conversion, so that it and the given ones are together worth upTo out of of. Parts have
// the rate of the whole (acqp-api §5.4) and sum to it exactly, in both of its amounts.
func (c Conversion) due(given []Conversion, upTo, of int64) (Conversion, error) {
	part := Conversion{Quote: c.Quote, Amount: money.Of(c.Amount.Currency, 0), Fair: money.Of(c.Fair.Currency, 0)}
	for _, g := range given {
		part.Amount.Value += g.Amount.Value
		part.Fair.Value += g.Fair.Value
	}
	var err error
	if part.Amount, err = money.DuePortion(c.Amount, part.Amount, upTo, of, money.RoundingOf(c.Amount.Currency)); err != nil {
		return part, err
	}
	part.Fair, err = money.DuePortion(c.Fair, part.Fair, upTo, of, money.HalfUp)
	return part, err
}

// promotions are savings in an order's currency as the wallet shows them: in the payer's (mpp-api §8.2 A6).
func (c Conversion) promotions(savings []aps.Promotion, currency string) ([]aps.Promotion, error) {
	if c.Quote == nil || len(savings) == 0 {
		return savings, nil
	}
	rate, err := c.Quote.Rate(currency)
	if err != nil {
		return nil, err
	}
	return promo.InWalletCurrency(savings, rate)
}

func (c Conversion) neg() Conversion {
	c.Amount, c.Fair = c.Amount.Neg(), c.Fair.Neg()
	return c
}

// exchange are the postings by which an account gets the converted amount for one that the network takes. Without a
// quote they are the same money. With one the network's currency position gives what is fair, and its
// rounding account what the currency's rule adds or saves.
func exchange(account ledger.Account, taken money.Amount, c Conversion) []ledger.Posting {
	postings := []ledger.Posting{{Account: account, Amount: c.Amount}}
	if c.Quote == nil {
		return postings
	}
	postings = append(postings,
		ledger.Posting{Account: ledger.FX, Amount: c.Fair.Neg()},
		ledger.Posting{Account: ledger.FX, Amount: taken},
	)
	if rest := money.Of(c.Amount.Currency, c.Fair.Value-c.Amount.Value); !rest.IsZero() {
		postings = append(postings, ledger.Posting{Account: ledger.Rounding, Amount: rest})
	}
	return postings
}

// Wire is a quote of the order as it is told outside, in real time. It is shifted by what the timeline was ahead when the
// order was opened, so that it is told alike ever after.
func (o *Order) Wire(q aps.Quote) aps.Quote {
	ahead := o.Opened.Sub(o.Created)
	return q.Moved(func(t time.Time) time.Time { return t.Add(-ahead) })
}
