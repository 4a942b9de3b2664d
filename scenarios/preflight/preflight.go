// Package preflight says in a few seconds what stands in the way of a certification run: it makes
// one probe charge with the code of a payer who has no money, and looks at everything that a run
// depends on. It accuses nobody: its items are about the set-up, and no finding comes of them.
package preflight

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"mppsim/scenarios/acquirer"
	"mppsim/scenarios/profile"
	"mppsim/wallet/clock"
	"mppsim/wallet/control"
)

// Bounds of a preflight: it must answer within five seconds whatever is broken.
const (
	total        = 4800 * time.Millisecond
	reachWithin  = 1500 * time.Millisecond // to find the acquirer alive
	chargeWithin = 2 * time.Second         // for the probe charge to be answered and its pay to arrive
	decideWithin = 1 * time.Second         // for the acquirer to tell the refusal to the shop
	roomWithin   = 1 * time.Second         // for a run that is alone to end
	sampleEvery  = 50 * time.Millisecond
)

// Differences of clocks. Nothing in the protocol names a window; gateways are known to refuse
// times five to ten minutes off (acqp-api §1.4).
const (
	clocksApart  = time.Minute
	clocksBroken = 5 * time.Minute
)

// State is how an item came out.
type State string

// The states of an item.
const (
	OK      State = "ok"
	Warn    State = "warn"
	Fail    State = "fail"
	Skipped State = "skipped" // it could not be looked at, because of an item before it
)

// Item is one thing that was looked at.
type Item struct {
	Name   string `json:"name"`
	State  State  `json:"state"`
	Detail string `json:"detail,omitempty"` // what was seen
	Mend   string `json:"mend,omitempty"`   // what to do about it
}

// Report is the outcome of a preflight, in the order in which things were looked at.
type Report struct {
	Items       []Item `json:"items"`
	unreachable bool
}

// Failed reports whether a run would be in vain.
func (r Report) Failed() bool { return r.has(Fail) }

// Warned reports whether something deserves a look.
func (r Report) Warned() bool { return r.has(Warn) }

// Unreachable reports whether the acquirer or the simulator did not answer at all: the
// environment's fault.
func (r Report) Unreachable() bool { return r.unreachable }

func (r Report) has(s State) bool {
	for _, item := range r.Items {
		if item.State == s {
			return true
		}
	}
	return false
}

// Options are what a preflight looks at.
type Options struct {
	Profile  *profile.Profile
	Acquirer acquirer.Acquirer
	Sim      control.API
	Clock    clock.Clock
	IDs      func() string
}

// names of the items, in their order.
const (
	itemDialect    = "dialect"
	itemVerbs      = "verbs"
	itemFactor     = "factor"
	itemAmounts    = "amounts and reasons"
	itemTimeouts   = "time-outs"
	itemSimulator  = "simulator"
	itemTraps      = "traps"
	itemRoom       = "other runs"
	itemAcquirer   = "acquirer"
	itemOwnClock   = "acquirer's clock"
	itemSetClock   = "moving its clock"
	itemCharge     = "probe charge"
	itemArrival    = "traffic to Alipay+"
	itemSignature  = "signature"
	itemClient     = "client id"
	itemTime       = "request time"
	itemQuery      = "query"
	itemPaths      = "answer paths"
	itemCallback   = "notification"
	itemCallbackOK = "acknowledgement"
	itemDecoding   = "own codes"
	itemPathTo     = "path to Alipay+"
	itemPathFrom   = "path to the acquirer"
	itemPathTill   = "path from the till"
)

// visit is one preflight under way.
type visit struct {
	Options
	report Report
	turn   string                                 // the preflight's own among those of runs
	signs  struct{ pay, notified, till []string } // headers of proxies, on each leg
}

func (v *visit) add(name string, s State, mend, detail string, args ...any) {
	v.report.Items = append(v.report.Items, Item{Name: name, State: s, Detail: fmt.Sprintf(detail, args...), Mend: mend})
}

// skip says that items could not be looked at.
func (v *visit) skip(because string, names ...string) {
	for _, name := range names {
		v.add(name, Skipped, "", "not looked at: %s", because)
	}
}

