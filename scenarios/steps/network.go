package steps

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	messages "github.com/cucumber/messages/go/v21"

	"mppsim/scenarios/world"
	"mppsim/wallet/aps"
	"mppsim/wallet/control"
)

// networkSteps are what Alipay+ does to the messages of the scenario's latest payer.
func networkSteps() []Step {
	return []Step{
		step("Alipay+", `Alipay\+ (executes|does not execute|answers) `+aimed+`(?: but answers| and answers)? with `+answered,
			`Alipay+ executes the charge but answers with server error 503`,
			"The call is done, or it is not, and the answer is wrong or missing; an inquiry has nothing to execute.", answerWith),
		step("Alipay+", `Alipay\+ (executes|does not execute|answers) the first (charges|inquiries|cancellations|refunds)`+
			`(?: but answers| and answers)? in turn`,
			`Alipay+ does not execute the first cancellations and answers in turn`,
			"One wrong answer per row, in order; later calls get the true answer.", answerInTurn),
		step("Alipay+", `Alipay\+ executes the charge `+lasting+` after the connection broke`,
			`Alipay+ executes the charge 15 s after the connection broke`,
			"The connection breaks at once, the charge is executed later unless it was cancelled meanwhile.", executeLater),
		step("Alipay+", `Alipay\+ answers `+aimed+` `+lasting+` late`, `Alipay+ answers the cancellation 5 s late`,
			"The call is executed at once and answered later.", answerLate),
		step("Alipay+", `Alipay\+ holds back the answer to `+aimed, `Alipay+ holds back the answer to the charge`,
			"The call is executed at once and answered when \"Alipay+ lets the answer go\".", holdBack),
		step("Alipay+", `the held call has reached Alipay\+`, `the held call has reached Alipay+`,
			"The call whose answer is held back has been executed.", heldCallArrived),
		step("Alipay+", `Alipay\+ lets the answer go`, `Alipay+ lets the answer go`,
			"The answer that was held back is sent.", letGo),
		step("Alipay+", `Alipay\+ leaves the payment undecided`, `Alipay+ leaves the payment undecided`,
			"Alipay+ calls the payment \"in process\", past its expiry too, until it decides it.",
			func(ctx context.Context) error {
				return armFor(ctx, "undecided", aim{aps.Pay, 1, 0}, control.Params{})
			}),
		step("Alipay+", `Alipay\+ decides the payment`, `Alipay+ decides the payment`,
			"Alipay+ gives the outcome that it has left open.", decide),
		step("Alipay+", `Alipay\+ ends the payment with ([SF] [A-Z_]+)`, `Alipay+ ends the payment with F RISK_REJECT`,
			"The payment gets this outcome, for good, instead of the wallet's.", endWith),
		step("Alipay+", `Alipay\+ sends no notification`, `Alipay+ sends no notification`,
			"Notifications of the payment are lost for good.",
			func(ctx context.Context) error {
				return armFor(ctx, "notification-lost", aim{aps.NotifyPayment, 1, 0}, control.Params{})
			}),
		step("Alipay+", `Alipay\+ confirms no cancellation`, `Alipay+ confirms no cancellation`,
			"Cancellations are not executed and stay unknown, so that only another message can decide the payment.",
			func(ctx context.Context) error {
				unknown := aps.Result{Code: "UNKNOWN_EXCEPTION", Status: aps.Unknown}
				return armFor(ctx, "refused-result", aim{aps.CancelPayment, 1, 0}, control.Params{Result: &unknown})
			}),
		step("Alipay+", `Alipay\+ confirms `+worth+` instead of the payment's amount`,
			`Alipay+ confirms 0.10 instead of the payment's amount`,
			"The answers to charge and inquiries are right but for the amount.", confirmOther),
		step("Alipay+", `Alipay\+ answers `+aimed+` with a success (of another payment|of another amount|without outcome)`,
			`Alipay+ answers the first inquiry with a success of another payment`,
			"A properly signed answer that says success, but not of this payment.", answerWithForeign),
		step("Alipay+", `Alipay\+ notifies a success`, `Alipay+ notifies a success`,
			"Alipay+ sends a genuine success notification now; the payer is not debited for it.", notifySuccess),
		step("Alipay+", `Alipay\+ closes the payment at its expiry`, `Alipay+ closes the payment at its expiry`,
			"The payment's expiry comes for Alipay+ and the wallet, not on the wall clock.", closeAtExpiry),
	}
}

// armFor arms a fault for the messages of the latest payer. The scenario relies on it when the message always comes.
func armFor(ctx context.Context, fault string, a aim, params control.Params) error {
	w := world.From(ctx)
	opts := []world.FaultOption{world.FromNth(a.from), world.Times(a.count), world.Params(params)}
	if !a.surely() {
		opts = append(opts, world.Optional())
	}
	_, err := w.Arm(ctx, fault, a.api, opts...)
	return err
}

func answerWith(ctx context.Context, verb, which, what, answer string) error {
	a, err := parseAim(which, what)
	if err != nil {
		return err
	}
	return answerAimed(ctx, a, answer, verb == "executes")
}

func answerAimed(ctx context.Context, a aim, answer string, executed bool) error {
	fault, params, err := chooseFault(answer, executed)
	if err != nil {
		return err
	}
	return armFor(ctx, fault, a, params)
}

