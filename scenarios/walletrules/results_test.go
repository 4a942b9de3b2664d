package walletrules_test

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"strings"

	"mppsim/wallet/control"
	"mppsim/wallet/jsontree"
	"mppsim/wallet/money"
	"mppsim/wallet/risk"
)

func (w *world) resultSteps() map[string]any {
	return map[string]any{
		`the payment is refused with (\S+)`:                                         w.refusedWith,
		`the payment waits for the password`:                                        w.waitsForPassword,
		`the payer is debited ([\d.]+) in all`:                                      func(ctx context.Context, a string) error { return w.wantMoved(ctx, "payer/"+w.payer().ID, a, -1) },
		`the first payer is debited ([\d.]+).*`:                                     func(ctx context.Context, a string) error { return w.wantMoved(ctx, "payer/"+w.payers[0].ID, a, -1) },
		`the shop hears (\S+)`:                                                      w.hears,
		`the payer sees ([A-Z_]+)`:                                                  func(ctx context.Context, code string) error { return w.sees(ctx, code, "") },
		`the payer sees (\S+), because "([^"]+)"`:                                   w.sees,
		`the shop notes the customer`:                                               w.noteCustomer,
		`the shop sees the same customer`:                                           func(ctx context.Context) error { return w.customerIs(ctx, true) },
		`the shop sees another customer`:                                            func(ctx context.Context) error { return w.customerIs(ctx, false) },
		`the id tells nothing about the payer`:                                      w.idTellsNothing,
		`the wallet pays ([\d.]+) at .* in (\w+)`:                                   w.paysAtQuote,
		`the payer sees no rate`:                                                    w.noRate,
		`payment and savings are ([\d.]+) at .* in (\w+), within (\d+) minor units`: w.addUp,
		`the payer sees a price of ([\d.]+)`:                                        w.seesPrice,
		`the refund shows a promotion's share of ([\d.]+)`:                          w.refundShows,
	}
}

// ask is the acquirer's inquiry about the newest payment.
func (w *world) ask(ctx context.Context) (*jsontree.Node, error) {
	return w.call(ctx, "inquiryPayment", fmt.Sprintf(`{"paymentRequestId":%q}`, w.last()))
}

// hear takes over what became of the newest payment.
func (w *world) hear(ctx context.Context) error {
	answer, err := w.ask(ctx)
	w.result = textOf(answer, "paymentResult.resultCode")
	return err
}

func (w *world) hears(ctx context.Context, code string) error {
	if err := w.hear(ctx); err != nil || w.result == code {
		return err
	}
	return fmt.Errorf("the shop hears %s", w.result)
}

func (w *world) refusedWith(code string) error {
	if w.result != code {
		return fmt.Errorf("the result is %s", w.result)
	}
	return nil
}

func (w *world) waitsForPassword(ctx context.Context) error {
	p, err := w.sim.Payer(ctx, w.payer().ID)
	if err == nil && (len(p.Waiting) != 1 || p.Waiting[0].Waits != "password" || w.result != "PAYMENT_IN_PROCESS") {
		err = fmt.Errorf("%s, waiting: %+v", w.result, p.Waiting)
	}
	return err
}

func (w *world) sees(ctx context.Context, code, reason string) error {
	p, err := w.seen(ctx)
	if err == nil && (p.Code != code || p.Reason != reason) {
		err = fmt.Errorf("the payer sees %s: %s", p.Code, p.Reason)
	}
	return err
}

func (w *world) customerSeen(ctx context.Context) (string, error) {
	answer, err := w.ask(ctx)
	id := textOf(answer, "customerId")
	if err == nil && id == "" {
		err = errors.New("the shop sees no customer")
	}
	return id, err
}

func (w *world) noteCustomer(ctx context.Context) (err error) {
	w.customer, err = w.customerSeen(ctx)
	return err
}

func (w *world) customerIs(ctx context.Context, same bool) error {
	id, err := w.customerSeen(ctx)
	if err == nil && (id == w.customer) != same {
		err = fmt.Errorf("first %s, then %s", w.customer, id)
	}
	return err
}

func (w *world) idTellsNothing() error {
	if why := risk.CustomerIDProblem(w.customer); why != "" || w.customer != w.payer().CustomerID || strings.Contains(w.customer, w.payer().Name) {
		return fmt.Errorf("%s: %s", w.customer, why)
	}
	return nil
}

// atQuote converts by the quote that the payer saw, in exact numbers: to the nearest minor unit, a half upwards.
func atQuote(p control.Payment, from money.Amount, to string) (int64, error) {
	if p.Quote.Pair != from.Currency+"/"+to {
		return 0, fmt.Errorf("the quote is for %s", p.Quote.Pair)
	}
	price, ok := new(big.Rat).SetString(p.Quote.Price)
	if !ok {
		return 0, fmt.Errorf("the price is %q", p.Quote.Price)
	}
	price.Mul(price, new(big.Rat).SetInt64(from.Value))
	have, _ := money.Decimals(from.Currency)
	want, _ := money.Decimals(to)
	for ; have < want; have++ {
		price.Mul(price, big.NewRat(10, 1))
	}
	for ; have > want; have-- {
		price.Quo(price, big.NewRat(10, 1))
	}
	price.Add(price, big.NewRat(1, 2))
	return new(big.Int).Div(price.Num(), price.Denom()).Int64(), nil
}

func (w *world) paysAtQuote(ctx context.Context, price, currency string) error {
	p, err := w.seen(ctx)
	if err != nil {
		return err
	}
	net, err := sgd(price)
	if err != nil {
		return err
	}
	want, err := atQuote(p, net, currency)
	if err == nil && (p.Amount != net || p.Debited != money.Of(currency, want)) {
		err = fmt.Errorf("%s are paid with %s instead of %d", p.Amount, p.Debited, want)
	}
	return err
}

func (w *world) noRate(ctx context.Context) error {
	p, err := w.seen(ctx)
	if err == nil && (!p.Quote.IsZero() || p.Debited != p.Amount) {
		err = fmt.Errorf("quote %+v, %s paid with %s", p.Quote, p.Amount, p.Debited)
	}
	return err
}

func (w *world) addUp(ctx context.Context, price, currency string, within int64) error {
	p, err := w.seen(ctx)
	if err != nil {
		return err
	}
	gross, err := sgd(price)
	if err != nil {
		return err
	}
	want, err := atQuote(p, gross, currency)
	if err != nil {
		return err
	}
	sum := p.Debited.Value
	for _, s := range p.Promotions {
		if s.Savings.Currency != currency || s.Savings.Value < 1 {
			return fmt.Errorf("savings of %s", s.Savings)
		}
		sum += s.Savings.Value
	}
	if off := sum - want; off > within || off < -within {
		return fmt.Errorf("%d instead of %d", sum, want)
	}
	return nil
}

func (w *world) seesPrice(ctx context.Context, price string) error {
	p, err := w.seen(ctx)
	if err == nil && p.Price.Major() != price {
		err = fmt.Errorf("the price is %s", p.Price)
	}
	return err
}

func (w *world) refundShows(ctx context.Context, share string) error {
	p, err := w.seen(ctx)
	if err == nil && (len(p.Refunds) != 1 || len(p.Refunds[0].Promotions) != 1 || p.Refunds[0].Promotions[0].Savings.Major() != share) {
		err = fmt.Errorf("refunds %+v", p.Refunds)
	}
	return err
}
