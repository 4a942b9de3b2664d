package reconciliation

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"mppsim/wallet/contract"
	"mppsim/wallet/money"
)

// The kinds of reports, as their names begin.
const (
	Transactions = "transactionItems"
	Summary      = "summary"
	Fee          = "feeItems"
	Settlement   = "settlement"
)

// lastSequence is the highest number of a file of one set (acqp-api §11: 000 to 999).
const lastSequence = 999

// Order asks for the reports of a day.
type Order struct {
	Participant string // the acquirer's partner id
	Day         time.Time
	Contract    contract.Contract
	Sandbox     bool // below /sandbox
}

// Report is one file.
type Report struct {
	Path     string // below the root of the file server, without a leading slash
	Kind     string
	Currency string // of the settlement
	Day      time.Time
	Count    int          // totalCount
	Net      money.Amount // the report's net total
	Text     []byte
}

// Days lists the days of which Reports needs the items: the ordered one, and all that are settled together with it.
func (o Order) Days() []time.Time { return o.Contract.SettledBy(o.Contract.SettledOn(o.Day)) }

// Reports writes the clearing reports of the day and the settlement report in which the day is settled, from the items of
// Days; others are ignored. Files are sorted by path.
func (o Order) Reports(items []Item) ([]Report, error) {
	var reports []Report
	for _, currency := range o.currencies(items) {
		own := o.of(items, o.Day, currency)
		for _, write := range []func([]Item, string) ([]Report, error){o.transactions, o.summary, o.fees} {
			files, err := write(own, currency)
			if err != nil {
				return nil, err
			}
			reports = append(reports, files...)
		}
		files, err := o.settlement(items, currency)
		if err != nil {
			return nil, err
		}
		reports = append(reports, files...)
	}
	slices.SortFunc(reports, func(a, b Report) int { return strings.Compare(a.Path, b.Path) })
	return reports, nil
}

// currencies are those of the contract and those in which any of the items settles.
func (o Order) currencies(items []Item) []string {
	set := make(map[string]bool)
	for _, c := range o.Contract.Currencies {
		set[c] = true
	}
	for _, i := range items {
		set[i.Settlement.Currency] = true
	}
	return slices.Sorted(maps.Keys(set))
}

// of selects the items of a day and a settlement currency, in the order of their completion.
func (o Order) of(items []Item, day time.Time, currency string) []Item {
	var own []Item
	for _, i := range items {
		if i.Settlement.Currency == currency && Day(i.Time).Equal(day) {
			own = append(own, i)
		}
	}
	slices.SortStableFunc(own, func(a, b Item) int {
		return cmp.Or(a.Time.Compare(b.Time), cmp.Compare(a.PaymentID, b.PaymentID), cmp.Compare(a.RefundID, b.RefundID))
	})
	return own
}

func (o Order) transactions(items []Item, currency string) ([]Report, error) {
	return sheets(o.set(Transactions, currency), itemColumns(), items, func(i Item) int64 { return i.Net().Value })
}

func (o Order) summary(items []Item, currency string) ([]Report, error) {
	groups := make(map[string]group)
	for _, i := range items {
		key := i.Type + i.Amount.Currency
		g := groups[key]
		g.kind, g.currency = i.Type, i.Amount.Currency
		groups[key] = g.with(i)
	}
	var rows []group
	for _, key := range slices.Sorted(maps.Keys(groups)) {
		rows = append(rows, groups[key])
	}
	set := o.set(Summary, currency)
	set.count = len(items)
	return sheets(set, summaryColumns(), rows, func(g group) int64 { return g.net })
}

func (o Order) fees(items []Item, currency string) ([]Report, error) {
	var charges []charge
	for _, i := range items {
		for _, c := range []charge{{i, "INTERCHANGE", i.interchange()}, {i, "SERVICE", i.service()}} {
			if c.value != 0 {
				charges = append(charges, c)
			}
		}
	}
	return sheets(o.set(Fee, currency), feeColumns(), charges, func(c charge) int64 { return c.value })
}

func (o Order) settlement(items []Item, currency string) ([]Report, error) {
	var batches []batch
	for _, day := range o.Days() {
		b := batch{day: day, id: "C" + compact(day)}
		for _, i := range o.of(items, day, currency) {
			b.total = b.total.with(i)
		}
		batches = append(batches, b)
	}
	set := o.set(Settlement, currency)
	for _, b := range batches {
		set.count += int(b.total.count)
	}
	return sheets(set, settlementColumns(), batches, func(b batch) int64 { return b.total.net })
}

// set is what the files of one kind and currency share.
type set struct {
	Report
	rows   int
	name   string // with %03d for the sequence number
	count  int    // totalCount where it is not the number of rows
	folder string
}

// set names the files (acqp-api §11): the folder carries the date of their making, the name the batch.
func (o Order) set(kind, currency string) set {
	made, room, id := o.Day.AddDate(0, 0, 1), "clearing", "C"+compact(o.Day)
	if kind == Settlement {
		made, room = o.Contract.SettledOn(o.Day), "settlement"
		id = "S" + compact(made)
	}
	root := "v1/settlements"
	if o.Sandbox {
		root = "sandbox/settlements"
	}
	rows := o.Contract.Rows
	if kind == Summary || kind == Settlement {
		rows = math.MaxInt32 // sums stay together
	}
	return set{
		Report: Report{Kind: kind, Currency: currency, Day: o.Day}, rows: rows,
		folder: strings.Join([]string{root, room, o.Participant, compact(made)}, "/"),
		name:   strings.Join([]string{kind, o.Participant, currency, id, o.Contract.Agreement, "%03d.csv"}, "_"),
	}
}

// sheets cut the rows of a set into files. Each file's summary section counts and sums its own rows; only where rows are sums
// themselves totalCount is the number of transactions behind them.
func sheets[T any](s set, columns []column[T], rows []T, net func(T) int64) ([]Report, error) {
	var files []Report
	for chunk := range chunks(rows, s.rows) {
		if len(files) > lastSequence {
			return nil, fmt.Errorf("%s in %s: more than %d files of %d rows: raise `rows` of the contract", s.Kind, s.Currency, lastSequence+1, s.rows)
		}
		file := s.Report
		file.Count, file.Net = len(chunk), money.Of(s.Currency, 0)
		if s.Kind == Summary || s.Kind == Settlement {
			file.Count = s.count
		}
		for _, row := range chunk {
			file.Net.Value += net(row)
		}
		file.Path = s.folder + "/" + fmt.Sprintf(s.name, len(files))
		var err error
		if file.Text, err = sheet(file, columns, chunk); err != nil {
			return nil, fmt.Errorf("%s: %w", file.Path, err)
		}
		files = append(files, file)
	}
	return files, nil
}

// chunks yields the rows in pieces of at most size, and one empty piece where there are none.
func chunks[T any](rows []T, size int) func(yield func([]T) bool) {
	if len(rows) == 0 {
		return func(yield func([]T) bool) { yield(nil) }
	}
	return slices.Chunk(rows, size)
}

// sheet is the text of a file: the summary section, then the detail section, each under its names.
func sheet[T any](file Report, columns []column[T], rows []T) ([]byte, error) {
	var text bytes.Buffer
	w := csv.NewWriter(&text)
	lines := [][]string{
		{"totalCount", "netTotalAmount", "settlementCurrency"},
		{number(int64(file.Count)), number(file.Net.Value), file.Currency},
		names(columns),
	}
	for _, row := range rows {
		lines = append(lines, values(columns, row))
	}
	err := w.WriteAll(lines)
	return text.Bytes(), err
}
