package doctor

import (
	"bytes"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"mppsim/wallet/sign"
)

// Errors of Examine: what it lacks.
var (
	ErrNoRequest = errors.New("an answer is signed with the path of its request, which is not known")
	ErrNoKey     = errors.New("no public key of the sender")
)

// Case is a message and what is known beside it.
type Case struct {
	Message Message
	Request *Message // of an answer: the request that it answers
	Target  string   // path with query as the caller sent it, if that is not the one of the message or request

	Keys      []Key                     // the sender's public keys, the current one last
	OtherKeys map[string]*rsa.PublicKey // keys of others by name
	ClientIDs []string                  // client ids that are or might be meant
	Claimed   []byte                    // the string that the sender says it has signed
}

// Key is a public key of the sender. One without version stands for whatever version the message names.
type Key struct {
	Version string
	Public  *rsa.PublicKey
}

// Examine finds out whether the message's signature verifies, and if not, why.
func Examine(c Case) (Report, error) {
	if len(c.Keys) == 0 {
		return Report{}, ErrNoKey
	}
	if c.Message.Answer && c.Request == nil && c.Target == "" {
		return Report{}, ErrNoRequest
	}
	e := c.evidence()
	d := sign.Explain(e)
	if body, ok := c.Message.withoutLastLineEnd(); ok && !d.Verifies {
		e.Message.Body = body
		if d = sign.Explain(e); d.Verifies {
			c.Message.note("the line end at the end of the file was left out: there is no Content-Length, and without it the signature verifies")
		}
	}
	r := c.report(e, d)
	c.missingHeaders(&r)
	return r, nil
}

// evidence gathers what the explanation may use.
func (c *Case) evidence() sign.Evidence {
	m := &c.Message
	e := sign.Evidence{
		Message: sign.Message{Method: m.Method, Target: m.Target, ClientID: m.Get("Client-Id"), Time: m.Get(m.timeHeader()), Body: m.Body},
		Header:  m.Get("Signature"), Keys: c.keySet(), Host: m.Host, ForeignKeys: c.OtherKeys,
		OtherClientIDs: c.ClientIDs,
	}
	for _, name := range []string{"Request-Time", "Response-Time", "Date"} {
		e.OtherTimes = append(e.OtherTimes, m.all(name)...)
	}
	if m.Answer {
		c.answers(&e)
	}
	if c.Target != "" {
		e.OtherTargets = append(e.OtherTargets, e.Message.Target)
		e.Message.Target = c.Target
	}
	e.OtherTimes = append(e.OtherTimes, timesIn(m.Body)...)
	e.OtherClientIDs = append(e.OtherClientIDs, idsIn(m.Body)...)
	if m.rest != nil {
		how := fmt.Sprintf("the body is signed with all its %d octets, but Content-Length cuts it after %d", len(m.rest), len(m.Body))
		e.OtherBodies = append(e.OtherBodies, sign.OtherBody{Mistake: sign.BodyCut, How: how, Body: m.rest})
		if trimmed := bytes.TrimRight(m.rest, "\r\n"); len(trimmed) > len(m.Body) {
			e.OtherBodies = append(e.OtherBodies, sign.OtherBody{Mistake: sign.BodyCut, How: how, Body: trimmed})
		}
	}
	if c.Claimed != nil {
		e.Claimed = [][]byte{c.Claimed, bytes.TrimRight(c.Claimed, "\r\n"), bytes.ReplaceAll(bytes.TrimRight(c.Claimed, "\r\n"), []byte("\r\n"), []byte("\n"))}
	}
	return e
}

// answers adds what an answer takes from its request.
func (c *Case) answers(e *sign.Evidence) {
	e.Message.Method = "POST"
	if c.Request == nil {
		return
	}
	e.Message.Method, e.Message.Target, e.Host = c.Request.Method, c.Request.Target, c.Request.Host
	e.OtherTimes = append(e.OtherTimes, c.Request.Get("Request-Time"))
	e.OtherClientIDs = append(e.OtherClientIDs, c.Request.Get("Client-Id"))
	e.OtherBodies = append(e.OtherBodies, sign.OtherBody{Mistake: "other-body", How: "the body of the request is signed", Body: c.Request.Body})
}

// timeHeader names the header whose text is signed.
func (m *Message) timeHeader() string {
	if m.Answer {
		return "Response-Time"
	}
	return "Request-Time"
}

// keySet gives a key without version that of the message.
func (c *Case) keySet() sign.KeySet {
	named := ""
	if h, err := sign.ParseHeader(c.Message.Get("Signature")); err == nil {
		named = h.KeyVersion
	}
	var set sign.KeySet
	for _, key := range c.Keys {
		version := key.Version
		if version == "" {
			version = named
		}
		set = set.With(version, key.Public)
	}
	return set
}

// missingHeaders puts a missing header first: without it no one can verify, whatever was signed.
func (c *Case) missingHeaders(r *Report) {
	if r.Mistake == sign.NoSignature {
		return
	}
	for _, h := range []struct {
		name    string
		mistake sign.Mistake
	}{{"Client-Id", "client-id-missing"}, {c.Message.timeHeader(), "time-missing"}} {
		if c.Message.Get(h.name) == "" && r.Mistake != h.mistake {
			r.first(h.mistake, "there is no "+h.name+" header, or it is empty")
		}
	}
}

// timesIn lists the texts of a JSON body that look like times.
func timesIn(body []byte) []string {
	return textsIn(body, func(name, text string) bool {
		return len(text) >= 13 && len(text) <= 40 && strings.HasSuffix(strings.ToLower(name), "time")
	})
}

// idsIn lists the identifiers in a JSON body that are sometimes taken for the client id.
func idsIn(body []byte) []string {
	names := []string{"acquirerId", "clientId", "partnerId", "pspId", "merchantId", "referenceMerchantId"}
	return textsIn(body, func(name, _ string) bool { return slices.Contains(names, name) })
}

// textsIn lists the members of a JSON body, at any depth, that are texts of a wanted kind.
func textsIn(body []byte, wanted func(name, text string) bool) []string {
	var value any
	if json.Unmarshal(body, &value) != nil {
		return nil
	}
	const most = 8
	var found []string
	var walk func(name string, value any)
	walk = func(name string, value any) {
		switch v := value.(type) {
		case map[string]any:
			for _, name := range slices.Sorted(maps.Keys(v)) {
				walk(name, v[name])
			}
		case []any:
			for _, inner := range v {
				walk(name, inner)
			}
		case string:
			if len(found) < most && wanted(name, v) {
				found = append(found, v)
			}
		}
	}
	walk("", value)
	return found
}

// fingerprint is the SHA-256 of a key's SPKI form, in hexadecimal.
func fingerprint(key *rsa.PublicKey) string {
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(der)
	return hex.EncodeToString(sum[:])
}
