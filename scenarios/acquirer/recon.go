package acquirer

import (
	"context"

	"mppsim/reports/journal"
)

// Reconciler is an acquirer that compares its books with the reports of Alipay+.
type Reconciler interface {
	// Import hands one report of a day to the acquirer.
	Import(ctx context.Context, r Report) (journal.Call, error)
	// Differences asks on which payments and refunds of a day books and reports disagree.
	Differences(ctx context.Context, day string) (Differences, error)
}

// Report is one clearing report.
type Report struct {
	Day  string // of UTC+8, YYYY-MM-DD
	Name string // of the file
	Text string
}

// Differences are what the acquirer names.
type Differences struct {
	List []Difference
	Call journal.Call
}

// Difference is a payment or refund on which books and reports disagree. What the acquirer does not tell is empty.
type Difference struct {
	Reference string // the shop's order number
	RequestID string // paymentRequestId
	NetworkID string // paymentId
	Reason    string
}
