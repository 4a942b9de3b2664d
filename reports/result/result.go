// Package result writes a run as one JSON document for programs. Its shape is fixed by the JSON schema
// in this package: members may be added within a version, never renamed, removed or given another meaning.
package result

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"mppsim/reports/digest"
	"mppsim/reports/journal"
)

// Version names the shape of the document.
const Version = "mppsim-result/1"

//go:embed schema.json
var schema string

// Schema returns the JSON schema (draft 2020-12) of the document.
func Schema() string { return schema }

// Result is the document.
type Result struct {
	Schema       string        `json:"schema"` // Version
	Run          Run           `json:"run"`
	Verdict      Verdict       `json:"verdict"`
	Counts       Counts        `json:"counts"`
	Requirements []Requirement `json:"requirements"` // every entry of the catalogue
	Scenarios    []Scenario    `json:"scenarios"`    // every planned one
	Findings     []Finding     `json:"findings"`
	Strays       []string      `json:"strays"`               // one sentence for each of StrayCalls
	StrayCalls   []StrayCalls  `json:"strayCalls,omitempty"` // what no scenario of the run owns, by message and order
	Notes        []Note        `json:"notes"`
}

// StrayCalls are messages of one sort about one order that no scenario of the run owns. They are never judged.
type StrayCalls struct {
	Message string     `json:"message"`
	Leg     string     `json:"leg,omitempty"`
	Order   string     `json:"order,omitempty"`
	Refund  string     `json:"refund,omitempty"`
	Owner   string     `json:"owner,omitempty"` // journal.StrayOf
	Run     string     `json:"run,omitempty"`
	Answer  string     `json:"answer,omitempty"` // the last one
	Count   int        `json:"count"`
	Since   *time.Time `json:"since,omitempty"`
	Last    *time.Time `json:"last,omitempty"`
}

// Run says what was run and how.
type Run struct {
	ID           string            `json:"id"`
	Tool         string            `json:"tool"`
	Acquirer     string            `json:"acquirer"`
	Versions     []string          `json:"versions,omitempty"` // of the acquirer; several: it was redeployed in mid-run
	Profile      string            `json:"profile"`
	Dialect      string            `json:"dialect"`
	Catalogue    string            `json:"catalogue"`
	Factor       float64           `json:"factor"`
	Parallel     int               `json:"parallel"`
	Seed         int64             `json:"seed"`
	Selection    string            `json:"selection"`
	Capabilities []string          `json:"capabilities"`
	Facts        map[string]string `json:"facts"`
	Began        time.Time         `json:"began"` // UTC
	DurationMS   int64             `json:"durationMs"`
}

// Verdict is the verdict on the run.
type Verdict struct {
	Outcome      string   `json:"outcome"` // digest.Outcome.Name
	Sentence     string   `json:"sentence"`
	Exit         int      `json:"exit"`
	Certificate  bool     `json:"certificate"`
	Interrupted  bool     `json:"interrupted"`
	Reservations []string `json:"reservations"`
}

// Counts are requirements and scenarios per verdict; verdicts that do not occur are left out.
type Counts struct {
	Requirements map[journal.Verdict]int `json:"requirements"`
	Scenarios    map[journal.Verdict]int `json:"scenarios"`
}

// Requirement is the verdict on one catalogue entry.
type Requirement struct {
	ID         string          `json:"id"`
	Area       string          `json:"area"`
	Level      string          `json:"level"`
	Money      bool            `json:"money"`
	Title      string          `json:"title"`
	Confidence string          `json:"confidence"`
	Verdict    journal.Verdict `json:"verdict"`
	Reason     string          `json:"reason,omitempty"`
	Scenarios  []string        `json:"scenarios"`
	Watched    int             `json:"watched"` // messages judged in passing
}

// Scenario is the outcome of one scenario.
type Scenario struct {
	ID           string          `json:"id"`
	Feature      string          `json:"feature"`
	Rule         string          `json:"rule"`
	Name         string          `json:"name"`
	File         string          `json:"file"`
	Line         int             `json:"line"`
	Requirements []string        `json:"requirements"`
	Verdict      journal.Verdict `json:"verdict"`
	Reason       string          `json:"reason,omitempty"`
	Blames       string          `json:"blames,omitempty"`
	DurationMS   int64           `json:"durationMs"`
	Rerun        string          `json:"rerun"`
}

// Finding is a statement about the acquirer, with the ids of its evidence in journal.jsonl.
type Finding struct {
	Requirement string   `json:"requirement"`
	Scenario    string   `json:"scenario,omitempty"` // empty: found over the whole run
	Check       string   `json:"check"`
	Expected    string   `json:"expected"`
	Seen        string   `json:"seen"`
	Detail      string   `json:"detail,omitempty"`
	Exchanges   []string `json:"exchanges"` // the decisive one first
	Calls       []string `json:"calls"`
}

