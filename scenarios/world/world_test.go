package world_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"mppsim/reports/journal"
	"mppsim/scenarios/acquirer"
	"mppsim/scenarios/tolerance"
	"mppsim/scenarios/world"
	"mppsim/wallet/aps"
	"mppsim/wallet/control"
	"mppsim/wallet/money"
	"mppsim/wallet/trace"
)

func TestShopsAreFoundByRole(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t)
		for role, want := range map[string]string{
			"": "corner", "the shop": "corner", "another shop": "tokyo", "the second shop": "tokyo", "kiosk": "kiosk", "paris": "",
		} {
			shop, err := s.Shop(role)
			if shop.Role != want || (err == nil) != (want != "") {
				t.Errorf("%q is %q, %v", role, shop.Role, err)
			}
		}
		for decimals, want := range map[int]string{2: "SGD", 0: "JPY", 3: "KWD"} {
			if _, currency, ok := s.ShopWithDecimals(decimals); !ok || currency != want {
				t.Errorf("%d decimals: %q", decimals, currency)
			}
		}
		if shop, ok := s.ShopWithCurrency("IDR"); !ok || shop.Role != "jakarta" {
			t.Errorf("IDR is charged by %q", shop.Role)
		}
		if _, ok := s.ShopWithCurrency("EUR"); ok {
			t.Error("somebody charges EUR")
		}
	})
}

func TestAmountIn(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text, currency string
		want           int64
		err            string
	}{
		{"250.00", "SGD", 25000, ""},
		{"250.00", "JPY", 25000, ""},
		{"0.01", "JPY", 1, ""},
		{"4.01", "JPY", 401, ""},
		{"0.00", "JPY", 0, ""},
		{"1234", "JPY", 1234, ""},
		{"99.5", "JPY", 0, "amount 99.5"},
		{"250.00", "KWD", 250000, ""},
		{"1.23", "KWD", 1230, ""},
		{"250", "SGD", 25000, ""},
		{"0.01", "SGD", 1, ""},
		{"1,00", "SGD", 0, "amount 1,00"},
		{"1.00", "XXQ", 0, "unknown currency"},
	}
	for _, tt := range tests {
		t.Run(tt.text+" "+tt.currency, func(t *testing.T) {
			t.Parallel()
			got, err := world.AmountIn(tt.text, tt.currency)
			if tt.err != "" {
				if err == nil || !strings.Contains(err.Error(), tt.err) {
					t.Errorf("error %v, want %q", err, tt.err)
				}
				return
			}
			if err != nil || got != money.Of(tt.currency, tt.want) {
				t.Errorf("%v, %v; want %d", got, err, tt.want)
			}
		})
	}
}

func TestRolesCountPayersAndPayments(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t)
		if _, err := s.PayerBy("the payer"); err == nil {
			t.Error("found a payer before there is one")
		}
		for _, template := range []string{"rich", "poor"} {
			if _, err := s.NewPayer(t.Context(), template); err != nil {
				t.Fatal(err)
			}
		}
		for role, want := range map[string]string{"": "poor", "the payer": "poor", "the first payer": "rich", "the second payer": "poor"} {
			if p, err := s.PayerBy(role); err != nil || p.Template != want {
				t.Errorf("%q: %v, %v", role, p, err)
			}
		}
		if _, err := s.PayerBy("the third payer"); err == nil {
			t.Error("found a third payer")
		}
	})
}

func TestAChargeIsAnnouncedAndSampled(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t)
		p := s.charged(t, world.ChargeOrder{})
		if !slices.Contains(s.books.expected, s.Reference()) || !slices.Contains(s.books.expected, p.Charge.Reference) {
			t.Errorf("announced %q", s.books.expected)
		}
		if !strings.HasPrefix(p.Charge.Reference, s.Reference()) || p.Charge.Currency != "SGD" || p.Charge.AmountText != "1.00" {
			t.Errorf("charged %+v", p.Charge)
		}
		s.shop.say(acquirer.Payment{ID: "p1", State: acquirer.Paid}, nil)
		met, err := s.Await(t.Context(), tolerance.Reaction, "paid", func(*world.View) bool { return p.State() == acquirer.Paid })
		if !met || err != nil {
			t.Fatalf("not paid: %v", err)
		}
		time.Sleep(200 * time.Millisecond)
		p.Rest()
		samples, calls := len(p.Samples()), len(s.Calls())
		if samples < 4 || calls > 3 {
			t.Errorf("%d samples and %d recorded calls: repetitions are kept without their calls", samples, calls)
		}
		for _, sample := range p.Samples() {
			known := slices.ContainsFunc(s.Calls(), func(c journal.Call) bool { return c.ID == sample.Call })
			if !known {
				t.Errorf("a sample points at call %s, which is not recorded", sample.Call)
			}
		}
		if _, ever := p.Ever(acquirer.Failed); ever {
			t.Error("it was never failed")
		}
		if first, ever := p.Ever(acquirer.Paid); !ever || first.State() != acquirer.Paid {
			t.Error("it was paid")
		}
	})
}

