package estimate_test

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"mppsim/features"
	"mppsim/reports/journal"
	"mppsim/scenarios/estimate"
	"mppsim/scenarios/plan"
)

const table = `
- { id: a/short, steps: [1, 10], settle: [0, 30] }
- { id: a/long, steps: [1, 100], settle: [0, 30] }
- { id: a/money, steps: [1, 20], settle: [0, 30] }
- { id: b/alone, steps: [2, 0], settle: [1, 0] }
`

const book = `
catalogue: test
version: "1"
areas: { UPM: codes }
requirements:
  - { id: ACQ-UPM-01, level: MUST, title: T, requirement: R, stimulus: S, source: [x], confidence: documented, defect: d, dialect: both, observe: { by: wire, pass: p, fail: [f] } }
  - { id: ACQ-UPM-02, level: MUST, money: true, title: T, requirement: R, stimulus: S, source: [x], confidence: documented, defect: d, dialect: both, observe: { by: wire, pass: p, fail: [f] } }
`

func run(t testing.TB, factor float64, parallel int) estimate.Run {
	t.Helper()
	times, err := estimate.Parse("t.yaml", []byte(table))
	if err != nil {
		t.Fatal(err)
	}
	catalogue, err := features.Parse("book", []byte(book))
	if err != nil {
		t.Fatal(err)
	}
	return estimate.Run{Table: times, Catalogue: catalogue, Factor: factor, Parallel: parallel}
}

func script(id string, requirement string) plan.Script {
	return plan.Script{Scenario: journal.Scenario{ID: id, Requirements: []string{requirement}, Alone: strings.HasSuffix(id, "alone")}}
}

func TestPlan(t *testing.T) {
	t.Parallel()
	short, long, alone := script("a/short", "ACQ-UPM-01"), script("a/long", "ACQ-UPM-01"), script("b/alone", "ACQ-UPM-01")
	for name, tt := range map[string]struct {
		factor   float64
		parallel int
		plan     plan.Plan
		want     time.Duration
	}{
		"nothing":                       {1, 16, plan.Plan{}, 0},
		"one":                           {1, 16, plan.Plan{Together: []plan.Script{short}}, 41 * time.Second},
		"with short timers":             {0.1, 16, plan.Plan{Together: []plan.Script{short}}, 5 * time.Second},
		"side by side":                  {1, 2, plan.Plan{Together: []plan.Script{short, long}}, 131 * time.Second},
		"settling keeps no place":       {1, 1, plan.Plan{Together: []plan.Script{short, short}}, 52 * time.Second},
		"one after the other":           {1, 1, plan.Plan{Together: []plan.Script{short, long}}, 142 * time.Second},
		"alone comes after the others":  {1, 2, plan.Plan{Together: []plan.Script{short}, Alone: []plan.Script{alone, alone}}, 47 * time.Second},
		"a guess by its flow":           {1, 2, plan.Plan{Together: []plan.Script{script("b/unknown", "ACQ-UPM-01")}}, 3 * time.Second},
		"a guess by all there is":       {0, 2, plan.Plan{Together: []plan.Script{script("c/unknown", "ACQ-UPM-01")}}, 1500 * time.Millisecond},
		"at least one place is assumed": {1, 0, plan.Plan{Together: []plan.Script{short}}, 41 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := run(t, tt.factor, tt.parallel).Plan(tt.plan); got != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
		})
	}
}

func TestFitPutsMoneyFirstAndThenTheLongest(t *testing.T) {
	t.Parallel()
	whole := plan.Plan{
		Together: []plan.Script{script("a/short", "ACQ-UPM-01"), script("a/long", "ACQ-UPM-01"), script("a/money", "ACQ-UPM-02")},
		Alone:    []plan.Script{script("b/alone", "ACQ-UPM-01")},
	}
	for budget, want := range map[time.Duration]string{
		time.Second:       "",
		10 * time.Second:  "b/alone",
		70 * time.Second:  "a/money b/alone",         // 51 s and 3 s
		90 * time.Second:  "a/money a/short b/alone", // 62 s and 3 s: the long one does not fit
		300 * time.Second: "a/money a/long a/short b/alone",
	} {
		r := run(t, 1, 1)
		fitting := r.Fit(whole, budget)
		var got []string
		for _, s := range fitting.Scripts() {
			got = append(got, s.Scenario.ID)
		}
		if strings.Join(got, " ") != want || len(fitting.Dropped)+len(got) != 4 {
			t.Errorf("within %s: %v and %d dropped; want %s", budget, got, len(fitting.Dropped), want)
		}
		for _, d := range fitting.Dropped {
			if !strings.Contains(d.Reason, "keep within "+budget.String()) {
				t.Errorf("%s: %s", d.Scenario.ID, d.Reason)
			}
		}
	}
}

