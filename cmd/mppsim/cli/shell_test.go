package cli_test

import (
	"strings"
	"testing"
)

// TestEveryCommandShowsExamples asks each command for help, as a newcomer does.
func TestEveryCommandShowsExamples(t *testing.T) {
	t.Parallel()
	commands := []string{
		"demo", "init", "keys", "keys new", "keys show", "keys root", "serve", "preflight", "certify", "list", "explain", "version",
		"payer", "payer list", "payer create", "payer show", "payer code", "payer scan", "payer confirm", "payer password", "payer decline", "payer history", "payer topup",
		"till", "till charge", "till query", "till cancel", "till refund", "fault", "fault kinds", "fault arm", "fault list", "fault lift", "fault release",
		"time", "trace", "orders", "code", "code read", "code draw",
	}
	for _, command := range commands {
		t.Run(command, func(t *testing.T) {
			t.Parallel()
			got := call(t, nil, append(strings.Fields(command), "--help")...)
			if got.code != 0 || !strings.Contains(got.out, "Examples:\n  mppsim "+command) {
				t.Errorf("exit code %d, no example of it:\n%s%s", got.code, got.out, got.err)
			}
		})
	}
}

// TestCompletion asks for what a shell offers.
func TestCompletion(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		args []string
		want []string // whole lines, or the beginnings of lines if they end in …
	}{
		"script":        {[]string{"completion", "bash"}, []string{"# bash completion…"}},
		"explain":       {[]string{"__complete", "explain", ""}, []string{"ACQ-UPM-10"}},
		"list":          {[]string{"__complete", "list", ""}, []string{"CAN", "ACQ-UPM-10"}},
		"only":          {[]string{"__complete", "certify", "--only", ""}, []string{"UPM", "ACQ-UPM-03", "charge/acq-upm-03…"}},
		"defect":        {[]string{"__complete", "demo", "--defect", ""}, []string{"takes-timeout-as-declined"}},
		"habit":         {[]string{"__complete", "demo", "--habit", ""}, []string{"steady-polling"}},
		"template":      {[]string{"__complete", "init", "--template", ""}, []string{"commented", "reference"}},
		"notifications": {[]string{"__complete", "serve", "--notifications", ""}, []string{"production", "sandbox", "off"}},
		"log level":     {[]string{"__complete", "--log-level", ""}, []string{"debug", "error"}},
		"commands":      {[]string{"__complete", "cert"}, []string{"certify…"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := call(t, nil, tt.args...)
			for _, want := range tt.want {
				want, part := strings.CutSuffix(want, "…")
				if !part {
					want += "\n"
				}
				if got.code != 0 || !strings.Contains("\n"+got.out, "\n"+want) {
					t.Errorf("exit code %d, %q is not offered:\n%s%s", got.code, want, got.out, got.err)
				}
			}
		})
	}
}

// TestHiddenCommandsAreNotOffered keeps the demonstration's own acquirer out of sight.
func TestHiddenCommandsAreNotOffered(t *testing.T) {
	t.Parallel()
	if got := call(t, nil); got.code != 0 || strings.Contains(got.out, "refacquirer ") {
		t.Errorf("exit code %d:\n%s", got.code, got.out)
	}
}
