package check

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"mppsim/wallet/aps"
)

func identityRules() []rule {
	return []rule{
		{
			requirement: "ACQ-RES-09", name: "one identifier per attempt",
			expected: "as long as a charge is undecided no pay message with another paymentRequestId is sent for it",
			yields:   []string{"ACQ-RES-10"},
			look:     lookSecondID,
		},
		{
			requirement: "ACQ-IDM-02", name: "repeated pay is the same order",
			expected: "amounts, payment method, factor and settlement strategy are the same in every pay message with the same id",
			look:     lookRepeatedPay,
		},
		{
			requirement: "ACQ-IDM-12", name: "charges and refunds only on request",
			expected: "every pay and refund message belongs to a call of the shop",
			look:     lookUnasked,
		},
	}
}

// undecided reports whether nothing final was said about a payment on the wire by the time a
// message arrived, not even by a lie.
func undecided(a *attempt, by message) bool {
	for _, m := range slices.Concat(a.pays, a.others, a.notified) {
		if m.Answered.After(by.Received) || m.Answered.IsZero() {
			continue
		}
		said := m.Result
		if m.is(aps.InquiryPayment, aps.NotifyPayment) {
			said = m.Outcome
		}
		if said != nil && said.Status != string(aps.Unknown) && said.Code != "ORDER_NOT_EXIST" {
			return false
		}
	}
	return true
}

// lookSecondID finds pay messages for the code of an open attempt. A code that the shop charged
// twice is left out: there the second attempt was asked for. What a second order of another product means is told by
// that product's own rules.
func lookSecondID(t *traffic, seen *tally) {
	for i, a := range t.attempts {
		if a.charge == nil || a.charge.Code == "" || len(a.pays) == 0 || t.chargesOf(a.charge.Code) > 1 {
			continue
		}
		first := t.earlierFor(a, i)
		switch {
		case first == nil:
			seen.ok()
		case undecided(first, a.pays[0]):
			seen.bad(fmt.Sprintf("a second pay message with paymentRequestId %s while %s was undecided", a.id, first.id), a.pays[0].ID, first.pays[0].ID)
		}
	}
}

func (t *traffic) chargesOf(code string) int {
	n := 0
	for _, c := range t.scene.Charges {
		if compact(c.Code) == compact(code) {
			n++
		}
	}
	return n
}

func (t *traffic) earlierFor(a *attempt, i int) *attempt {
	for _, earlier := range t.attempts[:i] {
		if earlier.charge == a.charge {
			return earlier
		}
	}
	return nil
}

// sameMembers are what the network or the catalogue compares between repetitions. The payment
// code is not among them: another code under the same id is another rule's matter.
var sameMembers = [...]string{
	"paymentAmount", "order.orderAmount", "paymentMethod.paymentMethodType", "paymentMethod.customerId", "paymentFactor", "settlementStrategy",
}

func lookRepeatedPay(t *traffic, seen *tally) {
	for _, a := range t.attempts {
		for i, m := range a.pays {
			first := a.pays[0]
			if i == 0 || m.body == nil || compact(m.text(codeMember)) != compact(first.text(codeMember)) {
				continue
			}
			seen.add(m, unless(difference(first, m)))
		}
	}
}

func difference(first, again message) string {
	for _, path := range sameMembers {
		was, _ := first.get(path)
		is, _ := again.get(path)
		if !reflect.DeepEqual(was, is) {
			return fmt.Sprintf("%s was %s and is %s in a repetition", path, compactJSON(was), compactJSON(is))
		}
	}
	return ""
}

func lookUnasked(t *traffic, seen *tally) {
	if len(t.scene.Charges) == 0 {
		return
	}
	for _, a := range t.attempts {
		if a.charge != nil || len(a.pays) == 0 {
			seen.ok()
			continue
		}
		seen.bad(fmt.Sprintf("a pay message with paymentRequestId %s that belongs to no charge of the shop", a.id), a.pays[0].ID)
	}
	for _, a := range t.attempts {
		if !a.shared() {
			t.lookUnaskedRefunds(a, seen)
		}
	}
}

// lookUnaskedRefunds finds refunds of a payment that the shop did not ask for, or not that often.
func (t *traffic) lookUnaskedRefunds(a *attempt, seen *tally) {
	for _, m := range of(a, aps.Refund) {
		if t.asked(a, m) {
			seen.ok()
			continue
		}
		seen.bad(fmt.Sprintf("a refund of %s for payment %s that the shop did not ask for", m.text("refundAmount.value"), a.id), m.ID)
	}
	wishes := t.refundsWished(a)
	if wishes == 0 || t.repeatedByTill() {
		return
	}
	groups := refundsByID(a)
	for _, same := range groups { // another identifier for a refund that is undecided is ACQ-REF-05's
		first := same[0]
		if t.wished(a, first.Received) {
			return
		}
		if givenBefore(groups, first.Received) >= wishes {
			seen.bad(fmt.Sprintf("a further refund of %s for payment %s, of which the shop wanted %d and has them",
				first.text("refundAmount.value"), a.id, wishes), first.ID)
			return
		}
	}
}

