package example

import (
	"net/http"
	"time"

	"mppsim/reports/journal"
	"mppsim/wallet/trace"
)

// passed is a payment without a hitch.
func (s *script) passed() {
	const id = paid
	s.start(id, 100*ms, 1)
	s.step(id, 110*ms, "Given", "a payer whose wallet needs no password", "")
	s.call(id, 120*ms, "charge_code", "PAID", false)
	s.exchange(id, 125*ms, 8*ms, "pay", "S/SUCCESS", nil)
	s.payer(id, 130*ms, "payment", 25000)
	s.step(id, 150*ms, "When", "the shop charges the payer's code 250.00", "")
	s.call(id, 200*ms, "query", "PAID", true)
	s.wait(id, 220*ms, "the shop sees PAID", "reaction", 10*time.Second, 70*ms)
	s.step(id, 220*ms, "Then", "the shop sees the payment as PAID within 10 s", "")
	s.exchange(id, 1600*ms, 4*ms, "notifyPayment", "S/SUCCESS", func(x *trace.Exchange) {
		x.Leg, x.Outcome = trace.NetworkToAcquirer, &trace.Result{Status: "S", Code: "SUCCESS"}
		x.Request.Target = "http://127.0.0.1:9100/aplus/notify"
	})
	s.end(id, 1700*ms, journal.Ended{Verdict: journal.Pass, Duration: 1600 * ms})
}

// failed is a payment that the acquirer reports as failed without cancelling it, while the money is gone.
func (s *script) failed() {
	const id = unpaid
	s.start(id, 2*time.Second, 2)
	s.step(id, 2010*ms, "Given", "a payer whose wallet asks for a password", "")
	s.step(id, 2020*ms, "And", "Alipay+ leaves the payment undecided after its expiry", "")
	s.call(id, 2030*ms, "charge_code", "PENDING", false)
	s.exchange(id, 2035*ms, 10*ms, "pay", "U/PAYMENT_IN_PROCESS", nil)
	s.step(id, 2060*ms, "When", "the shop charges the payer's code 250.00", "")
	for i := range 5 {
		s.call(id, (2100+time.Duration(i)*500)*ms, "query", "PENDING", true)
		s.exchange(id, (2300+time.Duration(i)*500)*ms, 5*ms, "inquiryPayment", "S/SUCCESS", func(x *trace.Exchange) {
			x.Outcome = &trace.Result{Status: "U", Code: "PAYMENT_IN_PROCESS"}
		})
	}
	lost := s.exchange(id, 4900*ms, 40*ms, "inquiryPayment", "U/UNKNOWN_EXCEPTION", func(x *trace.Exchange) {
		x.Faults, x.Broken, x.Response, x.Result = []string{"f-1"}, "reset", trace.Message{}, nil
	})
	seen := s.call(id, 5200*ms, "query", "FAILED", true)
	s.payer(id, 5300*ms, "payment", 25000)
	s.of(id, 8200*ms, journal.Entry{Fault: &journal.Fault{ID: "f-1", Fault: "answer lost after commit", Aim: "inquiryPayment, first", Seen: 1, Fired: 1}})
	s.wait(id, 8200*ms, "a cancelPayment of the acquirer", "cancel after expiry", 3*time.Second, 3*time.Second)
	s.step(id, 8200*ms, "Then", "the acquirer cancels the payment", "no cancelPayment within 3 s after the expiry")
	s.of(id, 8200*ms, journal.Entry{Step: &journal.Step{Keyword: "And", Text: "no money has moved", Status: "skipped"}})
	s.of(id, 8200*ms, journal.Entry{Finding: &journal.Finding{
		Requirement: "ACQ-UPM-10", Check: "the acquirer cancels the payment",
		Expected: "a cancelPayment within 60 s after the declared expiry (3 s at this factor)",
		Seen:     "no cancelPayment; the shop was told FAILED 3.2 s after the charge while SGD 250.00 had left the payer", Exchanges: []string{lost}, Calls: []string{seen},
	}})
	s.of(id, 8300*ms, journal.Entry{Finding: &journal.Finding{
		Requirement: "ACQ-SIG-01", Check: "signature", Expected: "a signature over the exact signing string", Seen: "one of 7 messages does not verify: the body was serialised again after signing",
		Exchanges: []string{s.forged(id)}, Detail: "first different byte at 61: received \" \", signed \":\"",
	}})
	s.end(id, 8400*ms, journal.Ended{Verdict: journal.Fail, Reason: "no cancelPayment within 3 s after the expiry", Duration: 6400 * ms})
}

