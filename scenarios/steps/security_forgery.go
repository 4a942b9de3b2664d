package steps

import (
	"context"
	"encoding/json"
	"fmt"

	"mppsim/scenarios/world"
	"mppsim/wallet/aps"
	"mppsim/wallet/control"
)

// forgery is the pattern of what is wrong with a message that claims to come from Alipay+.
const forgery = `(without signature|with an empty signature|without time|signed with another key|signed for another address|` +
	`signed for another acquirer|signed under an unknown key version|with the algorithm none|with HS256 and the public key as secret|` +
	`whose body was changed after signing|whose time was changed after signing|whose client was changed after signing)`

// forgerySteps send messages that do not come from Alipay+, or not unchanged.
func forgerySteps() []Step {
	return []Step{
		step("forgery", `a notification of success arrives `+forgery, `a notification of success arrives without signature`,
			"It has the payment's identifier and amount; the wallet has not paid.", forgeNotification),
		step("forgery", `Alipay\+ answers `+aimed+` with a success `+forgery, `Alipay+ answers every charge with a success signed with another key`,
			"The answer claims a success that there is not; a cancellation or refund is not executed.", forgeSuccess),
		step("forgery", `Alipay\+ executes `+aimed+` but answers with ([SFU] [A-Z_]+) `+forgery,
			`Alipay+ executes the charge but answers with F RISK_REJECT signed with another key`,
			"The answer claims another result than the true one.", forgeResult),
		step("forgery", `Alipay\+ answers the charge with its answer to the first payment`, `Alipay+ answers the charge with its answer to the first payment`,
			"A recorded answer, genuine then, is sent again.", replayAnswer),
	}
}

// forged translates what is wrong with a message.
func forged(words string) control.Alteration {
	return control.Alteration{Signature: map[string]string{
		"without signature":                       "missing",
		"with an empty signature":                 "empty",
		"without time":                            "no-time",
		"signed with another key":                 "wrong-key",
		"signed for another address":              "path",
		"signed for another acquirer":             "client",
		"signed under an unknown key version":     "version",
		"with the algorithm none":                 "algorithm-none",
		"with HS256 and the public key as secret": "hs256",
		"whose body was changed after signing":    "body",
		"whose time was changed after signing":    "time",
		"whose client was changed after signing":  "client-header",
	}[words]}
}

func forgeNotification(ctx context.Context, how string) error {
	return sendNotice(ctx, control.NotifySpec{Outcome: succeeded(), Alter: forged(how)})
}

func forgeSuccess(ctx context.Context, which, what, how string) error {
	a, err := parseAim(which, what)
	if err != nil {
		return err
	}
	params := control.Params{Result: succeeded(), Alter: forged(how)}
	fault := "refused-result"
	if a.api == aps.Pay || a.api == aps.InquiryPayment {
		fault, params.Outcome = "answer-altered", succeeded()
		stamp, err := json.Marshal(aps.FormatTime(world.From(ctx).Clock().Now()))
		if err != nil {
			return fmt.Errorf("write the time: %w", err)
		}
		params.Alter.Set = map[string]json.RawMessage{"paymentTime": stamp}
	}
	_, err = world.From(ctx).Arm(ctx, fault, a.api, world.FromNth(a.from), world.Times(a.count), world.Params(params))
	return err
}

func forgeResult(ctx context.Context, which, what, text, how string) error {
	a, err := parseAim(which, what)
	if err != nil {
		return err
	}
	result, err := parseResult(text)
	if err != nil {
		return err
	}
	return armFor(ctx, "answer-altered", a, control.Params{Result: &result, Alter: forged(how)})
}

func replayAnswer(ctx context.Context) error {
	w := world.From(ctx)
	first, err := w.PaymentBy("the first payment")
	if err != nil {
		return err
	}
	ids := first.RequestIDs()
	if len(ids) == 0 {
		return w.NotReached("the acquirer sent no charge to Alipay+", "ACQ-UPM-03")
	}
	return armFor(ctx, "answer-replayed", aim{aps.Pay, 1, 0}, control.Params{Replay: ids[0]})
}
