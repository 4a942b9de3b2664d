package risk_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"mppsim/fixtures"
	"mppsim/wallet/risk"
	"mppsim/wallet/store"
)

func noon() time.Time { return time.Date(2031, 3, 5, 4, 0, 0, 0, time.UTC) }

func shipped(t testing.TB) risk.Policy {
	t.Helper()
	p, err := risk.Parse("risk.yaml", fixtures.Risk)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// facts of a payment that nothing speaks against.
func facts(change func(*risk.Facts)) risk.Facts {
	f := risk.Facts{
		CustomerID: "C", PhoneRegion: "SG", DistanceKm: 1, Merchant: "M", MCC: "5411", StoreRegion: "SG", InStore: true, Accounts: 1,
	}
	if change != nil {
		change(&f)
	}
	return f
}

func TestStrategies(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		f    func(*risk.Facts)
		want string
	}{
		{"nothing speaks against it", nil, ""},
		{"K-01 promotion abuse", func(f *risk.Facts) { f.Marks = []string{"promotion-abuse"} }, "K-01"},
		{"K-01 gambling", func(f *risk.Facts) { f.Marks = []string{"other", "gambling"} }, "K-01"},
		{"K-01 bad credit", func(f *risk.Facts) { f.Marks = []string{"bad-credit"} }, "K-01"},
		{"K-01 a mark without meaning", func(f *risk.Facts) { f.Marks = []string{"likes-tea"} }, ""},
		{"K-01 a betting shop", func(f *risk.Facts) { f.MCC = "7995" }, "K-01"},
		{"K-01 a listed payer", func(f *risk.Facts) { f.CustomerID = "B" }, "K-01"},
		{"K-01 a listed merchant", func(f *risk.Facts) { f.Merchant = "N" }, "K-01"},
		{"K-02 another region", func(f *risk.Facts) { f.PhoneRegion = "MY" }, "K-02"},
		{"K-02 unknown region of the phone", func(f *risk.Facts) { f.PhoneRegion = "" }, ""},
		{"K-02 unknown region of the store", func(f *risk.Facts) { f.StoreRegion = "" }, ""},
		{"K-02 another region, online", func(f *risk.Facts) { f.PhoneRegion, f.InStore = "MY", false }, ""},
		{"K-02 as far as allowed", func(f *risk.Facts) { f.DistanceKm = 50 }, ""},
		{"K-02 farther than allowed", func(f *risk.Facts) { f.DistanceKm = 51 }, "K-02"},
		{"K-02 far away, online", func(f *risk.Facts) { f.DistanceKm, f.InStore = 5000, false }, ""},
		{"K-03 tampered app", func(f *risk.Facts) { f.Condition = []string{"tampered"} }, "K-03"},
		{"K-03 emulator", func(f *risk.Facts) { f.Condition = []string{"emulator"} }, "K-03"},
		{"K-03 rooted device", func(f *risk.Facts) { f.Condition = []string{"rooted"} }, "K-03"},
		{"K-04 two accounts", func(f *risk.Facts) { f.Accounts = 2 }, ""},
		{"K-04 three accounts", func(f *risk.Facts) { f.Accounts = 3 }, "K-04"},
		{"K-04 four accounts", func(f *risk.Facts) { f.Accounts = 4 }, "K-04"},
		{"everything at once", func(f *risk.Facts) {
			f.MCC, f.PhoneRegion, f.Condition, f.Accounts = "7995", "MY", []string{"rooted"}, 9
		}, "K-01 K-02 K-03 K-04"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p := shipped(t)
			p.Lists.Payers, p.Lists.Merchants = []string{"B"}, []string{"N"}
			var rules []string
			for _, v := range p.Judge(facts(test.f)) {
				rules = append(rules, v.Rule)
				if v.Reason == "" || v.Version != "1" {
					t.Errorf("verdict %+v", v)
				}
			}
			if got := strings.Join(rules, " "); got != test.want {
				t.Errorf("refused by %q, want %q", got, test.want)
			}
		})
	}
}

func TestStrategiesCanBeSwitchedOff(t *testing.T) {
	t.Parallel()
	everything := facts(func(f *risk.Facts) {
		f.MCC, f.PhoneRegion, f.Condition, f.Accounts = "7995", "MY", []string{"rooted"}, 9
	})
	for i, off := range []func(*risk.Policy){
		func(p *risk.Policy) { p.Lists.Off = true },
		func(p *risk.Policy) { p.Location.Off = true },
		func(p *risk.Policy) { p.Device.Off = true },
		func(p *risk.Policy) { p.Accounts.Off = true },
	} {
		p := shipped(t)
		off(&p)
		verdicts := p.Judge(everything)
		rule := fmt.Sprintf("K-%02d", i+1)
		if len(verdicts) != 3 || slices.ContainsFunc(verdicts, func(v risk.Verdict) bool { return v.Rule == rule }) {
			t.Errorf("without %s: %+v", rule, verdicts)
		}
	}
	p := shipped(t)
	p.Scope = risk.Promoted
	if got := p.Judge(everything); got != nil {
		t.Errorf("a payment without promotion: %+v", got)
	}
	everything.Promoted = true
	if got := p.Judge(everything); len(got) != 4 {
		t.Errorf("a promoted payment: %+v", got)
	}
}

