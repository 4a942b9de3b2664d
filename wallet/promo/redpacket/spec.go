package redpacket

import (
	"fmt"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"mppsim/wallet/money"
	"mppsim/wallet/promo/commission"
	"mppsim/wallet/trait"
)

// Spec describes a campaign as people write it. fixtures/redpackets.yaml explains its fields.
type Spec struct {
	Name       string      `yaml:"name"`
	Title      string      `yaml:"title"`
	Promotion  string      `yaml:"promotion"`
	Terms      string      `yaml:"terms"`
	Sponsor    string      `yaml:"sponsor"`
	Currency   string      `yaml:"currency"`
	StartDay   int         `yaml:"startDay"`
	Days       int         `yaml:"days"`
	Identity   string      `yaml:"identity"`
	Excluded   []string    `yaml:"excluded"`
	Shops      []string    `yaml:"shops"`
	PerBlock   int         `yaml:"perBlock"`
	BlockDays  int         `yaml:"blockDays"`
	ValidDays  int         `yaml:"validDays"`
	Most       string      `yaml:"most"`
	Applies    string      `yaml:"applies"`
	Splittable []string    `yaml:"splittable"`
	Cancelled  string      `yaml:"cancelled"`
	Prizes     []PrizeSpec `yaml:"prizes"`

	Placement       string       `yaml:"placement"`
	PlacementWhen   string       `yaml:"placementWhen"`
	Factors         []FactorSpec `yaml:"factors"`
	Cap             string       `yaml:"cap"`
	CapOf           string       `yaml:"capOf"`
	CommissionOn    string       `yaml:"commissionOn"`
	RefundsOfPayers string       `yaml:"refundsOfPayers"`
}

// PrizeSpec is a coupon amount in major units with its weight.
type PrizeSpec struct {
	Amount string `yaml:"amount"`
	Weight int64  `yaml:"weight"`
}

// FactorSpec is an entry of the factor table.
type FactorSpec struct {
	Region  string `yaml:"region"`
	FromDay int    `yaml:"fromDay"`
	ToDay   int    `yaml:"toDay"`
	Factor  string `yaml:"factor"`
}

// usual is the campaign that templates start from: the documented rules, and the default reading of what is
// ambiguous (mpp-api §10).
func usual() Spec {
	return Spec{
		Sponsor: "alipay", Currency: "CNY", Days: 62, Identity: "CN_ID", Excluded: []string{"CN"}, PerBlock: 5, BlockDays: 30, ValidDays: 7,
		Most: "2888", Applies: "exceeds", Splittable: []string{"2888"}, Cancelled: "returned", PlacementWhen: "claimed",
		CapOf: string(commission.CapCount), CommissionOn: string(commission.BaseCoupon), RefundsOfPayers: "ignored",
	}
}

// UnmarshalYAML reads a template on top of the usual campaign.
func (s *Spec) UnmarshalYAML(node *yaml.Node) error {
	type plain Spec
	p := plain(usual())
	if err := node.Load(&p, yaml.WithKnownFields()); err != nil {
		return err
	}
	*s = Spec(p)
	return nil
}

// ParseSpecs reads a redpackets.yaml; file names it in errors.
func ParseSpecs(file string, text []byte) ([]Spec, error) {
	var specs []Spec
	if err := yaml.Load(text, &specs, yaml.WithKnownFields()); err != nil {
		return nil, fmt.Errorf("%s: %w: %w", file, ErrSpec, err)
	}
	seen := make(map[string]bool)
	for i, s := range specs {
		if s.Name == "" || seen[s.Name] {
			return nil, fmt.Errorf("%s: %w: entry %d: name %q is empty or occurs twice; give each a name of its own", file, ErrSpec, i+1, s.Name)
		}
		seen[s.Name] = true
		if _, err := s.Announce("x", "", time.Time{}); err != nil {
			return nil, fmt.Errorf("%s: %s: %w", file, s.Name, err)
		}
	}
	return specs, nil
}

// With returns the description with fields overridden; values are written as in redpackets.yaml.
func (s Spec) With(traits map[string]string) (Spec, error) {
	type plain Spec
	p := plain(s)
	if err := trait.Override(&p, traits, "#&"); err != nil {
		return s, fmt.Errorf("%w: %w", ErrSpec, err)
	}
	return Spec(p), nil
}

const day = 24 * time.Hour

// mostDays is the longest of all spans, and how far away a campaign begins at most: ten years.
const mostDays = 3653

