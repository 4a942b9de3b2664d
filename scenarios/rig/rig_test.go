package rig_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"

	"mppsim/fixtures/refacquirer"
	"mppsim/reports"
	"mppsim/reports/journal"
	"mppsim/scenarios"
	"mppsim/scenarios/rig"
	"mppsim/wallet/clock"
	"mppsim/wallet/control"
)

// The flags run one experiment by hand:
//
//	go test ./scenarios/rig -run TestByHand -v -only ACQ-CAN-03 -defect NAME -out /tmp/run
var (
	only     = flag.String("only", "", "selection of scenarios, separated by commas")
	defects  = flag.String("defect", "", "defects of the reference acquirer, separated by commas")
	habits   = flag.String("habit", "", "habits of the reference acquirer, separated by commas")
	parallel = flag.Int("at-a-time", 0, "scenarios side by side")
	seed     = flag.Int64("seed", 0, "order of the scenarios")
	factor   = flag.Float64("factor", 0, "of the acquirer's timers")
	others   = flag.Bool("for-others", false, "the acquirer is a service provider with agent tokens")
	out      = flag.String("out", "", "folder for the reports")
)

const asAcquirer = "MPPSIM_TEST_AS_ACQUIRER"

// TestMain lets the test binary be the reference acquirer's process as well.
func TestMain(m *testing.M) {
	if os.Getenv(asAcquirer) != "" {
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
		code := refacquirer.Main(ctx, os.Args[1:], os.Stdout, os.Stderr)
		stop()
		os.Exit(code)
	}
	os.Exit(m.Run())
}

// ourselves starts this test binary as the reference acquirer.
func ourselves() rig.Starter {
	return rig.Starter{Command: []string{os.Args[0]}, Env: []string{asAcquirer + "=1"}}
}

func start(t testing.TB, o rig.Options) *rig.Rig {
	t.Helper()
	o.Starter = ourselves()
	return startWith(t, o)
}

// startWith is start with a starter of the caller's.
func startWith(t testing.TB, o rig.Options) *rig.Rig {
	t.Helper()
	o.NewID = uuid.NewString
	if o.Clock == nil {
		o.Clock = clock.System()
	}
	r, err := rig.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	return r
}

// certify runs a selection and reads the journal back.
func certify(t testing.TB, r *rig.Rig, change func(*scenarios.Options)) (scenarios.Result, *journal.Model) {
	t.Helper()
	return certifyUntil(t.Context(), t, r, change)
}

func certifyUntil(ctx context.Context, t testing.TB, r *rig.Rig, change func(*scenarios.Options)) (scenarios.Result, *journal.Model) {
	t.Helper()
	folder := *out
	if folder == "" {
		folder = t.TempDir()
	} else if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	result, m, err := certified(ctx, r, folder, change)
	if err != nil {
		t.Fatal(err)
	}
	if *out != "" {
		if err := reports.Write(*out, m); err != nil {
			t.Error(err)
		}
	}
	return result, m
}

// certified is certify for any goroutine: it keeps the journal in a folder.
func certified(ctx context.Context, r *rig.Rig, folder string, change func(*scenarios.Options)) (scenarios.Result, *journal.Model, error) {
	o, err := r.Suite()
	if err != nil {
		return scenarios.Result{}, nil, err
	}
	path := filepath.Join(folder, "journal.jsonl")
	_ = os.Remove(path)
	w, err := journal.Create(path, clock.System(), nil)
	if err != nil {
		return scenarios.Result{}, nil, err
	}
	o.Journal = w
	change(&o)
	result, err := scenarios.Run(ctx, o)
	if err := errors.Join(err, w.Close()); err != nil {
		return result, nil, err
	}
	m, err := journal.ReadFile(path)
	return result, m, err
}

func TestAFirstPaymentOverTheRealWire(t *testing.T) {
	t.Parallel()
	result, m := certify(t, start(t, rig.Options{}), func(o *scenarios.Options) { o.Selection = []string{"ACQ-UPM-03"} })
	if result.Summary.Exit != 0 {
		t.Errorf("exit %d: %s\n%s", result.Summary.Exit, result.Summary.Verdict, tell(result))
	}
	if !m.Complete || len(m.Scenarios) == 0 || len(m.Scenarios[0].Exchanges) == 0 {
		t.Error("the journal does not hold the run")
	}
}

// some is a part of the suite that takes several seconds.
func some(o *scenarios.Options) { o.Selection = []string{"INQ", "RES", "CAN"} }

// inMidRun acts when the scenarios are under way: the acquirer has made some dozens of calls by then.
func inMidRun(t *testing.T, r *rig.Rig, act func()) {
	t.Helper()
	api := r.Sim
	go func() {
		if list, err := api.Exchanges(t.Context(), control.ExchangeQuery{After: 40, Limit: 1, Wait: time.Minute}); err == nil && len(list) > 0 {
			act()
		}
	}()
}

