package commission_test

import (
	"encoding/csv"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"mppsim/wallet/clock"
	"mppsim/wallet/ledger"
	"mppsim/wallet/money"
	"mppsim/wallet/promo/commission"
	"mppsim/wallet/store"
)

// march returns a moment of March 2031 in UTC+8, where the campaign begins on the first.
func march(day, hour int) time.Time { return time.Date(2031, 3, day, hour, 0, 0, 0, clock.UTC8()) }

func yuan(minor int64) money.Amount { return money.Of("CNY", minor) }

func honest(id, currency string) commission.Provider {
	return commission.Provider{
		ID: id, Timeline: "t", Name: "Provider " + id, Currency: currency, Account: "NZ-1", Reputable: true, Licensed: true, Sound: true,
	}
}

func scheme() commission.Scheme {
	return commission.Scheme{
		Campaign: "c", Timeline: "t", Currency: "CNY", Start: march(1, 0), Placement: 5000,
		Factors: []commission.Factor{
			{Region: "NZ", ToDay: 10, Factor: "0.03"}, {Region: "NZ", FromDay: 10, Factor: "0.02"}, {Region: "*", Factor: "0.01"},
		},
		CapOf: commission.CapCount, Base: commission.BaseCoupon,
	}
}

func code(id, provider, merchant string) commission.Code {
	return commission.Code{
		ID: id, Timeline: "t", Campaign: "c", Provider: provider, Merchant: merchant, Region: "NZ", PlacedAt: march(1, 0), Accepts: true,
	}
}

// redemption is of a coupon of 100 yuan for a purchase of 250, claimed from a code and spent at a merchant.
func redemption(id, code, spentAt string, at time.Time) commission.Redemption {
	return commission.Redemption{
		ID: id, Timeline: "t", Code: code, Coupon: "coupon-" + id, SpentAt: spentAt, At: at, Amount: yuan(10000), Payment: yuan(25000),
	}
}

// book puts codes and redemptions together; nil codes are one code A of provider P at shop M.
func book(s commission.Scheme, codes []commission.Code, redemptions ...commission.Redemption) commission.Book {
	b := commission.Book{
		Schemes: map[string]commission.Scheme{"c": s}, Codes: make(map[string]commission.Code), Redemptions: redemptions,
		Providers: map[string]commission.Provider{"P": honest("P", "CNY"), "Q": honest("Q", "CNY")},
		Rates: func(from, to string, _ time.Time) (money.Rate, bool) {
			if from != "CNY" || to != "NZD" {
				return money.Rate{}, false
			}
			rate, err := money.ParseRate(from, to, "0.2345")
			return rate, err == nil
		},
	}
	if codes == nil {
		codes = []commission.Code{code("A", "P", "M")}
	}
	for _, c := range codes {
		b.Codes[c.ID] = c
	}
	return b
}

// earnings writes a provider's commissions of March as kind, minor units and whether they were capped.
func earnings(t *testing.T, b commission.Book, provider string) (list []string) {
	t.Helper()
	rows, err := b.Compute(b.Providers[provider], "2031-03")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		text := string(r.Kind)[:1] + " " + r.Redemption + " " + r.Commission.Major()
		if r.Capped {
			text += " capped"
		}
		list = append(list, text)
	}
	return list
}