func TestWhatTheAcquirerDoesNotAnswerIsNoState(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t)
		s.shop.say(acquirer.Payment{}, errors.New("no answer"))
		p := s.charged(t, world.ChargeOrder{})
		if _, err := p.Answer(t.Context()); err == nil {
			t.Error("the failed call has an answer")
		}
		if p.State() != acquirer.Pending || len(p.Samples()) != 0 {
			t.Errorf("state %s, %d samples", p.State(), len(p.Samples()))
		}
		time.Sleep(150 * time.Millisecond)
		if n := len(s.Calls()); n > 2 {
			t.Errorf("%d calls recorded: the same failure is recorded once", n)
		}
	})
}

func TestARefusedChargeIsAFailedPayment(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t)
		s.shop.say(acquirer.Payment{Refused: true, Reason: "no code"}, nil)
		if p := s.charged(t, world.ChargeOrder{}); p.State() != acquirer.Failed {
			t.Errorf("state %s", p.State())
		}
	})
}

func TestPaymentsKnowTheirMessages(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t)
		first, second := s.charged(t, world.ChargeOrder{}), s.charged(t, world.ChargeOrder{Code: "2899"})
		for _, e := range []trace.Exchange{
			{API: "pay", PaymentRequestID: "r1", Request: trace.Message{Body: []byte(`{"code":"` + first.Code + `"}`)}},
			{API: "pay", PaymentRequestID: "r2", Request: trace.Message{Body: []byte(`{"code":"2899"}`)}},
			{API: "inquiryPayment", PaymentRequestID: "r2"},
			{API: "pay", PaymentRequestID: "r2", Request: trace.Message{Body: []byte(`{"code":"2899"}`)}},
			{API: "refund", PaymentRequestID: "r1"},
		} {
			s.Deliver(s.books.put(e))
		}
		if got := second.RequestIDs(); !slices.Equal(got, []string{"r2"}) {
			t.Errorf("ids %q", got)
		}
		if n := len(second.Pays()); n != 2 {
			t.Errorf("%d pays", n)
		}
		if n := len(second.Exchanges()); n != 3 {
			t.Errorf("%d messages", n)
		}
		if n := len(first.RefundCalls()); n != 1 || len(second.RefundCalls()) != 0 {
			t.Errorf("%d refund calls", n)
		}
		if n := len(second.Exchanges(aps.InquiryPayment)); n != 1 {
			t.Errorf("%d inquiries", n)
		}
	})
}

func TestExchangesAreKeptOnceInOrderOfArrival(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t)
		now := time.Now()
		late := s.books.put(trace.Exchange{ID: "late", Received: now.Add(time.Second)})
		early := s.books.put(trace.Exchange{ID: "early", Received: now})
		s.Deliver(late)
		s.Deliver(early)
		late.Executed = true
		s.Deliver(late)
		got := s.Exchanges()
		if len(got) != 2 || got[0].ID != "early" || !got[1].Executed {
			t.Errorf("%+v", got)
		}
		if n := s.log.count(func(e journal.Entry) bool { return e.Exchange != nil }); n != 2 {
			t.Errorf("%d exchanges in the journal", n)
		}
	})
}

// TestWhatWasNeverSentIsNotJudged: it stands in the journal, once, and is no message of the scenario.
func TestWhatWasNeverSentIsNotJudged(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t)
		lost := s.books.put(trace.Exchange{ID: "lost", API: "notifyPayment", Leg: trace.NetworkToAcquirer, Lost: true, Broken: "lost on purpose"})
		s.Deliver(lost)
		s.Deliver(lost)
		if got := s.Exchanges(); len(got) != 0 {
			t.Errorf("messages %+v", got)
		}
		if n := s.log.count(func(e journal.Entry) bool { return e.Exchange != nil && e.Exchange.Lost }); n != 1 {
			t.Errorf("%d times in the journal", n)
		}
	})
}