func update(t testing.TB, s store.Store, f func(tx store.Tx) error) {
	t.Helper()
	if err := s.Update(t.Context(), f); err != nil {
		t.Fatal(err)
	}
}

// refusals judges a payment with a device and returns its rules.
func refusals(t testing.TB, s store.Store, d risk.Desk, device string, at time.Time) (rules []string) {
	t.Helper()
	update(t, s, func(tx store.Tx) error {
		verdicts, err := d.Judge(tx, "t", device, facts(nil), at)
		for _, v := range verdicts {
			rules = append(rules, v.Rule)
		}
		return err
	})
	return rules
}

func TestK04AccountsOnADevice(t *testing.T) {
	t.Parallel()
	s, d := store.NewMemory(), risk.Desk{Usual: shipped(t)}
	login := func(account string, at time.Time) {
		update(t, s, func(tx store.Tx) error { return risk.Login(tx, "t", "phone", account, at) })
	}
	want := func(what string, at time.Time, refused bool) {
		t.Helper()
		if got := refusals(t, s, d, "phone", at); slices.Contains(got, "K-04") != refused {
			t.Errorf("%s: refused by %v", what, got)
		}
	}
	login("A", noon())
	login("B", noon().Add(time.Hour))
	login("B", noon().Add(2*time.Hour))
	want("two accounts, one of them twice", noon().Add(2*time.Hour), false)
	login("C", noon().Add(3*time.Hour))
	want("three accounts", noon().Add(3*time.Hour), true)
	want("a second before the first login is a day old", noon().Add(24*time.Hour-time.Second), true)
	want("when the first login is a day old", noon().Add(24*time.Hour), false)
	login("A", noon().Add(25*time.Hour))
	want("when the first account logs in again", noon().Add(25*time.Hour), true)
	if got := refusals(t, s, d, "other phone", noon().Add(3*time.Hour)); got != nil {
		t.Errorf("another device: %v", got)
	}
	if got := refusals(t, s, d, "", noon().Add(3*time.Hour)); got != nil {
		t.Errorf("an unknown device: %v", got)
	}
}

// The count of accounts is that of a plain recount of all logins, whatever they are.
func TestK04IsARecount(t *testing.T) {
	t.Parallel()
	policy := shipped(t)
	rapid.Check(t, func(rt *rapid.T) {
		s, d := store.NewMemory(), risk.Desk{Usual: policy}
		last := make(map[string]time.Time)
		now := noon()
		for range rapid.IntRange(1, 30).Draw(rt, "steps") {
			now = now.Add(time.Duration(rapid.Int64Range(0, int64(10*time.Hour)).Draw(rt, "pause")))
			account := rapid.SampledFrom([]string{"A", "B", "C", "D"}).Draw(rt, "account")
			last[account] = now
			update(t, s, func(tx store.Tx) error { return risk.Login(tx, "t", "phone", account, now) })
			count := 0
			for _, at := range last {
				if now.Sub(at) < 24*time.Hour {
					count++
				}
			}
			if got := refusals(t, s, d, "phone", now); slices.Contains(got, "K-04") != (count >= 3) {
				rt.Fatalf("%d accounts: %v", count, got)
			}
		}
	})
}

func TestK05CasesAreLookedInto(t *testing.T) {
	t.Parallel()
	s, d := store.NewMemory(), risk.Desk{Usual: shipped(t)}
	update(t, s, func(tx store.Tx) error {
		for _, id := range []string{"1", "2"} {
			c := risk.Case{ID: id, Timeline: "t", CustomerID: "C", Suspicion: "promotion-abuse", Opened: noon()}
			if err := risk.Report(tx, c); err != nil {
				return err
			}
		}
		if err := risk.Report(tx, risk.Case{ID: "3", Timeline: "t"}); !errors.Is(err, risk.ErrPolicy) {
			t.Errorf("a case about nobody: %v", err)
		}
		return nil
	})
	if got := refusals(t, s, d, "", noon()); got != nil {
		t.Errorf("with open cases: %v", got)
	}
	answer := func(id string, confirmed bool) (err error) {
		update(t, s, func(tx store.Tx) error {
			_, err = risk.Answer(tx, "t", id, confirmed, "looked into", noon())
			return nil
		})
		return err
	}
	if err := answer("1", false); err != nil {
		t.Fatal(err)
	}
	if got := refusals(t, s, d, "", noon()); got != nil {
		t.Errorf("cleared: %v", got)
	}
	if err := answer("2", true); err != nil {
		t.Fatal(err)
	}
	if got := refusals(t, s, d, "", noon()); !slices.Equal(got, []string{"K-01"}) {
		t.Errorf("confirmed: %v", got)
	}
	if err := answer("2", false); !errors.Is(err, risk.ErrClosed) {
		t.Errorf("answered twice: %v", err)
	}
	if err := answer("9", false); !errors.Is(err, risk.ErrUnknown) {
		t.Errorf("a case that nobody opened: %v", err)
	}
	update(t, s, func(tx store.Tx) error {
		list, err := risk.Cases(tx, "t")
		if len(list) != 2 || !list[1].Confirmed || list[1].Finding != "looked into" || list[0].Confirmed || list[0].Answered.IsZero() {
			t.Errorf("cases %+v", list)
		}
		return err
	})
}