func TestRC01PlacementCommission(t *testing.T) {
	t.Parallel()
	alter := func(f func(*commission.Code)) []commission.Code {
		c := code("A", "P", "M")
		f(&c)
		return []commission.Code{c}
	}
	spent := scheme()
	spent.SpentAtShop = true
	first := redemption("1", "A", "M", march(5, 12))
	elsewhere := redemption("1", "A", "N", march(5, 12))
	tests := []struct {
		name string
		book commission.Book
		want bool
	}{
		{"a coupon from the code was used", book(scheme(), nil, first), true},
		{"used at another shop", book(scheme(), nil, elsewhere), true},
		{"used at another shop, where it must be the same", book(spent, nil, elsewhere), false},
		{"used at the shop, where it must be the same", book(spent, nil, first), true},
		{"no coupon was used", book(scheme(), nil), false},
		{"the shop does not accept Alipay", book(scheme(), alter(func(c *commission.Code) { c.Accepts = false }), first), false},
		{"the shop had redemptions before", book(scheme(), alter(func(c *commission.Code) { c.Veteran = true }), first), false},
		{"a coupon was spent at the shop before the code came", book(scheme(),
			append(alter(func(c *commission.Code) { c.PlacedAt = march(4, 0) }), code("Z", "Q", "Y")),
			redemption("0", "Z", "M", march(3, 12)), first), false},
		{"a coupon was spent at the shop after the code came", book(scheme(), []commission.Code{code("A", "P", "M"), code("Z", "Q", "Y")},
			redemption("0", "Z", "M", march(3, 12)), first), true},
		{"another provider's code came first", book(scheme(), []commission.Code{code("A", "P", "M"), code("B", "Q", "M")},
			redemption("0", "B", "M", march(3, 12)), first), false},
		{"another provider's code came later", book(scheme(), []commission.Code{code("A", "P", "M"), code("B", "Q", "M")},
			first, redemption("2", "B", "M", march(6, 12))), true},
		{"in the month before", book(scheme(), nil, redemption("1", "A", "M", march(1, 0).Add(-time.Second)), redemption("2", "A", "M", march(2, 0))), false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := slices.Contains(earnings(t, test.book, "P"), "P 1 50.00")
			if got != test.want {
				t.Errorf("earned: %v; %v", got, earnings(t, test.book, "P"))
			}
		})
	}
}

func TestRC01PlacementCommissionIsPaidOnce(t *testing.T) {
	t.Parallel()
	b := book(scheme(), []commission.Code{code("A", "P", "M"), code("B", "P", "M"), code("C", "Q", "M")},
		redemption("1", "B", "M", march(5, 1)), redemption("2", "A", "M", march(5, 2)), redemption("3", "C", "M", march(5, 3)))
	placements := 0
	for _, provider := range []string{"P", "Q"} {
		for _, e := range earnings(t, b, provider) {
			if strings.HasPrefix(e, "P ") {
				placements++
			}
		}
	}
	if placements != 1 {
		t.Errorf("%d placement commissions for one shop", placements)
	}
}

func TestRC02OnlyCouponsOfTheCodeCount(t *testing.T) {
	t.Parallel()
	b := book(scheme(), []commission.Code{code("A", "P", "M"), code("B", "Q", "N")},
		redemption("1", "B", "M", march(5, 1)), redemption("2", "A", "N", march(5, 2)))
	if got := earnings(t, b, "P"); !slices.Contains(got, "O 2 3.00") || slices.Contains(got, "O 1 3.00") {
		t.Errorf("what was claimed from B and spent at M: %v", got)
	}
}

func TestRC03OperationsCommission(t *testing.T) {
	t.Parallel()
	payment, reduces := scheme(), scheme()
	payment.Base = commission.BasePayment
	reduces.Reduces = true
	refunded := redemption("1", "A", "M", march(5, 12))
	refunded.Refunded = 2500
	tests := []struct {
		name   string
		scheme commission.Scheme
		region string
		r      commission.Redemption
		want   string
	}{
		{"factor of the region", scheme(), "NZ", redemption("1", "A", "M", march(5, 12)), "3.00"},
		{"last second of the first factor", scheme(), "NZ", redemption("1", "A", "M", march(11, 0).Add(-time.Second)), "3.00"},
		{"first second of the second factor", scheme(), "NZ", redemption("1", "A", "M", march(11, 0)), "2.00"},
		{"factor of everywhere else", scheme(), "SG", redemption("1", "A", "M", march(5, 12)), "1.00"},
		{"of the price", payment, "NZ", redemption("1", "A", "M", march(5, 12)), "7.50"},
		{"refunds have no effect", scheme(), "NZ", refunded, "3.00"},
		{"refunds have one, where the scheme says so", reduces, "NZ", refunded, "2.25"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := code("A", "P", "M")
			c.Region = test.region
			got := earnings(t, book(test.scheme, []commission.Code{c}, test.r), "P")
			if !slices.Contains(got, "O 1 "+test.want) {
				t.Errorf("earned %v, want %s", got, test.want)
			}
		})
	}
}

