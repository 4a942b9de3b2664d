// Package courier carries messages of Alipay+ to the acquirer and repeats them, on the clock of their
// timeline, until they are settled. It keeps what waits in memory; what a message says is asked anew before each
// delivery, so that it never tells what is no longer true.
package courier

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"mppsim/wallet/aps"
	"mppsim/wallet/clock"
)

// Line is the time and the rhythm of a timeline's messages: the pause before each delivery, the first one
// included. Without pauses nothing is delivered.
type Line struct {
	Clock clock.Clock
	Gaps  []time.Duration
}

// Options are what a courier needs.
type Options struct {
	Acquirer aps.Acquirer
	Lines    func(timeline string) Line
	Logger   *slog.Logger
}

// Message is something that the acquirer has to hear.
type Message struct {
	Name     string // unique; a message takes the place of a waiting one with its name
	Timeline string
	// Write is called before each delivery; false says that there is nothing to tell any more.
	Write func(ctx context.Context) (call aps.Call, ok bool)
	// Heard learns each answer; a delivery without answer has an empty one. nil: nobody wants to know.
	Heard func(ctx context.Context, answer aps.Fields)
	// Settled says that an answer ends the deliveries; nil: a success does.
	Settled func(answer aps.Fields) bool
	// Gaps are the pauses of this message, whatever the rhythm of its timeline; nil: that rhythm.
	Gaps []time.Duration
	// GivenUp learns that the last delivery did not settle it; nil: nobody wants to know.
	GivenUp func(ctx context.Context)
}

// Result is the result of a call that was answered.
func Result(answer aps.Fields) aps.Result { return answer.Result("result") }

// Final says that an answer is a success or a failure.
func Final(answer aps.Fields) bool { return Result(answer).Final() }

// Courier delivers messages. It is safe for concurrent use.
type Courier struct {
	Options
	mu      sync.Mutex
	waiting map[string]*parcel
	ctx     context.Context
	stop    context.CancelFunc
	work    sync.WaitGroup
}

// parcel is a message that waits for a delivery.
type parcel struct {
	Message
	step int
	stop func() bool
}

// New makes a courier.
func New(o Options) *Courier {
	ctx, stop := context.WithCancel(context.Background())
	return &Courier{Options: o, waiting: make(map[string]*parcel), ctx: ctx, stop: stop}
}

// Post delivers a message in the rhythm of its timeline.
func (c *Courier) Post(m Message) { c.schedule(m, 0) }

// Send delivers a message now and waits for the answer (the zero Result if none came); repetitions follow in
// the rhythm of its timeline.
func (c *Courier) Send(ctx context.Context, m Message) aps.Result { return c.deliver(ctx, m, 0) }

// schedule puts a message on its way to the delivery of a step, if there is one.
func (c *Courier) schedule(m Message, step int) {
	line := c.line(m)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ctx.Err() != nil {
		return
	}
	if step >= len(line.Gaps) {
		if m.GivenUp != nil {
			c.work.Go(func() { m.GivenUp(c.ctx) })
		}
		return
	}
	if line.Gaps[step] <= 0 {
		c.work.Go(func() { c.deliver(c.ctx, m, step) })
		return
	}
	if old := c.waiting[m.Name]; old != nil {
		old.stop()
	}
	p := &parcel{Message: m, step: step}
	p.stop = line.Clock.AfterFunc(line.Gaps[step], func() { c.hand(p) })
	c.waiting[m.Name] = p
}

// line is the time and the rhythm of a message.
func (c *Courier) line(m Message) Line {
	line := c.Lines(m.Timeline)
	if m.Gaps != nil {
		line.Gaps = m.Gaps
	}
	return line
}

// hand delivers a parcel unless another one took its place.
func (c *Courier) hand(p *parcel) {
	c.mu.Lock()
	current := c.waiting[p.Name] == p
	if current {
		delete(c.waiting, p.Name)
		c.work.Add(1)
	}
	c.mu.Unlock()
	if current {
		defer c.work.Done()
		c.deliver(c.ctx, p.Message, p.step)
	}
}

func (c *Courier) deliver(ctx context.Context, m Message, step int) aps.Result {
	call, ok := m.Write(ctx)
	if !ok || c.ctx.Err() != nil {
		return aps.Result{}
	}
	body, err := c.Acquirer.Call(ctx, call)
	if err != nil {
		c.Logger.Warn("the acquirer gave no answer", "api", call.API, "message", m.Name, "error", err)
	}
	answer := aps.FieldsOf(body)
	if m.Heard != nil {
		m.Heard(ctx, answer)
	}
	if !m.settledBy(answer) {
		c.schedule(m, step+1)
	}
	return Result(answer)
}

func (m Message) settledBy(answer aps.Fields) bool {
	if m.Settled != nil {
		return m.Settled(answer)
	}
	return Result(answer).Status == aps.Success
}

// Flush delivers at once what waits on a timeline, and then no more of it.
func (c *Courier) Flush(timeline string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for name, p := range c.waiting {
		if p.Timeline != timeline || !p.stop() {
			continue
		}
		delete(c.waiting, name)
		c.work.Go(func() { c.deliver(c.ctx, p.Message, len(c.line(p.Message).Gaps)) })
	}
}

// Close ends the deliveries and returns when none is under way.
func (c *Courier) Close() {
	c.mu.Lock()
	c.stop()
	for _, p := range c.waiting {
		p.stop()
	}
	clear(c.waiting)
	c.mu.Unlock()
	c.work.Wait()
}