// forged is a message whose signature does not verify.
func (s *script) forged(id string) string {
	return s.exchange(id, 5100*ms, 5*ms, "inquiryPayment", "S/SUCCESS", func(x *trace.Exchange) {
		x.Signature = trace.Signature{
			Verdict: "invalid", Reason: "the body was serialised again after signing",
			Signed: "POST /aps/api/v1/payments/inquiryPayment\nSANDBOX_5Y3A.2020-01-01T00:00:00Z.{\"paymentRequestId\": \"mp-req-0002\"}",
		}
		x.Request.Header = http.Header{"Client-Id": {"SANDBOX_5Y3A"}, "Signature": {"algorithm=RSA256,keyVersion=1,signature=d3Jvbmc%3D"}}
	})
}

// polite warns about inquiries that come too fast, unless the run is a clean one.
func (s *script) polite(run Run) {
	const id = polite
	s.start(id, 2*time.Second, 3)
	first := s.exchange(id, 2100*ms, 5*ms, "inquiryPayment", "S/SUCCESS", nil)
	s.step(id, 2200*ms, "Then", "the acquirer leaves at least 2 s between inquiries", "")
	if run == Conformant {
		s.end(id, 2300*ms, journal.Ended{Verdict: journal.Pass, Duration: 300 * ms})
		return
	}
	second := s.exchange(id, 2120*ms, 5*ms, "inquiryPayment", "S/SUCCESS", nil)
	s.of(id, 2250*ms, journal.Entry{Finding: &journal.Finding{
		Requirement: "ACQ-INQ-03", Check: "spacing of inquiries", Expected: "at least 100 ms between two inquiries", Seen: "20 ms", Exchanges: []string{second, first},
	}})
	s.end(id, 2300*ms, journal.Ended{Verdict: journal.Warn, Reason: "inquiries 20 ms apart", Duration: 300 * ms})
}

// unreached is a scenario that an earlier failure kept from its point.
func (s *script) unreached() {
	const id = blocked
	s.start(id, 3*time.Second, 4)
	s.step(id, 3100*ms, "Given", "a payment that the acquirer cancels", "the acquirer sent no cancelPayment")
	s.end(id, 6*time.Second, journal.Ended{
		Verdict: journal.NotReached, Blames: "ACQ-UPM-10",
		Reason: "the acquirer sent no cancelPayment that could be answered late", Duration: 3 * time.Second,
	})
}

// starved is a scenario that the environment spoilt.
func (s *script) starved() {
	const id = starved
	s.start(id, 4*time.Second, 5)
	s.of(id, 4100*ms, journal.Entry{Step: &journal.Step{
		Keyword: "When", Text: "Alipay+ sends the notification again", Status: "broken",
		Duration: time.Second, Message: "this machine stood still for 900 ms",
	}})
	s.end(id, 5*time.Second, journal.Ended{Verdict: journal.Inconclusive, Reason: "this machine stood still for 900 ms", Duration: time.Second})
	s.add(5*time.Second, journal.Entry{Note: &journal.Note{Level: "warning", Text: "timers were late by 900 ms: findings of that moment do not count"}})
}

// stray is a call about nothing that the run did.
func (s *script) stray() {
	x := s.newExchange(6*time.Second, 3*ms, "inquiryPayment", "F/ORDER_NOT_EXIST")
	x.Match, x.Timeline, x.PaymentRequestID = "", "", "yesterday-17"
	s.add(6*time.Second, journal.Entry{Exchange: x})
	s.add(6*time.Second, journal.Entry{Stray: &journal.Stray{
		Exchange: x.ID, What: "inquiryPayment of yesterday-17, an order that this run did not create",
		Message: "inquiryPayment", Leg: x.Leg, Order: "yesterday-17", Owner: journal.OfLeftover, Answer: "F ORDER_NOT_EXIST", Count: 1,
		Since: x.Received, Last: x.Received,
	}})
}

// outage is an acquirer that dies on the way.
func (s *script) outage() {
	s.start(unpaid, 2*time.Second, 2)
	s.add(3*time.Second, journal.Entry{Note: &journal.Note{Level: "error", Text: "the acquirer stopped answering: connection refused"}})
	s.end(unpaid, 4*time.Second, journal.Ended{Verdict: journal.Inconclusive, Reason: "the acquirer stopped answering", Duration: 2 * time.Second})
}

// clean lets scenarios pass without a word.
func (s *script) clean(ids ...string) {
	for i, id := range ids {
		s.start(id, 2*time.Second, 10+i)
		s.end(id, 3*time.Second, journal.Ended{Verdict: journal.Pass, Duration: time.Second})
	}
}
