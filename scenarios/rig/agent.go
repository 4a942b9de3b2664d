package rig

import (
	"context"
	"maps"
	"slices"
	"strings"
)

// forOthers gives acquirer and profile an agent token for each merchant.
func (o Options) forOthers(ctx context.Context) (Options, error) {
	p, err := o.profile(ctx)
	if err != nil {
		return o, err
	}
	o.Overrides, o.Flags = maps.Clone(o.Overrides), slices.Clone(o.Flags)
	if o.Overrides == nil {
		o.Overrides = map[string]string{}
	}
	o.Overrides["capabilities"] = "[" + strings.Join(append(slices.Clone(p.Capabilities), "tsp"), ", ") + "]"
	tokens := map[string]string{}
	for _, role := range p.Facts.Roles {
		merchant := p.Facts.Shops[role].Merchant
		tokens[merchant] = "agent-of-" + merchant
		o.Overrides["facts.shops."+role+".agent_token"] = tokens[merchant]
	}
	for _, merchant := range slices.Sorted(maps.Keys(tokens)) {
		o.Flags = append(o.Flags, "--agent-token", tokens[merchant]+"="+merchant)
	}
	return o, nil
}
