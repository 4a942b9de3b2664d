package check

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"mppsim/scenarios/acquirer"
	"mppsim/wallet/aps"
)

func paymentRules() []rule {
	return []rule{
		{
			requirement: "ACQ-INQ-02", name: "rhythm of inquiries",
			expected: "two inquiries for one payment are at least 1 s apart, and at most 40 are sent in the first two minutes",
			look:     lookHammering,
		},
		{
			requirement: "ACQ-INQ-04", name: "inquiries end with the outcome",
			expected: "after a final outcome at most one further automatic inquiry is sent",
			look:     lookAfterFinal,
		},
		{
			requirement: "ACQ-INQ-09", name: "payment of an inquiry",
			expected: "an inquiry carries the paymentRequestId of its payment or the paymentId that Alipay+ gave for it",
			look:     eachAbout(aps.InquiryPayment),
		},
		{
			requirement: "ACQ-CAN-12", name: "payment of a cancellation",
			expected: "a cancellation carries the payment's paymentRequestId or the paymentId that Alipay+ gave for it, and no amount",
			look:     eachAbout(aps.CancelPayment),
		},
		{
			requirement: "ACQ-CAN-16", name: "no cancellation of a paid payment",
			expected: "once a payment is paid the acquirer sends no cancellation by itself",
			look:     lookCancelAfterPaid,
		},
		{
			requirement: "ACQ-REF-14", name: "currency of refunds",
			expected: "refundAmount.currency is the currency of paymentAmount",
			look:     each(lookRefundCurrency),
		},
	}
}

// gapJudgeable is the smallest gap that can be told from the jitter of a busy machine.
const gapJudgeable = 200 * time.Millisecond

// lookHammering judges the count at every factor, the gaps only where they are long enough.
func lookHammering(t *traffic, seen *tally) {
	const most = 40
	gap, window := t.scaled(time.Second), t.scaled(2*time.Minute)
	if gap < gapJudgeable {
		seen.notJudged = fmt.Sprintf("gaps of %s between inquiries are not judged at this factor", gap)
	}
	for _, a := range t.attempts {
		var asked []message
		for _, m := range a.others {
			if m.is(aps.InquiryPayment) {
				asked = append(asked, m)
			}
		}
		if len(asked) == 0 || a.shared() {
			continue
		}
		complaint, from := hammering(asked, gap, window, most)
		if complaint == "" {
			seen.ok()
			continue
		}
		seen.bad(complaint, from...)
	}
}

func hammering(asked []message, gap, window time.Duration, most int) (complaint string, from []string) {
	early := 0
	for i, m := range asked {
		if m.Received.Sub(asked[0].Received) <= window {
			early++
		}
		if i == 0 || gap < gapJudgeable {
			continue
		}
		if apart := m.Received.Sub(asked[i-1].Received); apart < gap-gap/10 {
			return fmt.Sprintf("two inquiries %s apart", apart.Round(time.Millisecond)), []string{m.ID, asked[i-1].ID}
		}
	}
	if early > most {
		return fmt.Sprintf("%d inquiries within %s", early, window), []string{asked[most].ID, asked[0].ID}
	}
	return "", nil
}

// delivered tells when a genuine final outcome reached the acquirer: what a fault or a forgery
// touched does not count, nor does a refusal that leaves the order's state open.
func (t *traffic) delivered(a *attempt) (at time.Time, state acquirer.State) {
	note := func(m message, s acquirer.State) {
		if s != "" && (state == "" || m.Answered.Before(at)) {
			at, state = m.Answered, s
		}
	}
	for _, m := range a.pays {
		if reached(m) {
			note(m, outcomeOfPay(m))
		}
	}
	for _, m := range a.others {
		if reached(m) {
			note(m, outcomeOfCall(m))
		}
	}
	for _, m := range a.notified {
		if reached(m) && acknowledged(m.Exchange) && t.truthful(m, a) {
			note(m, stateOf(m.Outcome.Status, m.Outcome.Code))
		}
	}
	return at, state
}

func reached(m message) bool {
	return len(m.Faults) == 0 && m.Broken == "" && m.Response.Status == http.StatusOK
}

