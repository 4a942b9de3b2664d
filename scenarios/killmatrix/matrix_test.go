package killmatrix_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"mppsim/features"
	"mppsim/fixtures/refacquirer"
	"mppsim/reports/matrix"
	"mppsim/scenarios/killmatrix"
	"mppsim/scenarios/rig"
)

// built is the folder of the reference acquirer's binary, once there is one.
var built atomic.Value

// acquirer is the reference acquirer's binary, built once and only when a test needs it: an acquirer certified by a
// test with the race detector should not be slowed down by one of its own.
var acquirer = sync.OnceValues(func() (string, error) {
	folder, err := os.MkdirTemp("", "killmatrix-")
	if err != nil {
		return "", err
	}
	built.Store(folder)
	path := filepath.Join(folder, "refacquirer")
	if runtime.GOOS == "windows" {
		path += ".exe"
	}
	report, err := exec.Command("go", "build", "-o", path, "mppsim/cmd/refacquirer").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("build the reference acquirer: %w: %s", err, report)
	}
	return path, nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if folder, ok := built.Load().(string); ok {
		_ = os.RemoveAll(folder)
	}
	os.Exit(code)
}

// keys are the same for all acquirers: making them anew would take a third of the time.
var keys = sync.OnceValues(rig.NewKeys)

func settings(t testing.TB) killmatrix.Settings {
	t.Helper()
	path, err := acquirer()
	if err != nil {
		t.Fatal(err)
	}
	k, err := keys()
	if err != nil {
		t.Fatal(err)
	}
	return killmatrix.Settings{Starter: rig.Starter{Command: []string{path}}, Keys: k, Parallel: 16}
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
	if watched {
		inPlainProcess(t)
		return
	}
	data := prove(t, killmatrix.Options{
		Kills: kills(t), Side: 10,
		Select: func(k killmatrix.Kill) []string { return append(slices.Concat(k.Fails, k.Blocked), everyday...) },
	})
	expectDeclared(t, data.Defects)
}

// inPlainProcess runs the test in a process without the race detector, as the acquirers are. The detector takes four
// times the processor, which makes our own timers late, so that findings are rightly withdrawn; it watches the same
// code in TestHabits.
func inPlainProcess(t *testing.T) {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "killmatrix.test")
	if runtime.GOOS == "windows" {
		binary += ".exe"
	}
	if report, err := exec.CommandContext(t.Context(), "go", "test", "-c", "-o", binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("build this test without the race detector: %v: %s", err, report)
	}
	report, err := exec.CommandContext(t.Context(), binary, "-test.v", "-test.run", "^"+t.Name()+"$").CombinedOutput()
	t.Logf("%s", report)
	if err != nil {
		t.Error(err)
	}
}

// together are habits that one acquirer can have at once. Each by itself is TestSoakMatrix.
var together = []string{
	"repeats-pay-instead-of-inquiring+indented-json+time-in-milliseconds+lower-case-headers+cancels-by-payment-id",
	"steady-polling+escaped-json+offset-time+signature-items-with-spaces+inquires-by-payment-id+sends-optional-fields",
	"growing-polling+signature-items-reordered+acknowledges-slowly+names-both-ids+sends-null-fields",
	"asks-when-merchant-queries+keep-alive-off+answers-charge-at-once+refuses-void-while-pay-is-open+refuses-far-off-times+renews-refused-refund-id",
}

// TestHabits certifies acquirers that are correct in other ways with the whole suite: none may have a finding.
func TestHabits(t *testing.T) {
	var rows []killmatrix.Kill
	for _, names := range together {
		rows = append(rows, killmatrix.Kill{Name: names})
	}
	data := prove(t, killmatrix.Options{Habits: rows, Side: 2})
	expectDeclared(t, data.Habits)
}

// TestEveryHabitIsProved keeps the groups complete.
func TestEveryHabitIsProved(t *testing.T) {
	t.Parallel()
	grouped := strings.Split(strings.Join(together, "+"), "+")
	slices.Sort(grouped)
	var all []string
	for _, h := range habits(t) {
		all = append(all, h.Name)
	}
	slices.Sort(all)
	if !slices.Equal(grouped, all) {
		t.Errorf("the groups hold %v, the habits are %v", grouped, all)
	}
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
	o.Certify, o.Again = settings(t).Over(), true
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
