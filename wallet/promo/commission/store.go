package commission

import (
	"fmt"
	"strings"
	"time"

	"mppsim/wallet/ledger"
	"mppsim/wallet/money"
	"mppsim/wallet/promo"
	"mppsim/wallet/store"
)

// Desk keeps providers, codes and redemptions and settles months.
type Desk struct {
	Rates promo.Rates      // into the providers' currencies
	Wall  func() time.Time // real time, for ledger entries
}

// Everything is kept under <timeline>/…, so that a timeline is read at once.
func providers() store.Table[Provider] { return store.Table[Provider]{Name: "commission.provider"} }
func schemes() store.Table[Scheme]     { return store.Table[Scheme]{Name: "commission.scheme"} }
func codes() store.Table[Code]         { return store.Table[Code]{Name: "commission.code"} }
func redemptions() store.Table[Redemption] {
	return store.Table[Redemption]{Name: "commission.redemption"}
}

func statements() store.Table[Statement] { return store.Table[Statement]{Name: "commission.statement"} }

func key(parts ...string) string { return strings.Join(parts, "/") }

// Register adds a provider. One that is not qualified is kept too: it may not place codes.
func Register(tx store.Tx, p Provider) error {
	if _, ok := money.Decimals(p.Currency); !ok {
		return fmt.Errorf("provider %s: %w: %q is not an active ISO 4217 currency", p.Name, ErrCurrency, p.Currency)
	}
	_, taken, err := providers().Get(tx, key(p.Timeline, p.ID))
	if err != nil {
		return err
	}
	if taken {
		return fmt.Errorf("provider %q: %w; give another id, or none", p.ID, ErrTaken)
	}
	return providers().Insert(tx, key(p.Timeline, p.ID), p)
}

// Announce adds the scheme of a campaign.
func Announce(tx store.Tx, s Scheme) error {
	if err := s.Check(); err != nil {
		return err
	}
	return schemes().Insert(tx, key(s.Timeline, s.Campaign), s)
}

// Place adds a code of a provider (ErrUnknown, ErrUnqualified).
func Place(tx store.Tx, c Code) error {
	p, found, err := providers().Get(tx, key(c.Timeline, c.Provider))
	if err != nil {
		return err
	}
	if !found {
		return fmt.Errorf("provider %q: %w", c.Provider, ErrUnknown)
	}
	if why := p.Unqualified(); why != "" {
		return fmt.Errorf("provider %s: %w: %s", p.ID, ErrUnqualified, why)
	}
	return codes().Insert(tx, key(c.Timeline, c.ID), c)
}

// Record adds a redemption.
func Record(tx store.Tx, r Redemption) error {
	return redemptions().Insert(tx, key(r.Timeline, r.ID), r)
}

// Void removes the redemption of a payment that was cancelled: it never was one.
func Void(tx store.Tx, timeline, payment string) error {
	return redemptions().Delete(tx, key(timeline, payment))
}

// Refund notes that a part of a redemption's payment was refunded.
func Refund(tx store.Tx, timeline, payment string, minor int64) error {
	r, found, err := redemptions().Get(tx, key(timeline, payment))
	if err != nil || !found {
		return err
	}
	r.Refunded += minor
	return redemptions().Put(tx, key(timeline, payment), r)
}

// Providers lists a timeline's providers.
func Providers(tx store.Tx, timeline string) ([]Provider, error) {
	return providers().List(tx, timeline+"/")
}

// Codes lists a timeline's codes.
func Codes(tx store.Tx, timeline string) ([]Code, error) { return codes().List(tx, timeline+"/") }

// Redemptions lists a timeline's redemptions.
func Redemptions(tx store.Tx, timeline string) ([]Redemption, error) {
	return redemptions().List(tx, timeline+"/")
}

// Statement returns a provider's statement of a month: the settled one, or what it would be by now.
func (d Desk) Statement(tx store.Tx, timeline, provider string, period Period) (Statement, error) {
	kept, found, err := statements().Get(tx, key(timeline, provider, string(period)))
	if err != nil || found {
		return kept, err
	}
	book, err := d.open(tx, timeline)
	if err != nil {
		return Statement{}, err
	}
	p, ok := book.Providers[provider]
	if !ok {
		return Statement{}, fmt.Errorf("provider %q: %w", provider, ErrUnknown)
	}
	rows, err := book.Compute(p, period)
	return Statement{Provider: p, Period: period, Timeline: timeline, Rows: rows}, err
}

func (d Desk) open(tx store.Tx, timeline string) (Book, error) {
	b := Book{Providers: make(map[string]Provider), Schemes: make(map[string]Scheme), Codes: make(map[string]Code), Rates: d.Rates}
	list, err := Providers(tx, timeline)
	if err != nil {
		return b, err
	}
	for _, p := range list {
		b.Providers[p.ID] = p
	}
	known, err := schemes().List(tx, timeline+"/")
	if err != nil {
		return b, err
	}
	for _, s := range known {
		b.Schemes[s.Campaign] = s
	}
	placed, err := Codes(tx, timeline)
	if err != nil {
		return b, err
	}
	for _, c := range placed {
		b.Codes[c.ID] = c
	}
	b.Redemptions, err = Redemptions(tx, timeline)
	return b, err
}

// Settle pays every provider of a timeline what it earned in a month that is over (ErrOpen before 00:30 UTC+8 of the next
// one), and keeps the statements. A month is settled once: the second time the kept statements are returned.
func (d Desk) Settle(tx store.Tx, timeline string, period Period, now time.Time) ([]Statement, error) {
	if due := period.due(); now.Before(due) {
		return nil, fmt.Errorf("settlement of %s: %w: it can be settled from %s", period, ErrOpen, due.Format(time.RFC3339))
	}
	list, err := Providers(tx, timeline)
	if err != nil {
		return nil, err
	}
	settled := make([]Statement, 0, len(list))
	for _, p := range list {
		s, err := d.Statement(tx, timeline, p.ID, period)
		if err == nil && s.Settled.IsZero() {
			s.Settled = now
			err = d.pay(tx, s)
		}
		if err != nil {
			return nil, fmt.Errorf("settlement of %s for provider %s: %w", period, p.ID, err)
		}
		settled = append(settled, s)
	}
	return settled, nil
}

// pay keeps a statement and moves its money; a conversion passes through the currency position.
func (d Desk) pay(tx store.Tx, s Statement) error {
	if err := statements().Insert(tx, key(s.Timeline, s.Provider.ID, string(s.Period)), s); err != nil {
		return err
	}
	var postings []ledger.Posting
	for _, r := range s.Rows {
		if r.Payout.Currency == r.Commission.Currency {
			postings = append(postings, ledger.Move(ledger.Commissions, ledger.ProviderAccount(s.Provider.ID), r.Payout)...)
			continue
		}
		postings = append(postings, ledger.Move(ledger.Commissions, ledger.FX, r.Commission)...)
		postings = append(postings, ledger.Move(ledger.FX, ledger.ProviderAccount(s.Provider.ID), r.Payout)...)
	}
	if len(postings) == 0 {
		return nil
	}
	return ledger.Post(tx, ledger.Transaction{
		ID: "commission/" + key(s.Timeline, s.Provider.ID, string(s.Period)), Kind: "commission", Order: "commission " + string(s.Period),
		Timeline: s.Timeline, At: d.Wall(), Postings: postings,
	})
}
