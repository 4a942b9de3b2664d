package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"

	"mppsim/scenarios"
	"mppsim/wallet/control"
)

// shownMost is how much of a scenario's traffic is shown when it stops: the latest.
const shownMost = 30

// person is somebody at a terminal who follows a run.
type person struct {
	a     *app
	lines chan line // one for each Enter; closed after an error, such as io.EOF
	gone  context.CancelCauseFunc
}

// line is what was typed before Enter.
type line struct {
	text string
	err  error
}

// debug prepares a run that a person follows; nil where nobody asked for one. The context ends when nobody is there to press
// Enter.
func (a *app) debug(ctx context.Context, o runOptions) (context.Context, *scenarios.Debug, error) {
	if !o.debug {
		return ctx, nil, nil
	}
	if !listens(a.io.In) {
		return ctx, nil, usagef("--debug waits for Enter, but nobody is at standard input: run it in a terminal")
	}
	ctx, gone := context.WithCancelCause(ctx)
	p := &person{a: a, lines: make(chan line), gone: gone}
	go p.read(a.io.In)
	return ctx, &scenarios.Debug{BreakAt: o.breakAt, Look: p.look}, nil
}

// listens reports whether standard input is somebody who may press Enter: a terminal, or a program behind a pipe.
func listens(in io.Reader) bool {
	file, ok := in.(*os.File)
	if !ok {
		return in != nil
	}
	info, err := file.Stat()
	if err != nil {
		return false // it is closed
	}
	return info.Mode()&(os.ModeNamedPipe|os.ModeSocket) != 0 || term.IsTerminal(int(file.Fd()))
}

// read passes on each line.
func (p *person) read(in io.Reader) {
	reader := bufio.NewReader(in)
	for {
		text, err := reader.ReadString('\n')
		p.lines <- line{strings.TrimSpace(text), err}
		if err != nil {
			close(p.lines)
			return
		}
	}
}

// look shows where a scenario is and waits for Enter. Whoever types something before it sees all once more, as it is then.
func (p *person) look(ctx context.Context, s scenarios.Sight) error {
	for {
		p.a.showSight(ctx, s)
		select {
		case typed := <-p.lines:
			if typed.err != nil {
				p.gone(scenarios.ErrNobody)
				return scenarios.ErrNobody
			}
			if typed.text == "" {
				return nil
			}
			if err := s.World.Refresh(ctx); err != nil {
				return err
			}
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// nobody makes a run that nobody followed to its end a usage error.
func nobody(ctx context.Context) error {
	if errors.Is(context.Cause(ctx), scenarios.ErrNobody) {
		return usagef("--debug waited for Enter, but standard input has ended; the run was broken off")
	}
	return nil
}

// showSight shows where a scenario is, its payments, what waits, and its traffic so far.
func (a *app) showSight(ctx context.Context, s scenarios.Sight) {
	where := fmt.Sprintf("before step %d of %d", s.Next+1, len(s.Script.Steps))
	if s.Failed != nil {
		where = fmt.Sprintf("after step %d of %d, which did not pass: %v", s.Next, len(s.Script.Steps), s.Failed)
	}
	scenario := s.Script.Scenario
	a.printf("\n%s\n%s\n%s:%d, stopped %s\n\n", strings.Repeat("─", 60), scenario.ID, scenario.File, scenario.Line, where)
	for i, step := range s.Script.Steps {
		mark := "  "
		switch {
		case i == s.Next && s.Failed == nil:
			mark = "→ "
		case i == s.Next-1 && s.Failed != nil:
			mark = "✗ "
		case i < s.Next:
			mark = "✓ "
		}
		a.printf("  %s%s %s\n", mark, strings.TrimSpace(step.Keyword), step.Text)
	}
	a.showPayments(ctx, s)
	a.showWaiting(ctx, s)
	a.showTraffic(ctx, s)
	a.printf("\nThe scenario's time stands still, the acquirer's does not. Enter goes on, r and Enter show it as it is by then.\n")
}

// showPayments shows the payments in the eyes of the shop and of Alipay+.
func (a *app) showPayments(ctx context.Context, s scenarios.Sight) {
	payments := s.World.Payments()
	a.printf("\nThe shop's payments: %s\n", orNone(len(payments)))
	for _, p := range payments {
		a.printf("  order %s, %s, %s: the acquirer's %s is %s\n", p.Charge.Reference, p.Charge.Shop.Role, p.Charge.Amount,
			firstText(p.Last().Payment.ID, "payment"), firstText(string(p.State()), "not answered yet"))
	}
	orders, err := s.World.Sim().Orders(ctx, s.World.Timeline())
	if err != nil {
		a.printf("The orders of Alipay+ cannot be read: %v\n", err)
		return
	}
	a.printf("In the books of Alipay+: %s\n", orNone(len(orders)))
	for _, o := range orders {
		a.printf("  %s, paymentId %s, %s: %s %s\n", o.PaymentRequestID, o.PaymentID, o.Amount, o.State, o.Outcome.Code)
		for _, r := range o.Refunds {
			a.printf("    refund %s, %s: %s %s\n", r.RefundRequestID, r.Amount, r.Result.Status, r.Result.Code)
		}
	}
}

func orNone(n int) string {
	if n == 0 {
		return "none"
	}
	return fmt.Sprint(n)
}

// showWaiting shows what waits: payments for their payers, faults for their messages.
func (a *app) showWaiting(ctx context.Context, s scenarios.Sight) {
	a.printf("What waits:\n")
	for _, payer := range s.World.Payers() {
		now, err := payer.Now(ctx)
		if err != nil {
			a.printf("  a payer cannot be read: %v\n", err)
			continue
		}
		a.printf("  payer %s (%s)%s\n", now.ID, now.Template, waits(now))
	}
	faults, err := s.World.Sim().Armed(ctx, s.World.Timeline())
	if err != nil {
		a.printf("  the armed faults cannot be read: %v\n", err)
	}
	for _, f := range faults {
		if f.Live {
			a.printf("  fault %s at %s has met %d messages and hit %d\n", f.Spec.Fault, firstText(string(f.Spec.Aim.API), "everything"), f.Seen, f.Fired)
		}
	}
	if line, err := s.World.Sim().Timeline(ctx, s.World.Timeline()); err == nil {
		a.printf("  on the scenario's timeline it is %s\n", line.Now.UTC().Format(time.RFC3339))
	}
}

func waits(payer control.Payer) string {
	var text strings.Builder
	for _, p := range payer.Waiting {
		fmt.Fprintf(&text, ", to give %s for payment %s", firstText(p.Waits, "an answer"), p.ID)
	}
	return text.String()
}

// showTraffic shows the latest messages.
func (a *app) showTraffic(ctx context.Context, s scenarios.Sight) {
	list := s.World.Exchanges()
	a.printf("Traffic so far: %s\n", orNone(len(list)))
	if over := len(list) - shownMost; over > 0 {
		a.printf("  (%d older ones are in the journal)\n", over)
		list = list[over:]
	}
	names, err := faultNames(ctx, s.World.Sim())
	if err != nil {
		a.printf("  the faults' names cannot be read: %v\n", err)
	}
	_ = a.showExchanges(list, traceFlags{faults: names}) // only JSON can fail
	if info, err := s.World.Sim().Info(ctx); err == nil {
		a.printf("With bodies: %s trace %s --messages --at %s\n", a.name(), s.World.Reference()+"-001", info.ControlURL)
	}
}
