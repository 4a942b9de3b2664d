package scenarios

import (
	"context"
	"fmt"
	"slices"
	"sync"
)

// What comes after a scenario was judged: its books are compared and its traffic is looked at once more.

// revisitedAtOnce is how many scenarios are looked at again side by side.
const revisitedAtOnce = 8

// revisit compares the books of every scenario once more, when all have settled. Scenarios that ended in doubt are left
// as they are.
func (r *run) revisit(ctx context.Context) {
	if r.pump == nil || r.gone || interrupted(ctx) {
		return
	}
	r.eachAgain(ctx, r.takes)
	if r.forgotten > 0 {
		r.note("warning", "the acquirer has forgotten the payments of %d scenarios since it was away: whether something happened to them late is not known", r.forgotten)
	}
}

// eachAgain looks at scenarios once more.
func (r *run) eachAgain(ctx context.Context, takes []*take) {
	places := make(chan struct{}, revisitedAtOnce)
	var looking sync.WaitGroup
	for _, t := range takes {
		if !t.judged || t.spoiled || t.w == nil || len(t.end.Audit) > 0 {
			continue
		}
		places <- struct{}{}
		looking.Go(func() {
			defer func() { <-places }()
			r.lookAgain(ctx, t)
		})
	}
	looking.Wait()
}

// lookAgain judges a scenario anew if its books changed after they had agreed.
func (r *run) lookAgain(ctx context.Context, t *take) {
	end, err := t.w.Revisit(ctx)
	if ctx.Err() != nil {
		return
	}
	if err != nil {
		t.worsen(r.simFault(ctx, fmt.Errorf("a last look: %w", err)))
		r.close(t)
		return
	}
	end.Audit = append(end.Audit, r.forgets(t, end.Forgotten)...)
	if len(end.Audit) == 0 {
		return
	}
	for i, gap := range end.Audit {
		end.Audit[i] = "after everything had settled: " + gap
	}
	t.end.Orders, t.end.Audit, t.judged = end.Orders, end.Audit, false
	r.judge(t)
	r.close(t)
}

// forgets says of payments that the acquirer does not know any more. One that keeps its books in memory cannot help that once
// it was started anew.
func (r *run) forgets(t *take, references []string) (gaps []string) {
	if len(references) == 0 {
		return nil
	}
	if _, struck := r.health.struck(t.over, r.Clock.Now()); struck {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.forgotten++
		return nil
	}
	for _, reference := range references {
		gaps = append(gaps, "payment "+reference+": the acquirer does not know it any more")
	}
	return gaps
}

// lateTraffic fetches what came after the scenarios had been judged, and judges those again that got something.
func (r *run) lateTraffic(ctx context.Context) {
	if r.pump == nil || interrupted(ctx) {
		r.closeWorlds()
		return
	}
	if err := r.pump.drain(ctx); err != nil {
		r.blame(err)
	}
	for _, t := range r.takes {
		r.judgeLate(t)
	}
	r.closeWorlds()
}

// judgeLate judges a scenario again if traffic has come for it since.
func (r *run) judgeLate(t *take) {
	if !t.judged || t.w == nil || len(t.w.Exchanges()) == len(t.scene.Exchanges) {
		return
	}
	before := len(t.findings())
	r.judge(t)
	if len(t.findings()) > before {
		r.close(t)
	}
}

func (r *run) closeWorlds() {
	for _, t := range slices.Concat(r.takes, r.discarded) {
		if t.w != nil {
			t.w.Close()
		}
	}
}
