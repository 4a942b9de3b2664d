// Package junit writes a run in the JUnit dialect that Jenkins, GitLab and GitHub actions read. A file
// without failures and errors means exit code 0, and the other way round.
package junit

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"time"

	"mppsim/reports/digest"
	"mppsim/reports/journal"
)

type suites struct {
	XMLName xml.Name `xml:"testsuites"`
	Name    string   `xml:"name,attr"`
	tally
	Time   string  `xml:"time,attr"`
	Suites []suite `xml:"testsuite"`
}

type suite struct {
	Name string `xml:"name,attr"`
	tally
	Time      string     `xml:"time,attr"`
	Timestamp string     `xml:"timestamp,attr"`
	Cases     []testcase `xml:"testcase"`

	total time.Duration
}

type tally struct {
	Tests    int `xml:"tests,attr"`
	Failures int `xml:"failures,attr"`
	Errors   int `xml:"errors,attr"`
	Skipped  int `xml:"skipped,attr"`
}

type testcase struct {
	Class   string   `xml:"classname,attr"`
	Name    string   `xml:"name,attr"`
	Time    string   `xml:"time,attr"`
	Failure *outcome `xml:"failure"`
	Error   *outcome `xml:"error"`
	Skipped *skipped `xml:"skipped"`
	Out     *output  `xml:"system-out"`
}

type outcome struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr"`
	Text    string `xml:",cdata"`
}

type output struct {
	Text string `xml:",cdata"`
}

type skipped struct {
	Message string `xml:"message,attr"`
}

// Write writes one suite for each feature, and a last one whose only case is the verdict on the run: it
// fails or errs whenever the exit code is not 0, also for what no single scenario shows (a rule judged
// over the whole run, an acquirer that was never reached).
func Write(out io.Writer, d *digest.Digest) error {
	all := suites{Name: "mppsim " + clean(d.Model.Run.Acquirer), Time: seconds(d.Model.Summary.Duration)}
	all.Suites = append(features(d), verdict(d))
	for i := range all.Suites {
		all.add(all.Suites[i].sum())
	}
	text, err := xml.MarshalIndent(all, "", "  ")
	if err != nil {
		return fmt.Errorf("junit: %w", err)
	}
	if _, err := fmt.Fprintf(out, "%s%s\n", xml.Header, text); err != nil {
		return fmt.Errorf("junit: %w", err)
	}
	return nil
}

// features are the scenarios by feature, in the order of the plan.
func features(d *digest.Digest) []suite {
	var list []suite
	at := map[string]int{}
	for _, r := range d.Model.Scenarios {
		name := r.Scenario.Feature
		i, known := at[name]
		if !known {
			i = len(list)
			at[name] = i
			list = append(list, suite{Name: clean(name), Timestamp: d.Model.Began.UTC().Format("2006-01-02T15:04:05")})
		}
		list[i].Cases = append(list[i].Cases, scenario(d, r))
		list[i].total += r.Ended.Duration
		list[i].Time = seconds(list[i].total)
	}
	return list
}

// scenario is one case, with exactly one of failure, error and skipped unless it passed.
func scenario(d *digest.Digest, r *journal.Record) testcase {
	c := testcase{Class: clean(r.Scenario.Feature), Name: clean(r.Scenario.Rule + ": " + r.Scenario.Name), Time: seconds(r.Ended.Duration)}
	text := clean(explain(d, r))
	reason := clean(firstOf(r.Ended.Reason, string(r.Ended.Verdict)))
	switch digest.ToneOf(r.Ended.Verdict) {
	case digest.Good:
	case digest.Bad:
		if excused(d, r) {
			c.Skipped = &skipped{Message: "known failing: " + reason}
			break
		}
		c.Failure = &outcome{Message: reason, Type: string(r.Ended.Verdict), Text: text}
	case digest.Caution:
		c.caution(r.Ended.Verdict, reason, text)
	case digest.Unclear:
		c.unclear(d, r.Ended.Verdict, reason, text)
	case digest.Idle:
		c.Skipped = &skipped{Message: string(r.Ended.Verdict) + ": " + reason}
	}
	return c
}

