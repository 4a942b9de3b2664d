// Package journal is the record of one certification run: what was planned, every step,
// exchange, call of the merchant API, wait, movement of money and finding, and the verdicts.
// Package scenarios writes it; reports and later judgements read nothing else.
package journal

import (
	"cmp"
	"time"

	"mppsim/wallet/money"
	"mppsim/wallet/trace"
)

// Entry is one line of journal.jsonl. Exactly one of the pointers is set, named by Kind.
type Entry struct {
	Seq      int       `json:"seq"`
	At       time.Time `json:"at"`
	Kind     string    `json:"kind"`
	Scenario string    `json:"scenario,omitempty"` // Scenario.ID; empty for the run as a whole

	Run      *Run            `json:"run,omitempty"`      // kind "run": first line
	Planned  *Scenario       `json:"planned,omitempty"`  // kind "planned": one per selected scenario
	Started  *Started        `json:"started,omitempty"`  // kind "started"
	Step     *Step           `json:"step,omitempty"`     // kind "step"
	Exchange *trace.Exchange `json:"exchange,omitempty"` // kind "exchange"
	Call     *Call           `json:"call,omitempty"`     // kind "call"
	Wait     *Wait           `json:"wait,omitempty"`     // kind "wait"
	Money    *Money          `json:"money,omitempty"`    // kind "money"
	Fault    *Fault          `json:"fault,omitempty"`    // kind "fault": how an armed fault ended
	Finding  *Finding        `json:"finding,omitempty"`  // kind "finding"
	Ended    *Ended          `json:"ended,omitempty"`    // kind "ended": a scenario's outcome
	Verdict  *Requirement    `json:"verdict,omitempty"`  // kind "verdict": one per catalogue entry, at the end
	Stray    *Stray          `json:"stray,omitempty"`    // kind "stray"
	Note     *Note           `json:"note,omitempty"`     // kind "note": outage, interruption, our own error
	Health   *Health         `json:"health,omitempty"`   // kind "health": how the acquirer as a whole was
	Summary  *Summary        `json:"summary,omitempty"`  // kind "summary": last line
}

// Run heads a journal.
type Run struct {
	ID         string            `json:"id"`
	Tool       string            `json:"tool"` // mppsim version
	Acquirer   string            `json:"acquirer"`
	Dialect    string            `json:"dialect"`
	Catalogue  string            `json:"catalogue"` // version of the requirement catalogue
	Factor     float64           `json:"factor"`
	Parallel   int               `json:"parallel"`
	Seed       int64             `json:"seed"`
	Selection  string            `json:"selection,omitempty"` // tag expression or ids as asked for
	Capability []string          `json:"capabilities"`
	Facts      map[string]string `json:"facts,omitempty"`
	Profile    string            `json:"profile"` // file name
	Command    []string          `json:"command,omitempty"`
}

// Scenario is a planned scenario.
type Scenario struct {
	ID           string   `json:"id"` // stable: feature file name + "/" + slug of the rule's id and scenario name (+ example number)
	Feature      string   `json:"feature"`
	File         string   `json:"file"`
	Line         int      `json:"line"`
	Rule         string   `json:"rule"`
	Name         string   `json:"name"`
	Tags         []string `json:"tags"`
	Requirements []string `json:"requirements"` // ids that it judges, the rule's own first
	Alone        bool     `json:"alone,omitempty"`
}

// Started says when a scenario began and on which timeline.
type Started struct {
	Timeline  string `json:"timeline"`
	Reference string `json:"reference"`
}

// Step is one executed step.
type Step struct {
	Keyword  string        `json:"keyword"`
	Text     string        `json:"text"`
	Status   string        `json:"status"` // passed, failed, skipped, broken (harness or environment)
	Duration time.Duration `json:"duration"`
	Message  string        `json:"message,omitempty"`
}

// Call is one call of the acquirer's merchant API, with the mapped answer.
type Call struct {
	ID       string            `json:"id"`
	Verb     string            `json:"verb"` // charge_code, query, cancel, refund, query_refund, list, receipt
	Started  time.Time         `json:"started"`
	Ended    time.Time         `json:"ended"`
	Request  trace.Message     `json:"request"`
	Response trace.Message     `json:"response"`
	Error    string            `json:"error,omitempty"`   // no answer: why
	Refused  bool              `json:"refused,omitempty"` // the acquirer refused the call
	Mapped   map[string]string `json:"mapped,omitempty"`  // state, paid, refunded, … as read
	Sample   bool              `json:"sample,omitempty"`  // made by the sampler, not by a step
	Notes    []string          `json:"notes,omitempty"`   // about the record itself: a body cut to size
}

// Wait is one wait for something the acquirer must do, with its named tolerance.
type Wait struct {
	For       string        `json:"for"`
	Tolerance string        `json:"tolerance"`
	Bound     time.Duration `json:"bound"` // after scaling
	Took      time.Duration `json:"took"`
	Met       bool          `json:"met"`
}

// Money is one movement in the simulator's ledger.
type Money struct {
	Transaction string       `json:"transaction"`
	Kind        string       `json:"movement"`
	Account     string       `json:"account"`
	Amount      money.Amount `json:"amount"`
	Order       string       `json:"order,omitempty"`
}

// Fault says how an armed fault ended.
type Fault struct {
	ID    string `json:"id"`
	Fault string `json:"fault"`
	Aim   string `json:"aim"`
	Seen  int    `json:"seen"`
	Fired int    `json:"fired"`
}

