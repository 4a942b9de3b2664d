package steps

import (
	"context"
	"encoding/json"
	"fmt"

	"mppsim/scenarios/tolerance"
	"mppsim/scenarios/world"
	"mppsim/wallet/control"
)

func addressSteps() []Step {
	return []Step{
		step("message", `nobody asks for these addresses within `+lasting, `nobody asks for these addresses within 60 s`,
			"The addresses that Alipay+ named in its messages are handed on, not fetched.", nobodyAsks),
	}
}

// withAddresses is the form of messages whose addresses lead to a listener of the scenario.
const withAddresses = "with addresses of pages and pictures"

// trapKey remembers the trap behind the addresses.
const trapKey = "trap behind the addresses"

// ownAddresses sets a trap and names it wherever a message has room for an address.
func ownAddresses(ctx context.Context) (control.Alteration, error) {
	t, err := openTrap(ctx)
	if err != nil {
		return control.Alteration{}, err
	}
	w := world.From(ctx)
	w.Remember(trapKey, t)
	w.AtEnd(func(context.Context) error { t.close(); return nil })
	base := t.base
	set := map[string]json.RawMessage{
		"orderCodeForm": json.RawMessage(fmt.Sprintf(`{"codeDetails":[{"codeValueType":"QRCODE","displayType":"BIGIMAGE","codeValue":%q}]}`, base+"/code.png")),
		"walletLogo":    json.RawMessage(fmt.Sprintf(`{"logoName":"wallet","logoUrl":%q}`, base+"/logo.png")),
	}
	for _, name := range []string{"paymentUrl", "normalUrl", "schemeUrl", "applinkUrl", "logoUrl"} {
		set[name] = json.RawMessage(fmt.Sprintf("%q", base+"/"+name))
	}
	return control.Alteration{Set: set}, nil
}

func nobodyAsks(ctx context.Context, within string) error {
	w := world.From(ctx)
	t, ok := w.Recall(trapKey).(*trap)
	if !ok {
		return fmt.Errorf("no step has named an address")
	}
	defer t.close()
	d, err := span(within)
	if err != nil {
		return err
	}
	held, err := w.NeverFor(ctx, w.Scale(d), tolerance.Watch, "an address out of a message is fetched", func(*world.View) bool {
		return t.sprung()
	})
	if err != nil || held {
		return err
	}
	return w.Fail("addresses in messages are handed on and not fetched by the back end", t.String())
}