func answerInTurn(ctx context.Context, verb, what string, table *messages.PickleTable) error {
	api, err := operation(what)
	if err != nil {
		return err
	}
	for i, answer := range column(table) {
		if err := answerAimed(ctx, aim{api, i + 1, 1}, answer, verb == "executes"); err != nil {
			return err
		}
	}
	return nil
}

func executeLater(ctx context.Context, after string) error {
	d, err := span(after)
	if err != nil {
		return err
	}
	w := world.From(ctx)
	return armFor(ctx, "request-delayed", aim{aps.Pay, 1, 1}, control.Params{Delay: w.Scale(d)})
}

func answerLate(ctx context.Context, which, what, late string) error {
	d, err := span(late)
	if err != nil {
		return err
	}
	a, err := parseAim(which, what)
	if err != nil {
		return err
	}
	return armFor(ctx, "answer-held", a, control.Params{Delay: world.From(ctx).Scale(d)})
}

func holdBack(ctx context.Context, which, what string) error {
	a, err := parseAim(which, what)
	if err != nil {
		return err
	}
	return armFor(ctx, "answer-held", a, control.Params{})
}

// findFault finds the scenario's latest armed fault of a kind.
func findFault(ctx context.Context, kind string) (control.Fault, error) {
	for _, fault := range slices.Backward(world.From(ctx).Faults()) {
		if fault.Spec.Fault == kind {
			return fault, nil
		}
	}
	return control.Fault{}, fmt.Errorf("the scenario has not asked for %s", kind)
}

func heldCallArrived(ctx context.Context) error {
	w := world.From(ctx)
	held, err := findFault(ctx, "answer-held")
	if err != nil {
		return err
	}
	for end := w.Clock().Now().Add(patience); w.Clock().Now().Before(end); {
		live, err := w.Sim().Armed(ctx, w.Timeline())
		if err != nil {
			return fmt.Errorf("read the armed faults: %w", err)
		}
		for _, f := range live {
			if f.ID == held.ID && f.Fired > 0 {
				return nil
			}
		}
		if err := w.Pass(ctx, time.Millisecond); err != nil {
			return err
		}
	}
	return w.NotReached("the acquirer sent no " + spell(held.Spec.Aim.API))
}

func letGo(ctx context.Context) error {
	held, err := findFault(ctx, "answer-held")
	if err != nil {
		return err
	}
	if err := world.From(ctx).Sim().Release(ctx, held.ID); err != nil {
		return fmt.Errorf("release the answer: %w", err)
	}
	return nil
}

func decide(ctx context.Context) error {
	undecided, err := findFault(ctx, "undecided")
	if err != nil {
		return err
	}
	if err := world.From(ctx).Sim().Lift(ctx, undecided.ID); err != nil {
		return fmt.Errorf("decide the payment: %w", err)
	}
	return nil
}

func endWith(ctx context.Context, text string) error {
	result, err := parseResult(text)
	if err != nil {
		return err
	}
	return armFor(ctx, "outcome-forced", aim{aps.Pay, 1, 1}, control.Params{Result: &result})
}

// wireAmount writes an amount of a feature as the protocol does.
func wireAmount(ctx context.Context, text string) (json.RawMessage, error) {
	w := world.From(ctx)
	shop, err := w.Shop("")
	if err != nil {
		return nil, err
	}
	amount, err := w.Amount(text, shop)
	if err != nil {
		return nil, err
	}
	return json.Marshal(amount)
}

func confirmOther(ctx context.Context, text string) error {
	amount, err := wireAmount(ctx, text)
	if err != nil {
		return err
	}
	altered := control.Params{Alter: control.Alteration{Set: map[string]json.RawMessage{"paymentAmount": amount}}}
	for _, api := range []aps.API{aps.Pay, aps.InquiryPayment} {
		if err := armFor(ctx, "answer-altered", aim{api, 1, 0}, altered); err != nil {
			return err
		}
	}
	return nil
}

func answerWithForeign(ctx context.Context, which, what, how string) error {
	a, err := parseAim(which, what)
	if err != nil {
		return err
	}
	alter, err := foreign(ctx, how)
	if err != nil {
		return err
	}
	return armFor(ctx, "answer-altered", a, control.Params{Alter: alter})
}

// foreign describes an inquiry answer that says success without being about the payment's success.
func foreign(ctx context.Context, how string) (control.Alteration, error) {
	if how == "without outcome" {
		return control.Alteration{Remove: []string{"paymentResult"}}, nil
	}
	set := map[string]json.RawMessage{
		"paymentResult": json.RawMessage(`{"resultCode":"SUCCESS","resultStatus":"S","resultMessage":"success"}`),
	}
	if how == "of another payment" {
		set["paymentRequestId"] = json.RawMessage(`"another-payment-of-this-shop"`)
		return control.Alteration{Set: set}, nil
	}
	amount, err := wireAmount(ctx, "1.00")
	set["paymentAmount"] = amount
	return control.Alteration{Set: set}, err
}

// notifiedKey remembers the exchange of the latest notification that a step sent.
const notifiedKey = "notification"

func notifySuccess(ctx context.Context) error {
	_, err := notify(ctx, control.NotifySpec{Outcome: succeeded()})
	return err
}

func closeAtExpiry(ctx context.Context) error {
	w := world.From(ctx)
	p, err := w.PaymentBy("")
	if err != nil {
		return err
	}
	return w.MoveTime(ctx, control.Move{By: w.Facts().ExpiryOf(p.Charge.Product) + time.Minute})
}
