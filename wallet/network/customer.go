package network

import (
	"mppsim/wallet/aps"
	"mppsim/wallet/risk"
)

// longestCustomerID is the most characters of a customer id (mpp-api §3.4).
const longestCustomerID = 64

// scenarioOf names an order's scenario as the rules of customer ids do (mpp-api §9.1).
func scenarioOf(o *Order) string {
	switch o.Product {
	case aps.ByAutoDebit:
		return "AutoDebit"
	case aps.ByCashier:
		return "Cashier"
	case aps.ByOrderCode, aps.ByEntryCode:
		return "MPM"
	case aps.ByPaymentCode:
		return "UPM"
	default:
		return "" // the rules name no place for it
	}
}

// flagCustomer notes a wallet whose customer ids tell who the payer is, or change on the way, which defeats the limits
// of promotions (mpp-api §9.1). The payment goes on: the network's books are kept by the first id.
func (n *Network) flagCustomer(scenario string, sightings ...risk.Sighting) {
	if scenario == "" {
		return
	}
	for _, problem := range risk.CustomerIDProblems(scenario, sightings) {
		n.Logger.Warn("customer id of the wallet", "scenario", scenario, "problem", problem)
	}
}
