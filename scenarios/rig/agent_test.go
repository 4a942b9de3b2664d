package rig_test

import (
	"strings"
	"testing"

	"mppsim/reports/journal"
	"mppsim/scenarios"
	"mppsim/scenarios/rig"
)

// TestServiceProvidersAreJudgedAsSuch: a correct acquirer passes in either mode; without the mode the rule is none of its own.
func TestServiceProvidersAreJudgedAsSuch(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		options rig.Options
		want    journal.Verdict
	}{
		"for others": {rig.Options{ForOthers: true}, journal.Pass},
		"for itself": {rig.Options{}, journal.NotApplicable},
		"with a token that the profile does not know": {
			rig.Options{Flags: []string{"--agent-token", "mine"}, Overrides: map[string]string{
				"capabilities": "[upm, refund, tsp]", "facts.agent_token": "yours",
			}}, journal.Fail,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			result, _ := certify(t, start(t, c.options), func(o *scenarios.Options) { o.Selection = []string{"ACQ-SIG-16", "ACQ-SIG-01"} })
			judged := false
			for _, r := range result.Requirements {
				judged = judged || r.ID == "ACQ-SIG-16"
				if r.ID == "ACQ-SIG-16" && r.Verdict != c.want {
					t.Errorf("ACQ-SIG-16 is %s (%s), want %s\n%s", r.Verdict, r.Reason, c.want, tell(result))
				}
				if r.ID != "ACQ-SIG-16" && strings.HasPrefix(string(r.Verdict), string(journal.Fail)) {
					t.Errorf("%s fails: %s", r.ID, r.Reason)
				}
			}
			if !judged {
				t.Error("nothing is said of ACQ-SIG-16")
			}
		})
	}
}
