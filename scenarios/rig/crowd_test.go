package rig_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"mppsim/reports/journal"
	"mppsim/scenarios"
	"mppsim/scenarios/acquirer"
	"mppsim/scenarios/rig"
	"mppsim/wallet/aps"
	"mppsim/wallet/control"
	"mppsim/wallet/money"
	"mppsim/wallet/trace"
)

// town is an acquirer at a simulator that several testers share, with shops and payers that belong to none of them.
type town struct {
	*rig.Rig
	t    *testing.T
	paid atomic.Int32 // payments of strangers
}

func newTown(t *testing.T, o rig.Options) *town {
	t.Helper()
	return &town{Rig: start(t, o), t: t}
}

// buy is a payment of somebody whom no scenario knows.
func (c *town) buy(ctx context.Context, template string) (acquirer.PaymentRef, error) {
	ref := acquirer.PaymentRef{Reference: "TOWN-" + uuid.NewString(), Shop: c.Profile.Facts.Shops[c.Profile.Facts.Roles[0]]}
	ref.Amount = money.Amount{Currency: ref.Shop.Currencies[0], Value: 25000}
	payer, err := c.Sim.CreatePayer(ctx, control.PayerSpec{Template: template})
	if err != nil {
		return ref, fmt.Errorf("a stranger: %w", err)
	}
	code, err := c.Sim.IssueCode(ctx, payer.ID, control.CodeSpec{})
	if err != nil {
		return ref, fmt.Errorf("a stranger's code: %w", err)
	}
	p, err := c.Acquirer.ChargeCode(ctx, acquirer.Charge{
		Shop: ref.Shop, Code: code.Digits, Amount: ref.Amount, Currency: ref.Amount.Currency, Reference: ref.Reference, Description: "a stranger's",
	})
	ref.Payment = p.ID
	return ref, err
}

// yesterday leaves behind what the testers find: a payment that waits for its payer, one that is refunded when they are
// at work, one whose outcome is notified again and again. It returns what comes late.
func (c *town) yesterday() (late func(context.Context)) {
	c.t.Helper()
	ctx := c.t.Context()
	if _, err := c.buy(ctx, "needs-password"); err != nil {
		c.t.Fatal(err)
	}
	paid, err := c.buy(ctx, "rich")
	if err != nil {
		c.t.Fatal(err)
	}
	return func(ctx context.Context) {
		_, err := c.Acquirer.Refund(ctx, acquirer.RefundOrder{
			PaymentRef: paid, Number: "R-" + paid.Reference, Refund: paid.Amount, Currency: paid.Amount.Currency, Reason: "late",
		})
		if err != nil && ctx.Err() == nil {
			c.t.Errorf("a late refund: %v", err)
		}
	}
}

// forgotten asks about an order that this simulator has never seen, such as one from before it was restarted.
func (c *town) forgotten(ctx context.Context) {
	body := strings.NewReader(`{"paymentRequestId":"FORGOTTEN-ORDER-1"}`)
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.Info.GatewayURL+"/aps/api/v1/payments/inquiryPayment", body)
	if err != nil {
		c.t.Error(err)
		return
	}
	r.Header.Set("Content-Type", "application/json; charset=UTF-8")
	answer, err := http.DefaultClient.Do(r)
	if err == nil {
		err = answer.Body.Close()
	}
	if err != nil && ctx.Err() == nil {
		c.t.Errorf("an inquiry about a forgotten order: %v", err)
	}
}

// strangers pay five times a second, and some ask about yesterday, until ctx ends.
func (c *town) strangers(ctx context.Context) {
	var paying sync.WaitGroup
	defer paying.Wait()
	every := time.NewTicker(200 * time.Millisecond)
	defer every.Stop()
	for n := 0; ; n++ {
		select {
		case <-ctx.Done():
			return
		case <-every.C:
		}
		paying.Go(func() {
			if _, err := c.buy(ctx, "rich"); err == nil {
				c.paid.Add(1)
			} else if ctx.Err() == nil {
				c.t.Errorf("a payment beside the testers: %v", err)
			}
		})
		if n%5 == 0 {
			paying.Go(func() { c.forgotten(ctx) })
		}
	}
}

// tester is one of those who share the simulator, with what came of the run.
type tester struct {
	selection []string
	result    scenarios.Result
	model     *journal.Model
}

// together lets testers certify at the same time, with strangers beside them.
func (c *town) together(slices ...[]string) []tester {
	c.t.Helper()
	late := c.yesterday()
	ctx, stop := context.WithCancel(c.t.Context())
	var beside sync.WaitGroup
	beside.Go(func() { c.strangers(ctx) })
	beside.Go(func() { late(ctx) })
	testers := make([]tester, len(slices))
	var playing, ready sync.WaitGroup
	ready.Add(len(slices))
	for i, selection := range slices {
		folder := c.t.TempDir()
		playing.Go(func() {
			var err error
			begin := &starter{ready: &ready}
			defer begin.Planned(0) // nobody waits for a run that did not get so far
			one := &testers[i]
			one.selection = selection
			one.result, one.model, err = certified(ctx, c.Rig, folder, func(o *scenarios.Options) {
				o.Selection, o.Parallel, o.Progress = selection, 4, begin
			})
			if err != nil {
				c.t.Error(err)
			}
		})
	}
	playing.Wait()
	stop()
	beside.Wait()
	if c.t.Failed() {
		c.t.FailNow()
	}
	return testers
}

// starter lets runs begin at the same time.
type starter struct {
	ready *sync.WaitGroup
	once  sync.Once
}

func (s *starter) Planned(int) {
	s.once.Do(s.ready.Done)
	s.ready.Wait()
}

