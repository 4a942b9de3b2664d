package wallet_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"mppsim/wallet"
	"mppsim/wallet/aps"
	"mppsim/wallet/clock"
	"mppsim/wallet/control"
	"mppsim/wallet/sign"
	"mppsim/wallet/trace"
)

func (r *rig) arm(kind string, aim control.Aim, params control.Params) control.Fault {
	r.t.Helper()
	f, err := r.api.Arm(r.t.Context(), control.FaultSpec{Fault: kind, Aim: aim, Params: params})
	if err != nil {
		r.t.Fatal(err)
	}
	return f
}

// last returns the latest exchange of an operation on the rig's timeline, waiting for it.
func (r *rig) last(api aps.API) trace.Exchange {
	r.t.Helper()
	return r.lastAbout(api, "")
}

// lastAbout is last for the messages about one payment; about any without an id.
func (r *rig) lastAbout(api aps.API, id string) trace.Exchange {
	r.t.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		list, err := r.api.Exchanges(r.t.Context(), control.ExchangeQuery{Timeline: r.timeline})
		if err != nil {
			r.t.Fatal(err)
		}
		for _, e := range slices.Backward(list) {
			if e.API == string(api) && (id == "" || e.PaymentRequestID == id) {
				return e
			}
		}
	}
	r.t.Fatalf("no exchange of %s", api)
	return trace.Exchange{}
}

func TestFaultHitsOnlyItsMessages(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.open("off")
	p, other := r.payer("always-password"), r.payer("always-password")
	r.pay("P1", r.code(p), "1000")
	r.pay("P2", r.code(other), "1000")
	denied := &aps.Result{Code: "ACCESS_DENIED"}
	f := r.arm("refused-result", control.Aim{Payer: p.ID, API: aps.InquiryPayment, From: 2, Count: 2}, control.Params{Result: denied})
	var codes []string
	for range 4 {
		codes = append(codes, r.inquire("P1").code())
		want(t, "another payment", r.inquire("P2").code(), "SUCCESS")
	}
	want(t, "the payment", strings.Join(codes, " "), "SUCCESS ACCESS_DENIED ACCESS_DENIED SUCCESS")
	armed, err := r.api.Armed(t.Context(), r.timeline)
	if err != nil || len(armed) != 1 || armed[0].ID != f.ID || armed[0].Fired != 2 || armed[0].Live {
		t.Errorf("armed faults %+v, error %v", armed, err)
	}
}

// TestNoIdOfWhatDoesNotExist: what was not processed has no paymentId, unless the answer pretends that it was.
func TestNoIdOfWhatDoesNotExist(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.open("off")
	p := r.payer("rich")
	body := r.payBody("P1", r.code(p), "1000")
	for _, c := range []struct {
		result *aps.Result
		told   bool
	}{
		{&aps.Result{Code: "UNKNOWN_EXCEPTION", Status: aps.Unknown}, false},
		{&aps.Result{Code: "RISK_REJECT", Status: aps.Failure}, false},
		{&aps.Result{Code: "SUCCESS", Status: aps.Success}, true},
	} {
		r.arm("refused-result", control.Aim{Payer: p.ID, API: aps.Pay, Count: 1}, control.Params{Result: c.result})
		got := r.call("pay", body)
		if want(t, "result", got.code(), c.result.Code); strings.Contains(string(got.raw), `"paymentId"`) != c.told {
			t.Errorf("%s: %s", c.result.Code, got.raw)
		}
	}
	want(t, "sent again", r.call("pay", body).code(), "SUCCESS")
}

func TestDelayedRequestIsProcessedUnlessCancelled(t *testing.T) {
	t.Parallel()
	wall := clock.NewManual(time.Now())
	r := newRig(t, func(o *wallet.Options) { o.Clock = wall })
	r.open("off")
	for id, cancelled := range map[string]bool{"P1": false, "P2": true} {
		p := r.payer("rich")
		r.arm("request-delayed", control.Aim{Payer: p.ID, API: aps.Pay}, control.Params{Delay: 5 * time.Second})
		if got := r.sendRaw("pay", r.payBody(id, r.code(p), "1000"), patience); got.end != "reset" {
			t.Fatalf("connection was %s", got.end)
		}
		want(t, "early inquiry", r.inquire(id).code(), "ORDER_NOT_EXIST")
		if cancelled {
			want(t, "cancel", r.cancel(id).code(), "SUCCESS")
		}
		wall.Advance(5 * time.Second)
		r.settled(func() bool {
			list, err := r.api.Exchanges(t.Context(), control.ExchangeQuery{Timeline: r.timeline, About: id})
			return err == nil && slices.ContainsFunc(list, func(e trace.Exchange) bool { return e.API == string(aps.Pay) && e.Executed })
		})
		if cancelled {
			want(t, "cancelled", r.inquire(id).outcome(), "ORDER_IS_CLOSED")
			r.wantMoved("payer/"+p.ID, 0)
			continue
		}
		want(t, "processed", r.inquire(id).outcome(), "SUCCESS")
		r.wantMoved("payer/"+p.ID, -1000)
	}
}

