// Package registration is where Alipay+ keeps the merchants and stores that an acquirer registers, and what each
// wallet decides on them (acqp-api §5.8). Wallets decide by hand; registrations that belong to no timeline are
// approved by themselves after a while, so that an acquirer under development need not ask anybody.
package registration

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"mppsim/wallet/aps"
	"mppsim/wallet/clock"
	"mppsim/wallet/courier"
	"mppsim/wallet/store"
)

// What is wrong with a decision, for errors.Is.
var (
	ErrUnknown = errors.New("no such registration")
	ErrVerdict = errors.New("unusable decision")
)

// updateLock is how long an unprocessed registration keeps another one of the same merchant or store away
// (acqp-api §5.8).
const updateLock = 30 * time.Minute

// InStore is the product that is registered by store.
const InStore = "IN_STORE_PAYMENT"

// The states of a registration: overall the first two, of a wallet the last three.
const (
	Completed  = "COMPLETED"
	Processing = "PROCESSING"
	Approved   = "APPROVED"
	Rejected   = "REJECTED"
)

// Options are what a registry needs.
type Options struct {
	Store   store.Store
	Clocks  func(timeline string) clock.Clock
	Courier *courier.Courier
	Wallets []string // names of the wallets that decide
	// After is when registrations outside any timeline are approved by all wallets; 0: by hand only.
	After  time.Duration
	Logger *slog.Logger
}

// Registry is the register of merchants and stores.
type Registry struct{ Options }

// New makes a registry.
func New(o Options) *Registry { return &Registry{o} }

// Registration is one request of the acquirer with what the wallets said.
type Registration struct {
	ID        string // registrationRequestId
	Timeline  string
	Products  []string
	Merchant  string // referenceMerchantId
	Store     string // referenceStoreId; empty online
	NotifyURL string
	PassOn    string   // passThroughInfo
	Door      aps.Door // at which it came
	// MerchantInfo and StoreInfo are what is registered, as it was sent: JSON objects.
	MerchantInfo, StoreInfo string
	Texts                   aps.Texts  // of the request
	Result                  aps.Result // of the call: a repetition has it again
	Created                 time.Time  // on the timeline
	Decisions               []Decision // in the order in which they came
}

// Decision is what a wallet says about a registration.
type Decision struct {
	Wallet   string
	Products []string // empty: all
	Approved bool
	Reason   string // of a rejection
}

func requests() store.Table[Registration] {
	return store.Table[Registration]{Name: "registration.request"}
}

// latest leads from a merchant or store to its newest accepted request.
func latest() store.Table[string] { return store.Table[string]{Name: "registration.latest"} }

// standings are the verdicts in force, by product, merchant, store and wallet.
func standings() store.Table[string] { return store.Table[string]{Name: "registration.standing"} }

func byTimeline() store.Table[string] { return store.Table[string]{Name: "registration.by-timeline"} }

// Find returns a registration by its registrationRequestId (ErrUnknown).
func (r *Registry) Find(ctx context.Context, id string) (Registration, error) {
	var reg Registration
	err := r.Store.View(ctx, func(tx store.Tx) (err error) {
		reg, err = find(tx, id)
		return err
	})
	return reg, err
}

func find(tx store.Tx, id string) (Registration, error) {
	if id == "" {
		return Registration{}, fmt.Errorf("registration without id: %w", ErrUnknown)
	}
	reg, found, err := requests().Get(tx, id)
	if err == nil && !found {
		err = fmt.Errorf("registration %s: %w", id, ErrUnknown)
	}
	return reg, err
}

// List returns the registrations of a timeline, oldest first.
func (r *Registry) List(ctx context.Context, timeline string) ([]Registration, error) {
	var list []Registration
	err := r.Store.View(ctx, func(tx store.Tx) error {
		ids, err := byTimeline().List(tx, store.Key(timeline))
		for _, id := range ids {
			if err == nil {
				var reg Registration
				reg, err = find(tx, id)
				list = append(list, reg)
			}
		}
		return err
	})
	slices.SortStableFunc(list, func(a, b Registration) int { return a.Created.Compare(b.Created) })
	return list, err
}

// Wallet is how one wallet stands to some products of a registration.
type Wallet struct {
	Name     string
	Products []string
	Status   string // APPROVED, REJECTED, PROCESSING
	Reason   string
}

// Standing lists the state of all wallets: those that were asked, and others that answered.
func (reg Registration) Standing(asked []string) []Wallet {
	names := slices.Clone(asked)
	for _, d := range reg.Decisions {
		if !slices.Contains(names, d.Wallet) {
			names = append(names, d.Wallet)
		}
	}
	var list []Wallet
	for _, name := range names {
		list = append(list, reg.standingOf(name)...)
	}
	return list
}

// standingOf groups a wallet's products by what it says of them.
func (reg Registration) standingOf(wallet string) []Wallet {
	var list []Wallet
	for _, product := range reg.Products {
		w := Wallet{Name: wallet, Status: Processing}
		for _, d := range reg.Decisions {
			if d.Wallet == wallet && d.covers(product) {
				w.Status, w.Reason = d.status(), d.Reason
			}
		}
		i := slices.IndexFunc(list, func(x Wallet) bool { return x.Status == w.Status && x.Reason == w.Reason })
		if i < 0 {
			list, i = append(list, w), len(list)
		}
		list[i].Products = append(list[i].Products, product)
	}
	return list
}

func (d Decision) covers(product string) bool {
	return len(d.Products) == 0 || slices.Contains(d.Products, product)
}

func (d Decision) status() string {
	if d.Approved {
		return Approved
	}
	return Rejected
}

// Status is COMPLETED when every wallet has decided on everything, else PROCESSING.
func (reg Registration) Status(asked []string) string {
	if slices.ContainsFunc(reg.Standing(asked), func(w Wallet) bool { return w.Status == Processing }) {
		return Processing
	}
	return Completed
}

// subject is the key of what is registered: a store in stores, the merchant elsewhere.
func (reg Registration) subject(product string) string {
	if product == InStore {
		return store.Key(product, reg.Merchant, reg.Store)
	}
	return store.Key(product, reg.Merchant, "")
}
