// Package sequence draws the traffic of one scenario: who said what to whom and when, with the faults
// that were played and the messages that findings point at.
package sequence

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"mppsim/reports/journal"
	"mppsim/wallet/trace"
)

// MaxRows is how many rows a diagram has at most. More traffic than that is counted, not drawn.
const MaxRows = 80

// Lifeline is one of the parties.
type Lifeline int

// The parties, from left to right.
const (
	Shop Lifeline = iota
	Acquirer
	Network
	Wallet
)

// Name is the party's name for people.
func (l Lifeline) Name() string { return [...]string{"Shop", "Acquirer", "Alipay+", "Wallet"}[l] }

// Kind is what a row shows.
type Kind string

// The kinds of rows.
const (
	Request Kind = "request"
	Reply   Kind = "reply"
	Lost    Kind = "lost"  // an answer that never arrived
	State   Kind = "state" // the shop sees another state than before
	Money   Kind = "money" // money has moved
)

// Row is one arrow or mark.
type Row struct {
	After    time.Duration // since the scenario began
	Kind     Kind
	From, To Lifeline // equal for a mark on one lifeline
	Text     string
	Fault    string // the fault that was played on it
	Decisive bool   // a finding points at it
	Times    int    // > 1: so many equal ones in a row
	Ref      string // exchange or call id
}

// Diagram is the traffic of one scenario.
type Diagram struct {
	Lifelines []Lifeline
	Rows      []Row
	Omitted   int // rows beyond MaxRows
}

// Draw lays out what a scenario left in the journal.
func Draw(r *journal.Record) Diagram {
	b := builder{record: r, decisive: decisive(r), faults: faults(r)}
	for _, c := range r.Calls {
		b.call(c)
	}
	for _, x := range r.Exchanges {
		b.exchange(x)
	}
	b.money()
	slices.SortStableFunc(b.rows, func(p, q Row) int { return int(p.After - q.After) })
	d := Diagram{Lifelines: []Lifeline{Shop, Acquirer, Network}, Rows: collapse(b.rows)}
	if slices.ContainsFunc(d.Rows, func(row Row) bool { return row.From == Wallet || row.To == Wallet }) {
		d.Lifelines = append(d.Lifelines, Wallet)
	}
	if over := len(d.Rows) - MaxRows; over > 0 {
		d.Rows, d.Omitted = d.Rows[:MaxRows], over
	}
	return d
}

// builder collects rows.
type builder struct {
	record   *journal.Record
	decisive map[string]bool
	faults   map[string]string
	state    string // last state that the shop saw
	rows     []Row
}

func decisive(r *journal.Record) map[string]bool {
	ids := map[string]bool{}
	for _, f := range r.Findings {
		for _, id := range append(slices.Clone(f.Exchanges), f.Calls...) {
			ids[id] = true
		}
	}
	return ids
}

func faults(r *journal.Record) map[string]string {
	names := map[string]string{}
	for _, f := range r.Faults {
		names[f.ID] = f.Fault
	}
	return names
}

func (b *builder) add(at time.Time, row Row) {
	row.After, row.Times = at.Sub(b.record.BeganAt), 1
	row.Decisive = b.decisive[row.Ref]
	b.rows = append(b.rows, row)
}

// call adds a call of the merchant API. Samples show only where the state that they read is news, or a
// finding points at them.
func (b *builder) call(c *journal.Call) {
	state := c.Mapped["state"]
	if c.Sample {
		if state != "" && state != b.state || b.decisive[c.ID] {
			b.add(c.Ended, Row{Kind: State, From: Shop, To: Shop, Text: "sees " + state, Ref: c.ID})
		}
	} else {
		b.add(c.Started, Row{Kind: Request, From: Shop, To: Acquirer, Text: spaced(c.Verb), Ref: c.ID})
		b.add(c.Ended, b.answer(c, state))
	}
	if state != "" {
		b.state = state
	}
}

func (b *builder) answer(c *journal.Call, state string) Row {
	row := Row{Kind: Reply, From: Acquirer, To: Shop, Text: state, Ref: c.ID}
	switch {
	case c.Error != "":
		row.Kind, row.Text = Lost, c.Error
	case c.Refused:
		row.Text = "refused"
	case state == "":
		row.Text = fmt.Sprintf("HTTP %d", c.Response.Status)
	}
	return row
}

// exchange adds a message and its answer.
func (b *builder) exchange(x *trace.Exchange) {
	from, to := Parties(x.Leg)
	before, after := b.faultsOf(x), ""
	if lost(x) {
		before, after = after, before
	}
	name := x.API
	if name == "" {
		name = x.Request.Method + " " + x.Request.Target
	}
	if x.Leg == trace.NetworkToAcquirer && x.Outcome != nil {
		name += " " + text(x.Outcome)
	}
	b.add(x.Received, Row{Kind: Request, From: from, To: to, Text: name, Ref: x.ID, Fault: before})
	b.add(x.Answered, reply(x, from, to, after))
}

// lost reports whether no answer reached the caller.
func lost(x *trace.Exchange) bool { return x.Broken != "" || x.Response.Status == 0 }

func reply(x *trace.Exchange, from, to Lifeline, fault string) Row {
	row := Row{Kind: Reply, From: to, To: from, Ref: x.ID, Fault: fault}
	switch {
	case x.Broken != "":
		row.Kind, row.Text = Lost, x.Broken
	case x.Response.Status == 0:
		row.Kind, row.Text = Lost, "no answer"
	case x.Result == nil:
		row.Text = fmt.Sprintf("HTTP %d", x.Response.Status)
	default:
		row.Text = text(x.Result)
		if x.Leg != trace.NetworkToAcquirer && x.Outcome != nil {
			row.Text += ", outcome " + text(x.Outcome)
		}
	}
	return row
}

func (b *builder) faultsOf(x *trace.Exchange) string {
	joined := ""
	for _, id := range x.Faults {
		name := b.faults[id]
		if name == "" {
			name = id
		}
		if joined != "" {
			joined += ", "
		}
		joined += name
	}
	return joined
}

// money marks what left or reached a payer. Postings between the other parties follow from it and stand
// in the list of movements; money that a payer was given to start with is no event.
func (b *builder) money() {
	for _, m := range b.record.Money {
		if party, _, _ := strings.Cut(m.Account, "/"); party == "payer" && m.Kind != "top-up" {
			b.add(m.At, Row{Kind: Money, From: Wallet, To: Wallet, Text: fmt.Sprintf("%s: payer %s", m.Kind, m.Amount), Ref: m.Transaction})
		}
	}
}

// Parties tells who calls whom on a leg.
func Parties(leg trace.Leg) (from, to Lifeline) {
	switch leg {
	case trace.NetworkToAcquirer:
		return Network, Acquirer
	case trace.NetworkToWallet:
		return Network, Wallet
	case trace.WalletToNetwork:
		return Wallet, Network
	case trace.HarnessToMerchant:
		return Shop, Acquirer
	case trace.AcquirerToNetwork:
	}
	return Acquirer, Network
}

func text(r *trace.Result) string {
	if r.Code == "" {
		return r.Status
	}
	return r.Status + "/" + r.Code
}

func spaced(verb string) string {
	out := []byte(verb)
	for i, c := range out {
		if c == '_' {
			out[i] = ' '
		}
	}
	return string(out)
}
