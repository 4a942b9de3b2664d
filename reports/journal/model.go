package journal

import (
	"fmt"
	"time"

	"mppsim/wallet/trace"
)

// Model is a whole journal in memory, as reports and later judgements read it.
type Model struct {
	Run          Run
	Began, Ended time.Time // of the first and last entry
	Scenarios    []*Record // in the order of planning
	Requirements []Requirement
	Findings     []Finding // of checks over the whole run; those of a scenario stand in its record
	Strays       []Stray
	Notes        []DatedNote
	Health       []DatedHealth
	Summary      Summary
	Complete     bool // a summary was written; a killed run has none and gets one that says so
	Torn         bool // the last line broke off and was dropped

	exchanges map[string]*trace.Exchange
	owners    map[string]string // exchange or call id: scenario id
	calls     map[string]*Call
	scenarios map[string]*Record
}

// Record is everything that one scenario left in the journal.
type Record struct {
	Scenario  Scenario
	Begin     *Started  // nil: it never started
	BeganAt   time.Time // zero: it never started
	EndedAt   time.Time // zero: it never ended
	Steps     []Step
	Exchanges []*trace.Exchange // in the order of arrival at the simulator
	Calls     []*Call           // in the order of the journal
	Waits     []DatedWait
	Money     []DatedMoney
	Faults    []Fault
	Findings  []Finding
	Ended     Ended // verdict "not run" if it never ended
}

// DatedWait is a wait with the time at which it ended.
type DatedWait struct {
	Wait
	At time.Time
}

// DatedMoney is a movement of money with the time of its entry.
type DatedMoney struct {
	Money
	At time.Time
}

// DatedHealth is how the acquirer was at a time.
type DatedHealth struct {
	Health
	At time.Time
}

// DatedNote is a note with its time; Scenario is empty for the run as a whole.
type DatedNote struct {
	Note
	At       time.Time
	Scenario string
}

// NewModel returns an empty model. Feed it with Add, in the order of the journal, and close it with Finish.
func NewModel() *Model {
	return &Model{
		exchanges: map[string]*trace.Exchange{}, owners: map[string]string{},
		calls: map[string]*Call{}, scenarios: map[string]*Record{},
	}
}

// Exchange finds an exchange of the run by its id, strays included; nil if the journal has none.
func (m *Model) Exchange(id string) *trace.Exchange { return m.exchanges[id] }

// Owner names the scenario that an exchange or call belongs to; empty for a stray.
func (m *Model) Owner(id string) string { return m.owners[id] }

// Call finds a call of the merchant API by its id; nil if the journal has none.
func (m *Model) Call(id string) *Call { return m.calls[id] }

// Record finds a scenario by its id; nil if it was not planned.
func (m *Model) Record(id string) *Record { return m.scenarios[id] }

// Requirement finds the verdict on a requirement by its id; nil if the journal has none.
func (m *Model) Requirement(id string) *Requirement {
	for i := range m.Requirements {
		if m.Requirements[i].ID == id {
			return &m.Requirements[i]
		}
	}
	return nil
}

// Add takes in one entry. An entry of a scenario that was never planned is an error.
func (m *Model) Add(e Entry) error {
	if m.Began.IsZero() {
		m.Began = e.At
	}
	if e.At.After(m.Ended) {
		m.Ended = e.At
	}
	if e.Scenario == "" || e.Planned != nil {
		m.addToRun(e)
		return nil
	}
	record := m.scenarios[e.Scenario]
	if record == nil {
		return fmt.Errorf("journal line %d: scenario %q was not planned", e.Seq, e.Scenario)
	}
	m.addToScenario(record, e)
	return nil
}

// addToRun takes in what concerns the run as a whole.
func (m *Model) addToRun(e Entry) {
	switch {
	case e.Run != nil:
		m.Run = *e.Run
	case e.Planned != nil:
		m.plan(*e.Planned)
	case e.Exchange != nil:
		m.exchanges[e.Exchange.ID] = e.Exchange
	case e.Call != nil:
		m.calls[e.Call.ID] = e.Call
	case e.Verdict != nil:
		m.Requirements = append(m.Requirements, *e.Verdict)
	case e.Finding != nil:
		m.Findings = append(m.Findings, *e.Finding)
	case e.Stray != nil:
		m.Strays = append(m.Strays, *e.Stray)
	case e.Note != nil:
		m.Notes = append(m.Notes, DatedNote{Note: *e.Note, At: e.At})
	case e.Health != nil:
		m.Health = append(m.Health, DatedHealth{*e.Health, e.At})
	case e.Summary != nil:
		m.Summary, m.Complete = *e.Summary, true
	}
}

func (m *Model) plan(s Scenario) {
	if m.scenarios[s.ID] != nil {
		return
	}
	record := &Record{Scenario: s, Ended: Ended{Verdict: NotRun, Reason: "it was planned and never started"}}
	m.scenarios[s.ID] = record
	m.Scenarios = append(m.Scenarios, record)
}

// addToScenario takes in one entry of a planned scenario.
func (m *Model) addToScenario(r *Record, e Entry) {
	switch {
	case e.Started != nil:
		*r = Record{Scenario: r.Scenario} // played again: what was recorded before does not count
		r.Begin, r.BeganAt = e.Started, e.At
		r.Ended = Ended{Verdict: NotRun, Reason: "it was broken off before it ended"}
	case e.Step != nil:
		r.Steps = append(r.Steps, *e.Step)
	case e.Exchange != nil:
		m.addExchange(r, e.Exchange)
	case e.Call != nil:
		r.Calls = append(r.Calls, e.Call)
		m.calls[e.Call.ID], m.owners[e.Call.ID] = e.Call, r.Scenario.ID
	case e.Wait != nil:
		r.Waits = append(r.Waits, DatedWait{*e.Wait, e.At})
	case e.Money != nil:
		r.Money = append(r.Money, DatedMoney{*e.Money, e.At})
	case e.Fault != nil:
		r.Faults = append(r.Faults, *e.Fault)
	case e.Finding != nil:
		r.Findings = append(r.Findings, *e.Finding)
	case e.Ended != nil:
		r.Ended, r.EndedAt = *e.Ended, e.At
	case e.Note != nil:
		m.Notes = append(m.Notes, DatedNote{Note: *e.Note, At: e.At, Scenario: e.Scenario})
	case e.Stray != nil:
		m.Strays = append(m.Strays, *e.Stray)
	}
}

func (m *Model) addExchange(r *Record, x *trace.Exchange) {
	m.exchanges[x.ID], m.owners[x.ID] = x, r.Scenario.ID
	r.Exchanges = append(r.Exchanges, x)
}