func TestAwait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t)
		time.AfterFunc(50*time.Millisecond, func() { s.Deliver(s.books.put(trace.Exchange{API: "pay"})) })
		met, err := s.Await(t.Context(), tolerance.PaySent, "a pay", func(v *world.View) bool { return len(v.Of(aps.Pay)) == 1 })
		if !met || err != nil {
			t.Errorf("met %t, %v", met, err)
		}
		met, err = s.Await(t.Context(), tolerance.PaySent, "two pays", func(v *world.View) bool { return len(v.Of(aps.Pay)) == 2 })
		if met || err != nil {
			t.Errorf("met %t, %v", met, err)
		}
		if _, err := s.Await(t.Context(), "patience", "x", func(*world.View) bool { return true }); err == nil {
			t.Error("an unknown tolerance was accepted")
		}
		held, err := s.Never(t.Context(), tolerance.Watch, "a pay", func(v *world.View) bool { return len(v.Of(aps.Pay)) > 0 })
		if held || err != nil {
			t.Errorf("held %t, %v", held, err)
		}
		gone, cancel := context.WithCancelCause(t.Context())
		cancel(errors.New("broken off"))
		if _, err := s.Await(gone, tolerance.PaySent, "a refund", func(*world.View) bool { return false }); err == nil || !strings.Contains(err.Error(), "a refund: broken off") {
			t.Errorf("error %v", err)
		}
		waits := s.log.count(func(e journal.Entry) bool { return e.Wait != nil && e.Wait.Bound == 250*time.Millisecond })
		if waits != 4 {
			t.Errorf("%d waits in the journal", waits)
		}
	})
}

func TestAwaitQuiet(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t)
		if quiet, err := s.AwaitQuiet(t.Context(), tolerance.Quiet, tolerance.Settle); !quiet || err != nil {
			t.Errorf("quiet %t, %v", quiet, err)
		}
		stop := make(chan struct{})
		go func() {
			for {
				select {
				case <-stop:
					return
				case <-time.After(5 * time.Millisecond):
					s.Deliver(s.books.put(trace.Exchange{}))
				}
			}
		}()
		defer close(stop)
		time.Sleep(20 * time.Millisecond)
		if quiet, _ := s.AwaitQuiet(t.Context(), tolerance.Quiet, tolerance.Settle); quiet {
			t.Error("an acquirer that keeps calling is quiet")
		}
	})
}

func TestFindingsNameRequirementAndEvidence(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t)
		finding := func(err error) journal.Finding {
			var f *world.Failure
			if !errors.As(err, &f) {
				t.Fatalf("%v is no failure", err)
			}
			return f.Finding
		}
		if f := finding(s.Fail("a", "b")); f.Requirement != "ACQ-UPM-03" || len(f.Exchanges)+len(f.Calls) != 0 {
			t.Errorf("%+v", f)
		}
		s.Deliver(s.books.put(trace.Exchange{ID: "seen"}))
		p := s.charged(t, world.ChargeOrder{})
		f := finding(s.FailFor("ACQ-CAN-01", "a", "b"))
		if f.Requirement != "ACQ-CAN-01" || !slices.Equal(f.Exchanges, []string{"seen"}) || len(f.Calls) != 1 {
			t.Errorf("without evidence the latest traffic stands in: %+v", f)
		}
		f = finding(s.Fail("a", "b", s.Ex(trace.Exchange{ID: "x"}), s.Shown(p.Samples()[0]), s.Call(journal.Call{ID: "k"})))
		if !slices.Equal(f.Exchanges, []string{"x"}) || len(f.Calls) != 2 || f.Calls[1] != "k" {
			t.Errorf("%+v", f)
		}
		s.Judge("ACQ-UPM-04")
		if f := finding(s.Fail("a", "b")); f.Requirement != "ACQ-UPM-04" {
			t.Errorf("%+v", f)
		}
		var u *world.Unreached
		if err := s.NotReached("a locked door", "ACQ-UPM-01"); !errors.As(err, &u) || u.Blames != "ACQ-UPM-01" || !strings.Contains(err.Error(), "locked door") {
			t.Errorf("%v", err)
		}
	})
}

