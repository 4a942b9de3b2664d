package fault

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"mppsim/wallet/aps"
	"mppsim/wallet/control"
	"mppsim/wallet/jsontree"
)

// complete fills defaults and refuses a specification that could never do what it says.
func complete(spec control.FaultSpec, kind control.FaultKind, does act) (control.FaultSpec, error) {
	a := &spec.Aim
	if !does.door && (*a == control.Aim{API: a.API, From: a.From, Count: a.Count}) {
		return spec, fmt.Errorf("%w: the aim names no code, payer, reference, payment, shop or timeline", ErrSpec)
	}
	if a.API == "" && (len(kind.APIs) == 1 || kind.APIs[0] == string(aps.NotifyPayment)) {
		a.API = aps.API(kind.APIs[0])
	}
	if a.API != "" && !slices.Contains(kind.APIs, string(a.API)) {
		return spec, fmt.Errorf("%w: it cannot be aimed at %q, only at %s", ErrSpec, a.API, strings.Join(kind.APIs, ", "))
	}
	if a.From < 0 || a.Count < 0 || spec.Params.Delay < 0 || spec.Params.Times < 0 {
		return spec, fmt.Errorf("%w: a negative number", ErrSpec)
	}
	a.From = max(a.From, 1)
	if kind.Lasting {
		a.Count = 0 // it ends by time
	}
	if err := errors.Join(CheckAlteration(spec.Params.Alter), used(spec.Params, kind)); err != nil {
		return spec, err
	}
	return spec, completeParams(&spec.Params, does)
}

// mostTimes is how often one message is sent again at most: more would be an attack and not a fault.
const mostTimes = 1000

// used refuses parameters that the fault would overlook.
func used(p control.Params, kind control.FaultKind) error {
	for _, given := range []struct {
		name string
		is   bool
	}{
		{"result", p.Result != nil},
		{"outcome", p.Outcome != nil},
		{"status", p.Status != 0},
		{"delay", p.Delay != 0},
		{"times", p.Times != 0},
		{"target", p.Target != ""},
		{"replay", p.Replay != ""},
		{"alter", !reflect.ValueOf(p.Alter).IsZero()},
	} {
		switch {
		case !given.is || slices.Contains(kind.Params, given.name):
		case len(kind.Params) == 0:
			return fmt.Errorf("%w: it does not use %s, nor any other parameter", ErrSpec, given.name)
		default:
			return fmt.Errorf("%w: it does not use %s, only %s", ErrSpec, given.name, strings.Join(kind.Params, ", "))
		}
	}
	if p.Times > mostTimes {
		return fmt.Errorf("%w: times %d: at most %d", ErrSpec, p.Times, mostTimes)
	}
	return nil
}

func completeParams(p *control.Params, does act) error {
	for _, r := range []**aps.Result{&p.Result, &p.Outcome} {
		if *r != nil {
			full := (*r).Complete()
			*r = &full
		}
	}
	if does.complete == nil {
		return nil
	}
	return does.complete(p)
}

// CheckAlteration refuses an alteration with a word that does not exist or a value that is no JSON.
func CheckAlteration(a control.Alteration) error {
	for _, word := range []struct {
		name, value string
		known       []string
	}{
		{"layout", a.Layout, []string{"foreign"}},
		{"signature", a.Signature, []string{
			"missing", "empty", "no-time", "wrong-key", "body", "path", "time", "client", "client-header", "algorithm-none", "hs256", "garbage", "version",
		}},
		{"spelling", a.Spelling, []string{"lower", "spaced", "unspaced", "lower-hex", "upper"}},
		{"timeForm", a.TimeForm, []string{"offset", "z2", "offset3"}},
	} {
		if word.value != "" && !slices.Contains(word.known, word.value) {
			return fmt.Errorf("%w: %s %q is none of %s", ErrSpec, word.name, word.value, strings.Join(word.known, ", "))
		}
	}
	for path, value := range a.Set {
		if _, err := jsontree.Parse(value); err != nil {
			return fmt.Errorf("%w: value of %s: %w", ErrSpec, path, err)
		}
	}
	return nil
}

// HitsEverybody reports whether a fault hits transactions that its aim does not name one by one: those of a whole shop, or
// all that arrive.
func HitsEverybody(spec control.FaultSpec) bool {
	kind, err := find(spec.Fault)
	return err == nil && (kind.Alone || spec.Aim.Merchant != "")
}
