package check

import (
	"fmt"
	"slices"
	"time"

	"mppsim/scenarios/acquirer"
	"mppsim/wallet/aps"
)

// unprovokedRules find calls that neither the shop nor an open question has provoked, beside those that rules over
// inquiries, cancellations and identifiers find.
func unprovokedRules() []rule {
	return []rule{
		{
			requirement: "ACQ-UPM-11", name: "refused codes are left alone",
			expected: "once a charge was refused for good, its payment code is not charged again unless the shop does so",
			look:     lookAfterRefusal,
		},
		{
			requirement: "ACQ-IDM-13", name: "decided calls are left alone",
			expected: "after its final answer a cancellation or refund is sent at most once more, unless the shop asks again",
			look:     lookDecided,
		},
	}
}

// lookAfterRefusal judges payment codes that the shop charged once. Whether the refusal was of a kind that decides is
// delivered's matter.
func lookAfterRefusal(t *traffic, seen *tally) {
	for _, a := range t.attempts {
		c := a.charge
		if c == nil || c.Code == "" || len(a.pays) == 0 || a.shared() || t.chargesOf(c.Code) > 1 || t.repeatedByTill() {
			continue
		}
		at, state := t.delivered(a)
		if state != acquirer.Failed {
			continue
		}
		knows := known(a, at)
		again := slices.IndexFunc(t.calls, func(m message) bool {
			since := at
			if m.text("paymentRequestId") == a.id {
				since = knows
			}
			return m.is(aps.Pay) && compact(m.text(codeMember)) == compact(c.Code) && !since.IsZero() && m.Received.After(since.Add(underWay))
		})
		if again < 0 {
			seen.ok()
			continue
		}
		m := t.calls[again]
		seen.bad(fmt.Sprintf("a pay message with paymentRequestId %s %s after the charge was refused", m.text("paymentRequestId"),
			m.Received.Sub(at).Round(time.Millisecond)), m.ID, a.pays[0].ID)
	}
}

// known tells when an acquirer has no reason any more to send the same message once more, which some do to ask for the outcome: it
// was answered, or shows the shop what it was notified of. Its books may take their time after the acknowledgement.
func known(a *attempt, notified time.Time) time.Time {
	for _, m := range slices.Concat(a.pays, a.others) {
		if reached(m) && m.Answered.Equal(notified) {
			return notified
		}
	}
	shown, _ := a.booked(acquirer.Failed, acquirer.Closed)
	if shown.IsZero() {
		return shown
	}
	return latest(notified, shown)
}

// repeatedByTill reports whether the shop called more often than the scenario has charges, refunds and cancellations: a line
// between till and acquirer that repeats calls makes it unclear what the shop has asked for.
func (t *traffic) repeatedByTill() bool {
	byCode := 0
	for _, c := range t.scene.Charges {
		if c.Product == "" || c.Product == acquirer.ProductPaymentCode {
			byCode++
		}
	}
	return t.callsBy(acquirer.VerbChargeCode) > byCode || t.callsBy(acquirer.VerbRefund) > len(t.scene.Refunds) ||
		t.callsBy(acquirer.VerbCancel) > len(t.scene.Cancels)
}

func (t *traffic) callsBy(verb string) int {
	n := 0
	for _, c := range t.scene.Calls {
		if c.Verb == verb {
			n++
		}
	}
	return n
}

// lookDecided judges cancellations by their payment, refunds by their identifier.
func lookDecided(t *traffic, seen *tally) {
	if t.repeatedByTill() {
		return
	}
	for _, a := range t.attempts {
		if a.shared() {
			continue
		}
		t.leftAlone(a, of(a, aps.CancelPayment), seen)
		for _, same := range refundsByID(a) {
			t.leftAlone(a, same, seen)
		}
	}
}

func of(a *attempt, api aps.API) []message {
	return slices.DeleteFunc(slices.Clone(a.others), func(m message) bool { return !m.is(api) })
}

// refundsByID groups the refund messages of a payment, in the order in which their identifiers came up.
func refundsByID(a *attempt) [][]message {
	var groups [][]message
	place := map[string]int{}
	for _, m := range of(a, aps.Refund) {
		id := m.text("refundRequestId")
		if id == "" {
			continue
		}
		at, known := place[id]
		if !known {
			at = len(groups)
			place[id], groups = at, append(groups, nil)
		}
		groups[at] = append(groups[at], m)
	}
	return groups
}

// leftAlone judges messages that say the same. One more after the final answer may have been under way, or be a
// question whether it holds.
func (t *traffic) leftAlone(a *attempt, same []message, seen *tally) {
	at, decided := decision(same)
	if !decided {
		return
	}
	var extra []string
	until := t.nextWish(a, at.Add(underWay))
	for _, m := range same {
		if m.Received.After(at.Add(underWay)) && (until.IsZero() || m.Received.Before(until)) {
			extra = append(extra, m.ID)
		}
	}
	if len(extra) < 2 {
		seen.ok()
		return
	}
	seen.bad(fmt.Sprintf("%s sent %d times more after its final answer", same[0].API, len(extra)), extra...)
}

// decision tells when the first genuine final answer to messages that say the same was given: S, or a refusal that is
// about the payment and not about a repetition.
func decision(same []message) (time.Time, bool) {
	for _, m := range same {
		if reached(m) && m.Result != nil && (m.Result.Status == string(aps.Success) ||
			m.Result.Status == string(aps.Failure) && businessOutcome(m.Result.Code)) {
			return m.Answered, true
		}
	}
	return time.Time{}, false
}
