package aps

import (
	"slices"
	"strconv"
	"strings"

	"mppsim/wallet/catalogue"
	"mppsim/wallet/jsontree"
	"mppsim/wallet/money"
)

// Door names an entrance to the network with its own dialect. All doors lead to the same orders.
type Door string

// The doors. The empty name stands for AlipayPlus.
const (
	AlipayPlus Door = "aps"
	InStore    Door = "ams" // Antom in-store payments
)

// The operations that only InStore has.
const (
	InquiryRefund           API = "inquiryRefund"
	InquiryRegistrationInfo API = "inquiryRegistrationInfo"
)

// CallsInStore lists the operations that acquirers call at InStore only.
func CallsInStore() []API { return []API{InquiryRefund, InquiryRegistrationInfo} }

// State is where a payment stands, as it is told outside.
type State string

// The states. A payment Expired by itself; it was Cancelled because the acquirer asked for it.
const (
	Running   State = "PROCESSING"
	Paid      State = "SUCCESS"
	Refused   State = "FAIL"
	Expired   State = "CLOSED"
	Cancelled State = "CANCELLED"
)

// ReadingOf judges a request by the catalogue: what is illegal, what can be borne, and what of that the real gateway takes.
func ReadingOf(op *catalogue.Operation, root *jsontree.Node) Reading {
	var r Reading
	for _, v := range op.ValidateTree(catalogue.Request, root).Violations {
		switch {
		case v.Severity == catalogue.Illegal:
			r.Problems = append(r.Problems, v.String())
		case fromLibraries(v):
			r.Lenient = append(r.Lenient, v.String())
		default:
			r.Notes = append(r.Notes, v.String())
		}
	}
	return r
}

// fromLibraries reports whether official libraries break the rule in this way: native scalars, and values in capitals.
func fromLibraries(v catalogue.Violation) bool {
	if v.Rule != catalogue.RuleEnum {
		return v.Rule == catalogue.RuleString
	}
	return slices.ContainsFunc(strings.Split(v.Expected, " or "), func(s string) bool { return strings.EqualFold(strconv.Quote(s), v.Seen) })
}

// ReadAmount reads an amount that must be there. What can only mean one amount is understood and noted.
func ReadAmount(root *jsontree.Node, path string) (money.Amount, Reading) {
	r := &reader{root: root}
	a := r.amount(path)
	return a, r.Reading
}
