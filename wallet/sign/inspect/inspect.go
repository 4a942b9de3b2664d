// Package inspect judges the signatures of messages that a partner sent and says what is wrong with those that do not
// verify: the signature doctor at work on live traffic, within bounds.
package inspect

import (
	"fmt"
	"log/slog"
	"sync"

	"mppsim/wallet/clock"
	"mppsim/wallet/sign"
	"mppsim/wallet/trace"
)

// Inspector judges messages of partners. It is safe for concurrent use.
type Inspector struct {
	Partner string // for the log: the acquirer, the wallet, Alipay+
	Wall    clock.Clock
	Logger  *slog.Logger

	searches budget   // for mistakes
	mistakes sync.Map // those that were logged
}

// Unsigned is what the trace keeps of a signature while signing is off.
func Unsigned() trace.Signature {
	return trace.Signature{Verdict: string(sign.Unchecked), Reason: "signing is off: no signature is made or checked"}
}

// Record turns a judgement into what the trace keeps. For a signature that does not verify it finds out which mistake it
// is, and logs it; the answer to the partner never tells.
func (i *Inspector) Record(j sign.Judgement, evidence func() sign.Evidence) trace.Signature {
	s := trace.Signature{Verdict: string(j.Verdict), Reason: j.Reason, Signed: j.Signed}
	if j.Verdict != sign.Invalid && j.Verdict != sign.Malformed {
		return s
	}
	began := i.Wall.Now()
	if !i.searches.begin(began) {
		s.Reason = "the signature does not verify; the mistake was not searched for, because searches for other messages have just taken their time"
		return s
	}
	defer func() { i.searches.end(began, i.Wall.Now()) }()
	e := evidence()
	d := sign.Explain(e)
	s.Mistake, s.Reason = string(d.Mistake), d.Text
	if difference := d.Difference(); difference != "" {
		s.Found = d.Actual
		s.Reason = fmt.Sprintf("%s; %s", d.Text, difference)
	}
	i.log(e.Message, s)
	return s
}

// log warns of the first signature with a mistake; more of the same are for those who look closer.
func (i *Inspector) log(m sign.Message, s trace.Signature) {
	log := i.Logger.Warn
	if _, again := i.mistakes.LoadOrStore(s.Mistake, true); again {
		log = i.Logger.Info
	}
	log("a signature of "+i.Partner+" does not verify", "path", m.Target, "mistake", s.Mistake, "reason", s.Reason)
}
