package scenarios_test

import (
	"strings"
	"testing"
	"testing/synctest"

	"mppsim/reports/journal"
	"mppsim/scenarios/acquirer"
)

// handless is a till whose driver offers no refunds, or only in a way that says so.
type handless struct {
	*till
	offers bool
	limits map[string]string
}

func (h handless) Offers(verb string) bool   { return verb != acquirer.VerbRefund || h.offers }
func (h handless) Limits() map[string]string { return h.limits }

func TestWhatIsDeclaredAndCannotBeExercisedIsNotTestable(t *testing.T) {
	t.Parallel()
	suite := feature(
		"ACQ-UPM-01: Then all is well", "ACQ-UPM-06: Then it errs", "ACQ-UPM-07: Then it errs", "ACQ-UPM-06 ACQ-UPM-03: Then all is well")
	tests := []struct {
		name         string
		till         handless
		capabilities []string
		selection    []string
		exit         int
		want         map[string]journal.Verdict
		why          string
	}{
		{
			"no verb",
			handless{},
			[]string{"upm", "refund"},
			nil, 1,
			map[string]journal.Verdict{
				"ACQ-UPM-01": journal.Pass, "ACQ-UPM-06": journal.NotTestable, "ACQ-UPM-07": journal.NotTestable, "ACQ-UPM-03": journal.NotRun,
			},
			"not testable: refund is declared, but the profile maps no verb refund",
		},
		{
			"a request that lacks something",
			handless{offers: true, limits: map[string]string{"refund": "refunds have no number", "fx": "no rate"}},
			[]string{"upm", "refund"},
			nil, 1,
			map[string]journal.Verdict{"ACQ-UPM-06": journal.NotTestable, "ACQ-UPM-07": journal.NotTestable, "ACQ-UPM-09": journal.NotApplicable},
			"not testable: refund is declared, but refunds have no number",
		},
		{
			"not asked for",
			handless{},
			[]string{"upm", "refund"},
			[]string{"ACQ-UPM-01"},
			0,
			map[string]journal.Verdict{"ACQ-UPM-01": journal.Pass, "ACQ-UPM-06": journal.NotRun},
			"",
		},
		{
			"a SHOULD alone",
			handless{},
			[]string{"upm", "refund"},
			[]string{"ACQ-UPM-07"},
			1,
			map[string]journal.Verdict{"ACQ-UPM-07": journal.NotTestable},
			"not testable",
		},
		{
			"not declared",
			handless{},
			[]string{"upm"},
			nil, 0,
			map[string]journal.Verdict{"ACQ-UPM-01": journal.Pass, "ACQ-UPM-06": journal.NotApplicable, "ACQ-UPM-07": journal.NotApplicable},
			"",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t, suite)
				tt.till.till = b.till
				b.options.Acquirer, b.options.Facts.Capabilities, b.options.Selection = tt.till, tt.capabilities, tt.selection
				result := b.run(t.Context())
				if result.Summary.Exit != tt.exit {
					t.Errorf("exit %d, want %d: %s", result.Summary.Exit, tt.exit, result.Summary.Verdict)
				}
				for id, want := range tt.want {
					got := verdictOf(result, id)
					if got.Verdict != want || want == journal.NotTestable && !strings.Contains(got.Reason, tt.why) {
						t.Errorf("%s is %s (%s), want %s", id, got.Verdict, got.Reason, want)
					}
				}
				for _, s := range result.Scenarios {
					if len(s.Findings) > 0 {
						t.Errorf("%s accuses the acquirer", s.ID)
					}
				}
			})
		})
	}
}

func TestAnAbsentAcquirerIsNotToldWhatIsNotTestable(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, feature("ACQ-UPM-06: Then it errs"))
		b.till.dead.Store(true)
		b.options.Acquirer, b.options.Facts.Capabilities = handless{till: b.till}, []string{"upm", "refund"}
		result := b.run(t.Context())
		if got := verdictOf(result, "ACQ-UPM-06").Verdict; result.Summary.Exit != 3 || got != journal.NotRun {
			t.Errorf("exit %d, ACQ-UPM-06 is %s", result.Summary.Exit, got)
		}
	})
}
