package digest_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"mppsim/reports/digest"
	"mppsim/reports/journal"
)

func TestFewStraysAreListedAndManyAreSummedUp(t *testing.T) {
	t.Parallel()
	at := time.Date(2020, 1, 2, 9, 0, 0, 0, time.UTC)
	m := journal.NewModel()
	for i := range 30 {
		s := journal.Stray{
			What: fmt.Sprint(i), Message: "inquiryPayment", Order: fmt.Sprint("order-", i/2), Owner: journal.OfLeftover, Count: 2,
			Since: at.Add(time.Duration(i) * time.Second), Last: at.Add(time.Minute),
		}
		if i%3 == 0 {
			s.Owner, s.Run, s.Order = journal.OfAnotherRun, "run 7", "theirs"
		}
		m.Strays = append(m.Strays, s)
	}
	want := []string{
		"20 times inquiryPayment about 1 order, of run 7; from 09:00:00 to 09:01:00",
		"40 times inquiryPayment about 15 orders, left over from before this run; from 09:00:01 to 09:01:00",
	}
	if got := digest.Strays(m); !slices.Equal(got, want) {
		t.Errorf("many: %q, want %q", got, want)
	}
	m.Strays = m.Strays[:20]
	if got := digest.Strays(m); len(got) != 20 || got[3] != "3" {
		t.Errorf("few: %q", got)
	}
}
