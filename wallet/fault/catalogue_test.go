package fault

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"mppsim/wallet/aps"
	"mppsim/wallet/clock"
	"mppsim/wallet/control"
)

// TestEveryFaultIsInTheCatalogueAndInTheFileOfItsFamily proves that adding a fault touches the catalogue and one file: each id of the
// catalogue has its code in its own family's file and in no other, and no code is without an entry.
func TestEveryFaultIsInTheCatalogueAndInTheFileOfItsFamily(t *testing.T) {
	t.Parallel()
	kinds, err := Catalogue()
	if err != nil {
		t.Fatal(err)
	}
	listed := map[string]string{}
	for _, k := range kinds {
		if listed[k.ID] != "" {
			t.Errorf("%s is twice in the catalogue", k.ID)
		}
		listed[k.ID] = k.Family
		if _, found := families()[k.Family][k.ID]; !found && k.Family != TillFamily {
			t.Errorf("%s: the family %s has no code for it", k.ID, k.Family)
		}
		if k.Family != TillFamily {
			namedOnlyIn(t, k)
		}
	}
	for family, acts := range families() {
		for id := range acts {
			if listed[id] != family {
				t.Errorf("the code of %s has %s, the catalogue says family %q", family, id, listed[id])
			}
		}
	}
}

// namedOnlyIn checks that no other file of this package knows a fault by its id.
func namedOnlyIn(t *testing.T, k control.FaultKind) {
	t.Helper()
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		name := f.Name()
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if here := strings.Contains(string(text), fmt.Sprintf("%q", k.ID)); here != (name == k.Family+".go") {
			t.Errorf("%s of family %s: named in %s: %v", k.ID, k.Family, name, here)
		}
	}
}

func TestCatalogueEntries(t *testing.T) {
	t.Parallel()
	kinds, err := Catalogue()
	if err != nil {
		t.Fatal(err)
	}
	params := []string{"alter", "delay", "outcome", "replay", "result", "status", "target", "times"}
	perFamily := map[string]int{}
	for _, k := range kinds {
		perFamily[k.Family]++
		if k.Title == "" || len(k.APIs) == 0 || !slices.Contains([]string{"before", "after", "none"}, k.Commit) {
			t.Errorf("entry %+v", k)
		}
		for _, p := range k.Params {
			if !slices.Contains(params, p) {
				t.Errorf("%s: parameter %s", k.ID, p)
			}
		}
		if a, err := actOf(k); err != nil || k.Alone != a.door || k.Lasting != (a.during != nil) {
			t.Errorf("%s: alone %v, lasting %v, error %v", k.ID, k.Alone, k.Lasting, err)
		}
	}
	for _, family := range []string{"transport", "commit", "answer", "notification", "payer", "clock", "load", "link", TillFamily} {
		if perFamily[family] < 3 {
			t.Errorf("family %s has %d faults", family, perFamily[family])
		}
	}
	if len(kinds) < 50 || len(perFamily) != 9 {
		t.Errorf("%d faults in %d families", len(kinds), len(perFamily))
	}
}

// complete parameters with which every kind can be armed.
func enough() control.Params {
	r := &aps.Result{Code: "RISK_REJECT"}
	return control.Params{Outcome: r, Target: "http://127.0.0.1:1/", Replay: "P0", Delay: time.Minute}
}

// only leaves out the parameters that a fault does not use.
func only(p control.Params, k control.FaultKind) control.Params {
	uses := func(name string) bool { return slices.Contains(k.Params, name) }
	if !uses("result") {
		p.Result = nil
	}
	if !uses("outcome") {
		p.Outcome = nil
	}
	if !uses("target") {
		p.Target = ""
	}
	if !uses("replay") {
		p.Replay = ""
	}
	if !uses("delay") {
		p.Delay = 0
	}
	return p
}