// Run looks at everything, in under five seconds.
func Run(ctx context.Context, opts Options) Report {
	ctx, cancel := context.WithTimeout(ctx, total)
	defer cancel()
	v := &visit{Options: opts}
	v.dialect()
	v.verbs()
	v.factor()
	v.amounts()
	v.timeouts()
	info, simulator := v.simulator(ctx)
	alive := v.acquirerAlive(ctx)
	room := simulator && v.room(ctx)
	switch {
	case !alive:
		v.skip("the acquirer does not answer", itemOwnClock, itemCharge, itemArrival, itemSignature, itemQuery, itemCallback)
	case !simulator:
		v.skip("the simulator does not answer", itemOwnClock, itemCharge, itemArrival, itemSignature, itemQuery, itemCallback)
	case !room:
		v.skip("another run is alone", itemOwnClock, itemCharge, itemArrival, itemSignature, itemQuery, itemCallback)
	default:
		defer v.leave(ctx)
		found := make(chan survey, 1)
		go func() { found <- v.survey(ctx, info.GatewayURL) }()
		v.ownClock(ctx)
		v.setClock(ctx)
		v.probe(ctx, info)
		v.between(<-found)
	}
	v.report.unreachable = !alive || !simulator
	return v.report
}

// dialect refuses what certify cannot judge yet; the rest is looked at all the same.
func (v *visit) dialect() {
	if err := v.Profile.Certifiable(); err != nil {
		v.add(itemDialect, Fail, "certify waits for a suite of its own; until then serve takes this acquirer's calls, and its traffic is recorded", "%v", err)
		return
	}
	v.add(itemDialect, OK, "", "%s", v.Profile.Dialect)
}

// verbs looks whether the declared capabilities can be exercised. A profile that was loaded from a
// file has been checked already; drivers made in Go have not.
func (v *visit) verbs() {
	var missing []string
	for _, verb := range v.Profile.NeededVerbs() {
		if !v.Acquirer.Offers(verb) {
			missing = append(missing, verb)
		}
	}
	if len(missing) > 0 {
		v.add(itemVerbs, Fail, "map them under verbs, or take the capabilities out", "not mapped: %v", missing)
		return
	}
	v.add(itemVerbs, OK, "", "%d mapped, all that %v need", len(mapped(v.Acquirer)), v.Profile.Capabilities)
}

func mapped(a acquirer.Acquirer) []string {
	var list []string
	for _, verb := range acquirer.AllVerbs() {
		if a.Offers(verb) {
			list = append(list, verb)
		}
	}
	return list
}

// factor warns of timers that are too short to be judged: reactions of a loaded machine take tens
// of milliseconds.
func (v *visit) factor() {
	f := v.Profile.Factor
	expiry := time.Duration(float64(v.Profile.Expiry("upm")) * f)
	switch {
	case expiry < time.Second:
		v.add(itemFactor, Warn, "use a factor that leaves at least a second until expiry", "at factor %v a payment expires after %s: too short to judge much", f, expiry)
	case f < 1:
		v.add(itemFactor, OK, "", "%v: payments expire after %s; a certificate needs the timing rules once at factor 1", f, expiry)
	default:
		v.add(itemFactor, OK, "", "1: production timers, payments expire after %s", expiry)
	}
}

func (v *visit) simulator(ctx context.Context) (control.Info, bool) {
	info, err := v.Sim.Info(ctx)
	if err != nil {
		v.add(itemSimulator, Fail, "start mppsim serve, or give its control address to --at", "it does not answer: %v", err)
		return control.Info{}, false
	}
	v.add(itemSimulator, OK, "", "Alipay+ at %s, client id %s", info.GatewayURL, info.ClientID)
	v.traps(info)
	return info, true
}

// room waits a moment for a run of somebody else that must be alone, such as one that has moved the acquirer's clock: what
// follows would disturb it, and would be disturbed.
func (v *visit) room(ctx context.Context) bool {
	v.turn = "preflight-" + v.IDs()
	t, err := v.Sim.TakeTurn(ctx, control.TurnSpec{Run: v.turn, Keep: total, Wait: roomWithin})
	if err != nil || t.Granted { // a simulator without turns keeps nobody out
		return true
	}
	v.leave(ctx)
	v.add(itemRoom, Fail, "try again when it is over; the simulator forgets one that was killed after half a minute",
		"a run has simulator and acquirer to itself just now: %s", strings.Join(t.Others, ", "))
	return false
}

func (v *visit) leave(ctx context.Context) { _ = v.Sim.EndTurn(context.WithoutCancel(ctx), v.turn) }

