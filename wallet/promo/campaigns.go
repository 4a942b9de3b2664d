package promo

import (
	"fmt"
	"time"

	"mppsim/wallet/aps"
	"mppsim/wallet/money"
	"mppsim/wallet/store"
)

// Campaigns is the source of promotions with rules and budgets.
type Campaigns struct{ Rates Rates }

var _ Source = Campaigns{}

// use is what an order took from a campaign.
type use struct {
	Campaign   string
	CustomerID string
	Cost       money.Amount // in the campaign's currency
	Returned   int64        // by refunds, minor units of it
}

func campaigns() store.Table[Campaign] { return store.Table[Campaign]{Name: "promo.campaign"} }
func order() store.Table[string]       { return store.Table[string]{Name: "promo.order-of-campaigns"} }
func spending() store.Table[Spending]  { return store.Table[Spending]{Name: "promo.spending"} }
func usesOf() store.Table[int]         { return store.Table[int]{Name: "promo.uses-of-payer"} }
func uses() store.Table[[]use]         { return store.Table[[]use]{Name: "promo.use"} }

// orderKey sorts a timeline's campaigns by priority, then by age. Priorities are checked to be from 0 to 999.
func orderKey(c Campaign) string {
	return fmt.Sprintf("%s/%03d/%020d/%s", c.Timeline, c.Priority, c.Start.UnixNano(), c.ID)
}

// Open starts a campaign. Its id must be new.
func Open(tx store.Tx, c Campaign) error {
	if err := campaigns().Insert(tx, c.ID, c); err != nil {
		return err
	}
	return order().Put(tx, orderKey(c), c.ID)
}

// Status is a campaign with what it has given.
type Status struct {
	Campaign
	Spending
}

// List returns a timeline's campaigns in the order in which they are asked.
func List(tx store.Tx, timeline string) ([]Status, error) {
	ids, err := order().List(tx, timeline+"/")
	list := make([]Status, 0, len(ids))
	for _, id := range ids {
		c, _, err := campaigns().Get(tx, id)
		if err != nil {
			return nil, err
		}
		spent, _, err := spending().Get(tx, id)
		if err != nil {
			return nil, err
		}
		list = append(list, Status{Campaign: c, Spending: spent})
	}
	return list, err
}

// Verdict says what a campaign does for an order: it saves something, or why not.
type Verdict struct {
	Campaign Campaign
	Saving   Saving
	Why      string // empty: it applies
	cost     money.Amount
}

// Take is part of Source.
func (s Campaigns) Take(tx store.Tx, v Visit, left money.Amount) ([]Saving, error) {
	verdicts, err := s.Consider(tx, v, left)
	if err != nil {
		return nil, err
	}
	var savings []Saving
	var taken []use
	for _, verdict := range verdicts {
		if verdict.Why != "" {
			continue
		}
		u := use{Campaign: verdict.Campaign.ID, CustomerID: v.CustomerID, Cost: verdict.cost}
		if err := spend(tx, u, u.Cost.Value, 1); err != nil {
			return nil, err
		}
		savings, taken = append(savings, verdict.Saving), append(taken, u)
	}
	if len(taken) == 0 {
		return nil, nil
	}
	return savings, uses().Insert(tx, v.Order, taken)
}

// Consider tells of each campaign of the timeline whether it applies to an order. It takes nothing.
func (s Campaigns) Consider(tx store.Tx, v Visit, left money.Amount) ([]Verdict, error) {
	list, err := List(tx, v.Timeline)
	if err != nil {
		return nil, err
	}
	var verdicts []Verdict
	applied, alone := 0, false
	for _, c := range list {
		verdict := Verdict{Campaign: c.Campaign}
		switch {
		case alone || c.Alone && applied > 0:
			verdict.Why = "it does not go together with another campaign"
		default:
			if verdict, err = s.judge(tx, c, v, left); err != nil {
				return nil, fmt.Errorf("campaign %s: %w", c.ID, err)
			}
		}
		if verdict.Why == "" {
			left.Value -= verdict.Saving.Savings.Value
			applied, alone = applied+1, c.Alone
		}
		verdicts = append(verdicts, verdict)
	}
	return verdicts, nil
}

func (s Campaigns) judge(tx store.Tx, c Status, v Visit, left money.Amount) (Verdict, error) {
	verdict := Verdict{Campaign: c.Campaign, Why: c.misfit(v)}
	if verdict.Why != "" {
		return verdict, nil
	}
	saved, why, err := c.measure(v, left, s.Rates)
	if verdict.Why = why; err != nil || why != "" {
		return verdict, err
	}
	ofPayer, _, err := usesOf().Get(tx, c.ID+"/"+v.CustomerID)
	if err != nil {
		return verdict, err
	}
	verdict.Why = c.exhausted(c.Spending, ofPayer, saved.cost.Value)
	verdict.cost = saved.cost
	verdict.Saving = Saving{
		Promotion: aps.Promotion{ID: c.ID, Name: c.Name, Type: c.Type, Savings: saved.off}, Sponsor: c.Sponsor,
	}
	return verdict, nil
}

// spend changes what a campaign has given: by an amount in minor units, and by uses of a payer.
func spend(tx store.Tx, u use, value int64, count int) error {
	s, _, err := spending().Get(tx, u.Campaign)
	if err != nil {
		return err
	}
	s.Taken += value
	s.Uses += count
	if err := spending().Put(tx, u.Campaign, s); err != nil || count == 0 {
		return err
	}
	key := u.Campaign + "/" + u.CustomerID
	n, _, err := usesOf().Get(tx, key)
	if err != nil {
		return err
	}
	return usesOf().Put(tx, key, n+count)
}

// Paid is part of Source.
func (Campaigns) Paid(store.Tx, string, time.Time) error { return nil }

// Undo is part of Source.
func (Campaigns) Undo(tx store.Tx, order string, _ time.Time) error {
	taken, _, err := uses().Get(tx, order)
	if err != nil {
		return err
	}
	for _, u := range taken {
		if err := spend(tx, u, u.Returned-u.Cost.Value, -1); err != nil {
			return err
		}
	}
	return uses().Delete(tx, order)
}

// Refund is part of Source: the money goes back into the budget, the use stays used.
func (Campaigns) Refund(tx store.Tx, order string, part Part) error {
	taken, found, err := uses().Get(tx, order)
	if err != nil || !found {
		return err
	}
	after := make([]use, 0, len(taken))
	for _, u := range taken {
		share, err := money.NextPortion(u.Cost, part.Done, part.Part, part.Of, money.RoundingOf(u.Cost.Currency))
		if err != nil {
			return err
		}
		u.Returned += share.Value
		if err := spend(tx, u, -share.Value, 0); err != nil {
			return err
		}
		after = append(after, u)
	}
	return uses().Put(tx, order, after)
}
