package steps

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	messages "github.com/cucumber/messages/go/v21"

	"mppsim/scenarios/acquirer"
	"mppsim/scenarios/tolerance"
	"mppsim/scenarios/world"
	"mppsim/wallet/aps"
	"mppsim/wallet/control"
	"mppsim/wallet/trace"
)

// worth is the pattern of an amount.
const worth = `(\d+(?:\.\d+)?)`

func chargeSteps() []Step {
	return []Step{
		step("charge", `the shop charges (the (?:\w+ )?payer)'s code `+worth+`( and asks no more)?`,
			`the shop charges the payer's code 250.00`,
			"The cashier scans the payer's code and charges the amount in the shop's currency; then the shop queries the payment once a second, or never.",
			chargePayer),
		step("charge", `the charge has reached Alipay\+`, `the charge has reached Alipay+`,
			"As a condition: the first charge is over for Alipay+.", chargeArrived),
		step("charge", `the shop charges the payer's code, (followed by a line end|preceded by blanks), `+worth,
			`the shop charges the payer's code, followed by a line end, 12.00`,
			"The scanner adds white space to the code.", chargeWithBlanks),
		step("charge", `the shop charges the scanned text "([^"]*)" `+worth,
			`the shop charges the scanned text "HELLO" 12.00`,
			"The cashier scans something that is no payment code of Alipay+.", chargeText),
		step("charge", `the shop charges `+worth+` to a payer for each of these outcomes`,
			`the shop charges 250.00 to a payer for each of these outcomes`,
			"One payer and one payment per row; the wallet ends each with the result of its row.", chargeEach),
		step("charge", `the shop charges `+worth+` with a code of each of these lengths that the acquirer takes`,
			`the shop charges 12.00 with a code of each of these lengths that the acquirer takes`,
			"One payer and one payment per row: digits, and how the code begins. Lengths that the profile leaves out are left out.", chargeLengths),
		step("charge", `the shop has taken `+worth+` from (?:a|another) payer`,
			`the shop has taken 250.00 from a payer`,
			"A new payer whose payment of this amount is paid, also in the shop's eyes.", hasTaken),
		step("charge", `a payment of `+worth+` (waits for the payer's password|is left undecided)`,
			`a payment of 250.00 waits for the payer's password`,
			"A new payer's payment that Alipay+ answers with \"in process\" and leaves undecided; the wallet waits, or has paid already.",
			leftUndecided),
	}
}

// charge starts a charge of an amount at the profile's first shop.
func charge(ctx context.Context, amount string, order world.ChargeOrder) (*world.Payment, error) {
	w := world.From(ctx)
	at, err := ownTill(w)
	if err != nil {
		return nil, err
	}
	order.Shop = at.shop
	if order.Amount, err = world.AmountIn(amount, at.currency); err != nil {
		return nil, err
	}
	return w.Charge(ctx, order)
}

// chargePayer charges with the code remembered for the payer or a fresh one.
func chargePayer(ctx context.Context, role, amount, quietly string) error {
	w := world.From(ctx)
	payer, err := w.PayerBy(role)
	if err != nil {
		return err
	}
	code, _ := w.Recall(codeKey).(string)
	w.Remember(codeKey, nil)
	_, err = charge(ctx, amount, world.ChargeOrder{Payer: payer, Code: code, Unsampled: quietly != ""})
	return err
}

func chargeArrived(ctx context.Context) error {
	p, err := world.From(ctx).PaymentBy("")
	if err != nil {
		return err
	}
	return chargeOver(ctx, p)
}

// chargeOver waits until the first charge of a payment is over for Alipay+. One that gets no answer is over when the
// acquirer gives it up, with production timers as late as half a minute after the shop's call.
func chargeOver(ctx context.Context, p *world.Payment) error {
	w := world.From(ctx)
	_, err := w.Await(ctx, tolerance.CallAnswer, "the charge at Alipay+", func(*world.View) bool {
		return len(p.Pays()) > 0 || turnedAway(p)
	})
	if err == nil && len(p.Pays()) == 0 {
		return w.NotReached("the acquirer sent no charge to Alipay+", "ACQ-UPM-03")
	}
	return err
}

func chargeWithBlanks(ctx context.Context, how, amount string) error {
	w := world.From(ctx)
	payer, err := w.PayerBy("")
	if err != nil {
		return err
	}
	code, err := payer.Code(ctx, control.CodeSpec{})
	if err != nil {
		return err
	}
	scanned := code.Digits + "\r\n"
	if how == "preceded by blanks" {
		scanned = "  " + code.Digits
	}
	p, err := charge(ctx, amount, world.ChargeOrder{Payer: payer, Code: scanned})
	if err != nil {
		return err
	}
	p.Code = code.Digits // what shall reach Alipay+
	return nil
}

func chargeText(ctx context.Context, text, amount string) error {
	_, err := charge(ctx, amount, world.ChargeOrder{Code: text})
	return err
}