// businessOutcome reports whether a refusal of pay decides the payment. Refusals by the gateway
// and of inconsistent repetitions say nothing about an order.
func businessOutcome(code string) bool {
	switch code {
	case "INVALID_SIGNATURE", "KEY_NOT_FOUND", "INVALID_CLIENT", "ACCESS_DENIED", "NO_INTERFACE_DEF", "METHOD_NOT_SUPPORTED",
		"MEDIA_TYPE_NOT_ACCEPTABLE", "PARAM_ILLEGAL", "REPEAT_REQ_INCONSISTENT", "ORDER_NOT_EXIST":
		return false
	}
	return true
}

func stateOf(status, code string) acquirer.State {
	switch {
	case status == string(aps.Success):
		return acquirer.Paid
	case status == string(aps.Failure) && code == "ORDER_IS_CLOSED":
		return acquirer.Closed
	case status == string(aps.Failure) && businessOutcome(code):
		return acquirer.Failed
	}
	return ""
}

func outcomeOfPay(m message) acquirer.State {
	if m.Result == nil {
		return ""
	}
	return stateOf(m.Result.Status, m.Result.Code)
}

func outcomeOfCall(m message) acquirer.State {
	if m.Result == nil || m.Result.Status != string(aps.Success) {
		return ""
	}
	switch {
	case m.is(aps.CancelPayment):
		return acquirer.Closed
	case m.is(aps.InquiryPayment) && m.Outcome != nil:
		return stateOf(m.Outcome.Status, m.Outcome.Code)
	}
	return ""
}

// truthful reports whether a notification says what the network's books say; forgeries do not.
func (t *traffic) truthful(m message, a *attempt) bool {
	if m.Outcome == nil {
		return false
	}
	for _, o := range t.scene.Orders {
		if o.PaymentRequestID != a.id {
			continue
		}
		won := o.State == "SUCCESS" && m.Outcome.Status == string(aps.Success) &&
			m.text("paymentAmount.value") == fmt.Sprint(o.Amount.Value) && m.text("paymentAmount.currency") == o.Amount.Currency
		lost := (o.State == "FAIL" || o.State == "CLOSED") && m.Outcome.Status == string(aps.Failure)
		return won || lost
	}
	return false
}

// booked tells when the shop was first shown a payment in a state; zero if never.
func (a *attempt) booked(states ...acquirer.State) (time.Time, string) {
	if a.charge == nil {
		return time.Time{}, ""
	}
	for _, s := range a.charge.Seen {
		if slices.Contains(states, s.State) {
			return s.At, s.CallID
		}
	}
	return time.Time{}, ""
}

// underWay is how long a message may take that left the acquirer before it learned the news.
const underWay = 500 * time.Millisecond

