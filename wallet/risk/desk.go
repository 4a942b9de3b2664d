package risk

import (
	"fmt"
	"slices"
	"time"

	"mppsim/wallet/store"
)

// Desk applies a policy and keeps what it needs to know. Times are on the timeline.
type Desk struct{ Usual Policy }

func policies() store.Table[Policy] { return store.Table[Policy]{Name: "risk.policy"} }
func logins() store.Table[[]login]  { return store.Table[[]login]{Name: "risk.login"} } // by <timeline>/<device>
func marks() store.Table[[]string]  { return store.Table[[]string]{Name: "risk.mark"} }
func cases() store.Table[Case]      { return store.Table[Case]{Name: "risk.case"} }

// login is the last one of an account on a device.
type login struct {
	Account string    `json:"account"`
	At      time.Time `json:"at"`
}

// policyKey: the timeline of the strays has an empty id, which is no key.
func policyKey(timeline string) string { return "timeline/" + timeline }

// Policy returns the strategies in force on a timeline.
func (d Desk) Policy(tx store.Tx, timeline string) (Policy, error) {
	p, found, err := policies().Get(tx, policyKey(timeline))
	if !found {
		p = d.Usual
	}
	return p, err
}

// SetPolicy puts other strategies in force on a timeline, as a campaign may demand (K-06). The version must be a new one.
func (d Desk) SetPolicy(tx store.Tx, timeline string, p Policy) error {
	if err := p.Check(); err != nil {
		return err
	}
	before, err := d.Policy(tx, timeline)
	if err != nil {
		return err
	}
	if p.Version == before.Version {
		return fmt.Errorf("%w: version: %q is in force already; every change needs one of its own", ErrPolicy, p.Version)
	}
	return policies().Put(tx, policyKey(timeline), p)
}

// Login notes that an account logged in on a device. Repetitions count as one account.
func Login(tx store.Tx, timeline, device, account string, at time.Time) error {
	key := deviceKey(timeline, device)
	before, _, err := logins().Get(tx, key)
	if err != nil {
		return err
	}
	list := slices.DeleteFunc(slices.Clone(before), func(l login) bool { return l.Account == account })
	return logins().Put(tx, key, append(list, login{account, at}))
}

func deviceKey(timeline, device string) string { return timeline + "/" + device }

// countAccounts counts the accounts that logged in on a device within a span before now.
func countAccounts(tx store.Tx, timeline, device string, now time.Time, within time.Duration) (n int, err error) {
	list, _, err := logins().Get(tx, deviceKey(timeline, device))
	for _, l := range list {
		if now.Sub(l.At) < within {
			n++
		}
	}
	return n, err
}

// Mark marks a payer, for instance for promotion-abuse.
func Mark(tx store.Tx, customerID, mark string) error {
	list, _, err := marks().Get(tx, customerID)
	if err != nil || slices.Contains(list, mark) {
		return err
	}
	return marks().Put(tx, customerID, slices.Concat(list, []string{mark}))
}

// Judge adds what the desk knows of payer and device to the facts of a payment and applies the timeline's policy.
func (d Desk) Judge(tx store.Tx, timeline, device string, f Facts, now time.Time) ([]Verdict, error) {
	p, err := d.Policy(tx, timeline)
	if err != nil {
		return nil, err
	}
	known, _, err := marks().Get(tx, f.CustomerID)
	if err != nil {
		return nil, err
	}
	f.Marks = slices.Concat(f.Marks, known)
	if device != "" {
		if f.Accounts, err = countAccounts(tx, timeline, device, now, p.Accounts.Within); err != nil {
			return nil, err
		}
	}
	return p.Judge(f), nil
}

// Case is a risk that Alipay+ detected and that the wallet looks into (K-05).
type Case struct {
	ID         string    `json:"id"`
	Timeline   string    `json:"timeline"`
	CustomerID string    `json:"customerId"`
	Payment    string    `json:"payment,omitzero"`
	Suspicion  string    `json:"suspicion"` // such as promotion-abuse
	Opened     time.Time `json:"opened"`
	Answered   time.Time `json:"answered,omitzero"` // zero: open
	Confirmed  bool      `json:"confirmed"`
	Finding    string    `json:"finding,omitzero"`
}

// Report opens a case.
func Report(tx store.Tx, c Case) error {
	if c.CustomerID == "" || c.Suspicion == "" {
		return fmt.Errorf("risk case %s: %w: it needs a customer id and a suspicion", c.ID, ErrPolicy)
	}
	return cases().Insert(tx, c.Timeline+"/"+c.ID, c)
}

// Answer closes a case with what the wallet found. A confirmed suspicion marks the payer, so that strategy K-01
// refuses the payer's next payments.
func Answer(tx store.Tx, timeline, id string, confirmed bool, finding string, at time.Time) (Case, error) {
	c, found, err := cases().Get(tx, timeline+"/"+id)
	switch {
	case err != nil:
		return c, err
	case !found:
		return c, fmt.Errorf("risk case %q: %w", id, ErrUnknown)
	case !c.Answered.IsZero():
		return c, fmt.Errorf("risk case %s: %w", id, ErrClosed)
	}
	c.Answered, c.Confirmed, c.Finding = at, confirmed, finding
	if confirmed {
		if err := Mark(tx, c.CustomerID, c.Suspicion); err != nil {
			return c, err
		}
	}
	return c, cases().Put(tx, timeline+"/"+id, c)
}

// Cases lists a timeline's cases.
func Cases(tx store.Tx, timeline string) ([]Case, error) { return cases().List(tx, timeline+"/") }
