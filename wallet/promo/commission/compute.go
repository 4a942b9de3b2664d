package commission

import (
	"cmp"
	"fmt"
	"slices"

	"mppsim/wallet/money"
	"mppsim/wallet/promo"
)

// Book is everything that statements are computed from. Redemptions are those up to the end of the period, or more.
type Book struct {
	Providers   map[string]Provider
	Schemes     map[string]Scheme // by campaign
	Codes       map[string]Code
	Redemptions []Redemption
	Rates       promo.Rates // into the providers' currencies
}

// Compute returns a provider's rows of a period: by code, the placement commission first, then in order of time.
func (b Book) Compute(provider Provider, period Period) ([]Row, error) {
	byCode := make(map[string][]Redemption)
	sorted := slices.SortedFunc(slices.Values(b.Redemptions), byTime)
	for _, r := range sorted {
		byCode[r.Code] = append(byCode[r.Code], r)
	}
	var rows []Row
	for _, code := range slices.SortedFunc(mapValues(b.Codes), func(x, y Code) int { return cmp.Compare(x.ID, y.ID) }) {
		if code.Provider != provider.ID {
			continue
		}
		scheme, ok := b.Schemes[code.Campaign]
		if !ok {
			return nil, fmt.Errorf("code %s: campaign %s: %w", code.ID, code.Campaign, ErrUnknown)
		}
		earned, err := b.ofCode(provider, scheme, code, period, sorted, byCode[code.ID])
		if err != nil {
			return nil, fmt.Errorf("code %s: %w", code.ID, err)
		}
		rows = append(rows, earned...)
	}
	return rows, nil
}

func mapValues(codes map[string]Code) func(yield func(Code) bool) {
	return func(yield func(Code) bool) {
		for _, c := range codes {
			if !yield(c) {
				return
			}
		}
	}
}

func byTime(x, y Redemption) int { return cmp.Or(x.At.Compare(y.At), cmp.Compare(x.ID, y.ID)) }

func (b Book) ofCode(p Provider, s Scheme, c Code, period Period, all, own []Redemption) ([]Row, error) {
	var rows []Row
	if first, ok := b.placement(s, c, all); ok && period.Contains(first.At) && s.Placement > 0 {
		row, err := b.row(p, c, Row{Period: period, Kind: Placement, Commission: money.Of(s.Currency, s.Placement)}, first, s)
		if err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
	var count, sum int64
	for _, r := range own {
		if !period.Contains(r.At) {
			continue
		}
		factor := s.factor(c.Region, r.At)
		commission, err := earn(factor, s.amount(r))
		if err != nil {
			return nil, err
		}
		capped := s.capped(&commission, count, sum)
		count++
		sum += commission.Value
		row, err := b.row(p, c, Row{Period: period, Kind: Operations, Factor: factor, Commission: commission, Capped: capped}, r, s)
		if err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// capped cuts a commission to what the month's cap leaves of it and reports whether it did (RC4).
func (s Scheme) capped(commission *money.Amount, count, sum int64) bool {
	most := commission.Value
	switch {
	case s.Cap == 0:
		return false
	case s.CapOf == CapCount && count >= s.Cap:
		most = 0
	case s.CapOf == CapAmount:
		most = min(most, s.Cap-sum)
	}
	cut := most < commission.Value || s.CapOf == CapCount && count >= s.Cap
	commission.Value = most
	return cut
}

// placement finds the redemption that earns the placement commission of a code (RC1): the first of all coupons claimed from
// any code at the shop, if it comes from this one, and the shop had none before the code was placed.
func (b Book) placement(s Scheme, c Code, sorted []Redemption) (Redemption, bool) {
	if !c.Accepts || c.Veteran {
		return Redemption{}, false
	}
	for _, r := range sorted {
		if r.SpentAt == c.Merchant && r.At.Before(c.PlacedAt) {
			return Redemption{}, false
		}
		if b.Codes[r.Code].Merchant != c.Merchant || s.SpentAtShop && r.SpentAt != c.Merchant {
			continue
		}
		return r, r.Code == c.ID
	}
	return Redemption{}, false
}

// row completes a row with what it is about and its value in the provider's currency.
func (b Book) row(p Provider, c Code, row Row, r Redemption, s Scheme) (Row, error) {
	row.Provider, row.Code, row.Merchant = p.ID, c.ID, c.Merchant
	row.Redemption, row.At, row.Amount = r.ID, r.At, s.amount(r)
	row.Payout, row.Rate = row.Commission, "1"
	if p.Currency == s.Currency {
		return row, nil
	}
	payout, known, err := b.Rates.Convert(row.Commission, p.Currency, r.At)
	if err != nil {
		return row, err
	}
	if !known {
		return row, fmt.Errorf("%w: there is no rate from %s to %s", ErrScheme, s.Currency, p.Currency)
	}
	rate, _ := b.Rates(s.Currency, p.Currency, r.At)
	row.Payout, row.Rate = payout, rate.Price.FloatString(8)
	return row, nil
}
