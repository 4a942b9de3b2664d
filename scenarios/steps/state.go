package steps

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"mppsim/scenarios/acquirer"
	"mppsim/scenarios/tolerance"
	"mppsim/scenarios/world"
	"mppsim/wallet/aps"
)

// Patterns of whose state it is, and of the state.
const (
	whose = `(the (?:\w+ )?payment|each payment)`
	looks = `(paid|pending|failed|closed|unsuccessful)`
)

func stateSteps() []Step {
	return []Step{
		step("state", `the shop sees `+whose+` as `+looks+`(?: within `+lasting+`)?`,
			`the shop sees the payment as paid within 60 s`,
			"The acquirer's books show the state within the reaction time, or within more time if the phrase gives it. "+
				"Without a time, pending is also a charge that the till still waits for.", sees),
		step("state", `the shop sees the payment as `+looks+` at the latest `+lasting+` after its expiry`,
			`the shop sees the payment as paid at the latest 60 s after its expiry`,
			"The same, counted from the acquirer's declared expiry.", seesAfterExpiry),
		step("state", `the shop has seen the payment as `+looks, `the shop has seen the payment as closed`,
			"As a condition: if it never comes to this, the scenario has not reached its question.", hasSeen),
		step("state", `the shop has never seen the payment as `+looks, `the shop has never seen the payment as paid`,
			"No answer and no sample so far showed the state.", neverSeen),
		step("state", `for `+lasting+` the shop does not see the payment as `+looks,
			`for 20 s the shop does not see the payment as paid`,
			"No answer and no sample so far or in this time shows the state.", notSeenFor),
		step("state", `for `+lasting+` the shop does not see the payment as paid in full`,
			`for 20 s the shop does not see the payment as paid in full`,
			"The same; a payment shown as paid with another amount is one that the shop can notice.", notPaidInFullFor),
		step("state", `the shop's books agree with Alipay\+`, `the shop's books agree with Alipay+`,
			"Amount, number and time that the shop is told of a paid payment are those of Alipay+.", booksAgree),
		step("state", `the shop is given a different reason for each payment`,
			`the shop is given a different reason for each payment`,
			"No two payments of the scenario show the same reason.", differentReasons),
		step("state", `the shop is not given the reason "([^"]*)"`, `the shop is not given the reason "SUCCESS"`,
			"A reason, if one is shown, is another one.", notTheReason),
	}
}

// statesOf translates a state's business word.
func statesOf(word string) []acquirer.State {
	switch word {
	case "paid":
		return []acquirer.State{acquirer.Paid}
	case "pending":
		return []acquirer.State{acquirer.Pending}
	case "failed":
		return []acquirer.State{acquirer.Failed}
	case "closed":
		return []acquirer.State{acquirer.Closed}
	}
	return []acquirer.State{acquirer.Failed, acquirer.Closed}
}

func in(s acquirer.State, states []acquirer.State) bool { return slices.Contains(states, s) }

func join(states []acquirer.State) string {
	texts := make([]string, len(states))
	for i, s := range states {
		texts[i] = string(s)
	}
	return strings.Join(texts, " or ")
}

// chosen returns the payments that a phrase is about.
func chosen(ctx context.Context, which string) ([]*world.Payment, error) {
	w := world.From(ctx)
	if which == "each payment" {
		return w.Payments(), nil
	}
	p, err := w.PaymentBy(which)
	return []*world.Payment{p}, err
}

// unheard returns why the till knows nothing of a payment, such as a charge that the profile's timeout broke off: what
// nobody could see is not held against the acquirer. It is nil when the till has heard anything at all.
func unheard(ctx context.Context, p *world.Payment) error {
	if _, answered := p.Answered(); !answered || len(p.Samples()) > 0 {
		return nil
	}
	if _, err := p.Answer(ctx); err != nil {
		return fmt.Errorf("the till has heard nothing of the payment: %w", err)
	}
	return nil
}

// told reports whether the shop was told one of the states; silence is not PENDING here.
func told(p *world.Payment, states []acquirer.State) bool {
	return len(p.Samples()) > 0 && in(p.State(), states)
}