func TestRC03WithoutAFactorNothingIsEarned(t *testing.T) {
	t.Parallel()
	s := scheme()
	s.Factors = s.Factors[:2]
	c := code("A", "P", "M")
	c.Region = "SG"
	if got := earnings(t, book(s, []commission.Code{c}, redemption("1", "A", "M", march(5, 12))), "P"); !slices.Contains(got, "O 1 0.00") {
		t.Errorf("earned %v", got)
	}
}

func TestRC04MonthlyCap(t *testing.T) {
	t.Parallel()
	count, amount := scheme(), scheme()
	count.Cap = 2
	amount.Cap, amount.CapOf = 700, commission.CapAmount
	// Out of order on purpose: the first ones by time earn.
	redemptions := []commission.Redemption{
		redemption("3", "A", "M", march(5, 3)), redemption("1", "A", "M", march(5, 1)), redemption("2", "A", "M", march(5, 2)),
		redemption("9", "B", "M", march(5, 3)), redemption("8", "A", "M", march(31, 23).Add(time.Hour)),
	}
	codes := []commission.Code{code("A", "P", "M"), code("B", "P", "N")}
	tests := []struct {
		name   string
		scheme commission.Scheme
		want   []string
	}{
		{"no cap", scheme(), []string{"O 1 3.00", "O 2 3.00", "O 3 3.00", "O 9 3.00"}},
		{"the third of two", count, []string{"O 1 3.00", "O 2 3.00", "O 3 0.00 capped", "O 9 3.00"}},
		{"seven yuan", amount, []string{"O 1 3.00", "O 2 3.00", "O 3 1.00 capped", "O 9 3.00"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := slices.DeleteFunc(earnings(t, book(test.scheme, codes, redemptions...), "P"), func(e string) bool { return e[0] == 'P' })
			if !slices.Equal(got, test.want) {
				t.Errorf("earned %q", got)
			}
		})
	}
	t.Run("the next month starts anew", func(t *testing.T) {
		t.Parallel()
		b := book(count, codes, redemptions...)
		rows, err := b.Compute(b.Providers["P"], "2031-04")
		if err != nil || len(rows) != 1 || rows[0].Redemption != "8" || rows[0].Capped {
			t.Errorf("April: %+v, %v", rows, err)
		}
	})
}

// desk is a store with provider P, paid in a currency, its code A at shop M and redemptions.
func desk(t *testing.T, currency string, redemptions ...commission.Redemption) (store.Store, commission.Desk) {
	t.Helper()
	s := store.NewMemory()
	update(t, s, func(tx store.Tx) error {
		if err := commission.Register(tx, honest("P", currency)); err != nil {
			return err
		}
		if err := commission.Announce(tx, scheme()); err != nil {
			return err
		}
		if err := commission.Place(tx, code("A", "P", "M")); err != nil {
			return err
		}
		for _, r := range redemptions {
			if err := commission.Record(tx, r); err != nil {
				return err
			}
		}
		return nil
	})
	return s, commission.Desk{Rates: book(scheme(), nil).Rates, Wall: func() time.Time { return march(20, 0) }}
}

func update(t *testing.T, s store.Store, f func(tx store.Tx) error) {
	t.Helper()
	if err := s.Update(t.Context(), f); err != nil {
		t.Fatal(err)
	}
}