func (*starter) Started(string)                    {}
func (*starter) Ended(string, journal.Verdict)     {}
func (*starter) Withdrawn(string, journal.Verdict) {}
func (*starter) Note(string)                       {}

// unowned counts, by order and message, what came while a run was at work and belongs to none of its timelines.
func (c *town) unowned(m *journal.Model) map[string]int {
	c.t.Helper()
	var began, ended time.Time
	for _, r := range m.Scenarios {
		if began.IsZero() || r.BeganAt.Before(began) {
			began = r.BeganAt
		}
		if r.EndedAt.After(ended) {
			ended = r.EndedAt
		}
	}
	all, err := c.Sim.Exchanges(c.t.Context(), control.ExchangeQuery{})
	if err != nil {
		c.t.Fatal(err)
	}
	counts := map[string]int{}
	runs := map[string]string{}
	for _, e := range all {
		if e.Answered.Before(began) || e.Answered.After(ended) || c.runOf(e, runs) == m.Run.ID {
			continue
		}
		counts[e.API+" "+e.PaymentRequestID+" "+e.RefundRequestID]++
	}
	return counts
}

func (c *town) runOf(e trace.Exchange, runs map[string]string) string {
	c.t.Helper()
	if _, known := runs[e.Timeline]; !known && e.Timeline != "" {
		line, err := c.Sim.Timeline(c.t.Context(), e.Timeline)
		if err != nil {
			c.t.Fatal(err)
		}
		runs[e.Timeline] = line.Run
	}
	return runs[e.Timeline]
}

// listed compares a run's strays with the simulator's own record, and counts them by whose they are.
func (c *town) listed(one tester, owners map[journal.StrayOf]int) {
	c.t.Helper()
	told := map[string]int{}
	for _, s := range one.model.Strays {
		told[s.Message+" "+s.Order+" "+s.Refund] += s.Count
		owners[s.Owner] += s.Count
		if s.What == "" || s.Since.IsZero() || s.Owner == journal.OfAnotherRun && s.Run == "" {
			c.t.Errorf("a stray without a word: %+v", s)
		}
	}
	for what, n := range c.unowned(one.model) {
		if told[what] < n {
			c.t.Errorf("%q came %d times and is listed %d times", what, n, told[what])
		}
	}
	owners["forgotten"] += told[string(aps.InquiryPayment)+" FORGOTTEN-ORDER-1 "]
}

// fewTesters are parts of the suite for testers who share a simulator; the last scenario of two of them must be alone.
var fewTesters = [][]string{
	{"ACQ-UPM-03", "ACQ-UPM-10", "ACQ-NTF-18"},
	{"ACQ-UPM-03", "ACQ-RES-01", "ACQ-NTF-18"},
	{"ACQ-CAN-01", "ACQ-INQ-02"},
	{"ACQ-REF-02", "ACQ-NTF-02"},
}

func TestTestersWhoShareASimulatorDoNotDisturbEachOther(t *testing.T) {
	t.Parallel()
	c := newTown(t, rig.Options{})
	c.expectPeace(c.together(fewTesters...))
}

func (c *town) expectPeace(testers []tester) {
	c.t.Helper()
	owners := map[journal.StrayOf]int{}
	passed := 0
	for _, one := range testers {
		passed += strings.Count(scenesOf(one.result), " "+string(journal.Pass)+" ")
		if n := findings(one.result); n > 0 {
			c.t.Errorf("%v: exit %d, %d findings: %s\n%s", one.selection, one.result.Summary.Exit, n, one.result.Summary.Verdict, scenesOf(one.result))
		}
		if one.result.Strays == 0 {
			c.t.Errorf("%v: no strays", one.selection)
		}
		c.listed(one, owners)
	}
	for _, owner := range []journal.StrayOf{journal.OfAnotherRun, journal.OfLeftover, journal.OfSomebody, "forgotten"} {
		if owners[owner] == 0 {
			c.t.Errorf("no stray of %s is listed: %v", owner, owners)
		}
	}
	if c.paid.Load() == 0 {
		c.t.Error("no stranger has paid")
	}
	if passed == 0 {
		c.t.Error("no scenario of any tester has passed: nothing was judged")
	}
}

func TestTestersWhoShareASimulatorFindADefectEach(t *testing.T) {
	t.Parallel()
	c := newTown(t, rig.Options{Defects: []string{firstDefect(t, "ACQ-UPM-10")}})
	part := []string{"ACQ-UPM-10"}
	for range triesWhenBusy {
		if c.expectFinding(c.together(part, part, part, part), "ACQ-UPM-10") > 0 {
			return
		}
	}
	t.Error("the machine was too busy for every tester, every time: nothing was judged")
}

// triesWhenBusy is how often testers try to judge something on a busy machine.
const triesWhenBusy = 5

// expectFinding wants the finding from each tester, unless a busy machine kept that one from judging, and counts those who
// have it.
func (c *town) expectFinding(testers []tester, requirement string) (having int) {
	c.t.Helper()
	for i, one := range testers {
		found := ""
		for _, q := range one.result.Requirements {
			if q.ID == requirement {
				found = string(q.Verdict) + " " + q.Reason
			}
		}
		switch {
		case strings.HasPrefix(found, string(journal.Fail)):
			having++
		case !strings.Contains(found, "too busy to judge"):
			c.t.Errorf("tester %d: %s is %s\n%s", i+1, requirement, found, scenesOf(one.result))
		}
	}
	return having
}

// scenesOf tells how the scenarios of a run ended.
func scenesOf(result scenarios.Result) string {
	var b strings.Builder
	for _, s := range result.Scenarios {
		fmt.Fprintln(&b, s.ID, s.Ended.Verdict, s.Ended.Reason)
	}
	return b.String()
}