// sees waits for a state: for the reaction time, or longer when the phrase gives more.
func sees(ctx context.Context, which, word, longer string) error {
	w := world.From(ctx)
	var within time.Duration
	if longer != "" {
		var err error
		if within, err = span(longer); err != nil {
			return err
		}
	}
	reaction, err := w.Tolerances().Get(tolerance.Reaction)
	if err != nil {
		return err
	}
	bound := reaction.At(w.Factor())
	if word == "pending" && within > 0 {
		bound = w.Scale(within) + slack
	} else if within > 0 {
		bound = max(bound, w.Scale(within)+slack)
	}
	payments, err := chosen(ctx, which)
	if err != nil {
		return err
	}
	for _, p := range payments {
		if word == "pending" && longer == "" && len(p.Samples()) == 0 {
			continue // a till that still waits for the answer to its charge has been told nothing else
		}
		if err := seen(ctx, p, statesOf(word), bound); err != nil {
			return err
		}
	}
	return nil
}

// seen waits until the shop is told one of the states and fails otherwise.
func seen(ctx context.Context, p *world.Payment, states []acquirer.State, bound time.Duration) error {
	w := world.From(ctx)
	what := "the shop sees the payment as " + join(states)
	met, err := w.AwaitFor(ctx, bound, tolerance.Reaction, what, func(*world.View) bool { return told(p, states) })
	if err != nil || met {
		return err
	}
	if err := notCharged(ctx, p); err != nil {
		return err
	}
	if !in(acquirer.Pending, states) {
		if err := unheard(ctx, p); err != nil {
			return err
		}
	}
	return w.Fail(what, fmt.Sprintf("%s after %s", p.State(), bound.Round(time.Millisecond)), shown(w, p)...)
}

// shown is the last thing that the shop was told as evidence, and the first charge.
func shown(w *world.World, p *world.Payment) []world.Evidence {
	var evidence []world.Evidence
	if last := p.Last(); last.Call != "" {
		evidence = append(evidence, w.Shown(last))
	}
	if pay, sent := payOf(p); sent {
		evidence = append(evidence, w.Ex(pay))
	}
	return evidence
}

func seesAfterExpiry(ctx context.Context, word, after string) error {
	w := world.From(ctx)
	d, err := span(after)
	if err != nil {
		return err
	}
	p, err := w.PaymentBy("")
	if err != nil {
		return err
	}
	bound := deadline(w, p).Add(w.Scale(d)).Sub(w.Clock().Now()) + slack
	return seen(ctx, p, statesOf(word), bound)
}

// blameOf names the requirement that is to blame when the shop does not get to see a state.
func blameOf(word string) string {
	switch word {
	case "paid":
		return "ACQ-UPM-03"
	case "closed":
		return "ACQ-CAN-01"
	}
	return "ACQ-UPM-11"
}

func hasSeen(ctx context.Context, word string) error {
	p, err := world.From(ctx).PaymentBy("")
	if err != nil {
		return err
	}
	blame := blameOf(word)
	if word == "unsuccessful" && len(p.Exchanges(aps.CancelPayment)) > 0 {
		blame = blameOf("closed")
	}
	return reach(ctx, p, tolerance.AfterExpiry, blame, statesOf(word)...)
}

func neverSeen(ctx context.Context, word string) error {
	w := world.From(ctx)
	p, err := w.PaymentBy("")
	if err != nil {
		return err
	}
	return never(w, p, statesOf(word))
}

// never fails when any sample so far showed one of the states.
func never(w *world.World, p *world.Payment, states []acquirer.State) error {
	s, ever := p.Ever(states...)
	if !ever {
		return nil
	}
	expected := "the shop never sees the payment as " + join(states)
	return w.Fail(expected, fmt.Sprintf("%s, %s after the charge", s.State(), sinceCharge(p, s.At)), w.Shown(s))
}

func sinceCharge(p *world.Payment, at time.Time) time.Duration {
	return at.Sub(p.Started()).Round(time.Millisecond)
}

func notSeenFor(ctx context.Context, window, word string) error {
	w := world.From(ctx)
	p, err := w.PaymentBy("")
	if err != nil {
		return err
	}
	d, err := span(window)
	if err != nil {
		return err
	}
	states := statesOf(word)
	what := "the shop sees the payment as " + join(states)
	held, err := w.NeverFor(ctx, w.Scale(d), tolerance.Watch, what, func(*world.View) bool {
		_, ever := p.Ever(states...)
		return ever
	})
	if err != nil || held {
		return err
	}
	return never(w, p, states)
}

