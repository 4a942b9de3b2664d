package gateway

import (
	"fmt"
	"net/http"

	"mppsim/wallet/sign"
	"mppsim/wallet/trace"
)

// unsigned is what the trace keeps of a signature while signing is off.
func unsigned() trace.Signature {
	return trace.Signature{Verdict: string(sign.Unchecked), Reason: "signing is off: no signature is made or checked"}
}

// heard is from whom a signature is, and where the message was sent to.
type heard struct {
	client string // short
	host   string
	keys   sign.KeySet
}

// judged turns a judgement on a message of the acquirer into what the trace keeps. For a signature that does not verify
// it finds out which mistake it is, and logs it; the answer to the acquirer never tells. Other are times and
// identifiers of the exchange that might have been signed by mistake.
func (g *Gateway) judged(j sign.Judgement, m sign.Message, header http.Header, from heard, otherTimes ...string) trace.Signature {
	s := trace.Signature{Verdict: string(j.Verdict), Reason: j.Reason, Signed: j.Signed}
	if j.Verdict != sign.Invalid && j.Verdict != sign.Malformed {
		return s
	}
	began := g.Wall.Now()
	if !g.searches.begin(began) {
		s.Reason = "the signature does not verify; the mistake was not searched for, because searches for other messages have just taken their time"
		return s
	}
	defer func() { g.searches.end(began, g.Wall.Now()) }()
	d := sign.Explain(sign.Evidence{
		Message: m, Header: header.Get("Signature"), Keys: from.keys, Host: from.host, ForeignKeys: g.keysOfOthers(from.client),
		OtherClientIDs: append(g.Clients.All(), g.AcquirerID), OtherTimes: append(otherTimes, header.Get("Date")),
	})
	s.Mistake, s.Reason = string(d.Mistake), d.Text
	if difference := d.Difference(); difference != "" {
		s.Found = d.Actual
		s.Reason = fmt.Sprintf("%s; %s", d.Text, difference)
	}
	g.logMistake(m, s)
	return s
}

// logMistake warns of the first signature with a mistake; more of the same are for those who look closer.
func (g *Gateway) logMistake(m sign.Message, s trace.Signature) {
	log := g.Logger.Warn
	if _, again := g.mistakes.LoadOrStore(s.Mistake, true); again {
		log = g.Logger.Info
	}
	log("a signature of the acquirer does not verify", "path", m.Target, "mistake", s.Mistake, "reason", s.Reason)
}
