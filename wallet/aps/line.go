package aps

import (
	"time"

	"mppsim/wallet/jsontree"
	"mppsim/wallet/money"
)

// line writes an object as a text without blanks, as a tree of it would be written.
type line struct{ out []byte }

// usualLine is as long as most answers are.
const usualLine = 640

func newLine() *line { return &line{append(make([]byte, 0, usualLine), '{')} }

func (l *line) end() []byte { return append(l.out, '}') }

// name begins a member. The protocol's names hold nothing that would have to be escaped.
func (l *line) name(name string) {
	if l.out[len(l.out)-1] != '{' {
		l.out = append(l.out, ',')
	}
	l.out = append(l.out, '"')
	l.out = append(l.out, name...)
	l.out = append(l.out, '"', ':')
}

func (l *line) text(name, value string) {
	if value != "" {
		l.name(name)
		l.out = jsontree.AppendText(l.out, value)
	}
}

// object writes a member that has members.
func (l *line) object(name string, members func(telling)) {
	l.name(name)
	l.out = append(l.out, '{')
	members(l)
	l.out = append(l.out, '}')
}

func (l *line) result(name string, r Result) { l.object(name, r.tell) }

func (l *line) amount(name string, a money.Amount) {
	if a.Currency != "" {
		l.object(name, func(o telling) { tellAmount(o, a) })
	}
}

func (l *line) moment(name string, t time.Time) {
	if !t.IsZero() {
		l.text(name, FormatTime(t))
	}
}

func (l *line) quote(name string, q Quote) {
	if !q.IsZero() {
		l.add(name, q.Node())
	}
}

// add writes a member that was made as a tree.
func (l *line) add(name string, value *jsontree.Node) {
	l.name(name)
	l.out = append(l.out, value.Write(jsontree.Layout{})...)
}
