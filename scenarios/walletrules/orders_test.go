package walletrules_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"mppsim/wallet/control"
	"mppsim/wallet/money"
)

func (w *world) orderSteps() map[string]any {
	return map[string]any{
		`an order of ([\d.]+)`:                       func(ctx context.Context, price string) error { return w.offer(ctx, "SGD", price, "SG", byOrderCode) },
		`a cashier order of ([\d.]+)`:                func(ctx context.Context, price string) error { return w.offer(ctx, "SGD", price, "SG", byCashier) },
		`an order of ([\d.]+) CNY in CN`:             func(ctx context.Context, price string) error { return w.offer(ctx, "CNY", price, "CN", byOrderCode) },
		`an entry code of ([\d.]+) CNY in CN`:        func(ctx context.Context, price string) error { return w.offer(ctx, "CNY", price, "CN", byEntryCode) },
		`the payer scans the order`:                  func(ctx context.Context) error { return w.look(ctx, w.payer(), w.order) },
		`the first payer scans the order`:            func(ctx context.Context) error { return w.look(ctx, w.payers[0], w.order) },
		`the payer scans "([^"]+)"`:                  func(ctx context.Context, text string) error { return w.look(ctx, w.payer(), text) },
		`the payer scans a code of (\d+) characters`: w.scanLong,
		`the payer cannot scan the order`: func(ctx context.Context) error {
			return w.cannot(control.Payment{}, w.look(ctx, w.payer(), w.order))
		},
		`the payer guesses (\d+) codes`:                         w.guess,
		`the scan is refused with (\S+)`:                        w.scanRefused,
		`the page "([^"]+)" opens`:                              w.opens,
		`the payer sees a page of Alipay\+ instead`:             w.seesPage,
		`the payer sees an order of ([\d.]+)`:                   w.seesOrder,
		`the page shows a rate, (\d+) promotion.* pay in (\w+)`: w.pageShows,
		`both scans show the same payment`:                      w.sameScan,
		`the payer confirms`:                                    func(ctx context.Context) error { return w.confirm(ctx, w.payer(), control.PayerAct{}) },
		`the first payer confirms`:                              func(ctx context.Context) error { return w.confirm(ctx, w.payers[0], control.PayerAct{}) },
		`the payer confirms although it is too late`:            func(ctx context.Context) error { return w.confirm(ctx, w.payer(), control.PayerAct{Late: true}) },
		`the payer cannot confirm any more`:                     func(ctx context.Context) error { return w.cannot(w.sim.Confirm(ctx, w.payer().ID, control.PayerAct{})) },
		`the payer is sent back to the shop`:                    w.sentBack,
		`the payer gets everything back`:                        w.getsBack,
		`the payer enters the password`:                         w.enterPassword,
		`the payer enters a wrong password (\d+) times`:         w.mistype,
		`the payer cannot enter the password any more`: func(ctx context.Context) error {
			return w.cannot(w.sim.EnterPassword(ctx, w.payer().ID, control.PayerAct{}))
		},
		`the payer declines`:         w.decline,
		`the payer tops up ([\d.]+)`: w.topUp,
		`it is midnight in UTC\+8`:   w.midnight,
	}
}

// offer makes an order to which the payer comes.
func (w *world) offer(ctx context.Context, currency, price, region, factor string) error {
	amount, err := money.ParseMajor(currency, price)
	if err != nil {
		return err
	}
	if err := w.sim.Expect(ctx, w.line, control.Expectation{Amounts: []money.Amount{amount}}); err != nil {
		return err
	}
	answer, err := w.sell(ctx, sale{price: amount, region: region, factor: factor})
	if err != nil {
		return err
	}
	if w.order = textOf(answer, "orderCodeForm.codeDetails.0.codeValue"); w.order == "" {
		w.order = textOf(answer, "paymentUrl") + textOf(answer, "normalUrl")
	}
	if w.result != "PAYMENT_IN_PROCESS" || w.order == "" {
		return fmt.Errorf("the order is answered with %s", w.result)
	}
	return nil
}

func (w *world) look(ctx context.Context, p control.Payer, text string) error {
	seen, err := w.sim.Scan(ctx, p.ID, control.ScanSpec{Text: text})
	w.scans = append(w.scans, seen)
	return err
}

func (w *world) scanLong(ctx context.Context, n int) error {
	const head = "https://qr.alipayplus.com/281666130000"
	return w.look(ctx, w.payer(), head+strings.Repeat("x", n-len(head)))
}

