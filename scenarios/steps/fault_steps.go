package steps

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"

	"mppsim/scenarios/acquirer"
	"mppsim/scenarios/world"
	"mppsim/wallet/aps"
	"mppsim/wallet/control"
)

// faultSteps arm any fault of the catalogue in its own words; what `mppsim fault kinds` lists can stand in a feature.
func faultSteps() []Step {
	return []Step{
		step("Alipay+", `the fault ([a-z-]+) hits (the|every|the first|the second|the third|the first \d+|every further) `+
			`(charges?|inquiry|inquiries|cancellations?|refunds?|notifications?|messages?|connections?|[a-z][a-zA-Z]+ calls?)`+
			`( in the whole shop)?(?: for `+lasting+`)?(?: by `+lasting+`)?(?: with ([SFU] [A-Z_]+))?`,
			`the fault answer-stalled hits the first charge for 5 s`,
			"A fault of the catalogue (mppsim fault kinds). \"for\" is how long it lasts, \"by\" how far a time is off; a message is any.",
			armCatalogued),
		step("Alipay+", `the fault ([a-z-]+) is lifted`, `the fault link-down is lifted`,
			"The fault ends, and what it kept back goes its way.", liftCatalogued),
	}
}

// whatCall is a call that is named as the protocol names it.
var whatCall = regexp.MustCompile(`^([a-z][a-zA-Z]+) calls?$`)

func armCatalogued(ctx context.Context, fault, which, what, shop, lasts, off, result string) error {
	a, err := faultAim(fault, which, what)
	if err != nil {
		return err
	}
	w := world.From(ctx)
	params, err := faultParams(w, lasts, off)
	if err == nil && result != "" {
		err = tellResult(&params, fault, result)
	}
	if err != nil {
		return err
	}
	opts := []world.FaultOption{world.FromNth(a.from), world.Times(a.count), world.Params(params)}
	if !a.surely() && fault != "connection-refused" {
		opts = append(opts, world.Optional())
	}
	if shop != "" {
		where, err := w.Shop("")
		if err != nil {
			return err
		}
		opts = append(opts, world.OnShop(where))
	}
	_, err = w.Arm(ctx, fault, a.api, opts...)
	return err
}

// faultAim reads which messages are meant. At the till the same words mean what the shop sends.
func faultAim(fault, which, what string) (aim, error) {
	noun := what
	if whatCall.MatchString(what) || strings.HasPrefix(what, "message") || strings.HasPrefix(what, "connection") {
		noun = "charge"
	}
	a, err := parseAim(which, noun)
	if err != nil {
		return a, err
	}
	switch call := whatCall.FindStringSubmatch(what); {
	case call != nil:
		a.api = aps.API(call[1])
	case strings.HasPrefix(what, "message"):
		a.api = ""
	case strings.HasPrefix(what, "connection"):
		a.api = "connection"
	case strings.HasPrefix(fault, "till-"):
		a.api, err = verbOf(a.api)
	}
	return a, err
}

// verbOf is what the shop sends where the acquirer then sends an operation.
func verbOf(api aps.API) (aps.API, error) {
	verbs := map[aps.API]aps.API{
		aps.Pay: acquirer.VerbChargeCode, aps.InquiryPayment: acquirer.VerbQuery, aps.CancelPayment: acquirer.VerbCancel, aps.Refund: acquirer.VerbRefund,
	}
	verb, found := verbs[api]
	if !found {
		return "", fmt.Errorf("a shop sends no %s", spell(api))
	}
	return verb, nil
}

func faultParams(w *world.World, lasts, off string) (control.Params, error) {
	var p control.Params
	for _, text := range []struct {
		given string
		scale func(time.Duration) time.Duration
	}{{lasts, w.Scale}, {off, func(d time.Duration) time.Duration { return d }}} {
		if text.given == "" {
			continue
		}
		d, err := span(text.given)
		if err != nil {
			return p, err
		}
		p.Delay = text.scale(d)
	}
	return p, nil
}

// tellResult fills in what is told: the outcome of the payment in notifications and where the fault says so, else the
// result of the call.
func tellResult(p *control.Params, fault, text string) error {
	told, err := parseResult(text)
	if strings.HasPrefix(fault, "notification-") && fault != "notification-before-answer" || fault == "answer-outcome" {
		p.Outcome = &told
	} else {
		p.Result = &told
	}
	return err
}

func liftCatalogued(ctx context.Context, fault string) error {
	armed, err := findFault(ctx, fault)
	if err != nil {
		return err
	}
	if err := world.From(ctx).Sim().Lift(ctx, armed.ID); err != nil {
		return fmt.Errorf("lift %s: %w", fault, err)
	}
	return nil
}