func TestRC05SettlementAtTheEndOfTheMonth(t *testing.T) {
	t.Parallel()
	s, d := desk(t, "NZD", redemption("1", "A", "M", march(5, 12)), redemption("2", "A", "M", march(6, 12)))
	halfPast := time.Date(2031, 4, 1, 0, 30, 0, 0, clock.UTC8())
	update(t, s, func(tx store.Tx) error {
		if _, err := d.Settle(tx, "t", "2031-03", halfPast.Add(-time.Second)); !errors.Is(err, commission.ErrOpen) {
			t.Errorf("before half past midnight: %v", err)
		}
		return nil
	})
	var totals []string
	for range 2 { // once is enough, twice does nothing
		update(t, s, func(tx store.Tx) error {
			list, err := d.Settle(tx, "t", "2031-03", halfPast)
			for _, statement := range list {
				totals = append(totals, statement.Total().String())
			}
			return err
		})
	}
	// 50.00 + 3.00 + 3.00 yuan at 0.2345: 11.73 (11.725) + 0.70 + 0.70 dollars.
	if want := []string{"NZD 13.13", "NZD 13.13"}; !slices.Equal(totals, want) {
		t.Errorf("settled %v", totals)
	}
	update(t, s, func(tx store.Tx) error {
		for account, want := range map[ledger.Account]string{
			ledger.ProviderAccount("P"): "NZD 13.13", ledger.FX: "NZD -13.13",
		} {
			if got, err := ledger.Balance(tx, account, "NZD"); err != nil || got.String() != want {
				t.Errorf("%s holds %v, %v", account, got, err)
			}
		}
		if got, err := ledger.Balance(tx, ledger.Commissions, "CNY"); err != nil || got.Value != -5600 {
			t.Errorf("commissions cost %v, %v", got, err)
		}
		// What comes later does not change a settled month.
		if err := commission.Record(tx, redemption("3", "A", "M", march(7, 12))); err != nil {
			return err
		}
		kept, err := d.Statement(tx, "t", "P", "2031-03")
		if len(kept.Rows) != 3 || !kept.Settled.Equal(halfPast) {
			t.Errorf("kept: %+v", kept)
		}
		return err
	})
}

func TestRC05StatementBeforeSettlement(t *testing.T) {
	t.Parallel()
	s, d := desk(t, "CNY", redemption("1", "A", "M", march(5, 12)))
	update(t, s, func(tx store.Tx) error {
		before, err := d.Statement(tx, "t", "P", "2031-03")
		if err != nil || before.Total().Value != 5300 || !before.Settled.IsZero() {
			t.Errorf("statement %+v, %v", before, err)
		}
		if err := commission.Void(tx, "t", "1"); err != nil {
			return err
		}
		if after, err := d.Statement(tx, "t", "P", "2031-03"); err != nil || len(after.Rows) != 0 {
			t.Errorf("after its payment was cancelled: %+v, %v", after, err)
		}
		if _, err := d.Statement(tx, "t", "nobody", "2031-03"); !errors.Is(err, commission.ErrUnknown) {
			t.Errorf("an unknown provider: %v", err)
		}
		if settled, err := d.Settle(tx, "t", "2031-03", march(31, 0).AddDate(0, 1, 0)); err != nil || len(settled) != 1 {
			t.Errorf("a month without rows: %v, %v", settled, err)
		}
		return nil
	})
}

func TestRC05PaidInACurrencyWithoutARate(t *testing.T) {
	t.Parallel()
	s, d := desk(t, "XOF", redemption("1", "A", "M", march(5, 12)))
	update(t, s, func(tx store.Tx) error {
		if _, err := d.Statement(tx, "t", "P", "2031-03"); !errors.Is(err, commission.ErrScheme) {
			t.Errorf("error %v", err)
		}
		return nil
	})
}

func TestRC06ProvidersAreQualified(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		spoil func(*commission.Provider)
	}{
		{"bad reputation", func(p *commission.Provider) { p.Reputable = false }},
		{"certificate missing", func(p *commission.Provider) { p.Licensed = false }},
		{"unsound finances", func(p *commission.Provider) { p.Sound = false }},
		{"on a list of prohibition", func(p *commission.Provider) { p.Prohibited = true }},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := store.NewMemory()
			p := honest("P", "CNY")
			test.spoil(&p)
			update(t, s, func(tx store.Tx) error { return commission.Register(tx, p) })
			err := s.Update(t.Context(), func(tx store.Tx) error { return commission.Place(tx, code("A", "P", "M")) })
			if !errors.Is(err, commission.ErrUnqualified) || p.Unqualified() == "" {
				t.Errorf("placed: %v", err)
			}
		})
	}
	if why := honest("P", "CNY").Unqualified(); why != "" {
		t.Errorf("an honest provider: %s", why)
	}
	s := store.NewMemory()
	err := s.Update(t.Context(), func(tx store.Tx) error { return commission.Place(tx, code("A", "nobody", "M")) })
	if !errors.Is(err, commission.ErrUnknown) {
		t.Errorf("a provider that nobody knows: %v", err)
	}
	if err := s.Update(t.Context(), func(tx store.Tx) error { return commission.Register(tx, honest("P", "QQQ")) }); !errors.Is(err, commission.ErrCurrency) {
		t.Errorf("a currency that nobody knows: %v", err)
	}
	twice := func(tx store.Tx) error {
		return errors.Join(commission.Register(tx, honest("P", "CNY")), commission.Register(tx, honest("P", "SGD")))
	}
	if err := s.Update(t.Context(), twice); !errors.Is(err, commission.ErrTaken) || !strings.Contains(err.Error(), `provider "P": `) {
		t.Errorf("two of one id: %v", err)
	}
}

