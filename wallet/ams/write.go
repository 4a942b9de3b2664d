package ams

import (
	"strings"

	"mppsim/wallet/aps"
	"mppsim/wallet/jsontree"
	"mppsim/wallet/money"
)

// Refusal is an answer that tells nothing but its result, which is one of the operation's or of the gateway.
func (d *Dialect) Refusal(r aps.Result) *jsontree.Node {
	return aps.NewAnswer(d.Forced(aps.Pay, r)).Node()
}

// Pay writes the answer to pay. S says that the payer is charged or, with a form, that there is something to scan and
// nobody has paid (AMS oc).
func (d *Dialect) Pay(a aps.PayAnswer) *jsontree.Node {
	p := a.Payment
	offered := a.Result.Code == "PAYMENT_IN_PROCESS" && p.Offer != nil
	result := d.outcome(a.Result, p)
	if offered {
		result = d.named(aps.Pay, "SUCCESS")
	}
	m := details(aps.NewAnswer(result), p, a.Result)
	if offered {
		m = offer(m, *p.Offer)
	}
	if a.Result.Status == aps.Success {
		m = m.List("promotionResult", promotions(p))
	}
	return m.Node()
}

// Inquiry writes the answer to inquiryPayment: a known payment is told with S, whatever has become of it (AMS paymentri).
func (d *Dialect) Inquiry(a aps.InquiryAnswer) *jsontree.Node {
	m := aps.NewAnswer(d.Result(aps.InquiryPayment, a.Result))
	if a.Result.Status != aps.Success || a.Outcome == nil {
		return m.Node()
	}
	outcome := d.outcome(*a.Outcome, a.Payment)
	m = m.Text("paymentStatus", status(*a.Outcome, a.Payment)).Text("paymentResultCode", outcome.Code).Text("paymentResultMessage", outcome.Message)
	m = details(m, a.Payment, *a.Outcome)
	if a.Outcome.Status == aps.Success {
		m = m.List("promotionResults", promotions(a.Payment))
	}
	return m.List("transactions", d.refunds(a.Transactions)).Node()
}

// refunds are the only transactions that are listed here.
func (d *Dialect) refunds(list []aps.Transaction) []*jsontree.Node {
	var items []*jsontree.Node
	for _, t := range list {
		if t.Type == "REFUND" {
			items = append(items, aps.NewMessage().Object("transactionResult", d.Result(aps.Refund, t.Result).Node()).
				Text("transactionId", t.ID).Text("transactionType", t.Type).Text("transactionStatus", t.Status).
				Amount("transactionAmount", t.Amount).Text("transactionRequestId", t.RequestID).Moment("transactionTime", t.Time).Node())
		}
	}
	return items
}

// Cancel writes the answer to cancel.
func (d *Dialect) Cancel(a aps.CancelAnswer) *jsontree.Node {
	result := d.Result(aps.CancelPayment, a.Result)
	if a.Result.Status == aps.Failure && d.knows(aps.CancelPayment, a.Reason) {
		result = d.named(aps.CancelPayment, a.Reason)
	}
	m := aps.NewAnswer(result)
	if a.Result.Status == aps.Success {
		p := a.Payment
		m = m.Text("paymentId", p.PaymentID).Text("paymentRequestId", p.PaymentRequestID).Moment("cancelTime", p.Time)
	}
	return m.Node()
}

// Refund writes the answer to refund.
func (d *Dialect) Refund(a aps.RefundAnswer) *jsontree.Node {
	m := aps.NewAnswer(d.refundOutcome(a))
	if a.Result.Status != aps.Success {
		return m.Node()
	}
	m = m.Text("refundRequestId", a.RefundRequestID).Text("refundId", a.RefundID).Text("paymentId", a.PaymentID).
		Amount("refundAmount", a.Amount).Moment("refundTime", a.Time)
	return settlement(m, a.Settlement, a.SettlementQuote).Node()
}

// InquiryRefund writes the answer to inquiryRefund: a known refund is told with S, whatever has become of it (AMS ir).
func (d *Dialect) InquiryRefund(a aps.RefundInquiryAnswer) *jsontree.Node {
	m := aps.NewAnswer(d.Result(aps.InquiryRefund, a.Result))
	if a.Result.Status != aps.Success {
		return m.Node()
	}
	r := a.Refund
	m = m.Text("refundId", r.RefundID).Text("refundRequestId", r.RefundRequestID).Amount("refundAmount", r.Amount).
		Text("refundStatus", status(r.Result, aps.Payment{}))
	if r.Result.Status != aps.Success {
		return m.Node()
	}
	return settlement(m.Moment("refundTime", r.Time), r.Settlement, r.SettlementQuote).Node()
}