// Note is something to know about the run itself.
type Note struct {
	Level    string    `json:"level"`
	At       time.Time `json:"at"`
	Scenario string    `json:"scenario,omitempty"`
	Text     string    `json:"text"`
}

// Write writes the document, indented.
func Write(out io.Writer, d *digest.Digest) error {
	text, err := json.MarshalIndent(New(d), "", "  ")
	if err != nil {
		return fmt.Errorf("result: %w", err)
	}
	if _, err := out.Write(append(text, '\n')); err != nil {
		return fmt.Errorf("result: %w", err)
	}
	return nil
}

// New makes the document of a digested run.
func New(d *digest.Digest) Result {
	m := d.Model
	r := Result{
		Schema: Version, Run: run(m), Verdict: verdict(d), Counts: counts(m),
		Requirements: []Requirement{}, Scenarios: []Scenario{}, Findings: []Finding{}, Strays: []string{}, Notes: []Note{},
	}
	for _, q := range m.Requirements {
		r.Requirements = append(r.Requirements, requirement(q))
	}
	for _, s := range m.Scenarios {
		r.Scenarios = append(r.Scenarios, scenario(m.Run, s))
		for _, f := range s.Findings {
			r.Findings = append(r.Findings, finding(s.Scenario.ID, f))
		}
	}
	for _, f := range m.Findings {
		r.Findings = append(r.Findings, finding("", f))
	}
	for _, s := range m.Strays {
		r.Strays = append(r.Strays, s.What)
		r.StrayCalls = append(r.StrayCalls, strayCalls(s))
	}
	for _, n := range m.Notes {
		r.Notes = append(r.Notes, Note{n.Level, n.At.UTC(), n.Scenario, n.Text})
	}
	return r
}

func strayCalls(s journal.Stray) StrayCalls {
	return StrayCalls{
		Message: s.Message, Leg: string(s.Leg), Order: s.Order, Refund: s.Refund, Owner: string(s.Owner), Run: s.Run,
		Answer: s.Answer, Count: s.Times(), Since: moment(s.Since), Last: moment(s.Last),
	}
}

// moment is a time in UTC; nil where none was written.
func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

func run(m *journal.Model) Run {
	return Run{
		ID: m.Run.ID, Tool: m.Run.Tool, Acquirer: m.Run.Acquirer, Versions: m.Summary.Versions, Profile: m.Run.Profile, Dialect: m.Run.Dialect,
		Catalogue: m.Run.Catalogue, Factor: m.Run.Factor, Parallel: m.Run.Parallel, Seed: m.Run.Seed,
		Selection: m.Run.Selection, Capabilities: list(m.Run.Capability), Facts: facts(m.Run.Facts),
		Began: m.Began.UTC(), DurationMS: m.Summary.Duration.Milliseconds(),
	}
}

func facts(given map[string]string) map[string]string {
	if given == nil {
		return map[string]string{}
	}
	return given
}

func verdict(d *digest.Digest) Verdict {
	s := d.Model.Summary
	return Verdict{d.Outcome.Name, s.Verdict, s.Exit, s.Certificate, s.Interrupted, list(s.Reservations)}
}

// counts counts anew rather than trusting a summary that may be missing.
func counts(m *journal.Model) Counts {
	c := Counts{map[journal.Verdict]int{}, map[journal.Verdict]int{}}
	for _, r := range m.Requirements {
		c.Requirements[r.Verdict]++
	}
	for _, s := range m.Scenarios {
		c.Scenarios[s.Ended.Verdict]++
	}
	return c
}

func requirement(r journal.Requirement) Requirement {
	return Requirement{
		ID: r.ID, Area: r.Area, Level: r.Level, Money: r.Money, Title: r.Title, Confidence: r.Confidence,
		Verdict: r.Verdict, Reason: r.Reason, Scenarios: list(r.Scenarios), Watched: r.Watched,
	}
}

func scenario(run journal.Run, r *journal.Record) Scenario {
	s, e := r.Scenario, r.Ended
	return Scenario{
		ID: s.ID, Feature: s.Feature, Rule: s.Rule, Name: s.Name, File: s.File, Line: s.Line, Requirements: list(s.Requirements),
		Verdict: e.Verdict, Reason: e.Reason, Blames: e.Blames, DurationMS: e.Duration.Milliseconds(), Rerun: digest.Rerun(run, s.ID),
	}
}

func finding(scenario string, f journal.Finding) Finding {
	return Finding{
		Requirement: f.Requirement, Scenario: scenario, Check: f.Check, Expected: f.Expected, Seen: f.Seen,
		Detail: f.Detail, Exchanges: list(f.Exchanges), Calls: list(f.Calls),
	}
}

// list turns a nil slice into an empty one: readers get [] and never null.
func list(given []string) []string {
	if given == nil {
		return []string{}
	}
	return given
}
