package wallet_test

import (
	"crypto"
	"crypto/rsa"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"mppsim/wallet"
	"mppsim/wallet/catalogue"
	"mppsim/wallet/control"
	"mppsim/wallet/jsontree"
	"mppsim/wallet/sign"
	"mppsim/wallet/sign/testkey"
	"mppsim/wallet/trace"
)

// pair is Alipay+ with an acquirer at one end and a wallet with payers at the other: two simulators that are joined over
// HTTP, or one that is both.
type pair struct {
	t         testing.TB
	shop      *rig // the simulator that plays Alipay+, with its acquirer
	hand      *rig // the simulator that plays the wallet
	toWallet  *between
	toNetwork *between
}

// joined reports whether there are two.
func (p *pair) joined() bool { return p.shop != p.hand }

// between is the wire between two simulators. What passes can be lost on the way there or back.
type between struct {
	server *httptest.Server
	mu     sync.Mutex
	to     http.Handler
	lost   func(path string) loss
}

// loss says what does not arrive.
type loss int

const (
	allArrives loss = iota
	theRequest
	theAnswer
	inTime // the answer is held back until the caller gives up
)

func newBetween(t testing.TB) *between {
	t.Helper()
	b := &between{}
	b.server = httptest.NewServer(b)
	t.Cleanup(b.server.Close)
	return b
}

func (b *between) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	to, what := b.to, allArrives
	if b.lost != nil {
		what = b.lost(r.URL.Path)
	}
	b.mu.Unlock()
	switch what {
	case allArrives:
		to.ServeHTTP(w, r)
		return
	case theAnswer:
		to.ServeHTTP(httptest.NewRecorder(), r)
	case inTime:
		to.ServeHTTP(httptest.NewRecorder(), r)
		<-r.Context().Done()
	case theRequest:
	}
	if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
		_ = conn.Close()
	}
}

// lose has the next n calls of an operation lost; n below zero: all.
func (b *between) lose(operation string, n int, what loss) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.lost = func(path string) loss {
		if !strings.HasSuffix(path, "/"+operation) || n == 0 {
			return allArrives
		}
		n--
		return what
	}
}

// set has a function decide what is lost.
func (b *between) set(lost func(path string) loss) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.lost = lost
}

func (b *between) mend() { b.set(nil) }

func (b *between) lead(to http.Handler) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.to = to
}

// walletsKey signs for the wallet: another one than that of Alipay+.
var walletsKey = sync.OnceValue(func() crypto.Signer {
	key, err := testkey.Generate()
	if err != nil {
		panic(err)
	}
	return key
})

func walletsKeys() sign.KeySet {
	public, _ := walletsKey().Public().(*rsa.PublicKey)
	return sign.NewKeySet("7", public)
}

