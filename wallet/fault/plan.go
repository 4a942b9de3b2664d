package fault

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"mppsim/wallet/aps"
	"mppsim/wallet/clock"
	"mppsim/wallet/control"
)

// Plans are the armed faults of a simulator. They are safe for concurrent use.
type Plans struct {
	ids  func() string
	wall clock.Clock
	// decided is called with the timeline of a payment that may be told again.
	decided func(timeline string)

	mu     sync.Mutex
	armed  []*plan
	behind []*plan // those that hold something back until it is overtaken
	byID   map[string]*plan
	doors  []*Door
}

// plan is one armed fault. The lock of Plans guards it.
type plan struct {
	fault    control.Fault
	kind     control.FaultKind
	act      act
	home     string        // timeline that it belongs to
	began    time.Time     // when a lasting fault met its first message
	held     string        // payment whose message an overtaken one holds back
	released chan struct{} // closed and replaced by Release
	lifted   chan struct{} // closed when the fault ends
}

// NewPlans makes an empty set. decided is called when the last message came for which an order
// had to look undecided; it must not block.
func NewPlans(ids func() string, wall clock.Clock, decided func(timeline string)) *Plans {
	return &Plans{ids: ids, wall: wall, decided: decided, byID: make(map[string]*plan)}
}

// Arm adds a fault that belongs to a timeline.
func (p *Plans) Arm(spec control.FaultSpec, home string) (control.Fault, error) {
	kind, err := find(spec.Fault)
	if err != nil {
		return control.Fault{}, err
	}
	does, err := actOf(kind)
	if err != nil {
		return control.Fault{}, err
	}
	if spec, err = complete(spec, kind, does); err != nil {
		return control.Fault{}, fmt.Errorf("fault %s: %w", spec.Fault, err)
	}
	x := p.add(spec, kind, does, home)
	if does.door {
		p.atDoors(x)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return x.fault, nil
}

func (p *Plans) add(spec control.FaultSpec, kind control.FaultKind, does act, home string) *plan {
	p.mu.Lock()
	defer p.mu.Unlock()
	x := &plan{
		fault: control.Fault{ID: p.ids(), Spec: spec, Live: true, Family: kind.Family, Alone: kind.Alone, Needs: kind.Needs}, kind: kind, act: does, home: home,
		released: make(chan struct{}), lifted: make(chan struct{}),
	}
	p.armed = append(p.armed, x)
	p.byID[x.fault.ID] = x
	if does.overtake {
		p.behind = append(p.behind, x)
	}
	return x
}

// Shot is a fault that hits a message.
type Shot struct {
	ID     string
	Kind   control.FaultKind
	Params control.Params
	act    act
	hold   Hold
}

// leg is a line on which messages travel.
type leg int

const (
	atNetwork leg = iota // between acquirer and Alipay+
	atTill               // between shop and acquirer
)

// Match counts a message between acquirer and Alipay+ against every live plan that is aimed at it and returns the
// faults that hit it, in the order of arming.
func (p *Plans) Match(api aps.API, s aps.Subject) []Shot { return p.hits(atNetwork, api, s) }

func (p *Plans) hits(at leg, api aps.API, s aps.Subject) []Shot {
	shots, decided := p.match(at, api, s)
	for _, timeline := range decided {
		p.decided(timeline)
	}
	return shots
}

func (p *Plans) match(at leg, api aps.API, s aps.Subject) (shots []Shot, decided []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, x := range p.armed {
		if !x.fault.Live || x.act.door || x.act.till != (at == atTill) || !x.aimsAt(api, s) {
			continue
		}
		x.fault.Seen++
		if shot, hit := x.fire(p.wall.Now()); hit {
			x.held = s.PaymentRequestID
			shots = append(shots, shot)
		}
		if x.spent(p.wall.Now()) {
			x.end()
			if x.standing() {
				decided = append(decided, x.home)
			}
		}
	}
	p.sweep()
	return shots, decided
}

func (x *plan) aimsAt(api aps.API, s aps.Subject) bool {
	if a := x.fault.Spec.Aim.API; a != "" && a != api && !x.standing() || a == "" && besidePayments(api) && x.kind.Family != linkFamily {
		return false
	}
	return slices.Contains(x.kind.APIs, string(api)) && x.concerns(s)
}

// concerns reports whether the transaction is the one that is aimed at.
func (x *plan) concerns(s aps.Subject) bool {
	a := x.fault.Spec.Aim
	return (a.Timeline == "" || a.Merchant != "" || a.Timeline == s.Timeline) &&
		(a.Code == "" || a.Code == s.Code) &&
		(a.Payer == "" || a.Payer == s.Payer) &&
		(a.PaymentRequestID == "" || a.PaymentRequestID == s.PaymentRequestID) &&
		(a.Merchant == "" || s.Texts.Contain(a.Merchant)) &&
		(a.Reference == "" || holds(strings.ToLower(string(s.Texts)), strings.ToLower(a.Reference)))
}

// holds reports whether a text, or one of several, holds a reference, with or without more around it, as acquirers write order numbers. E-10 does
// not hold E-1: a number that goes on is another number.
func holds(text, reference string) bool {
	for from := 0; ; {
		at := strings.Index(text[from:], reference)
		if at < 0 {
			return false
		}
		start, end := from+at, from+at+len(reference)
		if !goesOn(text, start) && !goesOn(text, end) {
			return true
		}
		from = start + 1
	}
}

// goesOn reports whether a number stands on both sides of a place in a text.
func goesOn(text string, at int) bool {
	return at > 0 && at < len(text) && digit(text[at-1]) && digit(text[at])
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

// standing faults change what the network says of an order as long as they live.
func (x *plan) standing() bool { return x.act.standing }

func (x *plan) fire(now time.Time) (Shot, bool) {
	a, held := x.fault.Spec.Aim, x.fault.Spec.Params.Delay
	if x.fault.Seen < a.From || a.Count > 0 && x.fault.Fired >= a.Count {
		return Shot{}, false
	}
	if x.act.during != nil {
		if x.began.IsZero() {
			x.began = now
		}
		hit, until, _ := x.act.during(x.fault.Spec.Params, now.Sub(x.began))
		if !hit {
			return Shot{}, false
		}
		held = until - now.Sub(x.began)
	}
	x.fault.Fired++
	return Shot{
		ID: x.fault.ID, Kind: x.kind, Params: x.fault.Spec.Params, act: x.act,
		hold: Hold{delay: held, released: x.released, lifted: x.lifted},
	}, true
}

// spent reports that the plan will not fire again. A standing one ends with the first message
// after its last, because it still speaks for that one.
func (x *plan) spent(now time.Time) bool {
	a := x.fault.Spec.Aim
	if x.act.during != nil && !x.began.IsZero() {
		_, _, over := x.act.during(x.fault.Spec.Params, now.Sub(x.began))
		return over
	}
	if a.Count == 0 {
		return false
	}
	if x.standing() {
		return x.fault.Seen >= a.From+a.Count
	}
	return x.fault.Fired >= a.Count
}

// end makes a plan count no more. What it holds back stays held until its delay, release or lifting.
func (x *plan) end() { x.fault.Live = false }

// sweep takes plans that are over out of the matching order.
func (p *Plans) sweep() {
	p.armed = slices.DeleteFunc(p.armed, func(x *plan) bool { return !x.fault.Live })
}

// Undecided reports whether a live fault wants the order to look undecided.
func (p *Plans) Undecided(s aps.Subject) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.ContainsFunc(p.armed, func(x *plan) bool { return x.fault.Live && x.standing() && x.concerns(s) })
}

// Armed lists the faults of a timeline, spent ones too; all faults for the empty id.
func (p *Plans) Armed(timeline string) []control.Fault {
	p.mu.Lock()
	defer p.mu.Unlock()
	var list []control.Fault
	for _, x := range p.byID {
		if timeline == "" || x.home == timeline {
			if x.fault.Live && x.spent(p.wall.Now()) {
				x.end()
			}
			list = append(list, x.fault)
		}
	}
	slices.SortFunc(list, func(a, b control.Fault) int { return strings.Compare(a.ID, b.ID) })
	return list
}

// Lift ends a fault: it hits nothing more, and what it holds back goes its way. It returns
// the timeline of the fault.
func (p *Plans) Lift(id string) (home string, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	x, ok := p.byID[id]
	if !ok {
		return "", fmt.Errorf("armed fault %q: %w", id, ErrUnknown)
	}
	p.lift(x)
	p.sweep()
	return x.home, nil
}

func (p *Plans) lift(x *plan) {
	x.fault.Live = false
	select {
	case <-x.lifted:
	default:
		close(x.lifted)
	}
}

// LiftAll lifts the faults of a timeline. Their counts stay readable.
func (p *Plans) LiftAll(timeline string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, x := range p.byID {
		if x.home == timeline {
			p.lift(x)
		}
	}
	p.sweep()
}

// Forget lifts the faults of a timeline and forgets their counts.
func (p *Plans) Forget(timeline string) {
	p.LiftAll(timeline)
	p.mu.Lock()
	defer p.mu.Unlock()
	maps.DeleteFunc(p.byID, func(_ string, x *plan) bool { return x.home == timeline })
	p.behind = slices.DeleteFunc(p.behind, func(x *plan) bool { return x.home == timeline })
}

// Delivered tells that a message to the acquirer has arrived: what it has overtaken follows.
func (p *Plans) Delivered(api aps.API, s aps.Subject) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, x := range p.behind {
		if x.held != "" && x.held != s.PaymentRequestID && x.home == s.Timeline && slices.Contains(x.kind.APIs, string(api)) {
			x.release()
		}
	}
}

// Release lets go what a fault holds back now. It stays armed.
func (p *Plans) Release(id string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	x, ok := p.byID[id]
	if !ok {
		return fmt.Errorf("armed fault %q: %w", id, ErrUnknown)
	}
	x.release()
	return nil
}

func (x *plan) release() {
	close(x.released)
	x.released = make(chan struct{})
}