func (w *world) guess(ctx context.Context, n int) error {
	for i := range n {
		if err := w.look(ctx, w.payer(), fmt.Sprintf("https://qr.alipayplus.com/281666130000guess%d", i)); err != nil {
			return err
		}
		if err := w.scanRefused("INVALID_CODE"); err != nil {
			return err
		}
	}
	return nil
}

func (w *world) shown() control.Scan { return w.scans[len(w.scans)-1] }

func (w *world) scanRefused(code string) error {
	if s := w.shown(); s.Result.Code != code || s.Payment != nil {
		return fmt.Errorf("the scan says %+v", s)
	}
	return nil
}

func (w *world) opens(page string) error {
	if s := w.shown(); s.Action != "OPEN_URL" || s.Page != page || s.UserAgent == "" {
		return fmt.Errorf("the scan says %+v", s)
	}
	return nil
}

func (w *world) seesPage() error {
	if s := w.shown(); s.Action != "HANDLE_BY_SDK" || !strings.Contains(s.Page, "/limit/CN/single") || s.Payment != nil {
		return fmt.Errorf("the scan says %+v", s)
	}
	return nil
}

func (w *world) seesOrder(price string) error {
	s := w.shown()
	if s.Payment == nil || s.Payment.Order == nil || s.Payment.Order.Price.Major() != price || s.Payment.Order.Merchant != "M" || s.Payment.Waits != "confirmation" {
		return fmt.Errorf("the scan says %+v", s)
	}
	return nil
}

func (w *world) pageShows(promotions int, currency string) error {
	p := w.shown().Payment
	if p.Quote.IsZero() || len(p.Promotions) != promotions || p.Payable.Currency != currency || p.Payable.IsZero() || p.Promotions[0].Savings.Currency != currency {
		return fmt.Errorf("the page shows %+v", p)
	}
	return nil
}

func (w *world) sameScan() error {
	a, b := w.scans[len(w.scans)-2].Payment, w.shown().Payment
	if a == nil || b == nil || a.ID != b.ID || a.PaymentRequestID != b.PaymentRequestID {
		return fmt.Errorf("first %+v, then %+v", a, b)
	}
	return nil
}

// confirm acts on what waits, and takes over what the shop then hears.
func (w *world) confirm(ctx context.Context, p control.Payer, act control.PayerAct) error {
	if _, err := w.sim.Confirm(ctx, p.ID, act); err != nil {
		return err
	}
	return w.hear(ctx)
}

func (w *world) enterPassword(ctx context.Context) error {
	if _, err := w.sim.EnterPassword(ctx, w.payer().ID, control.PayerAct{}); err != nil {
		return err
	}
	return w.hear(ctx)
}

func (w *world) mistype(ctx context.Context, times int) error {
	for range times {
		if _, err := w.sim.EnterPassword(ctx, w.payer().ID, control.PayerAct{Password: "000000"}); err != nil {
			return err
		}
	}
	return w.hear(ctx)
}

func (w *world) decline(ctx context.Context) error {
	if _, err := w.sim.Decline(ctx, w.payer().ID, control.PayerAct{}); err != nil {
		return err
	}
	return w.hear(ctx)
}

// cannot passes when an act is refused, or ends the payment without success.
func (w *world) cannot(p control.Payment, err error) error {
	if e, ok := errors.AsType[*control.Error](err); ok && e.Code == control.Conflict {
		return nil
	}
	if err == nil && p.State == "FAILED" {
		return nil
	}
	return fmt.Errorf("the payment is %s: %w", p.State, err)
}

func (w *world) sentBack(ctx context.Context) error {
	p, err := w.seen(ctx)
	if err == nil && p.RedirectURL != "https://shop.example/back" {
		err = fmt.Errorf("sent to %q", p.RedirectURL)
	}
	return err
}

// getsBack waits until nothing of the payer's money is missing: what a wallet took in vain is given back in the background.
func (w *world) getsBack(ctx context.Context) error {
	ctx, done := context.WithTimeout(ctx, 30*time.Second)
	defer done()
	for {
		moved, err := w.moved(ctx, "payer/"+w.payer().ID)
		if err != nil || moved.IsZero() {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s are missing", moved)
		case <-time.After(5 * time.Millisecond):
		}
	}
}

func (w *world) topUp(ctx context.Context, amount string) error {
	more, err := sgd(amount)
	if err != nil {
		return err
	}
	_, err = w.sim.TopUp(ctx, w.payer().ID, control.TopUpSpec{Amount: more})
	return err
}

func (w *world) midnight(ctx context.Context) error {
	_, err := w.sim.MoveTimeline(ctx, w.line, control.Move{ToTime: "00:00"})
	return err
}
