package gateway

import (
	"net/http"

	"mppsim/wallet/sign"
	"mppsim/wallet/sign/inspect"
	"mppsim/wallet/trace"
)

// unsigned is what the trace keeps of a signature while signing is off.
func unsigned() trace.Signature { return inspect.Unsigned() }

// heard is from whom a signature is, and where the message was sent to.
type heard struct {
	client string // short
	host   string
	keys   sign.KeySet
}

// judged turns a judgement on a message of the acquirer into what the trace keeps. Other are times of the exchange
// that might have been signed by mistake.
func (g *Gateway) judged(j sign.Judgement, m sign.Message, header http.Header, from heard, otherTimes ...string) trace.Signature {
	return g.inspector.Record(j, func() sign.Evidence {
		return sign.Evidence{
			Message: m, Header: header.Get("Signature"), Keys: from.keys, Host: from.host, ForeignKeys: g.keysOfOthers(from.client),
			OtherClientIDs: append(g.Clients.All(), g.AcquirerID), OtherTimes: append(otherTimes, header.Get("Date")),
		}
	})
}
