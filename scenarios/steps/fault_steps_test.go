package steps

import (
	"reflect"
	"testing"
	"time"

	"mppsim/scenarios/acquirer"
	"mppsim/wallet/aps"
	"mppsim/wallet/control"
)

// TestFaultsInTheirOwnWords reads a fault as a feature writes it and compares what is armed.
func TestFaultsInTheirOwnWords(t *testing.T) {
	t.Parallel()
	unknown := aps.Result{Code: "UNKNOWN_EXCEPTION", Status: aps.Unknown, Message: "unknown exception"}
	for text, want := range map[string]control.FaultSpec{
		"the fault answer-cut hits the first charge": {
			Fault: "answer-cut", Aim: control.Aim{API: aps.Pay, From: 1, Count: 1},
		},
		"the fault answer-stalled hits every further inquiry for 10 s": {
			Fault: "answer-stalled", Aim: control.Aim{API: aps.InquiryPayment, From: 2}, Params: control.Params{Delay: 10 * time.Second},
		},
		"the fault answer-result hits the first 3 inquiries with U UNKNOWN_EXCEPTION": {
			Fault: "answer-result", Aim: control.Aim{API: aps.InquiryPayment, From: 1, Count: 3}, Params: control.Params{Result: &unknown},
		},
		"the fault answer-outcome hits every inquiry with U UNKNOWN_EXCEPTION": {
			Fault: "answer-outcome", Aim: control.Aim{API: aps.InquiryPayment, From: 1}, Params: control.Params{Outcome: &unknown},
		},
		"the fault clock-ahead hits the charge by 10 min": {
			Fault: "clock-ahead", Aim: control.Aim{API: aps.Pay, From: 1, Count: 1}, Params: control.Params{Delay: 10 * time.Minute},
		},
		"the fault notification-lost hits every notification": {
			Fault: "notification-lost", Aim: control.Aim{API: aps.NotifyPayment, From: 1},
		},
		"the fault link-down hits every message for 20 s": {
			Fault: "link-down", Aim: control.Aim{From: 1}, Params: control.Params{Delay: 20 * time.Second},
		},
		"the fault answer-lost hits the second userInitiatedPay call": {
			Fault: "answer-lost", Aim: control.Aim{API: aps.UserInitiatedPay, From: 2, Count: 1},
		},
		"the fault till-repeated hits the first refund": {
			Fault: "till-repeated", Aim: control.Aim{API: "refund", From: 1, Count: 1},
		},
		"the fault till-answer-lost hits every inquiry": {
			Fault: "till-answer-lost", Aim: control.Aim{API: "query", From: 1},
		},
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			stage := play(t, acquirer.Pending)
			say(t, stage, text)
			armed := stage.sim.armed
			if len(armed) != 1 {
				t.Fatalf("armed %+v", armed)
			}
			got := armed[0]
			got.Aim.Timeline, got.Aim.Payer = "", ""
			if got.Fault != want.Fault || got.Aim != want.Aim || got.Params.Delay != want.Params.Delay ||
				!same(got.Params.Result, want.Params.Result) || !same(got.Params.Outcome, want.Params.Outcome) {
				t.Errorf("armed %+v, want %+v", got, want)
			}
		})
	}
}

// say plays a step by its words.
func say(t *testing.T, s *scene, text string) {
	t.Helper()
	for _, phrase := range All() {
		groups := phrase.Pattern.FindStringSubmatch(text)
		if groups == nil {
			continue
		}
		args := []reflect.Value{reflect.ValueOf(s.ctx)}
		for _, group := range groups[1:] {
			args = append(args, reflect.ValueOf(group))
		}
		if err, failed := reflect.TypeAssert[error](reflect.ValueOf(phrase.Func).Call(args)[0]); failed {
			t.Fatal(err)
		}
		return
	}
	t.Fatalf("no phrase fits %q", text)
}

func same(a, b *aps.Result) bool { return (a == nil) == (b == nil) && (a == nil || *a == *b) }
