package fault

import (
	"fmt"
	"maps"
	"sync"
	"time"

	"mppsim/wallet/control"
)

// act is what one fault does. It stands in the file of its family and nowhere else; the rest of this package and the
// gateway play what it writes into a Script or a Notice.
type act struct {
	complete func(*control.Params) error // fills in defaults and asks for what is missing; nil: nothing to do
	call     func(*Script, Shot)         // to a call of the acquirer
	notice   func(*Notice, Shot)         // to a message to the acquirer
	during   spell                       // of a lasting fault
	standing bool                        // it changes what the network says of an order as long as it lives
	overtake bool                        // what it holds back goes when another message has overtaken it
	door     bool                        // it is played where connections arrive
	till     bool                        // it is played between shop and acquirer, by the harness
}

// spell says whether a lasting fault hits, so long after its first message, until when it goes on doing so, and
// whether it is over for good.
type spell func(p control.Params, since time.Duration) (hit bool, until time.Duration, over bool)

// families are the acts by family.
func families() map[string]map[string]act {
	return map[string]map[string]act{
		"transport": transport(), "commit": commit(), "answer": answer(), "notification": notification(),
		"payer": payer(), "clock": timing(), "load": load(), "link": link(),
	}
}

var acts = sync.OnceValue(func() map[string]act {
	all := map[string]act{}
	for _, family := range families() {
		maps.Copy(all, family)
	}
	return all
})

// actOf finds the act of a catalogue entry. Those of tills are all alike here.
func actOf(kind control.FaultKind) (act, error) {
	if kind.Family == TillFamily {
		return act{till: true}, nil
	}
	a, found := acts()[kind.ID]
	if !found {
		return act{}, fmt.Errorf("fault %s is in the catalogue and nowhere else", kind.ID)
	}
	return a, nil
}

// then chains steps of an act.
func then(steps ...func(*Script, Shot)) func(*Script, Shot) {
	return func(s *Script, shot Shot) {
		for _, step := range steps {
			step(s, shot)
		}
	}
}

// need asks for a parameter.
func need(given bool, name string) error {
	if given {
		return nil
	}
	return fmt.Errorf("%w: parameter %s is missing", ErrSpec, name)
}

// delayOf fills in a delay.
func delayOf(standard time.Duration) func(*control.Params) error {
	return func(p *control.Params) error {
		p.Delay = orDefault(p.Delay, standard)
		return nil
	}
}

// statusOf fills in an HTTP status.
func statusOf(standard int) func(*control.Params) error {
	return func(p *control.Params) error {
		p.Status = orDefault(p.Status, standard)
		return nil
	}
}

func needResult(p *control.Params) error  { return need(p.Result != nil, "result") }
func needOutcome(p *control.Params) error { return need(p.Outcome != nil, "outcome") }
func needReplay(p *control.Params) error  { return need(p.Replay != "", "replay") }

func orDefault[T comparable](value, standard T) T {
	var zero T
	if value == zero {
		return standard
	}
	return value
}