func chargeEach(ctx context.Context, amount string, table *messages.PickleTable) error {
	w := world.From(ctx)
	for _, row := range column(table) {
		result, err := parseResult(row)
		if err != nil {
			return err
		}
		payer, err := w.NewPayer(ctx, rich)
		if err != nil {
			return err
		}
		_, err = w.Arm(ctx, "outcome-forced", aps.Pay, world.On(payer), world.Params(control.Params{Result: &result}))
		if err != nil {
			return err
		}
		if _, err := charge(ctx, amount, world.ChargeOrder{Payer: payer}); err != nil {
			return err
		}
	}
	return nil
}

func chargeLengths(ctx context.Context, amount string, table *messages.PickleTable) error {
	w := world.From(ctx)
	taken := w.Facts().CodeLengths
	for _, row := range table.Rows {
		if len(row.Cells) != 2 {
			return fmt.Errorf("a row needs digits and a beginning, not %d cells", len(row.Cells))
		}
		digits, err := strconv.Atoi(row.Cells[0].Value)
		if err != nil {
			return fmt.Errorf("digits of a code: %w", err)
		}
		if len(taken) > 0 && !slices.Contains(taken, digits) {
			continue
		}
		payer, err := w.NewPayer(ctx, rich)
		if err != nil {
			return err
		}
		code, err := payer.Code(ctx, control.CodeSpec{Length: digits, Prefix: row.Cells[1].Value})
		if err != nil {
			return err
		}
		if _, err := charge(ctx, amount, world.ChargeOrder{Payer: payer, Code: code.Digits}); err != nil {
			return err
		}
	}
	return nil
}

// column returns the cells of a table's first column.
func column(table *messages.PickleTable) []string {
	var cells []string
	for _, row := range table.Rows {
		if len(row.Cells) > 0 {
			cells = append(cells, row.Cells[0].Value)
		}
	}
	return cells
}

func hasTaken(ctx context.Context, amount string) error {
	w := world.From(ctx)
	payer, err := w.NewPayer(ctx, rich)
	if err != nil {
		return err
	}
	p, err := charge(ctx, amount, world.ChargeOrder{Payer: payer})
	if err != nil {
		return err
	}
	return reach(ctx, p, tolerance.Reaction, "ACQ-UPM-03", acquirer.Paid)
}

func leftUndecided(ctx context.Context, amount, how string) error {
	w := world.From(ctx)
	payer, err := w.NewPayer(ctx, template(false, how == "waits for the payer's password"))
	if err != nil {
		return err
	}
	if err := armFor(ctx, "undecided", aim{aps.Pay, 1, 0}, control.Params{}); err != nil {
		return err
	}
	p, err := charge(ctx, amount, world.ChargeOrder{Payer: payer})
	if err != nil {
		return err
	}
	return isOpen(ctx, p)
}

// reach waits until the shop sees the payment in one of the states; otherwise the scenario has not reached its
// question.
func reach(ctx context.Context, p *world.Payment, within tolerance.Name, blames string, states ...acquirer.State) error {
	w := world.From(ctx)
	met, err := w.Await(ctx, within, fmt.Sprintf("the shop sees %s", join(states)), func(*world.View) bool {
		return in(p.State(), states)
	})
	if err == nil && !met {
		return w.NotReached(fmt.Sprintf("the payment is %s for the shop, not %s", p.State(), join(states)), blames)
	}
	return err
}

// notCharged reports that no charge reached Alipay+, which most scenarios do not ask about.
func notCharged(ctx context.Context, p *world.Payment) error {
	if len(p.Pays()) > 0 || len(p.Decodes()) > 0 {
		return nil
	}
	if err := settleRecord(ctx); err != nil {
		return err
	}
	w := world.From(ctx)
	open, err := metByFault(ctx, aps.Pay)
	if err != nil {
		return err
	}
	answer, answered := p.Answered()
	switch {
	case open || len(p.Pays()) > 0:
		return nil
	case answered && answer.Refused:
		return w.NotReached("the acquirer refused the charge: "+answer.Reason, "ACQ-UPM-03")
	}
	return w.NotReached("no charge reached Alipay+", "ACQ-UPM-03")
}

// metByFault reports whether a call of this kind has met a fault of the scenario. One that is still open is not in the
// record yet.
func metByFault(ctx context.Context, api aps.API) (bool, error) {
	w := world.From(ctx)
	armed, err := w.Sim().Armed(ctx, w.Timeline())
	if err != nil {
		return false, fmt.Errorf("read the armed faults: %w", err)
	}
	return slices.ContainsFunc(armed, func(f control.Fault) bool { return f.Spec.Aim.API == api && f.Fired > 0 }), nil
}

// payOf returns the first pay message of a payment.
func payOf(p *world.Payment) (trace.Exchange, bool) {
	pays := p.Pays()
	if len(pays) == 0 {
		return trace.Exchange{}, false
	}
	return pays[0], true
}
