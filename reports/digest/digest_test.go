package digest_test

import (
	"slices"
	"testing"
	"time"

	"mppsim/reports/digest"
	"mppsim/reports/example"
	"mppsim/reports/journal"
)

func digested(t *testing.T, run example.Run) *digest.Digest {
	t.Helper()
	m, err := example.Model(run, time.Unix(1_600_000_000, 0))
	if err != nil {
		t.Fatal(err)
	}
	return digest.New(m)
}

func ids(cases []digest.Case) []string {
	list := []string{}
	for _, c := range cases {
		list = append(list, c.Requirement.ID)
	}
	return list
}

func TestDigestSortsByQuestion(t *testing.T) {
	t.Parallel()
	d := digested(t, example.Failed)
	for _, tt := range []struct {
		name string
		got  []string
		want []string
	}{
		{"failures, money first", ids(d.Failures), []string{"ACQ-UPM-10", "ACQ-SIG-01"}},
		{"warnings", ids(d.Warnings), []string{"ACQ-INQ-03"}},
		{"open", ids(d.Open), []string{"ACQ-CAN-09", "ACQ-NTF-04"}},
		{"blocked by the first failure", d.Failures[0].Blocks, []string{"cancellation/acq-can-09-the-cancellation-is-answered-late"}},
	} {
		if !slices.Equal(tt.got, tt.want) {
			t.Errorf("%s: %q, want %q", tt.name, tt.got, tt.want)
		}
	}
	if f := d.Failures[0].Findings; len(f) != 1 || f[0].Record == nil || f[0].Record.Scenario.Name != "The payer never enters the password" {
		t.Errorf("findings %+v", f)
	}
	if len(d.NotRun) != 3 || d.NotRun[0].Reason == "" {
		t.Errorf("not run: %+v", d.NotRun)
	}
	if got := d.Unjudged(); len(got) != 3 || got[0] != (digest.Count{Verdict: journal.NotRun, N: 1}) || got[2].Verdict != journal.NotApplicable {
		t.Errorf("unjudged: %+v", got)
	}
	m := d.Money
	if m.Rules != 4 || m.Passed != 1 || len(m.Failed) != 1 || m.Open != 2 || m.NotRun != 0 {
		t.Errorf("money: %+v", m)
	}
	if len(d.Areas) != 7 || d.Areas[1].ID != "UPM" || len(d.Areas[1].Counts) != 2 || d.Areas[1].Counts[0].Verdict != journal.Fail {
		t.Errorf("areas: %+v", d.Areas)
	}
}

func TestOutcomeFollowsTheExitCode(t *testing.T) {
	t.Parallel()
	for _, run := range example.Runs() {
		if got := digested(t, run).Outcome; got.Name != string(run) || got.Title == "" {
			t.Errorf("%s: outcome %+v", run, got)
		}
	}
}

func TestACertificateIsWithheldOnlyIfEverythingIsDecided(t *testing.T) {
	t.Parallel()
	for want, counts := range map[string]map[journal.Verdict]int{
		"withheld":  {journal.Pass: 3, journal.Unattested: 1, journal.Inconclusive: 0},
		"undecided": {journal.Pass: 3, journal.Inconclusive: 1},
	} {
		m := journal.NewModel()
		m.Complete, m.Summary = true, journal.Summary{Exit: 4, Counts: counts}
		if got := digest.New(m).Outcome.Name; got != want {
			t.Errorf("counts %v: %s, want %s", counts, got, want)
		}
	}
}

// model is a run with one requirement and one finding about it.
func model(t *testing.T, v journal.Verdict, ofScenario bool) *journal.Model {
	t.Helper()
	m := journal.NewModel()
	finding := journal.Entry{Finding: &journal.Finding{Requirement: "ACQ-IDM-01", Seen: "twice"}}
	if ofScenario {
		finding.Scenario = "s"
	}
	entries := []journal.Entry{{Run: &journal.Run{}}, {Planned: &journal.Scenario{ID: "s"}}, finding}
	if v != "" {
		entries = append(entries, journal.Entry{Verdict: &journal.Requirement{ID: "ACQ-IDM-01", Level: "MUST", Verdict: v}})
	}
	for _, e := range entries {
		if err := m.Add(e); err != nil {
			t.Fatal(err)
		}
	}
	m.Finish()
	return m
}

