package reconciliation

import (
	"fmt"
	"strings"
)

// Readme says what of the reports is documented by the vendor and what is the simulator's own.
func Readme() string {
	var b strings.Builder
	b.WriteString(`Clearing and settlement reports of a simulated Alipay+

DOCUMENTED by the vendor (acqp-api §11)
  - the folders: v1/settlements/clearing/<participantId>/<date> and v1/settlements/settlement/<participantId>/<date>,
    in the sandbox below sandbox/settlements; <date> is the day on which the reports are made
  - the names: <report>_<participantId>_<settlementCurrency>_<batchId>_<participantAgreementId>_<000 to 999>.csv
  - UTF-8 CSV; a summary section that begins with totalCount and the net total amount, then a detail section
  - successful payments and successful refunds only, by the time of their completion, from 00:00:00 to
    23:59:59 UTC+8; nothing cancelled, nothing failed; reports of days without transactions too
  - amounts in the smallest unit of their currency, without decimals
  - no exchange rates: they come with notifications, inquiries and refund answers
  - clearing on the day after the transactions, settlement on the settlement date, on business days only

THE SIMULATOR'S OWN, because it is not public
  - the names and the order of all columns but totalCount; names of the messages are used where they fit
  - the signs: what the acquirer gets is positive, what it gives is negative
  - the form of batch ids, the row of column names above each section, that each file of a set which is cut by its
    sequence number counts and sums its own rows
  - business days are Monday to Friday; the fees (see the contract)

Do not build an importer's column mapping on these files: configure it. Report by report:
`)
	describe(&b, Transactions, "one row per payment or refund", itemColumns())
	describe(&b, Summary, "one row per type and transaction currency; totalCount is the number of transaction items", summaryColumns())
	describe(&b, Fee, "one row per fee that is not zero", feeColumns())
	describe(&b, Settlement, "one row per clearing day that is settled; totalCount is the number of transaction items", settlementColumns())
	return b.String()
}

func describe[T any](b *strings.Builder, kind, rows string, columns []column[T]) {
	fmt.Fprintf(b, "\n%s: %s\n", kind, rows)
	for _, c := range columns {
		fmt.Fprintf(b, "  %-20s %s\n", c.name, c.about)
	}
}
