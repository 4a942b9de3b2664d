package killmatrix_test

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"mppsim/features"
	"mppsim/fixtures/refacquirer"
	"mppsim/reports/journal"
	"mppsim/reports/matrix"
	"mppsim/scenarios/killmatrix"
	"mppsim/scenarios/rig"
)

var (
	only = flag.String("only", "", "defects and habits of the soak matrix, separated by commas; all of them if empty")
	side = flag.Int("side", 3, "acquirers side by side")
	out  = flag.String("out", "", "folder that gets the matrix as Markdown and HTML")
)

// TestMain lets the test binary be the reference acquirer's process too.
func TestMain(m *testing.M) {
	if os.Getenv("MPPSIM_TEST_REFACQUIRER") != "" {
		os.Exit(refacquirer.Main(context.Background(), os.Args[1:], os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

func settings(t testing.TB) killmatrix.Settings {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	starter := rig.Starter{Command: []string{self}, Env: []string{"MPPSIM_TEST_REFACQUIRER=1"}}
	return killmatrix.Settings{Starter: starter, Parallel: 16}
}

func kills(t *testing.T) []killmatrix.Kill {
	t.Helper()
	defects, err := refacquirer.Defects()
	if err != nil {
		t.Fatal(err)
	}
	return killmatrix.Table(defects)
}

func habits(t *testing.T) []killmatrix.Kill {
	t.Helper()
	list, err := refacquirer.Habits()
	if err != nil {
		t.Fatal(err)
	}
	var rows []killmatrix.Kill
	for _, h := range list {
		rows = append(rows, killmatrix.Kill{Name: string(h.Name), Does: h.Does})
	}
	return rows
}

// everyday is played against each acquirer of the slice beside what is declared for it, so that a defect
// that spills over into ordinary payments is seen.
var everyday = []string{"ACQ-UPM-03", "ACQ-CAN-01", "ACQ-REF-01"}

// TestSlice certifies every defect with the scenarios of the requirements declared for it. The whole suite against
// every defect is TestSoakMatrix.
func TestSlice(t *testing.T) {
	t.Parallel()
	data := prove(t, killmatrix.Options{
		Kills: kills(t), Side: 6,
		Select: func(k killmatrix.Kill) []string { return append(slices.Concat(k.Fails, k.Blocked), everyday...) },
	})
	expectDeclared(t, data.Defects)
}

// TestHabits certifies acquirers that are correct in other ways with the whole suite: none may have a finding.
func TestHabits(t *testing.T) {
	t.Parallel()
	data := prove(t, killmatrix.Options{Habits: habits(t), Side: 3})
	expectDeclared(t, data.Habits)
}

// TestEveryMustIsKilled reads the table only: each covered requirement is in some defect's set, or a person attests it.
func TestEveryMustIsKilled(t *testing.T) {
	t.Parallel()
	killed := map[string]bool{}
	for _, k := range kills(t) {
		for _, id := range k.Fails {
			killed[id] = true
		}
	}
	for _, r := range covered(t) {
		if !killed[r.ID] && !r.Attested {
			t.Errorf("%s (%s) is covered, but no defect breaks it", r.ID, r.Level)
		}
	}
}

// TestTableSpeaksOfCoveredRequirements keeps the table honest: what it declares can be judged.
func TestTableSpeaksOfCoveredRequirements(t *testing.T) {
	t.Parallel()
	known := map[string]bool{}
	for _, r := range covered(t) {
		known[r.ID] = true
	}
	for _, k := range kills(t) {
		if len(k.Fails) == 0 {
			t.Errorf("%s breaks nothing", k.Name)
		}
		for _, id := range slices.Concat(k.Fails, k.Blocked) {
			if !known[id] {
				t.Errorf("%s: %s is not covered by the suite", k.Name, id)
			}
		}
	}
}

func covered(t *testing.T) []features.Requirement {
	t.Helper()
	list, err := killmatrix.Covered()
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func prove(t *testing.T, o killmatrix.Options) matrix.Data {
	t.Helper()
	o.Certify = settings(t).Over()
	o.Done = func(row matrix.Row) { t.Logf("%-42s %s", row.Name, told(row)) }
	data, err := killmatrix.Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func expectDeclared(t *testing.T, rows []matrix.Row) {
	t.Helper()
	if len(rows) == 0 {
		t.Fatal("nothing was proved")
	}
	for _, row := range rows {
		for _, wrong := range row.Wrong() {
			t.Errorf("%s: %s", row.Name, wrong)
		}
	}
}

func told(row matrix.Row) string {
	if wrong := row.Wrong(); len(wrong) > 0 {
		return strings.Join(wrong, "; ")
	}
	return "as declared"
}

func soak(t *testing.T) {
	t.Helper()
	if os.Getenv("MPPSIM_SOAK") == "" {
		t.Skip("takes many minutes; run by make soak")
	}
}

// TestSoakMatrix runs the whole suite against every defect and habit.
func TestSoakMatrix(t *testing.T) {
	soak(t)
	data := prove(t, killmatrix.Options{Kills: picked(t, kills(t)), Habits: picked(t, habits(t)), Side: *side})
	publish(t, data)
	expectDeclared(t, slices.Concat(data.Defects, data.Habits))
	if unkilled := data.Unkilled(); *only == "" && len(unkilled) > 0 {
		t.Errorf("killed by nothing: %s", strings.Join(unkilled, " "))
	}
}

func picked(t *testing.T, list []killmatrix.Kill) []killmatrix.Kill {
	t.Helper()
	if *only == "" {
		return list
	}
	names := strings.Split(*only, ",")
	return slices.DeleteFunc(list, func(k killmatrix.Kill) bool { return !slices.Contains(names, k.Name) })
}

func publish(t *testing.T, data matrix.Data) {
	t.Helper()
	if *out == "" {
		return
	}
	for name, write := range map[string]func(*os.File) error{
		"matrix.md":   func(f *os.File) error { return matrix.Markdown(f, data) },
		"matrix.html": func(f *os.File) error { return matrix.HTML(f, data) },
	} {
		f, err := os.Create(filepath.Join(*out, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := write(f); err != nil {
			t.Error(err)
		}
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestSoakTwenty certifies the correct acquirer twenty times in a row, in shuffled orders: not one finding.
func TestSoakTwenty(t *testing.T) {
	soak(t)
	for i := range 20 {
		s := settings(t)
		s.Seed = int64(i)
		if bad := unmet(t, s); len(bad) > 0 {
			t.Errorf("run %d: %s", i+1, strings.Join(bad, " "))
		}
	}
}

// TestSoakParallel certifies the correct acquirer and a broken one with 1, 4 and 16 scenarios at a time, in
// shuffled orders: the same verdicts each time.
func TestSoakParallel(t *testing.T) {
	soak(t)
	for _, defects := range [][]string{nil, {"takes-timeout-as-declined"}} {
		var first map[string]journal.Verdict
		for i, parallel := range []int{16, 4, 1} {
			s := settings(t)
			s.Parallel, s.Seed = parallel, int64(i)
			got, err := s.Over()(t.Context(), defects, nil, nil)
			if err != nil {
				t.Fatal(err)
			}
			if first == nil {
				first = got
			}
			if !maps.Equal(first, got) {
				t.Errorf("%d at a time, defects %v: the verdicts differ from those of 16 at a time: %s", parallel, defects, differences(first, got))
			}
		}
	}
}

func differences(a, b map[string]journal.Verdict) string {
	var list []string
	for id, v := range a {
		if b[id] != v {
			list = append(list, fmt.Sprintf("%s %s/%s", id, v, b[id]))
		}
	}
	slices.Sort(list)
	return strings.Join(list, ", ")
}

// unmet lists what a run of the whole suite against the correct acquirer did not pass.
func unmet(t *testing.T, s killmatrix.Settings) []string {
	t.Helper()
	got, err := s.Over()(t.Context(), nil, nil, nil)
	if err != nil {
		return []string{err.Error()}
	}
	row := killmatrix.Kill{Name: "correct"}.Row(got)
	return row.Wrong()
}

// BenchmarkSuite runs the whole suite against the reference acquirer: scenarios per second of wall time.
func BenchmarkSuite(b *testing.B) {
	scenarios := 0
	for b.Loop() {
		result, err := settings(b).Run(b.Context(), nil, nil, nil)
		if err != nil {
			b.Fatal(err)
		}
		scenarios += len(result.Scenarios)
	}
	b.ReportMetric(float64(scenarios)/b.Elapsed().Seconds(), "scenarios/s")
}