// TestEveryFaultDoesWhatItsEntrySays arms every fault of the network's side, lets it hit one message, and compares what it makes of
// the message with what the catalogue says of the commit.
func TestEveryFaultDoesWhatItsEntrySays(t *testing.T) {
	t.Parallel()
	kinds, err := Catalogue()
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range kinds {
		a, _ := actOf(k)
		if a.door || a.till {
			continue
		}
		t.Run(k.ID, func(t *testing.T) {
			t.Parallel()
			p := NewPlans(func() string { return "f" }, clock.System(), func(string) {})
			api, params := aps.API(k.APIs[0]), enough()
			if a.complete != nil && a.complete(&control.Params{Outcome: params.Outcome, Target: params.Target, Replay: params.Replay}) != nil {
				params.Result = &aps.Result{Code: "RISK_REJECT"}
			}
			if _, err := p.Arm(control.FaultSpec{Fault: k.ID, Aim: control.Aim{Code: "28", API: api}, Params: only(params, k)}, "line"); err != nil {
				t.Fatal(err)
			}
			shots := p.Match(api, aps.Subject{Code: "28"})
			if len(shots) != 1 {
				t.Fatalf("shots %+v", shots)
			}
			script, notice := Compile(shots), CompileNotice(shots)
			if a.call != nil && fmt.Sprint(script) == fmt.Sprint(Script{Faults: script.Faults}) && k.ID != "answer-altered" {
				t.Error("the fault does nothing to a call")
			}
			if a.notice != nil && fmt.Sprint(notice) == fmt.Sprint(Notice{Faults: notice.Faults, Times: 1}) {
				t.Error("the fault does nothing to a notification")
			}
			if a.call == nil && a.notice == nil && !p.Undecided(aps.Subject{Code: "28"}) {
				t.Error("the fault does nothing")
			}
			if before := script.Skip || script.HoldRequest != nil; a.call != nil && before != (k.Commit == "before") {
				t.Errorf("processed first: %v, commit %s", !before, k.Commit)
			}
		})
	}
}

func TestLastingFaultsEndByTime(t *testing.T) {
	t.Parallel()
	for fault, want := range map[string]string{
		"link-down": "xxx...", "load-burst": "xxx...", "link-one-way": "xxx...", "link-flapping": "xxx...xxx...xxx...",
	} {
		wall := clock.NewManual(time.Unix(0, 0))
		p := NewPlans(func() string { return "f" }, wall, func(string) {})
		aim := control.Aim{Code: "28", API: aps.Pay, Count: 1}
		if _, err := p.Arm(control.FaultSpec{Fault: fault, Aim: aim, Params: control.Params{Delay: 3 * time.Second}}, "line"); err != nil {
			t.Fatal(err)
		}
		wall.Advance(time.Hour) // its time begins with the first message
		got := ""
		for range want {
			got += []string{".", "x"}[len(p.Match(aps.Pay, aps.Subject{Code: "28"}))]
			wall.Advance(time.Second)
		}
		if armed := p.Armed("line")[0]; got != want || armed.Live {
			t.Errorf("%s: %s, want %s; live %v", fault, got, want, armed.Live)
		}
	}
}

func TestALinkHitsEveryOperationUnlessItIsAimed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		aim  aps.API
		api  aps.API
		hits int
	}{
		{"", aps.Pay, 1},
		{"", aps.NotifyPayment, 1},
		{"", aps.UserInitiatedPay, 1},
		{"", aps.NotifyPushPayment, 1},
		{aps.Refund, aps.Pay, 0},
		{aps.Refund, aps.Refund, 1},
	} {
		p := NewPlans(func() string { return "f" }, clock.System(), func(string) {})
		if _, err := p.Arm(control.FaultSpec{Fault: "link-down", Aim: control.Aim{Payer: "Y", API: c.aim}}, "line"); err != nil {
			t.Fatal(err)
		}
		if got := len(p.Match(c.api, aps.Subject{Payer: "Y"})); got != c.hits {
			t.Errorf("aimed at %q, %s: %d hits", c.aim, c.api, got)
		}
	}
}

