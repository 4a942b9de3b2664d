package cli

import (
	"slices"
	"testing"

	"mppsim/wallet/aps"
)

func TestDeniedOperations(t *testing.T) {
	t.Parallel()
	got, err := denied("--deny", []string{"refund", "inquiryrefund", "cancel"})
	if want := []aps.API{aps.Refund, aps.InquiryRefund, aps.CancelPayment}; err != nil || !slices.Equal(got, want) {
		t.Errorf("%v, %v, want %v", got, err, want)
	}
	for _, name := range []string{"", "dance", "notifyPayment"} {
		if _, err := denied("--deny", []string{name}); err == nil {
			t.Errorf("%q was accepted", name)
		}
	}
}
