// Package bridge carries what Alipay+ and a wallet ask of each other (the ports aps.Wallet, aps.Network and those of
// agreements) between two programs over HTTP, signed both ways (mpp-api §1), or only keeps the record of it where both are
// in one program. At either end it stands for the other one: Wallet and Network are the other end, WalletDoor and
// NetworkDoor let the other end in. A call without a usable answer is an error, so that whoever asked treats the
// outcome as unknown.
package bridge

import (
	"context"
	"crypto"
	"crypto/rsa"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"mppsim/wallet/aps"
	"mppsim/wallet/catalogue"
	"mppsim/wallet/clock"
	"mppsim/wallet/sign"
	"mppsim/wallet/sign/inspect"
	"mppsim/wallet/trace"
)

// Door is the name of the dialect between Alipay+ and wallets, in the catalogue and in records.
const Door = catalogue.Wallets

// DefaultPatience is how long the other end may take to answer.
const DefaultPatience = 10 * time.Second

// ErrAnswer says that a call brought no usable answer: its outcome is unknown.
var ErrAnswer = errors.New("no usable answer")

// Line brings times from a timeline to real time and back; *clock.Timeline is one.
type Line interface {
	ToBase(time.Time) time.Time
	FromBase(time.Time) time.Time
}

// Find tells which transaction in our books a message of the other end is about. It is asked when a message comes, and
// again with what was answered; empty texts are not told.
type Find func(ctx context.Context, m Marks) aps.Subject

// Marks are the traits of a message by which its transaction is found.
type Marks struct {
	API                                        aps.API
	Payment                                    string // paymentRequestId on the wallet's leg
	Code                                       string // payment code, or what was scanned
	CustomerID                                 string
	AuthClientID, AgreementID, AuthCode, Token string
}

// Options are what a bridge needs.
type Options struct {
	// ClientID is the wallet's, in both directions (mpp-api §1).
	ClientID   string
	Key        crypto.Signer      // of this end
	KeyVersion string             // default 1
	Keys       func() sign.KeySet // of the other end
	// Base is the address of the other end; the paths of the catalogue follow it, or those of Paths.
	Base       string
	Paths      map[aps.API]string
	OtherIDs   []string      // that the other end may have signed with by mistake: those of acquirer and wallet
	Hosts      []string      // to which messages may go beside Base's, where a message names an address itself
	Patience   time.Duration // default DefaultPatience
	SigningOff bool          // nothing is signed and no signature is checked
	Protocol   *catalogue.Door
	Recorder   *trace.Recorder
	Lines      func(timeline string) Line
	Find       Find
	Wall       clock.Clock
	IDs        func() string
	Logger     *slog.Logger
}

// Bridge is one end.
type Bridge struct {
	Options
	client     *http.Client
	transport  *http.Transport
	inspector  *inspect.Inspector
	operations map[aps.API]*catalogue.Operation
}

// New makes an end. It fails if Base is no address, or the catalogue lacks the dialect.
func New(o Options) (*Bridge, error) {
	if o.KeyVersion == "" {
		o.KeyVersion = "1"
	}
	if o.Patience <= 0 {
		o.Patience = DefaultPatience
	}
	if u, err := url.Parse(o.Base); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("address %q: no http or https address", o.Base)
	}
	o.Base = strings.TrimRight(o.Base, "/")
	transport := &http.Transport{MaxIdleConnsPerHost: 16, IdleConnTimeout: 4 * time.Second, DisableCompression: true}
	b := &Bridge{
		Options: o, transport: transport, operations: make(map[aps.API]*catalogue.Operation),
		client: &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
	}
	for i := range o.Protocol.Operations {
		b.operations[aps.API(o.Protocol.Operations[i].Name)] = &o.Protocol.Operations[i]
	}
	b.inspector = &inspect.Inspector{Partner: "the other end of the wallet's leg", Wall: o.Wall, Logger: o.Logger}
	return b, nil
}

// own are the keys that the other end may have taken for its own.
func (b *Bridge) own() map[string]*rsa.PublicKey {
	keys := make(map[string]*rsa.PublicKey)
	if b.Key == nil {
		return keys
	}
	if public, ok := b.Key.Public().(*rsa.PublicKey); ok {
		keys["this end"] = public
	}
	return keys
}

// targets are paths that a sender may have signed instead of the one that it called: a wallet's own and those of Alipay+
// are easily taken for each other.
func (b *Bridge) targets() []string {
	var paths []string
	for _, op := range b.operations {
		paths = append(paths, op.Path, "/aps/api/v1/payments/"+op.Name)
	}
	return paths
}

// Close ends idle connections.
func (b *Bridge) Close() { b.transport.CloseIdleConnections() }

// Path is where an operation is served.
func (b *Bridge) Path(api aps.API) string {
	if path := b.Paths[api]; path != "" {
		return path
	}
	if op := b.operations[api]; op != nil {
		return op.Path
	}
	return "/" + string(api)
}

// address is where a call goes. One that a message names counts if it leads to the other end or to an allowed host.
func (b *Bridge) address(api aps.API, named string) (address, note string) {
	usual := b.Base + b.Path(api)
	if named == "" {
		return usual, ""
	}
	u, err := url.Parse(named)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return usual, fmt.Sprintf("%q is no address: the call goes to the usual one", named)
	}
	home, err := url.Parse(b.Base)
	allowed := err == nil && u.Host == home.Host ||
		slices.ContainsFunc(b.Hosts, func(h string) bool { return strings.EqualFold(h, u.Hostname()) || strings.EqualFold(h, u.Host) })
	if !allowed {
		return usual, fmt.Sprintf("the host of %s is not allowed: the call goes to the usual address", named)
	}
	return named, ""
}

// direction names who calls: an operation that wallets call, or one that they serve.
func (b *Bridge) leg(api aps.API) trace.Leg {
	if op := b.operations[api]; op != nil && op.Direction == catalogue.ToWallet {
		return trace.NetworkToWallet
	}
	return trace.WalletToNetwork
}

func (b *Bridge) record(e trace.Exchange) {
	if _, err := b.Recorder.Add(e); err != nil {
		b.Logger.Error("an exchange could not be kept", "error", err)
	}
}

// enter puts into a record what it is about.
func enter(e *trace.Exchange, s aps.Subject) {
	e.Timeline, e.Match = s.Timeline, s.Match
	if s.PaymentRequestID != "" {
		e.PaymentRequestID = s.PaymentRequestID
	}
	if s.PaymentID != "" {
		e.PaymentID = s.PaymentID
	}
	if s.RefundRequestID != "" {
		e.RefundRequestID = s.RefundRequestID
	}
}