func TestK06PoliciesAreReplaced(t *testing.T) {
	t.Parallel()
	s, d := store.NewMemory(), risk.Desk{Usual: shipped(t)}
	strict := shipped(t)
	strict.Version, strict.Lists.MCCs = "campaign-1", []string{"5411"}
	update(t, s, func(tx store.Tx) error {
		if err := d.SetPolicy(tx, "t", shipped(t)); !errors.Is(err, risk.ErrPolicy) {
			t.Errorf("the same version again: %v", err)
		}
		if err := d.SetPolicy(tx, "t", risk.Policy{Version: "2"}); !errors.Is(err, risk.ErrPolicy) {
			t.Errorf("a policy that cannot be applied: %v", err)
		}
		return d.SetPolicy(tx, "t", strict)
	})
	if got := refusals(t, s, d, "", noon()); !slices.Equal(got, []string{"K-01"}) {
		t.Errorf("under the new policy: %v", got)
	}
	update(t, s, func(tx store.Tx) error {
		elsewhere, err := d.Policy(tx, "u")
		if elsewhere.Version != "1" {
			t.Errorf("on another timeline: %+v", elsewhere)
		}
		return err
	})
}

func TestPoliciesThatCannotBeUsed(t *testing.T) {
	t.Parallel()
	accounts := "\naccounts: {refuse: 3, within: 24h}\n"
	tests := []struct{ name, text, want string }{
		{"no YAML", "version: [", "risk.yaml"},
		{"an unknown key", `version: "1"` + accounts + "lsts: {}", "lsts"},
		{"no version", "scope: all" + accounts, "version"},
		{"a scope that is none", `version: "1"` + accounts + "scope: some", `scope: "some"`},
		{"a negative distance", `version: "1"` + accounts + "location: {maxDistanceKm: -1}", "location.maxDistanceKm"},
		{"one account", "version: \"1\"\naccounts: {refuse: 1, within: 24h}", "accounts"},
		{"no span", "version: \"1\"\naccounts: {refuse: 3}", "accounts"},
		{"a category that is none", `version: "1"` + accounts + "lists: {mccs: ['79']}", "lists.mccs[0]"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := risk.Parse("risk.yaml", []byte(test.text))
			if !errors.Is(err, risk.ErrPolicy) || !strings.Contains(err.Error(), test.want) || !strings.HasPrefix(err.Error(), "risk.yaml") {
				t.Errorf("error %v, want one about %q", err, test.want)
			}
		})
	}
}

func TestCustomerIDs(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]string{
		"2088102137821234":         "",
		"019a-b":                   "",
		strings.Repeat("x", 64):    "",
		strings.Repeat("x", 65):    "65 characters",
		"":                         "missing",
		"mei@example.com":          "e-mail",
		"+65 9123-4567":            "phone",
		"+65x":                     "",
		"0196c5f0-6d6e-7a2c-9f1e+": "",
	} {
		if got := risk.CustomerIDProblem(id); (got == "") != (want == "") || !strings.Contains(got, want) {
			t.Errorf("%q: %q, want %q", id, got, want)
		}
	}
}

func TestCustomerIDsByScenario(t *testing.T) {
	t.Parallel()
	for _, scenario := range []string{"UPM", "MPM", "Cashier", "AutoDebit"} {
		first := risk.Sighting{Place: risk.Supplied(scenario), ID: "C"}
		rest := []risk.Sighting{
			{Place: risk.PayResponse, ID: "C"}, {Place: risk.InquiryResponse, ID: "C"}, {Place: risk.NotifyPaymentRequest},
		}
		if got := risk.CustomerIDProblems(scenario, append(rest, first)); got != nil {
			t.Errorf("%s: %v", scenario, got)
		}
		if got := risk.CustomerIDProblems(scenario, rest); len(got) == 0 || !strings.Contains(got[0], string(first.Place)) {
			t.Errorf("%s, stated nowhere: %v", scenario, got)
		}
		rest[1].ID = "D"
		if got := risk.CustomerIDProblems(scenario, append(rest, first)); len(got) != 1 || !strings.Contains(got[0], `"D"`) {
			t.Errorf("%s, changed on the way: %v", scenario, got)
		}
	}
	if risk.Supplied("EasyPay") != "" {
		t.Error("an unknown scenario has no place")
	}
}

func BenchmarkJudge(b *testing.B) {
	s, d := store.NewMemory(), risk.Desk{Usual: shipped(b)}
	for i := range 10 {
		update(b, s, func(tx store.Tx) error { return risk.Login(tx, "t", "phone", fmt.Sprint(i), noon()) })
	}
	b.ReportAllocs()
	for b.Loop() {
		refusals(b, s, d, "phone", noon())
	}
}
