package cli

import (
	"time"

	"github.com/spf13/cobra"

	"mppsim/scenarios/profile"
	"mppsim/wallet"
	"mppsim/wallet/control"
	"mppsim/wallet/pace"
)

// tolerance are the flags of serve that say what the gateway bears with.
type tolerance struct {
	strict        bool
	lenient, rate string
	maxAge        time.Duration
	deny          []string
	given         func(flag string) bool
}

func (t *tolerance) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	t.given = f.Changed
	f.BoolVar(&t.strict, "strict", false, "refuse what the real gateway refuses, such as wrong signatures, instead of serving and recording it")
	f.StringVar(&t.lenient, "lenient", "", "forms that are not documented but that the real gateway takes: silent takes them, warn names them in the trace, refuse refuses them and includes --strict (default warn)")
	complete(cmd, "lenient", control.Leniencies())
	f.StringVar(&t.rate, "rate", "", "refuse calls beyond this rate, such as 50/s or 600/m, with REQUEST_TRAFFIC_EXCEED_LIMIT (default: any number)")
	f.StringSliceVar(&t.deny, "deny", nil, "operation that the acquirer may not call, such as refund, at both doors: it is refused with ACCESS_DENIED; repeatable")
	f.DurationVar(&t.maxAge, "max-age", 0, "refuse calls whose Request-Time is farther than this from now, such as 10m, with PARAM_ILLEGAL (default: any)")
}

// apply lets the flags win over the profile.
func (t *tolerance) apply(o *wallet.Options) error {
	if t.lenient != "" {
		if err := oneOf("--lenient", t.lenient, control.Leniencies()); err != nil {
			return err
		}
		o.Lenient = control.Leniency(t.lenient)
	}
	rate, err := pace.Parse(t.rate)
	if err != nil {
		return usagef("--rate: %w", err)
	}
	operations, err := denied("--deny", t.deny)
	if err != nil {
		return err
	}
	if t.maxAge < 0 {
		return usagef("--max-age %s: give a time above zero, such as 10m, or 0 for any", t.maxAge)
	}
	replace(t.given("strict"), &o.Strict, t.strict)
	replace(t.given("rate"), &o.Rate, rate)
	replace(t.given("max-age"), &o.MaxAge, t.maxAge)
	replace(t.given("deny"), &o.Denied, operations)
	return nil
}

// replace takes over what a flag says, if it was given.
func replace[T any](given bool, into *T, value T) {
	if given {
		*into = value
	}
}

// gateOf takes over what a profile wants serve to refuse.
func gateOf(p *profile.Profile, o *wallet.Options) (err error) {
	g := p.AlipayPlus.Gate
	o.Strict, o.Rate, o.MaxAge = g.Strict, g.Rate, g.MaxAge
	o.Denied, err = denied(p.File+": alipayplus.deny", g.Deny)
	return err
}
