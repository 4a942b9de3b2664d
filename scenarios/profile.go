package scenarios

import (
	"context"
	"time"

	"mppsim/scenarios/acquirer"
	"mppsim/scenarios/check"
	"mppsim/scenarios/profile"
	"mppsim/scenarios/verdict"
	"mppsim/wallet/control"
)

// For aims the options at the acquirer of a profile, with the simulator that info describes. What the acquirer
// implements beyond the verbs, such as a probe, is used.
func (o Options) For(p *profile.Profile, a acquirer.Acquirer, sim control.API, info control.Info, now time.Time) Options {
	o.Acquirer, o.Sim = a, sim
	o.Facts = check.Facts{
		Dialect: p.Dialect, ClientID: info.ClientID, AcquirerID: info.AcquirerID, PspID: info.PspID,
		Expiry: p.Expiry("upm"), Factor: p.Factor, Capabilities: p.Capabilities, CodeLengths: p.Facts.CodeLengths,
		CodeDomains: p.AlipayPlus.PrivateDomains,
	}
	o.Facts.Path = p.Path
	o.ClockByRestart = p.ClockByRestart()
	o.Facts.Remote, o.Facts.TrapHost = p.Remote() || !profile.Loopback(info.GatewayURL), p.AlipayPlus.TrapHost
	o.Facts.Expiries = map[string]time.Duration{}
	for _, product := range acquirer.FurtherProducts() {
		o.Facts.Expiries[product] = p.Expiry(product)
	}
	for _, role := range p.Facts.Roles {
		o.Facts.Shops = append(o.Facts.Shops, p.Facts.Shops[role])
	}
	o.Attested = map[string]verdict.Attestation{}
	for id, a := range p.Attestations {
		o.Attested[id] = verdict.Attestation{Answer: a.Answer, Role: a.Role, Time: a.Time, Evidence: a.Evidence}
	}
	o.Known = map[string]verdict.Known{}
	for id, k := range p.KnownFailing {
		o.Known[id] = verdict.Known{Reason: k.Reason, Link: k.Link, Expired: now.After(k.Expires)}
	}
	if prober, ok := a.(acquirer.Prober); ok {
		o.Probe, o.Paced = func(ctx context.Context) (string, error) { return "", prober.Probe(ctx) }, a.Offers(acquirer.VerbHealth)
	}
	if teller, ok := a.(acquirer.Versioned); ok {
		o.Probe = teller.Alive
	}
	if filler, ok := a.(acquirer.Filler); ok {
		create := acquirer.CreateVerb(acquirer.ProductCashier)
		o.Facts.DeviceUntold, o.Facts.BuyerUntold = !filler.Fills(create, ".Device.Terminal"), !filler.Fills(create, ".Buyer")
	}
	o.Head.Acquirer, o.Head.Profile, o.Head.Facts = p.Name, p.File, p.Summary()
	return o
}
