// Package authorisation is Alipay+'s part of auto debit (acqp-api §5.10): acquirers prepare agreements, exchange auth
// codes for access tokens and cancel them; wallets tell what payers do. The acquirer's tokens are Alipay+'s own: behind
// each stands the wallet's token, which Alipay+ refreshes for as long as the acquirer's token lives, because
// acquirers have no refresh tokens.
package authorisation

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"mppsim/wallet/aps"
	"mppsim/wallet/clock"
	"mppsim/wallet/courier"
	"mppsim/wallet/jsontree"
	"mppsim/wallet/store"
)

// ErrAddress says that the acquirer's address for a call is not known. Whoever finds addresses wraps it.
var ErrAddress = errors.New("no address of the acquirer")

// State is where an agreement stands.
type State string

// The states. Refused is an agreement that the wallet did not prepare.
const (
	Prepared   State = "PREPARED"
	Refused    State = "REFUSED"
	Authorised State = "AUTHORISED" // there is an auth code
	Active     State = "ACTIVE"     // there is a token
	Cancelled  State = "CANCELLED"
)

// Options are what Alipay+'s part needs.
type Options struct {
	Store    store.Store
	Wallet   func() aps.AuthorisationWallet // known only after the network is
	Acquirer aps.Acquirer
	Courier  *courier.Courier
	Clocks   func(timeline string) *clock.Timeline
	// Home finds the timeline of a wallet user.
	Home       func(ctx context.Context, customerID string) (timeline string, found bool, err error)
	Address    func(api aps.API) (string, error) // of the acquirer; ErrAddress if unknown
	IDs        func() string
	Logger     *slog.Logger
	AcquirerID string
	PspID      string
	WalletName string   // walletName and walletBrandName
	Compared   []string // members that a repeated prepare must not change
}

// Authorisations are Alipay+'s agreements. They implement aps.AuthorisationNetwork.
type Authorisations struct{ Options }

// New makes Alipay+'s part.
func New(o Options) *Authorisations { return &Authorisations{o} }

// Agreement is one agreement in Alipay+'s books.
type Agreement struct {
	Client    string // authClientId
	Reference string // referenceAgreementId
	Timeline  string
	Customer  string // customerId, once a payer has agreed
	State     State
	Result    aps.Result // of prepare
	AuthURL   string
	AuthState string
	Compared  string
	Texts     aps.Texts // of prepare
	Code      string    // auth code
	Token     string    // the acquirer's
	Expiry    time.Time
	LoginID   string
	Wallet    WalletToken
}

// WalletToken is the wallet's token behind the acquirer's. Times are on the timeline.
type WalletToken struct {
	Access       string
	AccessExpiry time.Time
	Refresh      string
}

func agreements() store.Table[Agreement] {
	return store.Table[Agreement]{Name: "authorisation.agreement"}
}

// The tables that lead from auth codes, tokens and wallets' tokens to the key of an agreement.
func codes() store.Table[string]  { return store.Table[string]{Name: "authorisation.code"} }
func tokens() store.Table[string] { return store.Table[string]{Name: "authorisation.token"} }
func walletTokens() store.Table[string] {
	return store.Table[string]{Name: "authorisation.wallet-token"}
}

func (a Agreement) key() string { return store.Key(a.Client, a.Reference) }

// subject tells faults and records what an agreement's messages are about.
func (a Agreement) subject() aps.Subject {
	return aps.Subject{Timeline: a.Timeline, Match: "agreement", Texts: a.Texts}
}

// Find returns the agreement with two ids and reports whether there is one.
func (n *Authorisations) Find(ctx context.Context, client, reference string) (a Agreement, found bool, err error) {
	err = n.Store.View(ctx, func(tx store.Tx) error {
		a, found, err = agreements().Get(tx, store.Key(client, reference))
		return err
	})
	return a, found, err
}

// Concerned finds the agreement that a message of the acquirer is about.
func (n *Authorisations) Concerned(ctx context.Context, f aps.Fields) (a Agreement, found bool, err error) {
	err = n.Store.View(ctx, func(tx store.Tx) error {
		if a, found, err = lookUp(tx, codes(), f.Text("authCode")); err != nil || found {
			return err
		}
		if a, found, err = lookUp(tx, tokens(), f.Text("accessToken")); err != nil || found {
			return err
		}
		a, found, err = agreements().Get(tx, store.Key(f.Text("authClientId"), f.Text("referenceAgreementId")))
		return err
	})
	return a, found, err
}

// List returns the agreements of a timeline, by their ids.
func (n *Authorisations) List(ctx context.Context, timeline string) (list []Agreement, err error) {
	err = n.Store.View(ctx, func(tx store.Tx) error {
		list = nil
		return agreements().Scan(tx, "", func(_ string, a Agreement) (bool, error) {
			if a.Timeline == timeline {
				list = append(list, a)
			}
			return true, nil
		})
	})
	return list, err
}

// Active returns the agreement under which an access token gives a right to money. Tokens that are unknown, cancelled or
// expired are not found: paying with them is refused with INVALID_TOKEN (acqp-api §2.1).
func (n *Authorisations) Active(tx store.Tx, accessToken string) (a Agreement, found bool, err error) {
	a, found, err = lookUp(tx, tokens(), accessToken)
	if err != nil || !found || a.State != Active || a.Token != accessToken || !n.now(a).Before(a.Expiry) {
		return Agreement{}, false, err
	}
	return a, true, nil
}

// WalletToken returns the wallet's token behind the acquirer's, and to whom the wallet gave it; nothing if there is none.
func (n *Authorisations) WalletToken(tx store.Tx, accessToken string) (token, authClientID string, err error) {
	a, _, err := lookUp(tx, tokens(), accessToken)
	return a.Wallet.Access, a.Client, err
}

// About tells which agreement a wallet's message is about: by its ids, or by the wallet's token.
func (n *Authorisations) About(ctx context.Context, client, reference, walletToken string) (s aps.Subject, err error) {
	err = n.Store.View(ctx, func(tx store.Tx) error {
		a, found, err := lookUp(tx, walletTokens(), walletToken)
		if err == nil && !found {
			a, found, err = agreements().Get(tx, store.Key(client, reference))
		}
		if found {
			s = a.subject()
		}
		return err
	})
	return s, err
}

func (n *Authorisations) now(a Agreement) time.Time { return n.Clocks(a.Timeline).Now() }

// lookUp follows one of the tables to an agreement.
func lookUp(tx store.Tx, by store.Table[string], name string) (Agreement, bool, error) {
	if name == "" {
		return Agreement{}, false, nil
	}
	key, found, err := by.Get(tx, name)
	if err != nil || !found {
		return Agreement{}, false, err
	}
	return agreements().Get(tx, key)
}

// change alters an agreement and keeps it; a missing one is left alone.
func (n *Authorisations) change(ctx context.Context, key string, f func(tx store.Tx, a *Agreement) error) (a Agreement, err error) {
	err = n.Store.Update(ctx, func(tx store.Tx) error {
		var found bool
		if a, found, err = agreements().Get(tx, key); err != nil || !found {
			return err
		}
		if err := f(tx, &a); err != nil {
			return err
		}
		return agreements().Put(tx, key, a)
	})
	return a, err
}

func bare(r aps.Result) *jsontree.Node { return aps.NewAnswer(r).Node() }

func failure(code, message string) aps.Result {
	r := aps.ResultOf(code)
	r.Message = message
	return r
}
