package world

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"mppsim/wallet/control"
	"mppsim/wallet/money"
)

// Payer is a wallet user of this scenario.
type Payer struct {
	control.Payer
	w     *World
	codes []control.PaymentCode
}

// PayerOption changes a payer before it is made.
type PayerOption func(*control.PayerSpec)

// WithBalance gives the payer so much money.
func WithBalance(a money.Amount) PayerOption {
	return func(s *control.PayerSpec) { s.Balance = &a }
}

// WithPromotion attaches a promotion to every payment of the payer.
func WithPromotion(p control.PromotionSpec) PayerOption {
	return func(s *control.PayerSpec) { s.Promotions = append(s.Promotions, p) }
}

// WithTrait sets a trait of the payer's template.
func WithTrait(name, value string) PayerOption {
	return func(s *control.PayerSpec) {
		if s.Traits == nil {
			s.Traits = map[string]string{}
		}
		s.Traits[name] = value
	}
}

// NewPayer makes a payer of its own from a template of the simulator, such as rich or needs-password.
func (w *World) NewPayer(ctx context.Context, template string, opts ...PayerOption) (*Payer, error) {
	spec := control.PayerSpec{Timeline: w.timeline, Template: template}
	for _, opt := range opts {
		opt(&spec)
	}
	made, err := w.setup.Sim.CreatePayer(ctx, spec)
	if err != nil {
		return nil, fmt.Errorf("make a payer %q: %w", template, err)
	}
	p := &Payer{Payer: made, w: w}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.payers = append(w.payers, p)
	return p, nil
}

// Payers are the scenario's payers so far, in order.
func (w *World) Payers() []*Payer {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.payers)
}

// PayerBy finds a payer by role: "" and "the payer" mean the latest, "the first payer", "the second payer" … count.
func (w *World) PayerBy(role string) (*Payer, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	i, err := pick(role, "payer", len(w.payers))
	if err != nil {
		return nil, err
	}
	return w.payers[i], nil
}

// pick turns a role such as "the second payment" into an index of a list of n; without an ordinal it is the last one.
func pick(role, noun string, n int) (int, error) {
	ordinals := []string{"first", "second", "third", "fourth", "fifth", "sixth"}
	for i, word := range ordinals {
		if strings.Contains(role, word) {
			if i >= n {
				return 0, fmt.Errorf("the scenario has no %s %s", word, noun)
			}
			return i, nil
		}
	}
	if n == 0 {
		return 0, fmt.Errorf("the scenario has no %s yet", noun)
	}
	return n - 1, nil
}

// Code shows a new payment code; a zero spec gives the usual 24 digits, or what the acquirer takes.
func (p *Payer) Code(ctx context.Context, spec control.CodeSpec) (control.PaymentCode, error) {
	if spec == (control.CodeSpec{}) {
		spec.Length = p.w.codeLength()
	}
	code, err := p.w.setup.Sim.IssueCode(ctx, p.ID, spec)
	if err != nil {
		return code, fmt.Errorf("show a payment code: %w", err)
	}
	p.w.mu.Lock()
	defer p.w.mu.Unlock()
	p.codes = append(p.codes, code)
	return code, nil
}

// usualCode is the length of most payment codes.
const usualCode = 24

// codeLength is the length of an ordinary code: the usual one, unless the acquirer does not take it.
func (w *World) codeLength() int {
	lengths := w.setup.Facts.CodeLengths
	if len(lengths) == 0 || slices.Contains(lengths, usualCode) {
		return usualCode
	}
	return lengths[0]
}

// Codes are the codes that this payer has shown, oldest first.
func (p *Payer) Codes() []control.PaymentCode {
	p.w.mu.Lock()
	defer p.w.mu.Unlock()
	return append([]control.PaymentCode(nil), p.codes...)
}

// Now returns the payer as the wallet sees it now: balance, waiting payments.
func (p *Payer) Now(ctx context.Context) (control.Payer, error) {
	return p.w.setup.Sim.Payer(ctx, p.ID)
}

// Scan holds the payer's phone over a code, or opens an address. A refusal is part of the answer: the payer sees it.
func (p *Payer) Scan(ctx context.Context, text string) (control.Scan, error) {
	return p.w.setup.Sim.Scan(ctx, p.ID, control.ScanSpec{Text: text})
}

// Confirm presses "pay" on what the payer has scanned, waiting for it to appear at most as long as given. A late payer
// has a wallet that overlooks the expiry.
func (p *Payer) Confirm(ctx context.Context, wait time.Duration, late bool) (control.Payment, error) {
	return p.w.setup.Sim.Confirm(ctx, p.ID, control.PayerAct{WaitFor: wait, Late: late})
}

// EnterPassword confirms the payer's waiting payment, waiting for one to appear at most as long as given; an
// empty password is the right one.
func (p *Payer) EnterPassword(ctx context.Context, password string, wait time.Duration) (control.Payment, error) {
	return p.w.setup.Sim.EnterPassword(ctx, p.ID, control.PayerAct{Password: password, WaitFor: wait})
}

// Decline refuses the payer's waiting payment.
func (p *Payer) Decline(ctx context.Context, wait time.Duration) (control.Payment, error) {
	return p.w.setup.Sim.Decline(ctx, p.ID, control.PayerAct{WaitFor: wait})
}