// Announce makes a campaign with an id, and what its codes earn, on a timeline whose time is now.
func (s Spec) Announce(id, timeline string, now time.Time) (Announcement, error) {
	if err := s.check(); err != nil {
		return Announcement{}, err
	}
	start := now.Add(time.Duration(s.StartDay) * day)
	c := Campaign{
		ID: id, Timeline: timeline, Template: s.Name, Name: s.Promotion, Terms: strings.TrimSpace(s.Terms), Sponsor: s.Sponsor,
		Currency: s.Currency, Start: start, End: start.Add(time.Duration(s.Days) * day), Identity: s.Identity, Excluded: s.Excluded,
		Shops: s.Shops, PerBlock: s.PerBlock, Block: time.Duration(s.BlockDays) * day, Valid: time.Duration(s.ValidDays) * day,
		OrEqual: s.Applies == "reaches", CancelKeep: s.Cancelled == "lost",
	}
	if err := s.readAmounts(&c); err != nil {
		return Announcement{}, err
	}
	scheme, err := s.scheme(c)
	return Announcement{Campaign: c, Scheme: scheme}, err
}

// check refuses rules that cannot be applied.
func (s Spec) check() error {
	for _, word := range []struct{ key, value, usual, other string }{
		{"applies", s.Applies, "exceeds", "reaches"},
		{"cancelled", s.Cancelled, "returned", "lost"},
		{"placementWhen", s.PlacementWhen, "claimed", "spent"},
		{"refundsOfPayers", s.RefundsOfPayers, "ignored", "subtracted"},
	} {
		if word.value != word.usual && word.value != word.other {
			return fmt.Errorf("%w: %s: %q is neither %s nor %s", ErrSpec, word.key, word.value, word.usual, word.other)
		}
	}
	switch {
	case s.Promotion == "" || s.Sponsor == "":
		return fmt.Errorf("%w: promotion and sponsor are needed: the payer reads the first, and the second pays", ErrSpec)
	case s.Days < 1 || s.BlockDays < 1 || s.ValidDays < 1 || s.PerBlock < 0:
		return fmt.Errorf("%w: days, blockDays and validDays must be at least 1, perBlock not negative (0: no limit)", ErrSpec)
	case max(s.Days, s.BlockDays, s.ValidDays, s.StartDay, -s.StartDay) > mostDays:
		return fmt.Errorf("%w: startDay, days, blockDays and validDays must not be more than %d", ErrSpec, mostDays)
	case len(s.Prizes) == 0:
		return fmt.Errorf("%w: prizes: give at least one amount with a weight", ErrSpec)
	}
	return nil
}

func (s Spec) readAmounts(c *Campaign) (err error) {
	if c.Most, err = s.amount("most", s.Most); err != nil {
		return err
	}
	for i, text := range s.Splittable {
		amount, err := s.amount(fmt.Sprintf("splittable[%d]", i), text)
		if err != nil {
			return err
		}
		c.Splittable = append(c.Splittable, amount)
	}
	for i, p := range s.Prizes {
		amount, err := s.amount(fmt.Sprintf("prizes[%d].amount", i), p.Amount)
		switch {
		case err != nil:
			return err
		case amount > c.Most:
			return fmt.Errorf("%w: prizes[%d].amount: %q is more than the largest coupon, %s", ErrSpec, i, p.Amount, s.Most)
		case p.Weight < 1 || p.Weight > 1e9:
			return fmt.Errorf("%w: prizes[%d].weight: %d is not from 1 to 1000000000", ErrSpec, i, p.Weight)
		}
		c.Prizes = append(c.Prizes, Prize{Amount: amount, Weight: p.Weight})
	}
	return nil
}

func (s Spec) amount(key, text string) (int64, error) {
	amount, err := money.ParseMajor(s.Currency, text)
	if err != nil || amount.Value <= 0 {
		return 0, fmt.Errorf("%w: %s: %q is not an amount above 0 in %q, such as \"8.88\"", ErrSpec, key, text, s.Currency)
	}
	return amount.Value, nil
}

// scheme reads what the campaign's codes earn.
func (s Spec) scheme(c Campaign) (commission.Scheme, error) {
	out := commission.Scheme{
		Campaign: c.ID, Timeline: c.Timeline, Currency: c.Currency, Start: c.Start, CapOf: commission.CapOf(s.CapOf),
		Base: commission.Base(s.CommissionOn), SpentAtShop: s.PlacementWhen == "spent", Reduces: s.RefundsOfPayers == "subtracted",
	}
	var err error
	if s.Placement != "" {
		if out.Placement, err = s.amount("placement", s.Placement); err != nil {
			return out, err
		}
	}
	if s.Cap != "" {
		if out.Cap, err = s.cap(); err != nil {
			return out, err
		}
	}
	for _, f := range s.Factors {
		out.Factors = append(out.Factors, commission.Factor(f))
	}
	if err := out.Check(); err != nil {
		return out, fmt.Errorf("%w: %w", ErrSpec, err)
	}
	return out, nil
}

// cap reads the monthly cap: a number of redemptions, or an amount.
func (s Spec) cap() (int64, error) {
	if s.CapOf == string(commission.CapAmount) {
		return s.amount("cap", s.Cap)
	}
	// A count is a number without decimals, as yen are.
	n, err := money.ParseMajor("JPY", s.Cap)
	if err != nil || n.Value < 1 {
		return 0, fmt.Errorf("%w: cap: %q is no number of redemptions above 0", ErrSpec, s.Cap)
	}
	return n.Value, nil
}
