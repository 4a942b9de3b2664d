package scenarios

import (
	"slices"
	"testing"
	"time"

	"mppsim/reports/journal"
	"mppsim/wallet/aps"
	"mppsim/wallet/trace"
)

// strayAt is an exchange that no scenario owns, some seconds after nine.
func strayAt(id string, seconds int, api aps.API, order, timeline string) trace.Exchange {
	at := time.Date(2020, 1, 2, 9, 0, seconds, 0, time.UTC)
	return trace.Exchange{
		ID: id, Leg: trace.AcquirerToNetwork, API: string(api), PaymentRequestID: order, Timeline: timeline, Received: at,
		Request: trace.Message{Method: "POST", Target: "/x", Body: []byte("{}"), Header: map[string][]string{"A": {"b"}}},
		Result:  &trace.Result{Code: "ORDER_NOT_EXIST", Status: "F"},
	}
}

func TestStraysAreSortedByOrderMessageAndOwner(t *testing.T) {
	t.Parallel()
	s := newStrays()
	for _, e := range []trace.Exchange{
		strayAt("1", 1, aps.Pay, "foreign", ""),
		strayAt("2", 2, aps.InquiryPayment, "yesterday", ""),
		strayAt("3", 3, aps.InquiryPayment, "foreign", ""),
		strayAt("4", 9, aps.InquiryPayment, "yesterday", ""),
		strayAt("5", 5, aps.Pay, "theirs", "line-7"),
		strayAt("6", 6, "", "", ""),
		strayAt("7", 7, aps.Pay, "mine", "line-1"),
		strayAt("8", 8, aps.InquiryPayment, "yesterday", ""),
	} {
		s.add(e)
	}
	var got []string
	for _, g := range s.groups(map[string]bool{"7": true}) {
		got = append(got, g.entry(map[bool]string{true: "run 7"}[g.owner != ""]).What)
	}
	want := []string{
		"pay of foreign, answered F ORDER_NOT_EXIST, somebody else's; at 09:00:01",
		"3 times inquiryPayment of yesterday, answered F ORDER_NOT_EXIST, left over from before this run; from 09:00:02 to 09:00:09",
		"inquiryPayment of foreign, answered F ORDER_NOT_EXIST, somebody else's; at 09:00:03",
		"pay of theirs, answered F ORDER_NOT_EXIST, of run 7; at 09:00:05",
		"POST /x, answered F ORDER_NOT_EXIST, about no order; at 09:00:06",
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q\nwant\n%q", got, want)
	}
}

func TestOnlyTheFirstStraysOfASortKeepTheirBytes(t *testing.T) {
	t.Parallel()
	s := newStrays()
	for i := range 3 * shownStrays {
		order := string(rune('A' + i))
		for range 2 {
			s.add(strayAt(order, i, aps.InquiryPayment, order, ""))
		}
	}
	kept := 0
	for i, e := range s.all {
		if len(e.Request.Body) > 0 {
			kept++
			if i%2 == 1 {
				t.Errorf("the second of a sort kept its bytes: %d", i)
			}
		}
	}
	groups := s.groups(nil)
	if kept != shownStrays || len(groups) != 3*shownStrays || groups[len(groups)-1].count != 2 || groups[0].whose != journal.OfLeftover {
		t.Errorf("%d kept, %d sorts", kept, len(groups))
	}
}