// givenBefore counts the refunds that Alipay+ had confirmed by a time. One that it has refused may be tried again under another
// identifier (acqp-api §5.4).
func givenBefore(groups [][]message, by time.Time) int {
	n := 0
	for _, same := range groups {
		if slices.ContainsFunc(same, func(m message) bool {
			return reached(m) && m.Result != nil && m.Result.Status == string(aps.Success) && m.Answered.Before(by)
		}) {
			n++
		}
	}
	return n
}

// refundsWished is how many refunds of a payment the shop has asked for.
func (t *traffic) refundsWished(a *attempt) int {
	n := 0
	for _, r := range t.scene.Refunds {
		if t.about(a, r.Reference) {
			n++
		}
	}
	return n
}

// asked reports whether the shop wanted the money of a payment back: by a refund, or by a
// cancellation that Alipay+ has not confirmed.
func (t *traffic) asked(a *attempt, refund message) bool {
	for _, r := range t.scene.Refunds {
		if t.about(a, r.Reference) && r.Started.Before(refund.Received.Add(clockSlack)) {
			return true
		}
	}
	if !t.wished(a, refund.Received) {
		return tooLateToCancel(a, refund)
	}
	for _, m := range a.others {
		if m.is(aps.CancelPayment) && m.Answered.Before(refund.Received) && m.Result != nil && m.Result.Status == string(aps.Success) {
			return t.judges("ACQ-CAN-01", "ACQ-CAN-09") // those scenarios judge a refund beside a cancellation
		}
	}
	return true
}

// tooLateToCancel reports whether Alipay+ had refused to cancel the payment because the window had closed: then only a refund
// gives the payer the money back, also for a cancellation that the acquirer had to begin itself.
func tooLateToCancel(a *attempt, refund message) bool {
	return slices.ContainsFunc(a.others, func(m message) bool {
		return m.is(aps.CancelPayment) && m.Answered.Before(refund.Received) && m.Result != nil && m.Result.Code == "CANCEL_WINDOW_EXCEED"
	})
}

// runRules are judged once, over all scenes.
func runRules() []RunWatch {
	return []RunWatch{
		{Requirement: "ACQ-IDM-01", Name: "paymentRequestId used once", Judge: judgePaymentIDs},
		{Requirement: "ACQ-IDM-06", Name: "refundRequestId used once", Judge: judgeRefundIDs},
	}
}

// use is where an identifier stood.
type use struct {
	owner    string // what it stands for: the sale, or the payment
	exchange string
}

// reuse tallies identifiers that stand for two things.
type reuse struct {
	tally
	uses map[string]use
}

func (r *reuse) note(id, owner, exchange, what string) {
	before, used := r.uses[id]
	switch {
	case !used:
		r.uses[id] = use{owner: owner, exchange: exchange}
		r.ok()
	case before.owner != owner:
		r.bad(fmt.Sprintf("%s %s stands for two %s", what, id, map[string]string{
			"paymentRequestId": "payments", "refundRequestId": "refunds of different payments",
		}[what]), exchange, before.exchange)
	}
}

// judgePaymentIDs compares sales by code and order number. The same order charged again under the
// same id is ACQ-IDM-07's, and colliding long order numbers are ACQ-IDM-05's.
func judgePaymentIDs(scenes []Scene) Result {
	r := reuse{uses: make(map[string]use)}
	for _, t := range all(scenes) {
		if t.judges("ACQ-IDM-05") {
			continue
		}
		for _, m := range t.calls {
			id := m.text("paymentRequestId")
			c := t.chargeOf(m)
			if !m.is(aps.Pay) || id == "" || c == nil {
				continue
			}
			r.note(id, t.scene.Scenario.ID+" "+orElse(c.Reference, compact(c.Code)), m.ID, "paymentRequestId")
		}
	}
	return r.result("ACQ-IDM-01", "paymentRequestId used once", "every payment attempt has a paymentRequestId of its own")
}

// judgeRefundIDs compares payments: an id used twice for one payment is ACQ-REF-02's or -12's.
func judgeRefundIDs(scenes []Scene) Result {
	r := reuse{uses: make(map[string]use)}
	for _, t := range all(scenes) {
		for _, a := range t.attempts {
			for _, m := range a.others {
				if id := m.text("refundRequestId"); m.is(aps.Refund) && id != "" {
					r.note(id, a.id, m.ID, "refundRequestId")
				}
			}
		}
	}
	return r.result("ACQ-IDM-06", "refundRequestId used once", "every refund has a refundRequestId of its own")
}

func all(scenes []Scene) []*traffic {
	list := make([]*traffic, 0, len(scenes))
	for i := range scenes {
		t := scenes[i].traffic
		if t == nil {
			t = read(&scenes[i])
		}
		list = append(list, t)
	}
	return list
}

func orElse(text, fallback string) string {
	if text == "" {
		return fallback
	}
	return strings.ToLower(text)
}