func TestSchemesThatCannotBeUsed(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		spoil func(*commission.Scheme)
		want  string
	}{
		{"currency", func(s *commission.Scheme) { s.Currency = "" }, "currency"},
		{"negative placement", func(s *commission.Scheme) { s.Placement = -1 }, "placement"},
		{"cap of nothing known", func(s *commission.Scheme) { s.CapOf = "both" }, "capOf"},
		{"base of nothing known", func(s *commission.Scheme) { s.Base = "" }, "base"},
		{"factor without region", func(s *commission.Scheme) { s.Factors = []commission.Factor{{Factor: "1"}} }, "factors[0]"},
		{"factor that ends before it begins", func(s *commission.Scheme) {
			s.Factors = []commission.Factor{{Region: "*", FromDay: 5, ToDay: 5, Factor: "1"}}
		}, "factors[0]"},
		{"factor that is no number", func(s *commission.Scheme) { s.Factors = []commission.Factor{{Region: "*", Factor: "3%"}} }, `"3%"`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := scheme()
			test.spoil(&s)
			if err := s.Check(); !errors.Is(err, commission.ErrScheme) || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v", err)
			}
		})
	}
	if err := scheme().Check(); err != nil {
		t.Error(err)
	}
}

func TestPeriods(t *testing.T) {
	t.Parallel()
	if got := commission.PeriodOf(time.Date(2031, 2, 28, 16, 0, 0, 0, time.UTC)); got != "2031-03" {
		t.Errorf("midnight in UTC+8 belongs to %s", got)
	}
	for _, bad := range []string{"", "2031", "2031-13", "2031-3", "2031-03-01"} {
		if _, err := commission.ParsePeriod(bad); !errors.Is(err, commission.ErrPeriod) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if p, err := commission.ParsePeriod("2031-03"); err != nil || !p.Contains(march(31, 23)) || p.Contains(march(31, 24)) {
		t.Errorf("%s, %v", p, err)
	}
}

func TestStatementsInPrint(t *testing.T) {
	t.Parallel()
	s, d := desk(t, "CNY", redemption("1", "A", "M", march(5, 12)), redemption(`=2,"x"`, "A", "N", march(6, 12)))
	var statement commission.Statement
	update(t, s, func(tx store.Tx) (err error) {
		statement, err = d.Statement(tx, "t", "P", "2031-03")
		return err
	})
	var text, table strings.Builder
	if err := errors.Join(statement.WriteText(&text), statement.WriteCSV(&table)); err != nil {
		t.Fatal(err)
	}
	lines, err := csv.NewReader(strings.NewReader(table.String())).ReadAll()
	want := []string{
		"2031-03", "P", "A", "M", "OPERATIONS", `=2,"x"`, "2031-03-06T12:00:00+08:00", "CNY", "100.00", "0.03", "3.00", "false", "CNY", "1",
	}
	if err != nil || len(lines) != 4 || !slices.Equal(lines[0], commission.Columns()) || !slices.Equal(lines[3], want) {
		t.Errorf("table %q, %v", lines, err)
	}
	for _, want := range []string{"Statement 2031-03 · Provider P (P) · not settled yet", "PLACEMENT", "CNY 50.00", "code A", "3 earned, 0 capped", "CNY 56.00"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("%q is missing in\n%s", want, text.String())
		}
	}
}