// newPair joins two simulators over HTTP. The wallet's payers live 40 hours ahead: nothing of that is seen on the wire.
func newPair(t testing.TB, change ...func(network, wallet *wallet.Options)) *pair {
	t.Helper()
	p := &pair{t: t, toWallet: newBetween(t), toNetwork: newBetween(t)}
	options := func(own func(*wallet.Options), change func(*wallet.Options)) *rig { return newRig(t, own, change) }
	p.shop = options(func(o *wallet.Options) {
		o.ForeignWallet = &wallet.ForeignWallet{URL: p.toWallet.server.URL, Keys: walletsKeys()}
		o.GatewayURL = p.toNetwork.server.URL
		o.Notification = control.NotificationRhythm{Mode: "sandbox"}
	}, func(o *wallet.Options) {
		for _, f := range change {
			f(o, &wallet.Options{ForeignNetwork: &wallet.ForeignNetwork{}})
		}
	})
	p.hand = options(func(o *wallet.Options) {
		o.ForeignNetwork = &wallet.ForeignNetwork{
			URL: p.toNetwork.server.URL, Keys: sign.NewKeySet("1", &testKey().PublicKey), Key: walletsKey(), KeyVersion: "7",
		}
		o.GatewayURL = p.toWallet.server.URL
	}, func(o *wallet.Options) {
		for _, f := range change {
			f(&wallet.Options{ForeignWallet: &wallet.ForeignWallet{}}, o)
		}
	})
	p.toWallet.lead(p.hand.sim.GatewayHandler())
	p.toNetwork.lead(p.shop.sim.GatewayHandler())
	p.shop.open("sandbox")
	line, err := p.hand.api.OpenTimeline(t.Context(), control.TimelineSpec{Name: t.Name(), Offset: 40 * time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	p.hand.timeline = line.ID
	return p
}

// newOne is one simulator that is both.
func newOne(t testing.TB, change ...func(network, wallet *wallet.Options)) *pair {
	t.Helper()
	r := newRig(t, func(o *wallet.Options) {
		o.GatewayURL = "http://sim.example"
		for _, f := range change {
			f(o, o)
		}
	})
	r.open("sandbox")
	return &pair{t: t, shop: r, hand: r}
}

// everyWay runs a test with one simulator and with two.
func everyWay(t *testing.T, test func(t *testing.T, p *pair), change ...func(network, wallet *wallet.Options)) {
	t.Helper()
	t.Run("in process", func(t *testing.T) {
		t.Parallel()
		p := newOne(t, change...)
		test(t, p)
		p.balanced()
		p.spoken()
	})
	t.Run("over HTTP", func(t *testing.T) {
		t.Parallel()
		p := newPair(t, change...)
		test(t, p)
		p.balanced()
		p.spoken()
	})
}

// balanced compares the books: what Alipay+ has booked for the wallet is what the wallet has booked for Alipay+, and
// nothing else is on the way.
func (p *pair) balanced() {
	p.t.Helper()
	for currency, sum := range p.difference() {
		if sum != 0 {
			p.t.Errorf("the books of Alipay+ and wallet differ by %d %s", sum, currency)
		}
	}
}

// difference is by how much the two books differ, by currency.
func (p *pair) difference() map[string]int64 {
	p.t.Helper()
	sums := map[string]int64{}
	for r, line := range map[*rig]string{p.shop: p.shop.timeline, p.hand: p.hand.timeline} {
		for _, timeline := range []string{line, ""} {
			entries := must[[]control.Entry](p.t)(r.api.Entries(p.t.Context(), timeline))
			for _, e := range entries {
				if e.Account == "wallet" {
					sums[e.Amount.Currency] += e.Amount.Value
				}
			}
		}
	}
	return sums
}

// charged sums what a payer paid, refunds subtracted.
func (p *pair) charged(payer control.Payer) int64 { return -p.hand.moved("payer/" + payer.ID) }

func (p *pair) wantCharged(payer control.Payer, want int64) {
	p.t.Helper()
	if got := p.charged(payer); got != want {
		p.t.Errorf("payer %s was charged %d, want %d", payer.Template, got, want)
	}
}

// legs are the messages between Alipay+ and wallet that a simulator recorded.
func legs(r *rig) []trace.Exchange {
	r.t.Helper()
	list := must[[]trace.Exchange](r.t)(r.api.Exchanges(r.t.Context(), control.ExchangeQuery{Wallet: true}))
	var found []trace.Exchange
	for _, e := range list {
		if e.Leg == trace.NetworkToWallet || e.Leg == trace.WalletToNetwork {
			found = append(found, e)
		}
	}
	return found
}

// spoken holds every message between the two against the catalogue.
func (p *pair) spoken() {
	p.t.Helper()
	for _, r := range []*rig{p.shop, p.hand} {
		for _, e := range legs(r) {
			keepsLeg(p.t, e)
			if e.Local == p.joined() {
				p.t.Errorf("%s: local is %v", e.API, e.Local)
			}
		}
	}
}

// keepsLeg holds one message between the two, and its answer, against the catalogue.
func keepsLeg(t testing.TB, e trace.Exchange) {
	t.Helper()
	c, err := protocol()
	if err != nil {
		t.Fatal(err)
	}
	op, found := c.Operation(catalogue.Wallets, e.API)
	if !found {
		t.Errorf("%q is no operation of wallets", e.API)
		return
	}
	for part, body := range map[catalogue.Part][]byte{catalogue.Request: e.Request.Body, catalogue.Response: e.Response.Body} {
		if part == catalogue.Response && e.Response.Status == 0 {
			continue
		}
		root, err := jsontree.Parse(body)
		if err != nil {
			t.Errorf("%s %s: %v", e.API, part, err)
			continue
		}
		keeps(t, op, part, root)
	}
}
