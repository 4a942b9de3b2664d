package steps

import (
	"context"
	"slices"

	"mppsim/scenarios/acquirer"
	"mppsim/scenarios/world"
)

// reconciliationSteps are about books and reports.
func reconciliationSteps() []Step {
	return []Step{
		step("shop", `the acquirer compares its books with the reports of Alipay\+`, `the acquirer compares its books with the reports of Alipay+`,
			"It is given today's transaction reports, and names what disagrees.", compareBooks),
		step("state", `no payment is named as a difference`, `no payment is named as a difference`,
			"Of the scenario's payments the acquirer names none; what others have done does not count.", nothingDiffers),
	}
}

// differencesKey remembers what the acquirer named.
const differencesKey = "differences"

func compareBooks(ctx context.Context) error {
	w := world.From(ctx)
	told, err := w.Reconcile(ctx)
	w.Remember(differencesKey, told)
	return err
}

func nothingDiffers(ctx context.Context) error {
	w := world.From(ctx)
	told, _ := w.Recall(differencesKey).(acquirer.Differences)
	for _, p := range w.Payments() {
		ids := append(p.RequestIDs(), p.Charge.Reference)
		if last := p.Last().Payment.NetworkID; last != "" {
			ids = append(ids, last)
		}
		for _, d := range told.List {
			named := []string{d.Reference, d.RequestID, d.NetworkID}
			if slices.ContainsFunc(named, func(id string) bool { return id != "" && slices.Contains(ids, id) }) {
				return w.Fail("the payment of "+p.Charge.Amount.String()+" agrees with its line in the report", "it is named: "+d.Reason, w.Call(told.Call))
			}
		}
	}
	return nil
}
