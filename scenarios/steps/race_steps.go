package steps

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"sync"

	messages "github.com/cucumber/messages/go/v21"

	"mppsim/reports/journal"
	"mppsim/scenarios/acquirer"
	"mppsim/scenarios/race"
	"mppsim/scenarios/tolerance"
	"mppsim/scenarios/world"
)

// raceSteps let things happen at the same instant, and judge what the shop was told meanwhile.
func raceSteps() []Step {
	return []Step{
		step("race", `these happen at the same instant`, `these happen at the same instant`,
			"One phrase per row; all of them begin together, and the step is over when each is.", together),
		step("race", `what the shop is told fits one order of its calls`, `what the shop is told fits one order of its calls`,
			"Once everything is decided: some order of the shop's calls, one after the other, explains every answer.", fitsOneOrder),
	}
}

// together plays the rows of a table side by side. A barrier lets them go when all are ready.
func together(ctx context.Context, table *messages.PickleTable) error {
	texts := column(table)
	if len(texts) < 2 {
		return errors.New("a race needs two rows or more")
	}
	book := All()
	acts := make([]func() error, 0, len(texts))
	for _, text := range texts {
		act, err := actOf(ctx, book, text)
		if err != nil {
			return err
		}
		acts = append(acts, act)
	}
	var ready, over sync.WaitGroup
	ready.Add(len(acts))
	problems := make([]error, len(acts))
	for i, act := range acts {
		over.Go(func() {
			ready.Done()
			ready.Wait()
			problems[i] = world.Safely(act)
		})
	}
	over.Wait()
	return errors.Join(problems...)
}

// actOf is the one phrase that a text is, with its arguments. Phrases with tables cannot be rows of one.
func actOf(ctx context.Context, book []Step, text string) (func() error, error) {
	for _, s := range book {
		groups := s.Pattern.FindStringSubmatch(text)
		fn := reflect.ValueOf(s.Func)
		if groups == nil || fn.Type().NumIn() != len(groups) {
			continue
		}
		args := []reflect.Value{reflect.ValueOf(ctx)}
		for i, group := range groups[1:] {
			arg, err := argument(fn.Type().In(i+1), group)
			if err != nil {
				return nil, fmt.Errorf("%q: %w", text, err)
			}
			args = append(args, arg)
		}
		return func() error {
			err, _ := reflect.TypeAssert[error](fn.Call(args)[0])
			return err
		}, nil
	}
	return nil, fmt.Errorf("%q is no phrase that can be a row", text)
}

func argument(kind reflect.Type, text string) (reflect.Value, error) {
	if kind.Kind() == reflect.String {
		return reflect.ValueOf(text), nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || kind.Kind() != reflect.Int {
		return reflect.Value{}, fmt.Errorf("%q is no %s", text, kind)
	}
	return reflect.ValueOf(n), nil
}

// fitsOneOrder waits until payment and refunds are decided, and looks for an order that explains every answer.
func fitsOneOrder(ctx context.Context) error {
	w := world.From(ctx)
	p, err := w.PaymentBy("")
	if err != nil {
		return err
	}
	if _, err := w.Await(ctx, tolerance.RefundDecided, "the end of payment and refunds", func(*world.View) bool { return allDecided(w, p) }); err != nil {
		return err
	}
	calls, told := race.Sale{Amount: p.Charge.Amount.Value}, raced(w, p)
	order, misfit := calls.Explain(told.calls)
	if misfit == nil {
		if len(order) < 2 {
			return w.NotReached("the shop was told too little to compare", "ACQ-UPM-03")
		}
		return nil
	}
	return w.Fail("some order of the shop's calls, one after the other, explains every answer", misfit.Reason+after(misfit.Before),
		append(told.evidence(misfit), shown(w, p)...)...)
}

func allDecided(w *world.World, p *world.Payment) bool {
	if p.State() == acquirer.Pending {
		return false
	}
	for _, r := range w.Refunds() {
		if _, answered := r.Answered(); !answered || r.State() == acquirer.Pending {
			return false
		}
	}
	return true
}

// after names the calls that led to a misfit.
func after(calls []race.Call) string {
	var texts []string
	for _, c := range calls {
		word := string(c.State)
		if c.Refused {
			word = "refused"
		}
		texts = append(texts, strings.TrimSpace(fmt.Sprintf("%s %s", c.Kind, c.Number))+" "+word)
	}
	if len(texts) == 0 {
		return ""
	}
	return "; before it: " + strings.Join(texts, ", ")
}

// answers are what the shop was told, as calls of a race.
type answers struct {
	calls []race.Call
	proof map[string]world.Evidence
}

// raced collects the answers about a payment and its refunds. One that only repeated what was told before is left out:
// it is not on record when it was asked for.
func raced(w *world.World, p *world.Payment) answers {
	a := answers{proof: map[string]world.Evidence{}}
	made := map[string]journal.Call{}
	for _, c := range w.Calls() {
		made[c.ID] = c
	}
	add := func(sample string, c race.Call, proof world.Evidence) {
		call, known := made[sample]
		if !known || a.proof[sample] != (world.Evidence{}) {
			return
		}
		c.ID, c.Start, c.End = sample, call.Started, call.Ended
		a.calls, a.proof[sample] = append(a.calls, c), proof
	}
	for _, s := range p.Samples() {
		kind := race.Tell
		if s.Verb == string(race.Cancel) {
			kind = race.Cancel
		}
		add(s.Call, race.Call{Kind: kind, State: s.State(), Refused: s.Payment.Refused}, w.Shown(s))
	}
	for _, r := range w.Refunds() {
		if r.Payment != p {
			continue
		}
		for _, s := range r.Samples() {
			add(s.Call, race.Call{
				Kind: race.Refund, State: s.State(), Refused: s.Refund.Refused, Number: r.Order.Number, Value: r.Order.Refund.Value,
			}, w.Told(s))
		}
	}
	return a
}

// evidence is the call that does not fit, and those told before it.
func (a answers) evidence(m *race.Misfit) []world.Evidence {
	list := []world.Evidence{a.proof[m.Call.ID]}
	for _, c := range m.Before {
		list = append(list, a.proof[c.ID])
	}
	return list
}
