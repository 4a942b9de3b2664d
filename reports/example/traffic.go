package example

import (
	"fmt"
	"net/http"
	"time"

	"mppsim/reports/journal"
	"mppsim/wallet/money"
	"mppsim/wallet/trace"
)

const ms = time.Millisecond

// start begins a scenario.
func (s *script) start(id string, offset time.Duration, n int) {
	s.of(id, offset, journal.Entry{Started: &journal.Started{Timeline: fmt.Sprintf("tl-%d", n), Reference: fmt.Sprintf("mp-%04d", n)}})
}

// step records a step; a message makes it a failed one.
func (s *script) step(id string, offset time.Duration, keyword, text, message string) {
	status := "passed"
	if message != "" {
		status = "failed"
	}
	s.of(id, offset, journal.Entry{Step: &journal.Step{Keyword: keyword, Text: text, Status: status, Duration: 12 * ms, Message: message}})
}

// call records a call of the merchant API that took 20 ms and read a state.
func (s *script) call(id string, offset time.Duration, verb, state string, sample bool) string {
	s.message++
	c := &journal.Call{
		ID: fmt.Sprintf("c%d", s.message), Verb: verb, Started: s.at(offset), Ended: s.at(offset + 20*ms), Sample: sample,
		Request: trace.Message{
			Method: "POST", Target: "/v1/payments/pm_" + id[len(id)-4:], Host: "127.0.0.1:9100",
			Header: http.Header{"Authorization": {"Bearer x"}, "Content-Type": {"application/json"}},
		},
		Response: trace.Message{
			Status: 200, Header: http.Header{"Content-Type": {"application/json"}},
			Body: []byte(`{"status":"` + state + `","amount_paid":25000}`),
		},
		Mapped: map[string]string{"state": state, "paid": "SGD 250.00"},
	}
	s.of(id, offset+20*ms, journal.Entry{Call: c})
	return c.ID
}

// exchange records an exchange of a scenario that took the given time.
func (s *script) exchange(id string, offset, took time.Duration, api, result string, change func(*trace.Exchange)) string {
	x := s.newExchange(offset, took, api, result)
	if change != nil {
		change(x)
	}
	s.of(id, offset+took, journal.Entry{Exchange: x})
	return x.ID
}

func (s *script) newExchange(offset, took time.Duration, api, result string) *trace.Exchange {
	s.message++
	status, code := result[:1], result[2:]
	return &trace.Exchange{
		Seq: uint64(s.message), ID: fmt.Sprintf("x%d", s.message), Leg: trace.AcquirerToNetwork, API: api,
		Timeline: "tl", Match: "code", PaymentRequestID: "mp-req-0002", Received: s.at(offset), Answered: s.at(offset + took),
		Request: trace.Message{
			Method: "POST", Target: "/aps/api/v1/payments/" + api, Host: "127.0.0.1:9000",
			Header: http.Header{
				"Client-Id": {"SANDBOX_5Y3A"}, "Content-Type": {"application/json; charset=UTF-8"},
				"Request-Time": {s.at(offset).UTC().Format(time.RFC3339)},
				"Signature":    {"algorithm=RSA256,keyVersion=1,signature=bWFkZSB1cA%3D%3D"},
			},
			Body: []byte(`{"paymentRequestId":"mp-req-0002","paymentAmount":{"currency":"SGD","value":"25000"}}`),
		},
		Response: trace.Message{
			Status: 200, Header: http.Header{"Content-Type": {"application/json; charset=UTF-8"}},
			Body: []byte(`{"result":{"resultCode":"` + code + `","resultStatus":"` + status + `","resultMessage":"made up"}}`),
		},
		Signature: trace.Signature{Verdict: "valid"}, Result: &trace.Result{Code: code, Status: status}, Executed: status == "S",
	}
}

// payer records money that leaves the payer for the shop, as two postings of one transaction.
func (s *script) payer(id string, offset time.Duration, kind string, minor int64) {
	post := func(account string, value int64) {
		s.of(id, offset, journal.Entry{Money: &journal.Money{
			Transaction: "t-" + id, Kind: kind, Account: account, Amount: money.Of("SGD", value), Order: "o-1",
		}})
	}
	post("payer", -minor)
	post("shop", minor)
}

// wait records a wait.
func (s *script) wait(id string, offset time.Duration, what, tolerance string, bound, took time.Duration) {
	s.of(id, offset, journal.Entry{Wait: &journal.Wait{For: what, Tolerance: tolerance, Bound: bound, Took: took, Met: took < bound}})
}

// end records the outcome of a scenario.
func (s *script) end(id string, offset time.Duration, ended journal.Ended) {
	s.of(id, offset, journal.Entry{Ended: &ended})
}
