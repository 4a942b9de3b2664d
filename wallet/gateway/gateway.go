// Package gateway is the HTTP side of the fake Alipay+: it receives the acquirer's calls, judges and
// records them, lets faults play, answers signed, and delivers notifications. It is never
// stopped by what it is sent.
package gateway

import (
	"context"
	"crypto"
	"crypto/rsa"
	"log/slog"
	"sync"
	"time"

	"mppsim/wallet/ams"
	"mppsim/wallet/aps"
	"mppsim/wallet/catalogue"
	"mppsim/wallet/clientid"
	"mppsim/wallet/clock"
	"mppsim/wallet/control"
	"mppsim/wallet/fault"
	"mppsim/wallet/jsontree"
	"mppsim/wallet/network"
	"mppsim/wallet/pace"
	"mppsim/wallet/sign"
	"mppsim/wallet/sign/inspect"
	"mppsim/wallet/trace"
)

// Limits of the acquirer.
const (
	notifyLimit     = 5 * time.Second  // an acknowledgement is due within it (ACQ-NTF-18)
	callLimit       = 10 * time.Second // any other answer of the acquirer (ACQ-POC-01)
	defaultKeyLabel = "1"
)

// Options are what a gateway needs.
type Options struct {
	Clients    clientid.Clients
	AcquirerID string
	Key        crypto.Signer                   // of Alipay+
	KeyVersion string                          // default 1
	Keys       func(client string) sign.KeySet // of a client by its short name; may change
	Network    *network.Network
	Plans      *fault.Plans
	Recorder   *trace.Recorder
	Wall       clock.Clock
	IDs        func() string
	Logger     *slog.Logger
	Strict     bool             // refuse as the real gateway does, instead of serving what is intelligible
	Lenient    control.Leniency // towards forms that the real gateway takes; refuse includes Strict
	Denied     []aps.API        // operations that the acquirer may not call, at both doors
	Inactive   []string         // operations that are not activated for the acquirer, at both doors
	Rate       pace.Rate        // calls of a client beyond it are refused
	MaxAge     time.Duration    // of Request-Time, into the future as well; zero: any
	Hosts      []string         // to which notifications may go
	Limits     Limits           // of callers
	SigningOff bool             // for load tests: nothing is signed and no signature is checked
	Services   []Service
	Stage      Stage                // where faults of time and payers are played; nil: nowhere
	InStore    *ams.Dialect         // of the door InStore; nil: it is closed
	Agents     map[string]string    // agent tokens with the referenceMerchantId that each acts for, empty for any; nil: any token will do
	Protocol   *catalogue.Catalogue // judges the form of messages; nil: nothing does
}

// Stage is what faults can do beside changing messages.
type Stage interface {
	// Come lets something come on the timeline of a payment (see fault.Expired and its like).
	Come(ctx context.Context, about aps.Subject, what string) error
	// Prepare makes the wallet ask the payer about the payment that a pay message opens.
	Prepare(ctx context.Context, about aps.Subject, payer string) error
	// Play lets the payer do something about it (see fault.Declines and its like).
	Play(ctx context.Context, about aps.Subject, payer string) error
}

// Gateway is an http.Handler for the acquirer's door.
type Gateway struct {
	Options
	turns     chan struct{}         // at most GOMAXPROCS signatures at a time, first come first served
	paces     map[string]*pace.Pace // of each client's calls, by short name
	large     chan struct{}         // a place for each large body that is being read
	wrongKey  func() (*rsa.PrivateKey, error)
	client    notifier
	ctx       context.Context
	stop      context.CancelFunc
	work      sync.WaitGroup
	inspector *inspect.Inspector // of the acquirers' signatures
	sheets    sheets             // on which messages are read
}

// sheets are those that nobody reads a message on just now.
type sheets struct{ pool sync.Pool }

func (s *sheets) take() *jsontree.Sheet {
	if sheet, ok := s.pool.Get().(*jsontree.Sheet); ok {
		return sheet
	}
	return new(jsontree.Sheet)
}

func (s *sheets) put(sheet *jsontree.Sheet) { s.pool.Put(sheet) }

// New makes a gateway.
func New(o Options) *Gateway {
	if o.KeyVersion == "" {
		o.KeyVersion = defaultKeyLabel
	}
	o.Limits = o.Limits.WithDefaults()
	ctx, stop := context.WithCancel(context.Background())
	return &Gateway{
		large:   make(chan struct{}, o.Limits.Large),
		Options: o, turns: newTurns(), wrongKey: sync.OnceValues(sign.GenerateKey),
		client: newNotifier(), inspector: &inspect.Inspector{Partner: "the acquirer", Wall: o.Wall, Logger: o.Logger}, paces: newPaces(o), ctx: ctx, stop: stop,
	}
}

// Close ends everything that waits: silent connections, held answers, delayed requests.
func (g *Gateway) Close() {
	g.stop()
	g.work.Wait()
	g.client.close()
}

// until returns a context that ends with the caller or with the gateway.
func (g *Gateway) until(caller context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancel(caller)
	stop := context.AfterFunc(g.ctx, cancel)
	return ctx, func() { stop(); cancel() }
}

// record gives an exchange to the recorder: nobody else may change it afterwards.
func (g *Gateway) record(e *trace.Exchange) uint64 {
	seq, err := g.Recorder.Keep(e)
	if err != nil {
		g.Logger.Error("an exchange could not be kept", "error", err)
	}
	return seq
}