// excused reports whether a scenario failed only on requirements that are known to fail.
func excused(d *digest.Digest, r *journal.Record) bool {
	known := false
	for _, f := range r.Findings {
		q := d.Model.Requirement(f.Requirement)
		if q == nil || digest.ToneOf(q.Verdict) == digest.Bad {
			return false
		}
		known = known || q.Verdict == journal.KnownFailing
	}
	return known
}

// caution: what does not block a certificate has passed, and says what it is; a known failure was not
// judged anew.
func (c *testcase) caution(v journal.Verdict, reason, text string) {
	if v == journal.KnownFailing {
		c.Skipped = &skipped{Message: "known failing: " + reason}
		return
	}
	c.Out = &output{string(v) + "\n" + text}
}

// unclear: an error, except where the run as a whole is green because nothing scored was concerned.
func (c *testcase) unclear(d *digest.Digest, v journal.Verdict, reason, text string) {
	if d.Model.Summary.Exit == 0 {
		c.Skipped = &skipped{Message: string(v) + ": " + reason}
		return
	}
	c.Error = &outcome{Message: reason, Type: string(v), Text: text}
}

// verdict is the suite about the run as a whole.
func verdict(d *digest.Digest) suite {
	summary := d.Model.Summary
	c := testcase{Class: "certification", Name: "verdict", Time: "0.000"}
	o := &outcome{Message: clean(summary.Verdict), Type: d.Outcome.Name, Text: clean(lines(d))}
	switch {
	case summary.Exit == 0:
		c.Out = &output{clean(summary.Verdict + "\n" + strings.Join(summary.Reservations, "\n"))}
	case d.Outcome.Tone == digest.Bad:
		c.Failure = o
	default:
		c.Error = o
	}
	return suite{Name: "certification", Time: "0.000", Timestamp: d.Model.Began.UTC().Format("2006-01-02T15:04:05"), Cases: []testcase{c}}
}

// lines lists the requirements behind a red or open verdict.
func lines(d *digest.Digest) string {
	var b strings.Builder
	for _, list := range [][]digest.Case{d.Failures, d.Open} {
		for _, c := range list {
			fmt.Fprintf(&b, "%s %s: %s. %s\n", c.Requirement.Verdict, c.Requirement.ID, c.Requirement.Title, c.Requirement.Reason)
		}
	}
	return b.String()
}

// explain is what a reader needs to know about a scenario that did not pass.
func explain(d *digest.Digest, r *journal.Record) string {
	var b strings.Builder
	for _, f := range r.Findings {
		fmt.Fprintf(&b, "%s\n  expected: %s\n  seen: %s\n", f.Requirement, f.Expected, f.Seen)
		if f.Detail != "" {
			fmt.Fprintf(&b, "  %s\n", f.Detail)
		}
	}
	for _, s := range r.Steps {
		if s.Message != "" {
			fmt.Fprintf(&b, "%s %s: %s\n", s.Keyword, s.Text, s.Message)
		}
	}
	if r.Ended.Blames != "" {
		fmt.Fprintf(&b, "not reached because of %s\n", r.Ended.Blames)
	}
	fmt.Fprintf(&b, "again: %s\n", digest.Rerun(d.Model.Run, r.Scenario.ID))
	return b.String()
}

// sum counts the cases of a suite and writes the counts into it.
func (s *suite) sum() tally {
	for _, c := range s.Cases {
		s.Tests++
		s.Failures += one(c.Failure != nil)
		s.Errors += one(c.Error != nil)
		s.Skipped += one(c.Skipped != nil)
	}
	return s.tally
}

func (t *tally) add(o tally) {
	t.Tests += o.Tests
	t.Failures += o.Failures
	t.Errors += o.Errors
	t.Skipped += o.Skipped
}

func one(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.3f", d.Seconds()) }

func firstOf(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// clean replaces what XML 1.0 cannot hold, control characters above all.
func clean(text string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' || r >= 0x20 && r <= 0xD7FF || r >= 0xE000 && r <= 0xFFFD || r >= 0x10000 {
			return r
		}
		return '\uFFFD'
	}, text)
}
