package gateway

import (
	"cmp"
	"context"
	"crypto"
	"crypto/hmac"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/url"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"time"

	"mppsim/wallet/control"
	"mppsim/wallet/sign"
)

// envelope is a message of Alipay+ before it is signed.
type envelope struct {
	method   string
	target   string // of the request
	client   string // client-id; empty: the first client's
	timeName string // request-time or response-time
	timeForm string // unless an alteration asks for another
	body     []byte
	names    func(string) string // spelling of header names
}

// sealed is a message ready for the wire.
type sealed struct {
	header map[string][]string
	body   []byte
}

func newTurns() chan struct{} { return make(chan struct{}, runtime.GOMAXPROCS(0)) }

// sign makes a signature when it is its turn. It takes longer than all else that is done for a call. So whoever comes to it
// steps back first: what is short goes ahead, and signatures are made in the order in which they were asked for. Without
// that, calls overtake one another, and the slowest hundredth takes half as long again. Nobody waits for a signature that
// nobody will read: callers who lose their patience ask again, and those that they have left would keep them waiting ever longer.
func (g *Gateway) sign(ctx context.Context, key crypto.Signer, content []byte) ([]byte, error) {
	runtime.Gosched()
	select {
	case g.turns <- struct{}{}:
	case <-ctx.Done():
		return nil, fmt.Errorf("waiting for a signature: %w", context.Cause(ctx))
	}
	defer func() { <-g.turns }()
	return sign.Sign(key, content)
}

func lowerNames(name string) string { return name }

func upperNames(name string) string { return strings.ToUpper(name) }

// titleNames spells client-id as Client-Id.
func titleNames(name string) string {
	parts := strings.Split(name, "-")
	for i, p := range parts {
		parts[i] = strings.ToUpper(p[:1]) + p[1:]
	}
	return strings.Join(parts, "-")
}

// seal signs a message and puts it into headers, with the mistakes that an alteration asks for.
func (g *Gateway) seal(ctx context.Context, e envelope, a control.Alteration) (sealed, error) {
	if g.SigningOff {
		a.Signature = "missing"
	}
	now := g.Wall.Now().Add(a.Skew)
	form := cmp.Or(a.TimeForm, e.timeForm)
	client, signedTarget, text := cmp.Or(e.client, g.Clients.First()), e.target, timeText(now, form)
	switch a.Signature {
	case "client":
		client = otherClient(client)
	case "path":
		signedTarget += "/other"
	}
	m := sign.Message{Method: e.method, Target: signedTarget, ClientID: client, Time: text, Body: e.body}
	header, err := g.signature(ctx, m, a)
	if err != nil {
		return sealed{}, err
	}
	out := sealed{body: e.body}
	switch a.Signature {
	case "time":
		text = timeText(now.Add(time.Second), form)
	case "client-header":
		client = otherClient(client)
	case "body":
		out.body = append(append([]byte{}, e.body...), ' ')
	case "no-time":
		text = ""
	}
	out.header = headers(e, a, client, text, header)
	return out, nil
}

func otherClient(id string) string { return id + "X" }

func headers(e envelope, a control.Alteration, client, text, signature string) map[string][]string {
	names := e.names
	switch a.Spelling {
	case "lower":
		names = lowerNames
	case "upper":
		names = upperNames
	}
	values := []string{"application/json; charset=UTF-8", client, text, signature} // one array for all of them
	h := map[string][]string{"Content-Type": values[0:1:1], names("client-id"): values[1:2:2]}
	if text != "" {
		h[names(e.timeName)] = values[2:3:3]
	}
	if a.Signature != "missing" {
		h[names("signature")] = values[3:4:4]
	}
	return h
}

// signature makes the text of the Signature header.
func (g *Gateway) signature(ctx context.Context, m sign.Message, a control.Alteration) (string, error) {
	value, algorithm, err := g.signatureValue(ctx, m, a.Signature)
	if err != nil || a.Signature == "empty" || a.Signature == "missing" {
		return "", err
	}
	escaped := url.QueryEscape(value)
	if a.Spelling == "lower-hex" {
		escaped = percentEscape.ReplaceAllStringFunc(escaped, strings.ToLower)
	}
	comma := ","
	if a.Spelling == "spaced" {
		comma = ", "
	}
	version := g.KeyVersion
	if a.Signature == "version" {
		version += "99"
	}
	return strings.Join([]string{"algorithm=" + algorithm, "keyVersion=" + version, "signature=" + escaped}, comma), nil
}

var percentEscape = regexp.MustCompile(`%[0-9A-F]{2}`)

func (g *Gateway) signatureValue(ctx context.Context, m sign.Message, mistake string) (value, algorithm string, err error) {
	switch mistake {
	case "missing", "empty":
		return "", "", nil
	case "algorithm-none":
		return "bm9uZQ==", "none", nil
	case "garbage":
		return base64.StdEncoding.EncodeToString([]byte(strings.Repeat("not a signature+", 16))), sign.Algorithm, nil
	case "hs256":
		value, err := g.hmacValue(m)
		return value, "HS256", err
	}
	key := g.Key
	if mistake == "wrong-key" || mistake == "version" {
		if key, err = g.wrongKey(); err != nil {
			return "", "", err
		}
	}
	signature, err := g.sign(ctx, key, m.Content())
	return base64.StdEncoding.EncodeToString(signature), sign.Algorithm, err
}

// hmacValue is what a forger makes who knows only the public key.
func (g *Gateway) hmacValue(m sign.Message) (string, error) {
	public, ok := g.Key.Public().(*rsa.PublicKey)
	if !ok {
		return "", fmt.Errorf("%T is no RSA key", g.Key.Public())
	}
	line, err := sign.PublicKeyLine(public)
	if err != nil {
		return "", err
	}
	mac := hmac.New(sha256.New, []byte(line))
	mac.Write(m.Content())
	return base64.StdEncoding.EncodeToString(mac.Sum(nil)), nil
}

// epoch is the time form of milliseconds since 1970, which the in-store door uses in requests (AMS api_fund).
const epoch = "epoch"

// timeText writes a header time in one of the documented forms (acqp-api §1.2).
func timeText(t time.Time, form string) string {
	switch form {
	case epoch:
		return strconv.FormatInt(t.UnixMilli(), 10)
	case "offset":
		return t.In(time.FixedZone("", 5*3600+1800)).Format("2006-01-02T15:04:05-07:00")
	case "z2":
		return t.UTC().Format("2006-01-02T15:04:05.00Z")
	case "offset3":
		return t.In(time.FixedZone("", 8*3600)).Format("2006-01-02T15:04:05.000-07:00")
	default:
		return t.UTC().Format("2006-01-02T15:04:05.000Z")
	}
}

// signedTarget is the path with query of a recorded request target.
func signedTarget(target string) string {
	if strings.HasPrefix(target, "/") {
		return target
	}
	if u, err := url.Parse(target); err == nil {
		return u.RequestURI()
	}
	return target
}
