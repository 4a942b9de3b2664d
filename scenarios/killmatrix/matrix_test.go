package killmatrix_test

import (
	"context"
	"os"
	"strconv"
	"strings"
	"testing"

	"mppsim/fixtures/refacquirer"
	"mppsim/reports/matrix"
	"mppsim/scenarios/killmatrix"
	"mppsim/scenarios/rig"
)

// TestMain lets the test binary be the reference acquirer's process too.
func TestMain(m *testing.M) {
	if os.Getenv("MPPSIM_TEST_REFACQUIRER") != "" {
		os.Exit(refacquirer.Main(context.Background(), os.Args[1:], os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

func settings(t *testing.T) killmatrix.Settings {
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

// TestSoakMatrix runs the whole suite against every defect and habit. It takes many minutes: `make soak`.
func TestSoakMatrix(t *testing.T) {
	if os.Getenv("MPPSIM_SOAK") == "" {
		t.Skip("takes many minutes; run by make soak")
	}
	list := kills(t)
	if only := os.Getenv("MPPSIM_DEFECTS"); only != "" {
		var few []killmatrix.Kill
		for _, name := range strings.Split(only, ",") {
			k, ok := killmatrix.Find(list, name)
			if !ok {
				t.Fatalf("no defect %q", name)
			}
			few = append(few, k)
		}
		list = few
	}
	side, err := strconv.Atoi(os.Getenv("MPPSIM_SIDE"))
	if err != nil {
		side = 4
	}
	data, err := killmatrix.Run(t.Context(), killmatrix.Options{
		Kills: list, Side: side, Certify: settings(t).Over(),
		Done: func(row matrix.Row) { t.Logf("%-42s %s", row.Name, verdictOf(row)) },
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range data.Defects {
		for _, wrong := range row.Wrong() {
			t.Errorf("%s: %s", row.Name, wrong)
		}
	}
}

func verdictOf(row matrix.Row) string {
	if wrong := row.Wrong(); len(wrong) > 0 {
		return strings.Join(wrong, "; ")
	}
	return "as declared"
}