func TestUndecidedUntilLifted(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.open("certify")
	p := r.payer("rich")
	f := r.arm("undecided", control.Aim{Payer: p.ID}, control.Params{})
	want(t, "pay", r.pay("P1", r.code(p), "1000").code(), "PAYMENT_IN_PROCESS")
	r.wantMoved("payer/"+p.ID, -1000)
	if _, err := r.api.MoveTimeline(t.Context(), r.timeline, control.Move{By: 2 * time.Minute}); err != nil {
		t.Fatal(err)
	}
	want(t, "past the expiry", r.inquire("P1").outcome(), "PAYMENT_IN_PROCESS")
	time.Sleep(60 * time.Millisecond)
	if n := r.received(); len(n) != 0 {
		t.Errorf("notified %d times while undecided", len(n))
	}
	if err := r.api.Lift(t.Context(), f.ID); err != nil {
		t.Fatal(err)
	}
	want(t, "lifted", r.inquire("P1").outcome(), "SUCCESS")
	want(t, "notified", text(r.awaitNotices(1)[0].body, "paymentResult.resultCode"), "SUCCESS")
}

func TestUndecidedPaymentCanBeCancelled(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.open("certify")
	p := r.payer("always-password")
	f := r.arm("undecided", control.Aim{Payer: p.ID}, control.Params{})
	r.pay("P1", r.code(p), "1000")
	if _, err := r.api.MoveTimeline(t.Context(), r.timeline, control.Move{By: 2 * time.Minute}); err != nil {
		t.Fatal(err)
	}
	want(t, "past the expiry", r.inquire("P1").outcome(), "PAYMENT_IN_PROCESS")
	want(t, "cancel", r.cancel("P1").code(), "SUCCESS")
	want(t, "after it", r.inquire("P1").outcome(), "ORDER_IS_CLOSED")
	if err := r.api.Lift(t.Context(), f.ID); err != nil {
		t.Fatal(err)
	}
	time.Sleep(60 * time.Millisecond)
	if n := r.received(); len(n) != 0 {
		t.Errorf("a cancelled payment was notified %d times", len(n))
	}
	r.wantMoved("payer/"+p.ID, 0)
}

func TestUndecidedForThreeMessages(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.open("off")
	p := r.payer("rich")
	r.arm("undecided", control.Aim{Payer: p.ID, Count: 3}, control.Params{})
	got := []string{r.pay("P1", r.code(p), "1000").code()}
	for range 3 {
		got = append(got, r.inquire("P1").outcome())
	}
	want(t, "outcomes", strings.Join(got, " "), "PAYMENT_IN_PROCESS PAYMENT_IN_PROCESS PAYMENT_IN_PROCESS SUCCESS")
}

func TestHeldAnswerIsReleased(t *testing.T) {
	t.Parallel()
	for name, let := range map[string]func(*rig, string) error{
		"released": func(r *rig, id string) error { return r.api.Release(r.t.Context(), id) },
		"lifted":   func(r *rig, id string) error { return r.api.Lift(r.t.Context(), id) },
		"closed":   func(r *rig, _ string) error { return r.api.CloseTimeline(r.t.Context(), r.timeline) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			r.open("off")
			p := r.payer("rich")
			f := r.arm("answer-held", control.Aim{Payer: p.ID, API: aps.Pay}, control.Params{})
			body := r.payBody("P1", r.code(p), "1000")
			done := make(chan raw, 1)
			go func() { done <- r.sendRaw("pay", body, patience) }()
			for r.inquire("P1").outcome() != "SUCCESS" {
				time.Sleep(5 * time.Millisecond)
			}
			want(t, "cancel meanwhile", r.cancel("P1").code(), "SUCCESS")
			select {
			case got := <-done:
				t.Fatalf("answered too early: %q", got.octets)
			default:
			}
			if err := let(r, f.ID); err != nil {
				t.Fatal(err)
			}
			if got := <-done; !strings.Contains(got.octets, `"SUCCESS"`) {
				t.Errorf("the answer of the moment of processing was lost: %q", got.octets)
			}
		})
	}
}

