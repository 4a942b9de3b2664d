package steps

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mppsim/wallet/aps"
	"mppsim/wallet/control"
)

func TestParseAim(t *testing.T) {
	t.Parallel()
	tests := []struct {
		which, what string
		want        aim
	}{
		{"the", "charge", aim{aps.Pay, 1, 1}},
		{"the first", "inquiry", aim{aps.InquiryPayment, 1, 1}},
		{"the second", "cancellation", aim{aps.CancelPayment, 2, 1}},
		{"the third", "refund", aim{aps.Refund, 3, 1}},
		{"every", "inquiry", aim{aps.InquiryPayment, 1, 0}},
		{"every further", "charge", aim{aps.Pay, 2, 0}},
		{"the first 3", "inquiries", aim{aps.InquiryPayment, 1, 3}},
	}
	for _, tt := range tests {
		t.Run(tt.which+" "+tt.what, func(t *testing.T) {
			t.Parallel()
			got, err := parseAim(tt.which, tt.what)
			if err != nil || got != tt.want {
				t.Errorf("%+v, %v; want %+v", got, err, tt.want)
			}
		})
	}
}

func TestParseAimRefuses(t *testing.T) {
	t.Parallel()
	for _, words := range [][2]string{{"the", "parcel"}, {"the first few", "inquiries"}} {
		if got, err := parseAim(words[0], words[1]); err == nil {
			t.Errorf("%q is %+v", words, got)
		}
	}
}

func TestOnlyTheFirstChargeAlwaysComes(t *testing.T) {
	t.Parallel()
	tests := []struct {
		a    aim
		want bool
	}{
		{aim{aps.Pay, 1, 1}, true},
		{aim{aps.Pay, 1, 0}, true},
		{aim{aps.Pay, 2, 0}, false}, // an acquirer may inquire instead of repeating
		{aim{aps.InquiryPayment, 1, 1}, false},
		{aim{aps.CancelPayment, 1, 1}, false},
	}
	for _, tt := range tests {
		if got := tt.a.surely(); got != tt.want {
			t.Errorf("%+v: %t", tt.a, got)
		}
	}
}

func TestSpan(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text string
		want time.Duration
	}{{"20 s", 20 * time.Second}, {"10 min", 10 * time.Minute}, {"0 s", 0}}
	for _, tt := range tests {
		if got, err := span(tt.text); err != nil || got != tt.want {
			t.Errorf("%s: %s, %v", tt.text, got, err)
		}
	}
	if d, err := span("soon"); err == nil {
		t.Errorf("soon is %s", d)
	}
}

func TestChooseFault(t *testing.T) {
	t.Parallel()
	inProcess := aps.Result{Code: "PAYMENT_IN_PROCESS", Status: aps.Unknown, Message: "payment in process"}
	tests := []struct {
		answer   string
		executed bool
		want     string
		params   control.Params
	}{
		{"silence", true, "answer-lost", control.Params{}},
		{"silence", false, "request-lost", control.Params{}},
		{"a broken connection", true, "answer-reset", control.Params{}},
		{"a broken connection", false, "request-reset", control.Params{}},
		{"server error 503", true, "answer-http-status", control.Params{Status: 503}},
		{"server error 500", false, "refused-http-status", control.Params{Status: 500}},
		{"an empty page", true, "answer-empty", control.Params{}},
		{"half an answer", true, "answer-truncated", control.Params{}},
		{"an HTML page", true, "answer-html", control.Params{}},
		{"an answer without result", true, "answer-without-result", control.Params{}},
		{"an answer without status", true, "answer-without-status", control.Params{}},
		{"U PAYMENT_IN_PROCESS", true, "answer-result", control.Params{Result: &inProcess}},
		{"U PAYMENT_IN_PROCESS", false, "refused-result", control.Params{Result: &inProcess}},
	}
	for _, tt := range tests {
		t.Run(tt.want, func(t *testing.T) {
			t.Parallel()
			fault, params, err := chooseFault(tt.answer, tt.executed)
			if err != nil || fault != tt.want {
				t.Errorf("%s, %v", fault, err)
			}
			if diff := cmp.Diff(tt.params, params); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestChooseFaultRefuses(t *testing.T) {
	t.Parallel()
	for _, answer := range []string{"an empty page", "half an answer", "a shrug", "X CODE", "U ", "S"} {
		if fault, _, err := chooseFault(answer, false); err == nil {
			t.Errorf("%q without executing is %s", answer, fault)
		}
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	tests := []struct {
		how         string
		least, most int
	}{{"no", 0, 0}, {"exactly 1", 1, 1}, {"exactly 12", 12, 12}, {"at most 2", 0, 2}}
	for _, tt := range tests {
		least, most, err := limits(tt.how)
		if err != nil || least != tt.least || most != tt.most {
			t.Errorf("%s: %d to %d, %v", tt.how, least, most, err)
		}
	}
	if _, _, err := limits("a few"); err == nil {
		t.Error("a few is a number")
	}
}

func TestMember(t *testing.T) {
	t.Parallel()
	body := []byte(`{"paymentMethod":{"paymentMethodId":"281001"},"paymentRequestId":"p-1","n":1}`)
	tests := []struct {
		path []string
		want string
	}{
		{[]string{"paymentRequestId"}, "p-1"},
		{[]string{"paymentMethod", "paymentMethodId"}, "281001"},
		{[]string{"paymentMethod", "other"}, ""},
		{[]string{"paymentRequestId", "inner"}, ""},
		{[]string{"n"}, ""},
	}
	for _, tt := range tests {
		if got := member(body, tt.path...); got != tt.want {
			t.Errorf("%v: %q", tt.path, got)
		}
	}
}
