package httpdriver

import (
	"slices"
	"strings"

	"mppsim/scenarios/acquirer"
)

// Limits names the capabilities that the profile's requests cannot exercise, whatever the acquirer can do, and why.
func (d *Driver) Limits() map[string]string {
	limits := map[string]string{}
	for _, l := range []struct{ capability, verb, field, why string }{
		{"decimal_amounts", acquirer.VerbChargeCode, ".Amount.Major", "the request of verbs.charge_code has no amount in major units, {{.Amount.Major}}"},
		{"multi_merchant", acquirer.VerbChargeCode, ".Shop.", "the request of verbs.charge_code names no shop, such as {{.Shop.Merchant}}"},
		{"refund_number", acquirer.VerbRefund, ".Number", "the request of verbs.refund has no number of the shop, {{.Number}}"},
	} {
		v := d.plan.verbs[l.verb]
		if v != nil && !slices.ContainsFunc(v.uses, func(used string) bool { return strings.HasPrefix(used, l.field) }) {
			limits[l.capability] = l.why
		}
	}
	return limits
}

// Fills reports whether the request of a verb uses a field.
func (d *Driver) Fills(verb, field string) bool {
	v := d.plan.verbs[verb]
	return v != nil && slices.Contains(v.uses, field)
}

// TellsReason reports whether the profile says where the reason of a refused payment stands.
func (d *Driver) TellsReason() bool {
	return slices.ContainsFunc([]string{acquirer.VerbChargeCode, acquirer.VerbQuery}, func(name string) bool {
		v := d.plan.verbs[name]
		return v != nil && v.response.Reason.Text != ""
	})
}