func findings(result scenarios.Result) int {
	n := 0
	for _, s := range result.Scenarios {
		n += len(s.Findings)
	}
	return n
}

func TestAnAcquirerKilledInMidRunIsNotAccused(t *testing.T) {
	t.Parallel()
	r := start(t, rig.Options{})
	inMidRun(t, r, r.Process.Kill)
	result, m := certify(t, r, func(o *scenarios.Options) {
		some(o)
		o.Patience = 5 * time.Second
	})
	if result.Summary.Exit != 4 || findings(result) > 0 {
		t.Errorf("exit %d: %s\n%s", result.Summary.Exit, result.Summary.Verdict, tell(result))
	}
	if !m.Complete || result.Summary.Scenarios[journal.Inconclusive] == 0 {
		t.Errorf("scenarios ended %v", result.Summary.Scenarios)
	}
}

func TestAnAcquirerThatIsSwitchedOffIsNotAccused(t *testing.T) {
	t.Parallel()
	r := start(t, rig.Options{})
	r.Process.Kill()
	result, m := certify(t, r, some)
	if result.Summary.Exit != 3 || findings(result) > 0 || !m.Complete {
		t.Errorf("exit %d: %s", result.Summary.Exit, result.Summary.Verdict)
	}
}

func TestLeftoversOfABrokenOffRunAreNotJudged(t *testing.T) {
	t.Parallel()
	r := start(t, rig.Options{})
	ctx, stop := context.WithCancel(t.Context())
	inMidRun(t, r, stop)
	broken, m := certifyUntil(ctx, t, r, some)
	if broken.Summary.Exit != 130 || !m.Complete {
		t.Errorf("exit %d: %s", broken.Summary.Exit, broken.Summary.Verdict)
	}
	again, _ := certify(t, r, some)
	if again.Summary.Exit != 0 {
		t.Errorf("exit %d: %s\n%s", again.Summary.Exit, again.Summary.Verdict, tell(again))
	}
	t.Logf("%d strays", again.Strays)
}

func TestADefectIsFound(t *testing.T) {
	t.Parallel()
	result, _ := certify(t, start(t, rig.Options{Defects: []string{firstDefect(t, "ACQ-UPM-10")}}), func(o *scenarios.Options) {
		o.Selection = []string{"ACQ-UPM-10", "ACQ-UPM-03"}
	})
	if result.Summary.Exit != 1 {
		t.Errorf("exit %d: %s\n%s", result.Summary.Exit, result.Summary.Verdict, tell(result))
	}
}

// firstDefect finds a defect that is made to break a requirement.
func firstDefect(t *testing.T, requirement string) string {
	t.Helper()
	list, err := refacquirer.Defects()
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range list {
		if slices.Contains(d.Breaks, requirement) {
			return string(d.Name)
		}
	}
	t.Fatalf("no defect breaks %s", requirement)
	return ""
}

// TestByHand runs what the flags say; without any it is not meant.
func TestByHand(t *testing.T) {
	if *only+*defects+*habits+*out == "" {
		t.SkipNow()
	}
	began := time.Now()
	r := start(t, rig.Options{Defects: split(*defects), Habits: split(*habits), Factor: *factor, ForOthers: *others})
	result, _ := certify(t, r, func(o *scenarios.Options) {
		o.Selection, o.Parallel, o.Seed = split(*only), *parallel, *seed
	})
	t.Logf("%s in %s; exit %d; %d strays\n%s\n%s", result.Summary.Verdict, time.Since(began).Round(time.Millisecond),
		result.Summary.Exit, result.Strays, tell(result), r.Process.Complaints())
}

func split(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == ',' })
}

// tell lists what did not pass.
func tell(result scenarios.Result) string {
	var b strings.Builder
	for _, s := range result.Scenarios {
		if s.Ended.Verdict == journal.Pass {
			continue
		}
		fmt.Fprintf(&b, "%-14s %s (%s): %s\n", s.Ended.Verdict, s.ID, s.Ended.Duration.Round(time.Millisecond), s.Ended.Reason)
		for _, f := range s.Findings {
			fmt.Fprintf(&b, "   %s by %q: expected %s; seen %s\n", f.Requirement, f.Check, f.Expected, f.Seen)
		}
	}
	for _, q := range result.Requirements {
		switch q.Verdict {
		case journal.Pass, journal.NotApplicable:
		case journal.NotRun:
			if *only == "" {
				fmt.Fprintf(&b, "%s %s: %s\n", q.ID, q.Verdict, q.Reason)
			}
		default:
			fmt.Fprintf(&b, "%s %s: %s\n", q.ID, q.Verdict, q.Reason)
		}
	}
	return b.String()
}
