package risk

import (
	"fmt"
	"strings"
)

// Place is a message in which a wallet states or repeats a payer's customer id.
type Place string

// The places (mpp-api §9.1).
const (
	GetPaymentCodeRequest   Place = "getPaymentCode request"
	UserInitiatedPayRequest Place = "userInitiatedPay request"
	ApplyTokenResponse      Place = "applyToken response" //nolint:gosec // the name of a message
	PayResponse             Place = "pay response"
	InquiryResponse         Place = "inquiryPayment response"
	NotifyPaymentRequest    Place = "notifyPayment request"
)

// Supplied returns where a scenario's customer id has to be stated first: UPM, MPM, Cashier, AutoDebit. The
// empty place stands for an unknown scenario.
func Supplied(scenario string) Place {
	switch scenario {
	case "UPM":
		return GetPaymentCodeRequest
	case "MPM", "Cashier":
		return UserInitiatedPayRequest
	case "AutoDebit":
		return ApplyTokenResponse
	}
	return ""
}

// longestID is the length of a customer id (mpp-api §3.4).
const longestID = 64

// CustomerIDProblem returns what is wrong with a customer id by itself; empty: nothing. It must not tell who the payer is.
func CustomerIDProblem(id string) string {
	switch {
	case id == "":
		return "it is missing"
	case len(id) > longestID:
		return fmt.Sprintf("it has %d characters; %d are allowed", len(id), longestID)
	case strings.Contains(id, "@"):
		return "it looks like an e-mail address"
	case strings.HasPrefix(id, "+") && strings.Trim(id, "+0123456789 -()") == "":
		return "it looks like a phone number"
	}
	return ""
}

// Sighting is a customer id at a place.
type Sighting struct {
	Place Place
	ID    string
}

// CustomerIDProblems judges the customer ids of one payment of a scenario: stated where the scenario wants it, well formed,
// and the same everywhere. An id that changes defeats the limits of promotions.
func CustomerIDProblems(scenario string, sightings []Sighting) []string {
	var problems []string
	first := ""
	needed := Supplied(scenario)
	for _, s := range sightings {
		if s.Place == needed {
			first = s.ID
		}
	}
	if why := CustomerIDProblem(first); needed != "" && why != "" {
		problems = append(problems, fmt.Sprintf("customerId in the %s: %s", needed, why))
	}
	for _, s := range sightings {
		if s.Place != needed && s.ID != "" && s.ID != first {
			problems = append(problems, fmt.Sprintf("customerId in the %s is %q, but in the %s it was %q", s.Place, s.ID, needed, first))
		}
	}
	return problems
}