func TestFitNeverExceedsTheBudgetAndLosesNothing(t *testing.T) {
	t.Parallel()
	ids := []string{"a/short", "a/long", "a/money", "b/alone"}
	rapid.Check(t, func(t *rapid.T) {
		r := run(&quiet{}, rapid.Float64Range(0, 1).Draw(t, "factor"), rapid.IntRange(1, 4).Draw(t, "parallel"))
		var whole plan.Plan
		for range rapid.IntRange(0, 12).Draw(t, "scripts") {
			s := script(rapid.SampledFrom(ids).Draw(t, "id"), rapid.SampledFrom([]string{"ACQ-UPM-01", "ACQ-UPM-02"}).Draw(t, "rule"))
			if s.Scenario.Alone {
				whole.Alone = append(whole.Alone, s)
			} else {
				whole.Together = append(whole.Together, s)
			}
		}
		budget := time.Duration(rapid.IntRange(1, 600).Draw(t, "seconds")) * time.Second
		fitting := r.Fit(whole, budget)
		if _, most := estimate.Bounds(r.Plan(fitting)); most > budget {
			t.Fatalf("%s within %s", most, budget)
		}
		if n := len(fitting.Scripts()) + len(fitting.Dropped); n != len(whole.Scripts()) {
			t.Fatalf("%d of %d scripts", n, len(whole.Scripts()))
		}
	})
}

// quiet is a testing.TB for set-ups that cannot fail.
type quiet struct{ testing.TB }

func (*quiet) Helper() {}

func TestAreas(t *testing.T) {
	t.Parallel()
	p := plan.Plan{Together: []plan.Script{script("a/short", "ACQ-UPM-01")}, Alone: []plan.Script{script("b/alone", "ACQ-UPM-02")}}
	areas := run(t, 1, 2).Areas(p)
	if len(areas) != 1 || areas[0] != (estimate.Area{ID: "UPM", Title: "codes", Scenarios: 2, Time: 44 * time.Second}) {
		t.Errorf("%+v", areas)
	}
}

func TestParseRefusesBrokenTables(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"- { id: a, steps: [1, 1], settle: [0, 1] }\n- { id: a, steps: [1, 1], settle: [0, 1] }": "used twice",
		"- { steps: [1, 1], settle: [0, 1] }":                                                    "empty",
		"- { id: a, steps: [-1, 1], settle: [0, 1] }":                                            "negative",
		"- { id: a, step: [1, 1] }":                                                              "step",
	} {
		if _, err := estimate.Parse("t.yaml", []byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %s", text, err, want)
		}
	}
}

func TestMeasureFindsWhatShrinks(t *testing.T) {
	t.Parallel()
	model := func(factor float64, steps, whole time.Duration, v journal.Verdict) *journal.Model {
		return &journal.Model{Run: journal.Run{Factor: factor}, Scenarios: []*journal.Record{{
			Scenario: journal.Scenario{ID: "a/one"}, Steps: []journal.Step{{Duration: steps / 2}, {Duration: steps / 2}},
			Ended: journal.Ended{Verdict: v, Duration: whole},
		}}}
	}
	times, err := estimate.Parse("t.yaml", estimate.Measure(
		model(0.1, 3*time.Second, 6*time.Second, journal.Pass), model(0.3, 7*time.Second, 16*time.Second, journal.Pass), // 1 s and 20 s; 30 s
		model(0.2, time.Hour, time.Hour, journal.Inconclusive),
	))
	if err != nil {
		t.Fatal(err)
	}
	e, measured := times.Of("a/one")
	want := estimate.Entry{Steps: estimate.Span{Fixed: time.Second, Scaled: 20 * time.Second}, Settle: estimate.Span{Scaled: 30 * time.Second}}
	if !measured || e != want {
		t.Errorf("%+v, want %+v", e, want)
	}
	for name, once := range map[string][]byte{
		"one factor":         estimate.Measure(model(0.1, 4*time.Second, 4*time.Second, journal.Pass)),
		"faster with longer": estimate.Measure(model(0.1, 5*time.Second, 5*time.Second, journal.Pass), model(0.5, 3*time.Second, 3*time.Second, journal.Pass)),
	} {
		times, err := estimate.Parse("t.yaml", once)
		if err != nil {
			t.Fatal(err)
		}
		if e, _ := times.Of("a/one"); e.Steps != (estimate.Span{Fixed: 4 * time.Second}) {
			t.Errorf("%s: %+v", name, e)
		}
	}
}

func TestTheSuiteIsMeasured(t *testing.T) {
	t.Parallel()
	times, err := estimate.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	scripts, err := plan.Read(features.Files())
	if err != nil {
		t.Fatal(err)
	}
	if n := times.Unmeasured(plan.Plan{Together: scripts}); n > len(scripts)/2 {
		t.Errorf("%d of %d scenarios were not measured: run `make durations`", n, len(scripts))
	}
	for _, s := range scripts {
		if e, _ := times.Of(s.Scenario.ID); e.Steps.At(1)+e.Settle.At(1) <= 0 {
			t.Errorf("%s takes no time", s.Scenario.ID)
		}
	}
}