// lookAfterFinal judges payments whose outcome both reached the acquirer and stands in its books: an
// acquirer that does not use an outcome breaks another rule. What the shop asks for later is not automatic.
func lookAfterFinal(t *traffic, seen *tally) {
	for _, a := range t.attempts {
		at, state := t.delivered(a)
		shown, call := a.booked(acquirer.Paid, acquirer.Failed, acquirer.Closed)
		if state == "" || shown.IsZero() || a.shared() {
			continue
		}
		after := latest(at, shown).Add(underWay)
		until := t.nextWish(a, at)
		var extra []string
		for _, m := range a.others {
			if m.is(aps.InquiryPayment) && m.Received.After(after) && (until.IsZero() || m.Received.Before(until)) {
				extra = append(extra, m.ID)
			}
		}
		if len(extra) < 2 {
			seen.ok()
			continue
		}
		seen.bad(fmt.Sprintf("%d inquiries after the payment had become %s", len(extra), state), extra...)
		seen.call(call)
	}
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// nextWish is when the shop first asked to cancel or refund the payment after a time; zero if never.
func (t *traffic) nextWish(a *attempt, after time.Time) time.Time {
	var first time.Time
	keep := func(reference string, at time.Time) {
		if t.about(a, reference) && at.After(after.Add(-underWay)) && (first.IsZero() || at.Before(first)) {
			first = at
		}
	}
	for _, c := range t.scene.Cancels {
		keep(c.Reference, c.Started)
	}
	for _, r := range t.scene.Refunds {
		keep(r.Reference, r.Started)
	}
	return first
}

// about reports whether a call of the shop for an order number may concern a payment.
func (t *traffic) about(a *attempt, reference string) bool {
	return a.charge == nil || reference == "" || a.charge.Reference == reference
}

// eachAbout judges the identifiers of inquiries or cancellations.
func eachAbout(api aps.API) func(*traffic, *tally) {
	return each(func(t *traffic, m message) verdict {
		if !m.is(api) || m.body == nil || len(t.attempts) == 0 {
			return skipped()
		}
		if complaint := t.addressFault(m); complaint != "" {
			return wrong(complaint)
		}
		if api == aps.CancelPayment {
			return unless(amountMember(m))
		}
		return right()
	})
}

func (t *traffic) addressFault(m message) string {
	request, payment := m.text("paymentRequestId"), m.text("paymentId")
	byRequest, byPayment := t.byRequest(request), t.byPayment(payment)
	switch {
	case blank(m, "paymentRequestId"):
		return m.API + " carries an empty paymentRequestId"
	case blank(m, "paymentId"):
		return m.API + " carries an empty paymentId"
	case request == "" && payment == "":
		return m.API + " carries neither paymentRequestId nor paymentId"
	case request != "" && byRequest == nil:
		return fmt.Sprintf("%s carries paymentRequestId %q, which no pay message had", m.API, request)
	case payment != "" && byPayment == nil:
		return fmt.Sprintf("%s carries paymentId %q, which Alipay+ has not given", m.API, payment)
	case byRequest != nil && byPayment != nil && byRequest != byPayment:
		return fmt.Sprintf("%s carries identifiers of two payments: %s and %s", m.API, request, payment)
	}
	return ""
}

func blank(m message, name string) bool {
	node, there := m.get(name)
	text, isText := node.(string)
	return there && isText && text == ""
}

func amountMember(m message) string {
	complaint := ""
	visit("", m.body, func(path, name string, node any) {
		if node != nil && strings.HasSuffix(strings.ToLower(name), "amount") && complaint == "" {
			complaint = m.API + " carries the amount member " + path
		}
	})
	return complaint
}

// lookCancelAfterPaid judges payments whose genuine success stands in the acquirer's books. A
// cancellation that began before is finished, whatever came in between.
func lookCancelAfterPaid(t *traffic, seen *tally) {
	for _, a := range t.attempts {
		at, state := t.delivered(a)
		shown, call := a.booked(acquirer.Paid)
		if state != acquirer.Paid || shown.IsZero() || a.shared() {
			continue
		}
		cancel := firstOf(a, aps.CancelPayment)
		if cancel == nil || !cancel.Received.After(latest(at, shown).Add(underWay)) || t.wished(a, cancel.Received) {
			seen.ok()
			continue
		}
		seen.bad(fmt.Sprintf("a cancellation %s after the shop was shown the payment as paid, without a call of the shop",
			cancel.Received.Sub(shown).Round(time.Millisecond)), cancel.ID)
		seen.call(call)
	}
}

func firstOf(a *attempt, api aps.API) *message {
	for i := range a.others {
		if a.others[i].is(api) {
			return &a.others[i]
		}
	}
	return nil
}

// wished reports whether the shop had asked to cancel the payment by then.
func (t *traffic) wished(a *attempt, by time.Time) bool {
	for _, c := range t.scene.Cancels {
		if t.about(a, c.Reference) && c.Started.Before(by.Add(clockSlack)) {
			return true
		}
	}
	return false
}

// lookRefundCurrency leaves the spelling of currencies to ACQ-MSG-10.
func lookRefundCurrency(t *traffic, m message) verdict {
	a := t.attemptOf(m)
	if !m.is(aps.Refund) || m.body == nil || a == nil || a.shared() {
		return skipped()
	}
	got, want := m.text("refundAmount.currency"), a.currency()
	if want != "" && !strings.EqualFold(got, want) {
		return wrong(fmt.Sprintf("a refund in %q of a payment in %q", got, want))
	}
	return right()
}
