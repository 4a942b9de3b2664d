package steps

import (
	"context"
	"fmt"
	"time"

	"mppsim/scenarios/world"
	"mppsim/wallet/aps"
	"mppsim/wallet/control"
)

// Templates of payers in the simulator.
const (
	rich             = "rich"
	poor             = "poor"
	needsPassword    = "always-password"
	poorWithPassword = "poor-with-password"
)

// patience is how long a payer waits for the wallet to ask; a charge arrives within milliseconds.
const patience = 10 * time.Second

func payerSteps() []Step {
	return []Step{
		step("payer", `(?:a|another) payer( without money)?( whose wallet asks for a password)?`,
			`a payer whose wallet asks for a password`,
			"A wallet user, with money enough and no password to enter unless the phrase says so.",
			func(ctx context.Context, noMoney, password string) error {
				return newPayer(ctx, template(noMoney != "", password != ""))
			}),
		step("payer", `a payer whose code has (\d+) digits and begins with (\d+)`,
			`a payer whose code has 19 digits and begins with 289`,
			"A wallet user whose next payment code has this form.", payerWithCode),
		step("payer", `the payer enters the password`, `the payer enters the password`,
			"The payer confirms the waiting payment.", enterPassword),
		step("payer", `the payer enters wrong passwords until the wallet gives up`,
			`the payer enters wrong passwords until the wallet gives up`,
			"The wallet ends the payment after some wrong passwords.", enterWrongPasswords),
		step("payer", `the payer declines`, `the payer declines`,
			"The payer refuses the waiting payment in the wallet.", declines),
	}
}

// template names the payer that the simulator makes.
func template(withoutMoney, withPassword bool) string {
	switch {
	case withoutMoney && withPassword:
		return poorWithPassword
	case withoutMoney:
		return poor
	case withPassword:
		return needsPassword
	}
	return rich
}

func newPayer(ctx context.Context, template string) error {
	_, err := world.From(ctx).NewPayer(ctx, template)
	return err
}

// codeKey remembers the form of the code that the payer shows next.
const codeKey = "code of the next charge"

func payerWithCode(ctx context.Context, length int, prefix string) error {
	w := world.From(ctx)
	p, err := w.NewPayer(ctx, rich)
	if err != nil {
		return err
	}
	code, err := p.Code(ctx, control.CodeSpec{Length: length, Prefix: prefix})
	if err != nil {
		return err
	}
	w.Remember(codeKey, code.Digits)
	return nil
}

func enterPassword(ctx context.Context) error {
	p, err := world.From(ctx).PayerBy("")
	if err != nil {
		return err
	}
	if _, err := p.EnterPassword(ctx, "", patience); err != nil {
		return tooLate(ctx, p, fmt.Errorf("enter the password: %w", err))
	}
	return nil
}

// tooLate explains why a wallet does not ask its payer any more: an acquirer may cancel before the expiry. A payer
// without money would have changed nothing.
func tooLate(ctx context.Context, payer *world.Payer, err error) error {
	w := world.From(ctx)
	p, missing := w.PaymentBy("")
	switch {
	case missing != nil || len(p.Exchanges(aps.CancelPayment)) == 0:
		return err
	case payer.Template == poorWithPassword:
		return nil
	}
	return w.NotReached("the acquirer had cancelled the payment before the payer acted")
}

// mostPasswords is more than any wallet lets a payer try.
const mostPasswords = 10

func enterWrongPasswords(ctx context.Context) error {
	p, err := world.From(ctx).PayerBy("")
	if err != nil {
		return err
	}
	for range mostPasswords {
		if _, err := p.EnterPassword(ctx, "wrong password", patience); err != nil {
			return tooLate(ctx, p, fmt.Errorf("enter a wrong password: %w", err))
		}
		now, err := p.Now(ctx)
		if err != nil {
			return err
		}
		if len(now.Waiting) == 0 {
			return nil
		}
	}
	return fmt.Errorf("the wallet still asks after %d wrong passwords", mostPasswords)
}

func declines(ctx context.Context) error {
	p, err := world.From(ctx).PayerBy("")
	if err != nil {
		return err
	}
	if _, err := p.Decline(ctx, patience); err != nil {
		return tooLate(ctx, p, fmt.Errorf("decline the payment: %w", err))
	}
	return nil
}
