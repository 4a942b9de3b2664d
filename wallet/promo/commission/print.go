package commission

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"text/tabwriter"
	"time"

	"mppsim/wallet/clock"
	"mppsim/wallet/money"
)

// Columns are the columns of a statement as a table (mpp-api §10.3; their names are the simulator's own).
func Columns() []string {
	return []string{
		"period", "providerId", "rpCodeId", "merchantId", "kind", "redemptionId", "redeemedAt", "redemptionCurrency",
		"redemptionAmount", "factor", "commission", "capped", "currency", "fxRate",
	}
}

// WriteCSV writes a statement as a table with a header. Amounts are in major units; the commission is in
// the provider's currency, as the column says.
func (s Statement) WriteCSV(w io.Writer) error {
	table := csv.NewWriter(w)
	lines := [][]string{Columns()}
	for _, r := range s.Rows {
		lines = append(lines, []string{
			string(r.Period), r.Provider, r.Code, r.Merchant, string(r.Kind), r.Redemption, inUTC8(r.At), r.Amount.Currency,
			r.Amount.Major(), r.Factor, r.Payout.Major(), strconv.FormatBool(r.Capped), r.Payout.Currency, r.Rate,
		})
	}
	return table.WriteAll(lines)
}

func inUTC8(at time.Time) string { return at.In(clock.UTC8()).Format(time.RFC3339) }

// WriteText writes a statement for people: its lines, the totals of each code and the sum.
func (s Statement) WriteText(w io.Writer) error {
	state := "not settled yet"
	if !s.Settled.IsZero() {
		state = "settled " + inUTC8(s.Settled) + " to " + orDash(s.Provider.Account)
	}
	if _, err := fmt.Fprintf(w, "Statement %s · %s (%s) · %s\n\n", s.Period, s.Provider.Name, s.Provider.ID, state); err != nil {
		return err
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "redeemed\tcode\tshop\tkind\tamount\tfactor\tcommission\t") // Flush tells of errors
	for _, r := range s.Rows {
		note := ""
		if r.Capped {
			note = "capped"
		}
		_, _ = fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n",
			inUTC8(r.At), r.Code, r.Merchant, r.Kind, r.Amount, orDash(r.Factor), r.Payout, note)
	}
	for _, c := range s.codes() {
		_, _ = fmt.Fprintf(table, "code %s\t\t\t\t\t\t%s\t%d earned, %d capped\n", c.id, c.sum, c.earned, c.capped)
	}
	_, _ = fmt.Fprintf(table, "total\t\t\t\t\t\t%s\t\n", s.Total())
	return table.Flush()
}

func orDash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}

// ofCode sums the rows of one code.
type ofCode struct {
	id             string
	sum            money.Amount
	earned, capped int
}

func (s Statement) codes() []ofCode {
	var list []ofCode
	for _, r := range s.Rows {
		if len(list) == 0 || list[len(list)-1].id != r.Code {
			list = append(list, ofCode{id: r.Code, sum: money.Of(r.Payout.Currency, 0)})
		}
		last := &list[len(list)-1]
		last.sum.Value += r.Payout.Value
		if r.Capped {
			last.capped++
		} else {
			last.earned++
		}
	}
	return list
}
