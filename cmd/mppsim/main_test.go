package main_test

import (
	"context"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"mppsim/cmd/mppsim/cli"
	"mppsim/fixtures/refacquirer"
	"mppsim/scenarios/setup"
)

// TestMain lets the test binary be both programs, so that the scripts run them as processes of their own.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"mppsim": func() {
			ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			os.Exit(cli.Main(ctx, os.Args[1:], cli.IO{Name: os.Args[0], In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Env: os.LookupEnv}))
		},
		"refacquirer": func() {
			ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			os.Exit(refacquirer.Main(ctx, os.Args[1:], os.Stdout, os.Stderr))
		},
	})
}

// TestScripts runs testdata/script: one script per command, verdict and exit code. Each starts with the folder
// trial, as `mppsim init --template reference` writes it, and with three free addresses in $SIM, $CONTROL and
// $ACQ. The environment configures refacquirer to use them.
func TestScripts(t *testing.T) {
	t.Parallel()
	trial, free := t.TempDir(), newPorts(10000)
	if _, err := setup.Init(trial, setup.Reference); err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			if err := os.CopyFS(filepath.Join(env.WorkDir, "trial"), os.DirFS(trial)); err != nil {
				return err
			}
			return prepare(env, free)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits, "start": start, "ended": ended, "signal": send, "await": await, "rundir": runDir,
			"verdicts": verdicts, "listening": listening, "gone": gone, "eventually": eventually,
		},
	})
}