// TestAlteredSignatures checks each alteration of the signature against a verifying client.
func TestAlteredSignatures(t *testing.T) {
	t.Parallel()
	for mistake, verdict := range map[string]sign.Verdict{
		"missing": sign.Missing, "empty": sign.Missing, "no-time": sign.Invalid, "wrong-key": sign.Invalid, "body": sign.Invalid,
		"path": sign.Invalid, "time": sign.Invalid, "client": sign.Invalid, "algorithm-none": sign.Invalid, "hs256": sign.Invalid, "garbage": sign.Invalid,
		"client-header": sign.Valid, // the client id that a careful acquirer verifies with is its own
	} {
		t.Run(mistake, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			r.open("off")
			p := r.payer("rich")
			r.arm("answer-altered", control.Aim{Payer: p.ID, API: aps.Pay}, control.Params{Alter: control.Alteration{Signature: mistake}})
			a, err := r.try("pay", r.payBody("P1", r.code(p), "1000"))
			if err != nil || a.valid != verdict || a.code() != "SUCCESS" {
				t.Errorf("signature %s, result %s, error %v; want %s", a.valid, a.code(), err, verdict)
			}
		})
	}
}

// TestHarmlessAlterations checks that forms which must be accepted verify.
func TestHarmlessAlterations(t *testing.T) {
	t.Parallel()
	set := map[string]json.RawMessage{"newText": []byte(`"x"`), "result.more": []byte(`{"a":["1"]}`)}
	for name, c := range map[string]struct {
		alter    control.Alteration
		contains string
	}{
		"lower names":   {control.Alteration{Spelling: "lower"}, "\nsignature: algorithm=RSA256,keyVersion=1,signature="},
		"upper names":   {control.Alteration{Spelling: "upper"}, "\nSIGNATURE: algorithm=RSA256"},
		"spaced":        {control.Alteration{Spelling: "spaced"}, "algorithm=RSA256, keyVersion=1, signature="},
		"lower hex":     {control.Alteration{Spelling: "lower-hex"}, "%3d"},
		"offset time":   {control.Alteration{TimeForm: "offset"}, "+05:30\r\n"},
		"two decimals":  {control.Alteration{TimeForm: "z2"}, "Z\r\n"},
		"offset millis": {control.Alteration{TimeForm: "offset3"}, "+08:00\r\n"},
		"unknown":       {control.Alteration{Set: set}, `"newText":"x"`},
		"minimal":       {control.Alteration{Minimal: true}, `"paymentTime"`},
		"null":          {control.Alteration{Null: true}, `"walletBrandName":null`},
		"foreign":       {control.Alteration{Layout: "foreign"}, "{\n  "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			r.open("off")
			p := r.payer("rich")
			r.arm("answer-altered", control.Aim{Payer: p.ID, API: aps.Pay}, control.Params{Alter: c.alter})
			body := r.payBody("P1", r.code(p), "1000")
			a := r.call("pay", body)
			want(t, "result", a.code(), "SUCCESS")
			if got := r.sendRaw("pay", body, patience); !strings.Contains(got.octets, c.contains) {
				t.Errorf("octets %q lack %q", got.octets, c.contains)
			}
		})
	}
}

func TestReplayedAnswer(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.open("off")
	p := r.payer("rich")
	first := r.pay("P1", r.code(p), "1000")
	second := r.code(p)
	r.arm("answer-replayed", control.Aim{Code: second, API: aps.Pay}, control.Params{Replay: "P1"})
	again := r.pay("P2", second, "1000")
	want(t, "replayed octets", string(again.raw), string(first.raw))
	want(t, "replayed signature", again.header.Get("Signature"), first.header.Get("Signature"))
}

func TestNotificationFaults(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		fault  string
		params control.Params
		want   []string // outcomes as notified
	}{
		{fault: "notification-lost"},
		{fault: "notification-delayed", params: control.Params{Delay: 40 * time.Millisecond}, want: []string{"SUCCESS"}},
		{fault: "notification-duplicated", params: control.Params{Times: 3}, want: []string{"SUCCESS", "SUCCESS", "SUCCESS"}},
		{fault: "notification-altered", params: control.Params{Outcome: &aps.Result{Code: "PROCESS_FAIL"}}, want: []string{"PROCESS_FAIL"}},
	} {
		t.Run(c.fault, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			r.open("certify")
			p := r.payer("rich")
			r.arm(c.fault, control.Aim{Payer: p.ID}, c.params)
			r.pay("P1", r.code(p), "1000")
			r.awaitNotices(len(c.want))
			time.Sleep(150 * time.Millisecond) // what is too many would come now
			var got []string
			for _, n := range r.received() {
				got = append(got, text(n.body, "paymentResult.resultCode"))
			}
			want(t, "notified", fmt.Sprint(got), fmt.Sprint(c.want))
		})
	}
}

