package reconciliation

import (
	"strconv"
	"time"
)

// column is one column of a report, with where it comes from.
type column[T any] struct {
	name  string
	about string
	value func(T) string
}

func names[T any](columns []column[T]) []string {
	list := make([]string, 0, len(columns))
	for _, c := range columns {
		list = append(list, c.name)
	}
	return list
}

func values[T any](columns []column[T], of T) []string {
	list := make([]string, 0, len(columns))
	for _, c := range columns {
		list = append(list, c.value(of))
	}
	return list
}

func number(n int64) string { return strconv.FormatInt(n, 10) }

// moment writes a time as the messages do.
func moment(t time.Time) string { return t.In(Day(t).Location()).Format("2006-01-02T15:04:05-07:00") }

// identity are the columns that say which transaction a row is about. Names are those of the messages.
func identity() []column[Item] {
	return []column[Item]{
		{"transactionType", "PAYMENT or REFUND", func(i Item) string { return i.Type }},
		{"transactionTime", "completion, ISO 8601 in UTC+8; it decides the day", func(i Item) string { return moment(i.Time) }},
		{"paymentRequestId", "the acquirer's id of the payment, also on a refund", func(i Item) string { return i.PaymentRequestID }},
		{"paymentId", "Alipay+'s id of the payment, also on a refund", func(i Item) string { return i.PaymentID }},
		{"refundRequestId", "the acquirer's id of the refund; empty on a payment", func(i Item) string { return i.RefundRequestID }},
		{"refundId", "Alipay+'s id of the refund; empty on a payment", func(i Item) string { return i.RefundID }},
	}
}

func itemColumns() []column[Item] {
	return append(identity(), []column[Item]{
		{"referenceOrderId", "of the order", func(i Item) string { return i.ReferenceOrderID }},
		{"referenceMerchantId", "of the order", func(i Item) string { return i.MerchantID }},
		{"referenceStoreId", "of the order", func(i Item) string { return i.StoreID }},
		{"pspId", "the wallet", func(i Item) string { return i.PspID }},
		{"walletBrandName", "the wallet's name", func(i Item) string { return i.WalletBrand }},
		{"transactionCurrency", "of paymentAmount or refundAmount", func(i Item) string { return i.Amount.Currency }},
		{"transactionAmount", "paymentAmount, or refundAmount with a minus sign", func(i Item) string { return number(i.sign() * i.Amount.Value) }},
		{"settlementCurrency", "of the file", func(i Item) string { return i.Settlement.Currency }},
		{"settlementAmount", "as told in the messages, with a minus sign on a refund", func(i Item) string { return number(i.settled()) }},
		{"interchangeFee", "negative on a payment, positive where a refund gives it back", func(i Item) string { return number(i.interchange()) }},
		{"serviceFee", "negative on a payment, 0 on a refund", func(i Item) string { return number(i.service()) }},
		{"netAmount", "settlementAmount + interchangeFee + serviceFee", func(i Item) string { return number(i.Net().Value) }},
	}...)
}

// charge is one fee of an item.
type charge struct {
	item  Item
	kind  string
	value int64
}

func feeColumns() []column[charge] {
	var columns []column[charge]
	for _, c := range identity() {
		columns = append(columns, column[charge]{c.name, c.about, func(f charge) string { return c.value(f.item) }})
	}
	return append(columns, []column[charge]{
		{"feeType", "INTERCHANGE or SERVICE", func(f charge) string { return f.kind }},
		{"feeCurrency", "the settlement currency", func(f charge) string { return f.item.Settlement.Currency }},
		{"feeAmount", "negative where it is charged, positive where it is given back", func(f charge) string { return number(f.value) }},
	}...)
}

// group sums the items of a type in one transaction currency.
type group struct {
	kind, currency             string
	count, amount              int64
	settled, interchange, fees int64
	net                        int64
}

func (g group) with(i Item) group {
	g.count++
	g.amount += i.sign() * i.Amount.Value
	g.settled += i.settled()
	g.interchange += i.interchange()
	g.fees += i.service()
	g.net += i.Net().Value
	return g
}

func summaryColumns() []column[group] {
	return []column[group]{
		{"transactionType", "PAYMENT or REFUND", func(g group) string { return g.kind }},
		{"transactionCurrency", "of paymentAmount or refundAmount", func(g group) string { return g.currency }},
		{"count", "of transaction items", func(g group) string { return number(g.count) }},
		{"transactionAmount", "sum, negative for refunds", func(g group) string { return number(g.amount) }},
		{"settlementAmount", "sum, negative for refunds", func(g group) string { return number(g.settled) }},
		{"interchangeFee", "sum", func(g group) string { return number(g.interchange) }},
		{"serviceFee", "sum", func(g group) string { return number(g.fees) }},
		{"netAmount", "settlementAmount + interchangeFee + serviceFee", func(g group) string { return number(g.net) }},
	}
}

// batch is the clearing of one day inside a settlement.
type batch struct {
	day   time.Time
	id    string
	total group
}

func settlementColumns() []column[batch] {
	return []column[batch]{
		{"clearingDate", "the day of the transactions, YYYYMMDD", func(b batch) string { return compact(b.day) }},
		{"clearingBatchId", "as in the names of that day's clearing reports", func(b batch) string { return b.id }},
		{"count", "of transaction items", func(b batch) string { return number(b.total.count) }},
		{"settlementAmount", "sum before fees", func(b batch) string { return number(b.total.settled) }},
		{"interchangeFee", "sum", func(b batch) string { return number(b.total.interchange) }},
		{"serviceFee", "sum", func(b batch) string { return number(b.total.fees) }},
		{"netAmount", "what is paid out for the day; negative: what is kept back from the next", func(b batch) string { return number(b.total.net) }},
	}
}

func compact(day time.Time) string { return day.Format("20060102") }