func TestNoFindingIsHidden(t *testing.T) {
	t.Parallel()
	for _, v := range append(digest.Verdicts(), "", "a verdict that nobody knows") {
		for _, ofScenario := range []bool{true, false} {
			d := digest.New(model(t, v, ofScenario))
			shown := slices.Concat(d.Failures, d.Warnings, d.Open, d.Known)
			if len(shown) != 1 || len(shown[0].Findings) != 1 {
				t.Errorf("verdict %q, of a scenario %v: shown %+v", v, ofScenario, shown)
				continue
			}
			if bad := v == journal.Fail || v == journal.NotTestable; bad != (len(d.Failures) == 1) {
				t.Errorf("verdict %q is among the failures: %v", v, !bad)
			}
		}
	}
}

func TestEveryVerdictHasOneTone(t *testing.T) {
	t.Parallel()
	want := map[digest.Tone]int{digest.Good: 2, digest.Bad: 2, digest.Caution: 3, digest.Unclear: 3, digest.Idle: 3}
	got := map[digest.Tone]int{}
	for _, v := range digest.Verdicts() {
		got[digest.ToneOf(v)]++
	}
	for tone, n := range want {
		if got[tone] != n {
			t.Errorf("%s: %d verdicts, want %d", tone, got[tone], n)
		}
	}
	if digest.ToneOf("nobody knows") != digest.Unclear {
		t.Error("an unknown verdict is not unclear")
	}
}

func TestLeadingHearsEachCheckFirst(t *testing.T) {
	t.Parallel()
	var c digest.Case
	for _, f := range []journal.Finding{{Check: "a", Seen: "1"}, {Check: "a", Seen: "2"}, {Check: "b", Seen: "3"}, {Check: "a", Seen: "4"}} {
		c.Findings = append(c.Findings, digest.Found{Finding: f})
	}
	seen := func(list []digest.Found) (text string) {
		for _, f := range list {
			text += f.Seen
		}
		return text
	}
	for limit, want := range map[int]string{0: "|1324", 1: "1|324", 3: "132|4", 9: "1324|"} {
		leading, rest := c.Leading(limit)
		if got := seen(leading) + "|" + seen(rest); got != want {
			t.Errorf("limit %d: %s, want %s", limit, got, want)
		}
	}
}

func TestRerun(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		run      journal.Run
		scenario string
		want     string
	}{
		"plain":                 {journal.Run{Profile: "a.yaml"}, "flow/one", "mppsim certify --profile a.yaml --only flow/one"},
		"attached":              {journal.Run{Profile: "a.yaml", Command: []string{"mppsim", "certify", "--at", "http://h:1"}}, "x", "mppsim certify --profile a.yaml --at http://h:1 --only x"},
		"attached, as one":      {journal.Run{Profile: "a.yaml", Command: []string{"--at=http://h:1"}}, "x", "mppsim certify --profile a.yaml --at http://h:1 --only x"},
		"flag cut short":        {journal.Run{Profile: "a.yaml", Command: []string{"--at"}}, "x", "mppsim certify --profile a.yaml --only x"},
		"values replaced":       {journal.Run{Profile: "a.yaml", Command: []string{"--profile", "acme/a.yaml", "--set", "a=1", "--set=b=2", "--only", "y", "--seed", "3"}}, "x", "mppsim certify --profile acme/a.yaml --set a=1 --set b=2 --only x"},
		"hostile file name":     {journal.Run{Profile: "it's; rm -rf /.yaml"}, "x", `mppsim certify --profile 'it'\''s; rm -rf /.yaml' --only x`},
		"as it was called":      {journal.Run{Profile: "a.yaml", Command: []string{"./bin/mppsim", "certify", "--profile", "b.yaml"}}, "x", "./bin/mppsim certify --profile b.yaml --only x"},
		"demonstration":         {journal.Run{Profile: "reference.yaml", Command: []string{"mppsim", "demo", "--defect", "d", "--habit", "h", "--acquirer", "my bin/ref"}}, "x", "mppsim demo --acquirer 'my bin/ref' --defect d --habit h --only x"},
		"features of one's own": {journal.Run{Profile: "a.yaml", Command: []string{"mppsim", "certify", "--feature", "b.feature"}}, "b/x", "mppsim certify --profile a.yaml --feature b.feature --only b/x"},
		"no profile":            {journal.Run{}, "x", "mppsim certify --profile '' --only x"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := digest.Rerun(tt.run, tt.scenario); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}
