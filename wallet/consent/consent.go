// Package consent is the wallet's part of auto debit (mpp-api §4.8): merchants ask for agreements, payers
// consent to them, and the wallet gives out auth codes and tokens, refreshes and cancels them. Times are those of
// the payer's timeline; on the wire they are real.
package consent

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"mppsim/wallet/aps"
	"mppsim/wallet/clock"
	"mppsim/wallet/store"
)

// What a payer can meet, for errors.Is.
var (
	ErrUnknown = errors.New("no such agreement")
	ErrState   = errors.New("the agreement is in another state")
	ErrLimit   = errors.New("the account has as many agreements as it may have")
	ErrRefused = errors.New("the acquirer does not allow it now")
)

// Lifetimes of what the wallet gives out. None of them is public.
const (
	codeLife    = 10 * time.Minute
	accessLife  = 30 * 24 * time.Hour
	refreshLife = 365 * 24 * time.Hour
)

// State is where an agreement stands.
type State string

// The states.
const (
	Asked     State = "ASKED"     // prepared; the payer has not said anything
	Declined  State = "DECLINED"  // the payer does not want it
	Consented State = "CONSENTED" // there is an auth code
	Active    State = "ACTIVE"    // there is a token
	Cancelled State = "CANCELLED"
)

// Payer is what this package needs to know of a wallet user.
type Payer struct {
	ID         string
	CustomerID string
	Timeline   string
}

// Options are what the wallet's part is made of.
type Options struct {
	Store   store.Store
	Network aps.AuthorisationNetwork
	Payers  func(ctx context.Context, id string) (Payer, error)
	Clocks  func(timeline string) *clock.Timeline
	IDs     func() string
	Page    func(id string) string // address of the page on which payers agree
	Limit   int                    // active agreements of one account; 0: no limit
}

// Agreements are the wallet's agreements. They implement aps.AuthorisationWallet.
type Agreements struct{ Options }

// New makes the wallet's part.
func New(o Options) *Agreements { return &Agreements{o} }

// Agreement is one agreement in the wallet's books.
type Agreement struct {
	ID          string // in the address of the page
	Client      string // authClientId
	ClientName  string
	Reference   string // referenceAgreementId
	Merchant    string // referenceMerchantId
	RedirectURL string
	Scopes      []string
	State       State
	Payer       Payer
	Code        string    // auth code
	CodeExpiry  time.Time // on the payer's timeline, like all times here
	Tokens      Tokens
}

// Tokens are the tokens of an agreement.
type Tokens struct {
	Access        string
	AccessExpiry  time.Time
	Refresh       string
	RefreshExpiry time.Time
	Former        *Tokens // the ones before a refreshing, whose answer may have been lost
}

func agreements() store.Table[Agreement] { return store.Table[Agreement]{Name: "consent.agreement"} }

// byName leads from the two ids of an agreement, from an auth code, an access token or a refresh token to the agreement's ID.
func byName() store.Table[string] { return store.Table[string]{Name: "consent.name"} }

const (
	named     = "ids"
	byCode    = "code"
	byAccess  = "access"
	byRefresh = "refresh"
	byPayer   = "payer"
)

func find(tx store.Tx, kind string, parts ...string) (Agreement, bool, error) {
	id, found, err := byName().Get(tx, store.Key(append([]string{kind}, parts...)...))
	if err != nil || !found {
		return Agreement{}, false, err
	}
	return agreements().Get(tx, id)
}

func (a Agreement) name(tx store.Tx, kind string, parts ...string) error {
	return byName().Put(tx, store.Key(append([]string{kind}, parts...)...), a.ID)
}

// Prepare is part of aps.AuthorisationWallet.
func (w *Agreements) Prepare(ctx context.Context, req aps.WalletPrepare) (answer aps.WalletPrepared, err error) {
	if req.AuthClientID == "" || req.ReferenceAgreementID == "" || req.RedirectURL == "" {
		return aps.WalletPrepared{Result: refusal("PARAM_ILLEGAL", "authClientId, referenceAgreementId or authRedirectUrl is missing")}, nil
	}
	err = w.Store.Update(ctx, func(tx store.Tx) error {
		a, found, err := find(tx, named, req.AuthClientID, req.ReferenceAgreementID)
		if err != nil {
			return err
		}
		if found && !a.sameAs(req) {
			answer.Result = refusal("REPEAT_REQ_INCONSISTENT", "another agreement has these ids")
			return nil
		}
		if !found {
			a = begin(w.IDs(), req)
			if err := agreements().Insert(tx, a.ID, a); err != nil {
				return err
			}
			if err := a.name(tx, named, a.Client, a.Reference); err != nil {
				return err
			}
		}
		answer = aps.WalletPrepared{Result: aps.ResultOf("SUCCESS"), AuthURL: w.Page(a.ID)}
		return nil
	})
	return answer, err
}

func begin(id string, req aps.WalletPrepare) Agreement {
	return Agreement{
		ID: id, Client: req.AuthClientID, ClientName: req.AuthClientName, Reference: req.ReferenceAgreementID,
		Merchant: req.ReferenceMerchantID, RedirectURL: req.RedirectURL, Scopes: req.Scopes, State: Asked,
	}
}

// sameAs compares what the documentation names (mpp-api §4.8).
func (a Agreement) sameAs(req aps.WalletPrepare) bool {
	return a.ClientName == req.AuthClientName && a.Merchant == req.ReferenceMerchantID &&
		a.RedirectURL == req.RedirectURL && slices.Equal(a.Scopes, req.Scopes)
}

func refusal(code, message string) aps.Result {
	r := aps.ResultOf(code)
	r.Message = message
	return r
}

// Find returns the agreement behind an address of a page, the ID in it, or a referenceAgreementId that only one agreement
// has (ErrUnknown).
func (w *Agreements) Find(ctx context.Context, name string) (a Agreement, err error) {
	err = w.Store.View(ctx, func(tx store.Tx) error {
		a, err = seek(tx, name)
		return err
	})
	return a, err
}

func seek(tx store.Tx, name string) (Agreement, error) {
	id := name[strings.LastIndexByte(name, '/')+1:]
	if id == "" {
		return Agreement{}, fmt.Errorf("agreement without name: %w", ErrUnknown)
	}
	a, found, err := agreements().Get(tx, id)
	if err != nil || found {
		return a, err
	}
	count := 0
	err = agreements().Scan(tx, "", func(_ string, other Agreement) (bool, error) {
		if other.Reference == name {
			a = other
			count++
		}
		return count < 2, nil
	})
	if err == nil && count != 1 {
		err = fmt.Errorf("agreement %q: %w", name, ErrUnknown)
	}
	return a, err
}

// About tells which payer a message of Alipay+ is about: by an agreement's ids, an auth code, or a token.
func (w *Agreements) About(ctx context.Context, client, reference, code, token string) (s aps.Subject, err error) {
	err = w.Store.View(ctx, func(tx store.Tx) error {
		for _, name := range [][]string{{byAccess, token}, {byRefresh, token}, {byCode, code}, {named, client, reference}} {
			if name[1] == "" {
				continue
			}
			a, found, err := find(tx, name[0], name[1:]...)
			if err != nil || found {
				s = a.subject()
				return err
			}
		}
		return nil
	})
	return s, err
}