// traps warns when the addresses that nobody should call could not be called anyway.
func (v *visit) traps(info control.Info) {
	host := v.Profile.AlipayPlus.TrapHost
	switch {
	case host != "":
		v.add(itemTraps, OK, "", "at %s", host)
	case v.Profile.Remote() || !profile.Loopback(info.GatewayURL):
		v.add(itemTraps, Warn, "name the host by which the acquirer reaches this machine: alipayplus.trap_host",
			"the acquirer may be on another machine, which cannot reach this one's loopback: ACQ-SEC-15, ACQ-SEC-16 cannot be judged")
	default:
		v.add(itemTraps, OK, "", "on this machine's loopback, as the acquirer")
	}
}

func (v *visit) acquirerAlive(ctx context.Context) bool {
	prober, ok := v.Acquirer.(acquirer.Prober)
	if !ok {
		v.add(itemAcquirer, Skipped, "", "its driver offers no probe")
		return true
	}
	ctx, cancel := context.WithTimeout(ctx, reachWithin)
	defer cancel()
	version, err := "", prober.Probe(ctx)
	if teller, ok := v.Acquirer.(acquirer.Versioned); ok && err == nil {
		version, err = teller.Alive(ctx)
	}
	switch {
	case err == nil && version != "":
		v.add(itemAcquirer, OK, "", "it answers, and says that it is version %s", version)
		return true
	case err == nil:
		v.add(itemAcquirer, OK, "", "it answers")
		return true
	case errors.Is(err, acquirer.ErrServer):
		v.add(itemAcquirer, Fail, "look into its log", "it answers, but is not well: %v", err)
		return true
	}
	v.add(itemAcquirer, Fail, "start it, and check the driver's http address in the profile", "it does not answer: %v", err)
	return false
}

// ownClock compares the acquirer's clock with ours, where its merchant API tells the time.
func (v *visit) ownClock(ctx context.Context) {
	teller, ok := v.Acquirer.(acquirer.Clock)
	if !ok {
		v.skip("its driver tells no time", itemOwnClock)
		return
	}
	at, err := teller.Time(ctx)
	switch {
	case errors.Is(err, acquirer.ErrNoClock):
		v.add(itemOwnClock, Skipped, "", "the profile maps no time; the probe's Request-Time is looked at instead")
	case err != nil:
		v.add(itemOwnClock, Warn, "check verbs.health.response.time", "it cannot be read: %v", err)
	default:
		if off := at.Sub(v.Clock.Now()); off.Abs() > clocksBroken && v.reset(ctx, teller) {
			v.add(itemOwnClock, Warn, "", "it was wrong by %s, as a run leaves it that is killed; it was set right", off.Round(time.Second))
			return
		}
		v.compare(itemOwnClock, at, v.Clock.Now())
	}
}

// reset sets a clock right that can be moved by a call, and reports whether that helped.
func (v *visit) reset(ctx context.Context, teller acquirer.Clock) bool {
	clocked, can := v.Acquirer.(acquirer.Clocked)
	if !can || !v.Profile.Has("clock") || v.Profile.ClockByRestart() {
		return false
	}
	if _, err := clocked.SetClock(ctx, 0); err != nil {
		return false
	}
	at, err := teller.Time(ctx)
	return err == nil && at.Sub(v.Clock.Now()).Abs() <= clocksBroken
}

// setClock sets the acquirer's clock to what it shows anyway, where a call does it. A program that starts the acquirer anew is
// not tried: nobody asks for a restart to hear what is missing.
func (v *visit) setClock(ctx context.Context) {
	clocked, can := v.Acquirer.(acquirer.Clocked)
	if !can || !v.Profile.Has("clock") {
		return
	}
	if v.Profile.ClockByRestart() {
		v.skip("its program starts the acquirer anew", itemSetClock)
		return
	}
	if _, err := clocked.SetClock(ctx, 0); err != nil {
		v.add(itemSetClock, Fail, "let the acquirer's test system offer what verbs.clock.set calls (the reference acquirer does with --test-clock), or take clock out of capabilities", "%v", err)
		return
	}
	v.add(itemSetClock, OK, "", "it can be set, and was set to the true time")
}

// compare judges the difference of two clocks.
func (v *visit) compare(name string, theirs, ours time.Time) {
	apart := theirs.Sub(ours).Round(100 * time.Millisecond)
	state, mend := OK, ""
	switch {
	case apart.Abs() > clocksBroken:
		state, mend = Fail, "set the clocks of both machines (NTP)"
	case apart.Abs() > clocksApart:
		state, mend = Warn, "set the clocks of both machines (NTP)"
	}
	if apart.Abs() < time.Second {
		v.add(name, state, mend, "within a second of ours")
		return
	}
	v.add(name, state, mend, "%s %s ours", apart.Abs(), map[bool]string{true: "before", false: "behind"}[apart > 0])
}