// inFull finds the first sample that shows the payment as paid without any sign that the amount differs.
func inFull(p *world.Payment) (world.Sample, bool) {
	for _, s := range p.Samples() {
		if s.State() == acquirer.Paid && (s.Payment.Paid == nil || *s.Payment.Paid == p.Charge.Amount) {
			return s, true
		}
	}
	return world.Sample{}, false
}

func notPaidInFullFor(ctx context.Context, window string) error {
	w := world.From(ctx)
	p, err := w.PaymentBy("")
	if err != nil {
		return err
	}
	d, err := span(window)
	if err != nil {
		return err
	}
	held, err := w.NeverFor(ctx, w.Scale(d), tolerance.Watch, "the shop sees the payment as paid in full", func(*world.View) bool {
		_, full := inFull(p)
		return full
	})
	if err != nil || held {
		return err
	}
	s, _ := inFull(p)
	return w.Fail("the payment is not shown as paid in the requested amount, which Alipay+ did not confirm",
		fmt.Sprintf("PAID with %s", p.Charge.Amount), w.Shown(s))
}

func booksAgree(ctx context.Context) error {
	w := world.From(ctx)
	p, err := w.PaymentBy("")
	if err != nil {
		return err
	}
	orders, err := p.Orders(ctx)
	if err != nil {
		return err
	}
	if len(orders) != 1 {
		return w.Fail("Alipay+ has one order for the payment", fmt.Sprintf("%d orders", len(orders)), shown(w, p)...)
	}
	if err := firstWord(ctx, p); err != nil {
		return err
	}
	shownNow, book := p.Last(), orders[0]
	if paid := shownNow.Payment.Paid; paid != nil && *paid != book.Amount {
		return w.Fail("the paid amount is "+book.Amount.String(), paid.String(), w.Shown(shownNow))
	}
	if id := shownNow.Payment.NetworkID; id != "" && id != book.PaymentID {
		return w.Fail("the number at Alipay+ is "+book.PaymentID, id, w.Shown(shownNow))
	}
	return nil
}

func differentReasons(ctx context.Context) error {
	w := world.From(ctx)
	if teller, limited := w.Acquirer().(acquirer.Teller); limited && !teller.TellsReason() {
		return errors.New("the profile does not say where the acquirer shows the reason of a refusal")
	}
	known := map[string]world.Sample{}
	for _, p := range w.Payments() {
		if err := firstWord(ctx, p); err != nil {
			return err
		}
		if turnedAway(p) {
			return w.NotReached("the acquirer refused the charge by itself: "+reasonOf(p).Payment.Reason, "ACQ-UPM-03")
		}
		s := reasonOf(p)
		reason := s.Payment.Reason
		if other, twice := known[reason]; twice {
			return w.Fail("each refusal gives the cashier a reason of its own",
				fmt.Sprintf("%q for two of them", reason), w.Shown(other), w.Shown(s))
		}
		known[reason] = s
	}
	return nil
}

// reasonOf finds the latest answer that gave a reason; the charge's answer may give one that queries do not repeat.
func reasonOf(p *world.Payment) world.Sample {
	for _, s := range slices.Backward(p.Samples()) {
		if s.Payment.Reason != "" {
			return s
		}
	}
	return p.Last()
}

func notTheReason(ctx context.Context, reason string) error {
	w := world.From(ctx)
	p, err := w.PaymentBy("")
	if err != nil {
		return err
	}
	for _, s := range p.Samples() {
		if strings.EqualFold(s.Payment.Reason, reason) {
			return w.Fail("the reason is that of the payment's outcome", fmt.Sprintf("%q", s.Payment.Reason), w.Shown(s))
		}
	}
	return nil
}

// paidTooSoon finds the first sample that shows PAID before Alipay+ had said so.
func paidTooSoon(p *world.Payment) (world.Sample, bool) {
	said, ever := heard(p, aps.Success)
	s, paid := p.Ever(acquirer.Paid)
	return s, paid && (!ever || s.At.Before(from(said)))
}