func TestFaultsAimAtTheLatestPayer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t)
		if f, err := s.Arm(t.Context(), "answer-lost", aps.Pay); err != nil || f.Spec.Aim.Reference != s.Reference() || f.Spec.Aim.Payer != "" {
			t.Errorf("without a payer the scenario's orders are aimed at: %+v, %v", f.Spec, err)
		}
		if _, err := s.NewPayer(t.Context(), "rich"); err != nil {
			t.Fatal(err)
		}
		f, err := s.Arm(t.Context(), "answer-lost", aps.Pay, world.FromNth(2), world.Times(3), world.Params(control.Params{Status: 500}))
		if err != nil || f.Spec.Aim != (control.Aim{Timeline: "line", Payer: "p-rich", API: aps.Pay, From: 2, Count: 3}) || f.Spec.Params.Status != 500 {
			t.Errorf("%+v, %v", f.Spec, err)
		}
		f, err = s.Arm(t.Context(), "answer-lost", aps.Pay, world.OnCode("28"), world.OnReference("r"))
		if err != nil || f.Spec.Aim.Payer != "" || f.Spec.Aim.Code != "28" || f.Spec.Aim.Reference != "r" {
			t.Errorf("%+v, %v", f.Spec, err)
		}
	})
}

func TestRefunds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t)
		if _, err := s.Refund(t.Context(), world.RefundOrder{}); err == nil {
			t.Error("refunded nothing")
		}
		p := s.charged(t, world.ChargeOrder{})
		s.shop.mu.Lock()
		s.shop.refund = acquirer.Refund{ID: "g1", State: acquirer.Pending}
		s.shop.mu.Unlock()
		r, err := s.Refund(t.Context(), world.RefundOrder{Amount: money.Of("SGD", 50)})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := r.Answer(t.Context()); err != nil || r.State() != acquirer.Pending || r.Payment != p {
			t.Errorf("state %s, %v", r.State(), err)
		}
		s.shop.mu.Lock()
		s.shop.refund.State = acquirer.Refunded
		s.shop.mu.Unlock()
		if met, _ := s.Await(t.Context(), tolerance.Reaction, "refunded", func(*world.View) bool { return r.State() == acquirer.Refunded }); !met {
			t.Errorf("state %s", r.State())
		}
		if first, ever := r.Ever(acquirer.Refunded); !ever || first.Verb != "query_refund" {
			t.Errorf("%+v", first)
		}
		if got, _ := s.RefundBy("the first refund"); got != r {
			t.Error("the refund is not found")
		}
		scene := s.Scene()
		if len(scene.Charges) != 1 || len(scene.Refunds) != 1 || len(scene.Charges[0].Seen) == 0 || scene.Refunds[0].Number != r.Order.Number {
			t.Errorf("scene %+v", scene.Refunds)
		}
	})
}

func TestRefundsAreReadInTheirPaymentToo(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t)
		s.shop.without = []string{"query_refund"}
		s.charged(t, world.ChargeOrder{})
		r, err := s.Refund(t.Context(), world.RefundOrder{Amount: money.Of("SGD", 50), Number: "n-7"})
		if err != nil {
			t.Fatal(err)
		}
		s.shop.say(acquirer.Payment{ID: "p1", State: acquirer.Paid, Refunds: []acquirer.Refund{{Number: "n-6", State: acquirer.Failed}, {Number: "n-7", State: acquirer.Refunded}}}, nil)
		if met, _ := s.Await(t.Context(), tolerance.Reaction, "refunded", func(*world.View) bool { return r.State() == acquirer.Refunded }); !met {
			t.Errorf("state %s", r.State())
		}
	})
}

func TestTheHandOfTheShop(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t)
		p := s.charged(t, world.ChargeOrder{Unsampled: true})
		s.shop.say(acquirer.Payment{ID: "p1", State: acquirer.Closed}, nil)
		if told, err := s.Cancel(t.Context(), p); err != nil || told.State != acquirer.Closed || p.Last().Verb != "cancel" {
			t.Errorf("%+v, %v", told, err)
		}
		if told, err := s.Query(t.Context(), p); err != nil || told.Call.Sample || p.Last().Verb != "query" {
			t.Errorf("%+v, %v", told, err)
		}
		if list, err := s.List(t.Context(), p.Charge.Shop); err != nil || len(list) != 1 {
			t.Errorf("%v, %v", list, err)
		}
		if r, err := s.Receipt(t.Context(), p); err != nil || r.Text != "thank you" || r.Call.Verb != "receipt" {
			t.Errorf("%+v, %v", r, err)
		}
		verbs := []string{}
		for _, c := range s.Calls() {
			verbs = append(verbs, c.Verb)
		}
		if !slices.Equal(verbs, []string{"charge_code", "cancel", "query", "list", "receipt"}) || len(s.Scene().Cancels) != 1 {
			t.Errorf("calls %q", verbs)
		}
		if err := s.MoveTime(t.Context(), control.Move{By: -1}); err == nil {
			t.Error("time went back")
		}
	})
}