func TestWhatIsOvertakenFollows(t *testing.T) {
	t.Parallel()
	n := 0
	p := NewPlans(func() string { n++; return fmt.Sprint(n) }, clock.System(), func(string) {})
	if _, err := p.Arm(control.FaultSpec{Fault: "notification-reordered", Aim: control.Aim{Payer: "Y", Count: 1}}, "line"); err != nil {
		t.Fatal(err)
	}
	first := aps.Subject{Payer: "Y", PaymentRequestID: "P1", Timeline: "line"}
	held := CompileNotice(p.Match(aps.NotifyPayment, first)).Behind
	went := make(chan bool, 1)
	go func() { went <- held.Wait(t.Context(), clock.System()) }()
	elsewhere := aps.Subject{PaymentRequestID: "P3", Timeline: "other"}
	p.Delivered(aps.NotifyPayment, first)     // itself
	p.Delivered(aps.NotifyPayment, elsewhere) // of another timeline
	select {
	case <-went:
		t.Fatal("it went before anything had overtaken it")
	case <-time.After(10 * time.Millisecond):
	}
	p.Delivered(aps.NotifyPayment, aps.Subject{PaymentRequestID: "P2", Timeline: "line"})
	if !<-went {
		t.Error("it was given up")
	}
}

func TestAWholeShopAndTills(t *testing.T) {
	t.Parallel()
	p := NewPlans(func() string { return "f" }, clock.System(), func(string) {})
	if _, err := p.Arm(control.FaultSpec{Fault: "answer-lost", Aim: control.Aim{Merchant: "M-1", Timeline: "line", API: aps.Pay}}, "line"); err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]int{"M-1": 1, "M-10": 0} {
		if got := len(p.Match(aps.Pay, aps.Subject{Timeline: "another", Texts: aps.ListTexts(text)})); got != want {
			t.Errorf("merchant %s: %d hits", text, got)
		}
	}
	if _, err := p.Arm(control.FaultSpec{Fault: "till-answer-lost", Aim: control.Aim{Reference: "R-1", API: "refund", Count: 1}}, "line"); err != nil {
		t.Fatal(err)
	}
	about := aps.Subject{Texts: aps.ListTexts("R-1")}
	if n := len(p.Match(aps.Refund, about)); n != 0 {
		t.Error("a fault of tills hit a message of the acquirer")
	}
	if hit := p.MatchTill("refund", about); len(hit) != 1 || hit[0].Fault != "till-answer-lost" {
		t.Errorf("hits at the till %+v", hit)
	}
	if hit := p.MatchTill("refund", about); len(hit) != 0 {
		t.Errorf("hits after the only one %+v", hit)
	}
}

// TestHoldOfAnOutageEndsWithIt: who waits in silence is not kept longer than the line is down.
func TestHoldOfAnOutageEndsWithIt(t *testing.T) {
	t.Parallel()
	wall := clock.NewManual(time.Unix(0, 0))
	p := NewPlans(func() string { return "f" }, wall, func(string) {})
	if _, err := p.Arm(control.FaultSpec{Fault: "link-down", Aim: control.Aim{Code: "28"}, Params: control.Params{Delay: 10 * time.Second}}, ""); err != nil {
		t.Fatal(err)
	}
	p.Match(aps.Pay, aps.Subject{Code: "28"})
	wall.Advance(7 * time.Second)
	silence := Compile(p.Match(aps.Pay, aps.Subject{Code: "28"})).Silence
	if silence == nil || silence.delay != 3*time.Second {
		t.Errorf("silence %+v", silence)
	}
	ctx, gone := context.WithCancel(t.Context())
	gone()
	if silence.Wait(ctx, wall) {
		t.Error("a caller who left was waited for")
	}
}
