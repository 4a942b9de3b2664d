package trace_test

import (
	"testing"

	"mppsim/wallet/trace"
)

func TestExchangesAboutAnOrder(t *testing.T) {
	t.Parallel()
	r := trace.NewRecorder(trace.Options{})
	for _, e := range []trace.Exchange{
		{PaymentRequestID: "P-1", PaymentID: "N-1", Request: trace.Message{Body: []byte(`{"order":"order E-1"}`)}},
		{PaymentRequestID: "P-2", RefundRequestID: "R-2", Request: trace.Message{Body: []byte(`{"order":"E-10","note":"xE-1"}`)}},
		{Request: trace.Message{Body: []byte(`E-1`)}},
	} {
		if _, err := r.Add(e); err != nil {
			t.Fatal(err)
		}
	}
	for about, want := range map[string]int{"P-1": 1, "N-1": 1, "R-2": 1, "E-1": 2, "E-10": 1, "E": 3, "P": 0, "": 3} {
		if list, err := r.Query(trace.Query{About: about}); err != nil || len(list) != want {
			t.Errorf("%q: %d exchanges, want %d (%v)", about, len(list), want, err)
		}
	}
}
