package fault_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"mppsim/wallet/aps"
	"mppsim/wallet/clock"
	"mppsim/wallet/control"
	"mppsim/wallet/fault"
	"mppsim/wallet/jsontree"
)

func newPlans() *fault.Plans {
	n := 0
	return fault.NewPlans(func() string { n++; return fmt.Sprintf("f%02d", n) }, clock.System(), func(string) {})
}

func arm(t *testing.T, p *fault.Plans, spec control.FaultSpec) control.Fault {
	t.Helper()
	f, err := p.Arm(spec, "line")
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// catalogueIDs is what features and profiles are written against: an id must not vanish.
const catalogueIDs = `connection-refused connection-reset request-lost request-reset request-delayed refused-http-status answer-http-status
answer-redirect answer-empty answer-html answer-wrong-type answer-cut answer-stalled answer-slow answer-length-short
answer-length-long request-held refused-result outcome-forced answer-lost answer-reset answer-held answer-result answer-unknown
answer-rate-limited answer-unlisted-code answer-truncated answer-without-result answer-without-status answer-extra-members
answer-minimal answer-other-id answer-other-amount answer-other-currency answer-stale-time answer-signature-missing
answer-signature-wrong answer-signature-other-key answer-signature-other-path answer-signature-unverifiable
answer-of-other-request answer-outcome answer-altered answer-replayed undecided unknown-order notification-lost
notification-delayed notification-duplicated notification-repeated notification-reordered notification-before-answer
notification-altered notification-replayed notification-forged notification-unsigned notification-stale-time
notification-of-other-order notification-of-other-acquirer notification-other-amount notification-other-currency
notification-failure-after-success notification-success-after-cancel payer-declines payer-abandons payer-mistypes payer-pays-late
payer-twice clock-expired clock-cutoff clock-refund-window clock-ahead clock-behind load-rate-limited load-too-many-requests
load-burst load-slow link-down link-one-way link-flapping till-request-lost till-answer-lost till-repeated
till-repeated-with-new-number till-repeated-from-other-terminal till-queue-replayed`

func TestCatalogueKeepsItsIDs(t *testing.T) {
	t.Parallel()
	kinds, err := fault.Catalogue()
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, k := range kinds {
		ids = append(ids, k.ID)
	}
	want := strings.Fields(catalogueIDs)
	slices.Sort(ids)
	slices.Sort(want)
	if !slices.Equal(ids, want) {
		t.Errorf("ids %v, want %v", ids, want)
	}
}

func TestArmRefuses(t *testing.T) {
	t.Parallel()
	aim := control.Aim{Code: "28", API: aps.Pay}
	for name, c := range map[string]struct {
		spec control.FaultSpec
		want error
	}{
		"unknown":           {control.FaultSpec{Fault: "x", Aim: aim}, fault.ErrUnknown},
		"no aim":            {control.FaultSpec{Fault: "answer-lost", Aim: control.Aim{API: aps.Pay}}, fault.ErrSpec},
		"wrong operation":   {control.FaultSpec{Fault: "unknown-order", Aim: aim}, fault.ErrSpec},
		"no result":         {control.FaultSpec{Fault: "refused-result", Aim: aim}, fault.ErrSpec},
		"no target":         {control.FaultSpec{Fault: "answer-redirect", Aim: aim}, fault.ErrSpec},
		"negative count":    {control.FaultSpec{Fault: "answer-lost", Aim: control.Aim{Code: "28", Count: -1}}, fault.ErrSpec},
		"unknown signature": {control.FaultSpec{Fault: "answer-altered", Aim: aim, Params: control.Params{Alter: control.Alteration{Signature: "bad"}}}, fault.ErrSpec},
		"unused":            {control.FaultSpec{Fault: "answer-lost", Aim: aim, Params: control.Params{Times: 4}}, fault.ErrSpec},
		"unused change":     {control.FaultSpec{Fault: "answer-lost", Aim: aim, Params: control.Params{Alter: control.Alteration{Minimal: true}}}, fault.ErrSpec},
		"too often":         {control.FaultSpec{Fault: "notification-duplicated", Aim: control.Aim{Code: "28"}, Params: control.Params{Times: 1001}}, fault.ErrSpec},
		"broken value":      {control.FaultSpec{Fault: "answer-altered", Aim: aim, Params: control.Params{Alter: control.Alteration{Set: map[string]json.RawMessage{"a": []byte("{")}}}}, fault.ErrSpec},
	} {
		if _, err := newPlans().Arm(c.spec, ""); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAim(t *testing.T) {
	t.Parallel()
	subject := aps.Subject{Timeline: "T", Code: "28", Payer: "Y", PaymentRequestID: "P1", Texts: aps.ListTexts("Order-AB12")}
	for name, c := range map[string]struct {
		aim control.Aim
		hit bool
	}{
		"code":            {control.Aim{Code: "28"}, true},
		"other code":      {control.Aim{Code: "29"}, false},
		"payer":           {control.Aim{Payer: "Y"}, true},
		"reference":       {control.Aim{Reference: "order-ab12"}, true},
		"other reference": {control.Aim{Reference: "AB13"}, false},
		"payment":         {control.Aim{PaymentRequestID: "P1"}, true},
		"timeline":        {control.Aim{Timeline: "T"}, true},
		"all":             {control.Aim{Timeline: "T", Code: "28", Payer: "Y", Reference: "12", PaymentRequestID: "P1"}, true},
		"one is wrong":    {control.Aim{Timeline: "T", Code: "28", Payer: "Z"}, false},
		"other operation": {control.Aim{Code: "28", API: aps.Refund}, false},
	} {
		p := newPlans()
		arm(t, p, control.FaultSpec{Fault: "answer-lost", Aim: c.aim})
		if got := len(p.Match(aps.Pay, subject)) > 0; got != c.hit {
			t.Errorf("%s: hit %v", name, got)
		}
	}
}

// TestAReferenceIsNotPartOfALongerNumber keeps a fault for one order from hitting another one that is numbered later.
func TestAReferenceIsNotPartOfALongerNumber(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		reference, text string
		hit             bool
	}{
		{"E-1", "E-1", true},
		{"E-1", "E-10", false},
		{"E-1", "e-1/2", true},
		{"E-1", "SHOP.E-1a", true},
		{"E-1", "E-10, then E-1", true},
		{"7001", "20260101-7001", true},
		{"7001", "17001", false},
		{"7001", "order7001x", true},
		{"MS4D9A", "MS4D9A001", true}, // letters do not count on
	} {
		p := newPlans()
		arm(t, p, control.FaultSpec{Fault: "answer-lost", Aim: control.Aim{Reference: c.reference}})
		if got := len(p.Match(aps.Pay, aps.Subject{Texts: aps.ListTexts("other", c.text)})) > 0; got != c.hit {
			t.Errorf("a fault for %q hits %q: %v", c.reference, c.text, got)
		}
	}
}

func TestFromAndCount(t *testing.T) {
	t.Parallel()
	for want, aim := range map[string]control.Aim{
		"xxxxx": {Code: "28"}, "x....": {Code: "28", Count: 1}, "..xx.": {Code: "28", From: 3, Count: 2}, "...xx": {Code: "28", From: 4},
	} {
		p := newPlans()
		f := arm(t, p, control.FaultSpec{Fault: "answer-lost", Aim: aim})
		got, fired := "", 0
		for range 5 {
			hits := len(p.Match(aps.Pay, aps.Subject{Code: "28"}))
			fired += hits
			got += []string{".", "x"}[hits]
		}
		armed := p.Armed("line")
		if got != want || len(armed) != 1 || armed[0].ID != f.ID || armed[0].Fired != fired || armed[0].Live != (aim.Count == 0) {
			t.Errorf("%+v: %s, want %s; %+v", aim, got, want, armed)
		}
	}
}

func TestHold(t *testing.T) {
	t.Parallel()
	hold := func(delay time.Duration) (*fault.Plans, string, *fault.Hold) {
		p := newPlans()
		f := arm(t, p, control.FaultSpec{Fault: "answer-held", Aim: control.Aim{Code: "28", Count: 1}, Params: control.Params{Delay: delay}})
		return p, f.ID, fault.Compile(p.Match(aps.Pay, aps.Subject{Code: "28"})).HoldAnswer
	}
	for name, end := range map[string]func(*fault.Plans, string, context.CancelFunc){
		"released": func(p *fault.Plans, id string, _ context.CancelFunc) { _ = p.Release(id) },
		"lifted":   func(p *fault.Plans, id string, _ context.CancelFunc) { _, _ = p.Lift(id) },
		"all":      func(p *fault.Plans, _ string, _ context.CancelFunc) { p.LiftAll("line") },
		"gone":     func(_ *fault.Plans, _ string, gone context.CancelFunc) { gone() },
	} {
		p, id, h := hold(0)
		ctx, gone := context.WithCancel(t.Context())
		ended := make(chan bool)
		go func() { ended <- h.Wait(ctx, clock.System()) }()
		select {
		case <-ended:
			t.Errorf("%s: the hold ended by itself", name)
		case <-time.After(10 * time.Millisecond):
		}
		end(p, id, gone)
		if got := <-ended; got != (name != "gone") {
			t.Errorf("%s: reported %v", name, got)
		}
		gone()
	}
	_, _, h := hold(time.Minute)
	wall := clock.NewManual(time.Unix(0, 0))
	ended := make(chan bool)
	go func() { ended <- h.Wait(t.Context(), wall) }()
	for waiting := true; waiting; {
		wall.Advance(time.Minute)
		select {
		case <-ended:
			waiting = false
		case <-time.After(time.Millisecond):
		}
	}
}

func TestSeveralFaultsOnOneMessage(t *testing.T) {
	t.Parallel()
	p := newPlans()
	arm(t, p, control.FaultSpec{Fault: "answer-held", Aim: control.Aim{Code: "28"}, Params: control.Params{Delay: time.Second}})
	arm(t, p, control.FaultSpec{Fault: "answer-altered", Aim: control.Aim{Code: "28"}, Params: control.Params{Alter: control.Alteration{Spelling: "lower"}}})
	arm(t, p, control.FaultSpec{Fault: "answer-altered", Aim: control.Aim{Code: "28"}, Params: control.Params{Alter: control.Alteration{TimeForm: "z2", Remove: []string{"a"}}}})
	s := fault.Compile(p.Match(aps.Pay, aps.Subject{Code: "28"}))
	if len(s.Faults) != 3 || s.HoldAnswer == nil || s.Alter.Spelling != "lower" || s.Alter.TimeForm != "z2" || len(s.Alter.Remove) != 1 {
		t.Errorf("script %+v", s)
	}
}

func TestAlter(t *testing.T) {
	t.Parallel()
	const message = `{"result":{"resultCode":"SUCCESS","resultStatus":"S","resultMessage":"ok"},"pspId":"W","paymentAmount":{"value":"1"}}`
	whole := "[not json"
	for want, a := range map[string]control.Alteration{
		message: {},
		`{"result":{"resultCode":"SUCCESS","resultStatus":"S"},"paymentAmount":{"value":"1"}}`:                                              {Minimal: true},
		`{"result":{"resultCode":"SUCCESS","resultStatus":"S","resultMessage":null},"pspId":null,"paymentAmount":{"value":"1"}}`:            {Null: true},
		`{"result":{"resultCode":"SUCCESS","resultStatus":"S","resultMessage":"ok"},"pspId":"W","paymentAmount":{"value":"9"},"a":{"b":1}}`: {Set: map[string]json.RawMessage{"paymentAmount.value": []byte(`"9"`), "a.b": []byte("1")}},
		`{"pspId":"W","paymentAmount":{}}`: {Remove: []string{"result", "paymentAmount.value"}},
		whole:                              {Body: &whole, Minimal: true},
	} {
		n, err := jsontree.Parse([]byte(message))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := fault.Alter(n, a); err != nil || string(got) != want {
			t.Errorf("%+v:\n%s, %v, want\n%s", a, got, err, want)
		}
	}
	n, _ := jsontree.Parse([]byte(message))
	if _, err := fault.Alter(n, control.Alteration{Set: map[string]json.RawMessage{"pspId.x": []byte("1")}}); !errors.Is(err, jsontree.ErrPath) {
		t.Errorf("a path through a text: %v", err)
	}
}

func TestGarble(t *testing.T) {
	t.Parallel()
	body := []byte(`{"result":{"resultCode":"SUCCESS","resultStatus":"S"}}`)
	for g, c := range map[fault.Garbling]struct {
		want   string
		signed bool
	}{
		fault.Clear: {string(body), true}, fault.Empty: {"", true}, fault.Truncated: {string(body[:len(body)/2]), true},
		fault.WithoutResult: {"{}", true}, fault.WithoutStatus: {`{"result":{"resultCode":"SUCCESS"}}`, true}, fault.HTML: {string(fault.Page(200)), false},
	} {
		if got, signed := fault.Garble(body, g); string(got) != c.want || signed != c.signed {
			t.Errorf("%d: %s, signed %v", g, got, signed)
		}
	}
}
