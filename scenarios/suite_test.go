package scenarios_test

import (
	"maps"
	"slices"
	"testing"

	"mppsim/scenarios"
	"mppsim/scenarios/check"
)

// userPresented is a profile that declares all that payment by payment code needs, and no other product.
func userPresented() check.Facts {
	return check.Facts{Dialect: "aps", Factor: 0.05, Capabilities: []string{
		"upm", "notify", "cancel", "refund", "partial_refund", "list", "receipt", "currency_2dp", "currency_0dp", "currency_3dp",
		"currency_idr", "decimal_amounts", "single_order", "refund_number", "multi_merchant", "recon",
	}}
}

// everything is a profile that declares all that there is.
func everything(o scenarios.Options) check.Facts {
	return check.Facts{Dialect: "aps", Factor: 0.05, Capabilities: slices.Sorted(maps.Keys(o.Catalogue.Capabilities))}
}

func TestTheBuiltInSuiteFitsTogether(t *testing.T) {
	t.Parallel()
	o, err := scenarios.Suite()
	if err != nil {
		t.Fatal(err)
	}
	o.Facts = everything(o)
	p, coverage, err := scenarios.Plan(o)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range p.Unable {
		t.Errorf("%s can never run", s.Scenario.ID)
	}
	covered := 0
	for _, r := range o.Catalogue.Requirements {
		if r.Speaks("aps") && len(r.Missing(o.Facts.Capabilities)) == 0 && coverage.Covers(r.ID) {
			covered++
		}
	}
	if covered < 90 {
		t.Errorf("%d requirements covered, want at least 90", covered)
	}
	t.Logf("%d scenarios, %d requirements covered", len(p.Scripts()), covered)
}

// TestProductsThatAreNotDeclaredAreNotRun: neither their scenarios nor their requirements.
func TestProductsThatAreNotDeclaredAreNotRun(t *testing.T) {
	t.Parallel()
	o, err := scenarios.Suite()
	if err != nil {
		t.Fatal(err)
	}
	o.Facts = userPresented()
	p, _, err := scenarios.Plan(o)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range p.Scripts() {
		for _, id := range s.Scenario.Requirements {
			if r, known := o.Catalogue.Find(id); known && slices.Contains([]string{"OC", "EC", "POC", "CSH"}, r.Area()) {
				t.Errorf("%s is run for %s, which is about a product that nobody declares", s.Scenario.ID, id)
			}
		}
	}
	if len(p.Unable) == 0 {
		t.Error("every scenario is run")
	}
}

func TestListAndExplain(t *testing.T) {
	t.Parallel()
	o, err := scenarios.Suite()
	if err != nil {
		t.Fatal(err)
	}
	list, err := scenarios.List(o)
	if err != nil {
		t.Fatal(err)
	}
	at := slices.IndexFunc(list, func(l scenarios.Listed) bool { return l.ID == "ACQ-UPM-03" })
	if at < 0 || len(list[at].Scenarios) == 0 || !list[at].Covered() || list[at].AreaTitle == "" {
		t.Fatalf("ACQ-UPM-03 is not listed with its scenarios")
	}
	e, err := scenarios.Explain(o, "acq-upm-03")
	if err != nil || e.ID != "ACQ-UPM-03" || e.Scenario != nil {
		t.Errorf("explained %q, %v", e.ID, err)
	}
	e, err = scenarios.Explain(o, list[at].Scenarios[0].ID)
	if err != nil || e.Scenario == nil || len(e.Steps) == 0 {
		t.Errorf("the scenario is not explained: %v", err)
	}
	if _, err := scenarios.Explain(o, "upm-99"); scenarios.ExitOf(err) != 2 {
		t.Errorf("error %v, want one of usage", err)
	}
}
