package steps

import (
	"context"
	"time"

	"mppsim/scenarios/acquirer"
	"mppsim/scenarios/tolerance"
	"mppsim/scenarios/world"
	"mppsim/wallet/aps"
	"mppsim/wallet/control"
)

// slack is what a bound gets on top of its scaled time: one round trip, one sample, a busy machine.
const slack = time.Second

func timeSteps() []Step {
	return []Step{
		step("time", lasting+` pass`, `20 s pass`,
			"Time passes on the wall clock; a shortened set-up shortens it.", passes),
		step("time", lasting+` are left until the payment expires`, `3 s are left until the payment expires`,
			"Time passes until so long before the acquirer's declared expiry.",
			func(ctx context.Context, left string) error {
				d, err := span(left)
				if err != nil {
					return err
				}
				return untilExpiry(ctx, d)
			}),
		step("time", `the cancel window has closed`, `the cancel window has closed`,
			"The next day, 00:16 in UTC+8, comes for Alipay+ and the wallet, not on the wall clock.",
			func(ctx context.Context) error {
				return world.From(ctx).MoveTime(ctx, control.Move{ToTime: "00:16", Days: 1})
			}),
		step("time", `(\d+) days pass, on the acquirer's own clock too`, `364 days pass, on the acquirer's own clock too`,
			"Days pass for Alipay+, the wallet and the acquirer, whose clock is set right again after the scenario.", daysPass),
		step("time", `a person looks`, `a person looks`,
			"A run with --debug stops here, with the scenario's time standing still; others go on.",
			func(context.Context) error { return nil }),
		step("time", `the acquirer has asked (\d+) times`, `the acquirer has asked 3 times`,
			"The acquirer has sent so many inquiries about the payment, or shows it as decided already.", hasAsked),
	}
}

func passes(ctx context.Context, text string) error {
	d, err := span(text)
	if err != nil {
		return err
	}
	return world.From(ctx).Pass(ctx, d)
}

// daysPass moves the acquirer's clock first: what becomes due at Alipay+ then finds it in its new time.
func daysPass(ctx context.Context, days int) error {
	w := world.From(ctx)
	if err := w.SetAcquirerClock(ctx, time.Duration(days)*24*time.Hour); err != nil {
		return err
	}
	return w.MoveTime(ctx, control.Move{Days: days})
}

// deadline is when a payment expires by the acquirer's declaration, on the wall clock.
func deadline(w *world.World, p *world.Payment) time.Time {
	start := p.Started()
	if pay, sent := payOf(p); sent {
		start = pay.Received
	}
	return start.Add(w.Scale(w.Facts().ExpiryOf(p.Charge.Product)))
}

// untilExpiry lets time pass until left before the declared expiry.
func untilExpiry(ctx context.Context, left time.Duration) error {
	w := world.From(ctx)
	p, err := w.PaymentBy("")
	if err != nil {
		return err
	}
	end := deadline(w, p).Add(-time.Duration(float64(left) * w.Factor()))
	rest := end.Sub(w.Clock().Now())
	return w.Pass(ctx, time.Duration(float64(rest)/w.Factor()))
}

func hasAsked(ctx context.Context, times int) error {
	w := world.From(ctx)
	p, err := w.PaymentBy("")
	if err != nil {
		return err
	}
	bound := deadline(w, p).Sub(w.Clock().Now()) + slack
	met, err := w.AwaitFor(ctx, bound, tolerance.NextInquiry, "the acquirer's inquiries", func(*world.View) bool {
		_, ended := p.Ever(acquirer.Paid, acquirer.Failed, acquirer.Closed)
		return ended || len(p.Exchanges(aps.InquiryPayment)) >= times
	})
	if err == nil && !met {
		return w.NotReached("the acquirer has not asked often enough for the outcome", "ACQ-INQ-03")
	}
	return err
}