// Notification writes notifyPayment (AMS paymentrn).
func (d *Dialect) Notification(n aps.Notification) *jsontree.Node {
	m := aps.NewMessage().Text("notifyType", "PAYMENT_RESULT").Object("result", d.outcome(n.Outcome, n.Payment).Node())
	return details(m, n.Payment, n.Outcome).Node()
}

// details writes what is known of a payment.
func details(m aps.Message, p aps.Payment, outcome aps.Result) aps.Message {
	m = m.Text("paymentRequestId", p.PaymentRequestID).Text("paymentId", p.PaymentID).Amount("paymentAmount", p.Amount)
	if p.PaymentID != "" {
		m = m.Moment("paymentCreateTime", p.Created)
	}
	if outcome.Status != aps.Success {
		return m
	}
	m = m.Amount("actualPaymentAmount", p.Debited).Object("paymentQuote", quote(p.DebitQuote)).Moment("paymentTime", p.Time)
	if p.CustomerID != "" {
		m = m.Object("pspCustomerInfo", customer(p))
	}
	return settlement(m, p.Settlement, p.SettlementQuote)
}

func customer(p aps.Payment) *jsontree.Node {
	return aps.NewMessage().Text("pspName", p.WalletBrandName).Text("pspCustomerId", p.CustomerID).
		Text("displayCustomerId", masked(p.CustomerID)).Node()
}

// masked shows the ends of an id.
func masked(id string) string {
	const shown = 3
	runes := []rune(id)
	if len(runes) <= 2*shown {
		return strings.Repeat("*", len(runes))
	}
	return string(runes[:shown]) + "****" + string(runes[len(runes)-shown:])
}

// settlement is told only where it has another currency than the payment.
func settlement(m aps.Message, a money.Amount, q aps.Quote) aps.Message {
	if q.IsZero() {
		return m
	}
	return m.Amount("grossSettlementAmount", a).Object("settlementQuote", quote(q))
}

// quote writes a quote: its price is a JSON number and guaranteed a JSON boolean, because two official libraries fail on
// texts. All rates of the network are guaranteed.
func quote(q aps.Quote) *jsontree.Node {
	if q.IsZero() {
		return nil
	}
	return aps.NewMessage().Object("guaranteed", &jsontree.Node{Kind: jsontree.Bool, Text: "true"}).Text("quoteId", q.ID).
		Text("quoteCurrencyPair", q.Pair).Object("quotePrice", &jsontree.Node{Kind: jsontree.Number, Text: q.Price}).
		Moment("quoteStartTime", q.Start).Moment("quoteExpiryTime", q.Expiry).Node()
}

// offer writes what the payer scans, or the page to which the shop's page sends the payer's browser.
func offer(m aps.Message, o aps.Offer) aps.Message {
	if o.PaymentURL != "" {
		m = m.Object("redirectActionForm", aps.NewMessage().Text("method", "SCAN").Text("redirectUrl", o.PaymentURL).Node())
	}
	if o.Form == nil {
		return m
	}
	var items []*jsontree.Node
	for _, c := range o.Form.Details { // TEXT stands first: an official library stops at the first kind that it does not know
		items = append(items, aps.NewMessage().Text("codeValueType", c.ValueType).Text("codeValue", c.Value).Text("displayType", c.DisplayType).Node())
	}
	return m.Object("orderCodeForm", aps.NewMessage().Text("paymentMethodType", o.Form.MethodType).Moment("expireTime", o.Form.Expiry).
		List("codeDetails", items).Node())
}

func promotions(p aps.Payment) []*jsontree.Node {
	var list []*jsontree.Node
	for _, promo := range p.Promotions {
		discount := aps.NewMessage().Text("discountTag", promo.Type).Text("discountName", promo.Name).Amount("savingsAmount", promo.Savings)
		list = append(list, aps.NewMessage().Text("promotionType", "DISCOUNT").Object("discount", discount.Node()).Node())
	}
	return list
}

// Outcome is what a message tells of a payment beside its result; the zero Result where it tells nothing. The code that
// pay gives with something to scan tells that nobody has paid.
func Outcome(api aps.API, root *jsontree.Node) aps.Result {
	f := aps.FieldsOf(root)
	switch api {
	case aps.InquiryPayment:
		return aps.Result{Code: f.Text("paymentResultCode"), Status: meaning(f.Text("paymentStatus"))}
	case aps.NotifyPayment:
		return f.Result("result")
	case aps.Pay:
		if f.Node("orderCodeForm") != nil || f.Node("redirectActionForm") != nil {
			return aps.ResultOf("PAYMENT_IN_PROCESS")
		}
	default:
	}
	return aps.Result{}
}

func meaning(status string) aps.Status {
	switch status {
	case "SUCCESS":
		return aps.Success
	case "FAIL", "CANCELLED":
		return aps.Failure
	case "PROCESSING":
		return aps.Unknown
	}
	return ""
}