func TestNotificationBeforeAnswer(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.open("certify")
	p := r.payer("rich")
	r.arm("notification-before-answer", control.Aim{Payer: p.ID, API: aps.Pay}, control.Params{})
	want(t, "pay", r.pay("P1", r.code(p), "1000").code(), "PAYMENT_IN_PROCESS")
	if n := r.received(); len(n) != 1 {
		t.Fatalf("%d notifications before the answer", len(n))
	}
	time.Sleep(100 * time.Millisecond)
	if n := r.received(); len(n) != 1 {
		t.Errorf("an acknowledged notification was repeated: %d", len(n))
	}
}

func TestRedirectTargetIsNotCalledByUs(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	var calls atomic.Int32
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { calls.Add(1) }))
	defer elsewhere.Close()
	r.inbox.Config.Handler = http.RedirectHandler(elsewhere.URL, http.StatusTemporaryRedirect)
	r.open("certify")
	p := r.payer("rich")
	r.pay("P1", r.code(p), "1000")
	want(t, "acknowledgement", fmt.Sprint(r.last(aps.NotifyPayment).Response.Status), "307")
	if calls.Load() != 0 {
		t.Error("the notification followed a redirection")
	}
}

func TestNotifyNow(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.open("off")
	p := r.payer("always-password")
	r.pay("P1", r.code(p), "1000")
	e, err := r.api.Notify(t.Context(), control.NotifySpec{PaymentRequestID: "P1", Alter: control.Alteration{Signature: "wrong-key"}})
	if err != nil || e.Outcome == nil || e.Outcome.Status != "S" || e.Result == nil {
		t.Fatalf("exchange %+v, error %v", e, err)
	}
	want(t, "verdict of the acquirer's key", string(r.received()[0].valid), "invalid")
	r.wantMoved("payer/"+p.ID, 0)
	if _, err := r.api.Notify(t.Context(), control.NotifySpec{PaymentRequestID: "P1", Pay: true}); err != nil {
		t.Fatal(err)
	}
	r.wantMoved("payer/"+p.ID, -1000)
	want(t, "inquiry", r.inquire("P1").outcome(), "SUCCESS")
	if _, err := r.api.Notify(t.Context(), control.NotifySpec{PaymentRequestID: "P1", URL: "http://192.0.2.1/x"}); err == nil {
		t.Error("a notification to a foreign host was allowed")
	}
	if _, err := r.api.Notify(t.Context(), control.NotifySpec{PaymentRequestID: "P1", RawDepth: 100_000}); err != nil {
		t.Error(err)
	}
	if n := r.received(); n[len(n)-1].valid != sign.Missing || len(n[len(n)-1].raw) != 200_000 {
		t.Error("the nested message was not sent as asked")
	}
}

func TestProductionScheduleUntilAcknowledged(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.mu.Lock()
	r.ackCode = "PROCESS_FAIL"
	r.mu.Unlock()
	r.open("production")
	p := r.payer("rich")
	r.pay("P1", r.code(p), "1000")
	r.awaitNotices(1)
	if _, err := r.api.MoveTimeline(t.Context(), r.timeline, control.Move{By: 13 * time.Minute}); err != nil {
		t.Fatal(err)
	}
	if n := r.awaitNotices(3); len(n) != 3 {
		t.Errorf("%d deliveries in 13 minutes, want 3", len(n))
	}
	r.mu.Lock()
	r.ackCode = "SUCCESS"
	r.mu.Unlock()
	if _, err := r.api.MoveTimeline(t.Context(), r.timeline, control.Move{Days: 2}); err != nil {
		t.Fatal(err)
	}
	if n := r.awaitNotices(4); len(n) != 4 {
		t.Errorf("%d deliveries in all, want 4: the last one was acknowledged", len(n))
	}
}

// TestALostNotificationLeavesATrace shows what nobody received, with the fault that kept it from being sent.
func TestALostNotificationLeavesATrace(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.open("certify")
	p := r.payer("rich")
	f := r.arm("notification-lost", control.Aim{Payer: p.ID}, control.Params{})
	r.pay("P1", r.code(p), "1000")
	e := r.last(aps.NotifyPayment)
	if !e.Lost || e.Broken != "lost on purpose" || e.PaymentRequestID != "P1" || e.Outcome == nil || e.Outcome.Code != "SUCCESS" || !slices.Equal(e.Faults, []string{f.ID}) {
		t.Errorf("exchange %+v", e)
	}
	if n := r.received(); len(n) != 0 {
		t.Errorf("%d notifications came", len(n))
	}
}
