package world

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"mppsim/reports/journal"
	"mppsim/scenarios/acquirer"
	"mppsim/wallet/aps"
	"mppsim/wallet/control"
)

// armed is a fault that this scenario has ordered.
type armed struct {
	fault    control.Fault
	optional bool
}

// ErrEverybody says that a scenario that is played beside others armed a fault that would hit them too.
var ErrEverybody = errors.New("it hits everybody: the scenario must be tagged @alone")

// FaultOption refines a fault: whom it is aimed at, which messages, with what.
type FaultOption func(*control.FaultSpec, *armed)

// On aims at everything of a payer; the default is the scenario's latest payer, or every order of a scenario that has
// no payer yet.
func On(p *Payer) FaultOption {
	return func(s *control.FaultSpec, _ *armed) { s.Aim.Payer = p.ID }
}

// OnCode aims at the payment made with a code.
func OnCode(code string) FaultOption {
	return func(s *control.FaultSpec, _ *armed) { s.Aim.Code = code }
}

// OnReference aims at messages about an order number.
func OnReference(reference string) FaultOption {
	return func(s *control.FaultSpec, _ *armed) { s.Aim.Reference = reference }
}

// OnShop aims at everything that happens in the scenario's shop, whoever pays. It is for scenarios that are played alone.
func OnShop(shop acquirer.Shop) FaultOption {
	return func(s *control.FaultSpec, _ *armed) { s.Aim.Merchant = shop.Merchant }
}

// FromNth leaves the first n-1 messages alone.
func FromNth(n int) FaultOption {
	return func(s *control.FaultSpec, _ *armed) { s.Aim.From = n }
}

// Times hits n messages; without it all of them, until the fault is lifted.
func Times(n int) FaultOption {
	return func(s *control.FaultSpec, _ *armed) { s.Aim.Count = n }
}

// Params sets the fault's parameters.
func Params(p control.Params) FaultOption {
	return func(s *control.FaultSpec, _ *armed) { s.Params = p }
}

// Optional says that the scenario is sound also when no message ever meets the fault, such as one on
// inquiries when a correct acquirer may repeat pay instead.
func Optional() FaultOption {
	return func(_ *control.FaultSpec, a *armed) { a.optional = true }
}

// Arm orders a fault for messages of one operation. Unless it is Optional, a scenario that passes although its
// fault met no message has not reached its question.
func (w *World) Arm(ctx context.Context, fault string, api aps.API, opts ...FaultOption) (control.Fault, error) {
	spec := control.FaultSpec{Fault: fault, Aim: control.Aim{Timeline: w.timeline, API: api}}
	a := &armed{}
	for _, opt := range opts {
		opt(&spec, a)
	}
	if spec.Aim.Merchant == "" && spec.Aim.Payer == "" && spec.Aim.Code == "" && spec.Aim.Reference == "" && spec.Aim.PaymentRequestID == "" {
		if payer, err := w.PayerBy(""); err == nil {
			spec.Aim.Payer = payer.ID
		} else {
			spec.Aim.Reference = w.reference
		}
	}
	f, err := w.setup.Sim.Arm(ctx, spec)
	if err != nil {
		return f, fmt.Errorf("arm %s: %w", fault, err)
	}
	a.fault = f
	if (f.Alone || spec.Aim.Merchant != "") && !w.scenario.Alone {
		return f, errors.Join(fmt.Errorf("arm %s: %w", fault, ErrEverybody), w.setup.Sim.Lift(ctx, f.ID))
	}
	if err := w.hindered(ctx, f); err != nil {
		return f, err
	}
	if f.Family == tillFamily {
		w.disturbed.Store(true)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.faults = append(w.faults, a)
	return f, nil
}

// Faults are the faults that this scenario has armed, with their counts as last read.
func (w *World) Faults() []control.Fault {
	w.mu.Lock()
	defer w.mu.Unlock()
	list := make([]control.Fault, 0, len(w.faults))
	for _, a := range w.faults {
		list = append(list, a.fault)
	}
	return list
}

// readFaults refreshes the counts of the armed faults; counts never go back.
func (w *World) readFaults(ctx context.Context) error {
	now, err := w.setup.Sim.Armed(ctx, w.timeline)
	if err != nil {
		return fmt.Errorf("read the armed faults: %w", err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, a := range w.faults {
		i := slices.IndexFunc(now, func(f control.Fault) bool { return f.ID == a.fault.ID })
		if i >= 0 && now[i].Fired >= a.fault.Fired {
			a.fault = now[i]
		}
	}
	return nil
}

// reportFaults journals how each fault ended and names those that a sound scenario needs and that met no message.
func (w *World) reportFaults() []string {
	w.mu.Lock()
	list := slices.Clone(w.faults)
	w.mu.Unlock()
	var idle []string
	for _, a := range list {
		f := a.fault
		w.Record(journal.Entry{Fault: &journal.Fault{
			ID: f.ID, Fault: f.Spec.Fault, Aim: aimText(f.Spec.Aim), Seen: f.Seen, Fired: f.Fired,
		}})
		pointless := f.Spec.Aim.API == aps.NotifyPayment && w.unnotified() || w.beforeItsPayer(f)
		if f.Fired == 0 && (!a.optional || w.setup.EveryFault) && !pointless {
			idle = append(idle, fmt.Sprintf("%s on %s", f.Spec.Fault, f.Spec.Aim.API))
		}
	}
	return idle
}

// beforeItsPayer reports whether a fault changes the answer to the charge of a payer who comes to every payment only
// afterwards: what is told of the payer then stands in the other messages.
func (w *World) beforeItsPayer(f control.Fault) bool {
	return f.Spec.Fault == "answer-altered" && f.Spec.Aim.API == aps.Pay && f.Spec.Aim.Payer != "" &&
		!slices.ContainsFunc(w.Payments(), func(p *Payment) bool { return p.Code != "" })
}

// unnotified reports whether there were charges and none of them names an address for notifications: a fault on
// notifications has nothing to meet then.
func (w *World) unnotified() bool {
	pays := Of(w.Exchanges(), aps.Pay)
	return len(pays) > 0 && !slices.ContainsFunc(pays, namesNotifyAddress)
}

func aimText(a control.Aim) string {
	text := string(a.API)
	if a.From > 1 {
		text += fmt.Sprintf(" from message %d", a.From)
	}
	if a.Count > 0 {
		text += fmt.Sprintf(", %d times", a.Count)
	}
	return text
}
