package aps

import (
	"errors"
	"testing"
	"time"

	"mppsim/wallet/jsontree"
	"mppsim/wallet/money"
)

func ringgit() Quote {
	start := time.Date(2024, 10, 17, 16, 0, 0, 0, time.UTC)
	return Quote{ID: "20241018C0000000", Pair: "SGD/MYR", Price: "3.33055347", Start: start, Expiry: start.Add(24 * time.Hour)}
}

func TestQuoteOnTheWire(t *testing.T) {
	t.Parallel()
	const want = `{"quoteId":"20241018C0000000","quoteCurrencyPair":"SGD/MYR","quotePrice":"3.33055347",` +
		`"quoteStartTime":"2024-10-18T00:00:00+08:00","quoteExpiryTime":"2024-10-19T00:00:00+08:00","baseCurrency":"SGD"}`
	if got := string(ringgit().Node().Write(jsontree.Layout{})); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	o := newObject(4)
	o.quote("settlementQuote", Quote{})
	if len(o.node.Members) != 0 {
		t.Error("no quote, but it was written")
	}
}

func TestQuoteConvertsBothWays(t *testing.T) {
	t.Parallel()
	q := ringgit()
	for _, test := range []struct{ amount, want money.Amount }{
		{money.Of("SGD", 500), money.Of("MYR", 1665)},
		{money.Of("MYR", 1665), money.Of("SGD", 500)},
	} {
		rate, err := q.Rate(test.amount.Currency)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := rate.Convert(test.amount, money.HalfUp); err != nil || got != test.want {
			t.Errorf("%v: %v, %v; want %v", test.amount, got, err, test.want)
		}
	}
	if _, err := q.Rate("USD"); !errors.Is(err, money.ErrCurrency) {
		t.Errorf("a currency outside the pair: %v", err)
	}
	q.Price = "3,33"
	if _, err := q.Rate("SGD"); !errors.Is(err, money.ErrSyntax) {
		t.Errorf("a price that is none: %v", err)
	}
}

func TestQuoteMoves(t *testing.T) {
	t.Parallel()
	later := func(t time.Time) time.Time { return t.Add(time.Hour) }
	if q := ringgit().Moved(later); !q.Start.Equal(ringgit().Start.Add(time.Hour)) || q.Expiry.Sub(q.Start) != 24*time.Hour {
		t.Errorf("%+v", q)
	}
	if q := (Quote{}).Moved(later); !q.IsZero() || !q.Start.IsZero() {
		t.Errorf("no quote, but %+v", q)
	}
}