// Finding is a statement about the acquirer. It always points at evidence.
type Finding struct {
	Requirement string   `json:"requirement"`
	Check       string   `json:"check"`               // name of the check or step that saw it
	Expected    string   `json:"expected"`            // one sentence
	Seen        string   `json:"seen"`                // one sentence, with values
	Exchanges   []string `json:"exchanges,omitempty"` // trace.Exchange.ID, the decisive one first
	Calls       []string `json:"calls,omitempty"`     // Call.ID
	Detail      string   `json:"detail,omitempty"`    // e.g. both signing strings and the first different byte
}

// Verdict is the outcome of a scenario or requirement.
type Verdict string

// The verdicts (requirements page; DESIGN.md decision 8 names them).
const (
	Pass          Verdict = "pass"
	Fail          Verdict = "fail"
	Warn          Verdict = "warn" // a SHOULD was not met
	NoteVerdict   Verdict = "note" // a MAY was not met
	NotApplicable Verdict = "not applicable"
	NotReached    Verdict = "not reached" // an earlier requirement failed first; counts as inconclusive
	NotTestable   Verdict = "not testable"
	Inconclusive  Verdict = "inconclusive"
	Attested      Verdict = "attested"
	Unattested    Verdict = "unattested" // a person has not answered yet
	KnownFailing  Verdict = "known failing"
	HarnessError  Verdict = "harness error"
	NotRun        Verdict = "not run" // not selected, not covered yet, or the run was interrupted
)

// Ended is a scenario's outcome.
type Ended struct {
	Verdict  Verdict       `json:"verdict"`
	Reason   string        `json:"reason,omitempty"` // for everything but pass
	Blames   string        `json:"blames,omitempty"` // requirement that kept it from being reached
	Duration time.Duration `json:"duration"`
}

// Requirement is the verdict on one catalogue entry, with what reports need of the entry.
type Requirement struct {
	ID          string   `json:"id"`
	Area        string   `json:"area"`
	AreaTitle   string   `json:"areaTitle"`
	Level       string   `json:"level"` // MUST, SHOULD, MAY
	Money       bool     `json:"money,omitempty"`
	Title       string   `json:"title"`
	Requirement string   `json:"requirement"`
	Needs       []string `json:"needs,omitempty"`
	Source      []string `json:"source,omitempty"`
	Confidence  string   `json:"confidence"`
	Verdict     Verdict  `json:"verdict"`
	Reason      string   `json:"reason,omitempty"`
	Scenarios   []string `json:"scenarios,omitempty"` // ids of the scenarios that judged it
	Watched     int      `json:"watched,omitempty"`   // messages that a watched check judged for it
}

// Stray is a sort of calls about nothing that this run did: the same message about the same order.
type Stray struct {
	Exchange string `json:"exchange"` // the first of them; where there are not too many, its bytes are in an exchange entry
	What     string `json:"what"`     // all of it in one sentence

	Message string    `json:"message,omitempty"` // operation, or method and path of an unknown one
	Leg     trace.Leg `json:"leg,omitempty"`
	Order   string    `json:"order,omitempty"` // paymentRequestId, or whatever id they name; empty: none
	Refund  string    `json:"refund,omitempty"`
	Owner   StrayOf   `json:"owner,omitempty"`
	Run     string    `json:"run,omitempty"` // of another run on the same simulator, where it is known
	Answer  string    `json:"answer,omitempty"`
	Count   int       `json:"count,omitempty"` // 0, in old journals, is one
	Since   time.Time `json:"since,omitzero"`
	Last    time.Time `json:"last,omitzero"`
}

// StrayOf says to whom stray calls belong.
type StrayOf string

// The owners of strays.
const (
	OfAnotherRun StrayOf = "another run"    // the timeline of one, running or over
	OfLeftover   StrayOf = "leftover"       // an order that nobody opened while this run was looking
	OfSomebody   StrayOf = "somebody else"  // an order that was opened meanwhile, by nobody's scenario
	OfNothing    StrayOf = "nothing at all" // no order is named
)

// Whose says to whom the calls belong.
func (s Stray) Whose() string {
	switch s.Owner {
	case OfAnotherRun:
		return "of " + cmp.Or(s.Run, "another run")
	case OfLeftover:
		return "left over from before this run"
	case OfSomebody:
		return "somebody else's"
	case OfNothing:
	}
	return "about no order"
}

// Times is how many calls there were.
func (s Stray) Times() int { return max(s.Count, 1) }

// Note is something that a reader must know about the run itself.
type Note struct {
	Level string `json:"level"` // info, warning, error
	Text  string `json:"text"`
}

// Health is what was seen of the acquirer as a whole: at the start, at the end, and when it changed in between.
type Health struct {
	State   HealthState `json:"state"`
	Version string      `json:"version,omitempty"` // of what runs, where its profile maps one
	Text    string      `json:"text,omitempty"`
}

// HealthState says what happened to the acquirer.
type HealthState string

// The states of an acquirer.
const (
	There   HealthState = "there"   // at the start, and at the end
	Away    HealthState = "away"    // it cannot be reached any more
	Back    HealthState = "back"    // it can be reached again
	Changed HealthState = "changed" // another version runs
	Gone    HealthState = "gone"    // it has stayed away for too long
)

// Summary ends a journal.
type Summary struct {
	Exit         int             `json:"exit"`
	Verdict      string          `json:"verdict"` // one sentence, first thing in every report
	Counts       map[Verdict]int `json:"counts"`  // requirements per verdict
	Scenarios    map[Verdict]int `json:"scenarios"`
	Duration     time.Duration   `json:"duration"`
	Interrupted  bool            `json:"interrupted,omitempty"`
	Certificate  bool            `json:"certificate"` // conformant without reservation
	Reservations []string        `json:"reservations,omitempty"`
	Versions     []string        `json:"versions,omitempty"` // of the acquirer during the run, where it tells them
}
