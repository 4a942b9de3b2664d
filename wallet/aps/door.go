package aps

import (
	"fmt"
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

// ReadingOf judges a request by the catalogue: what is illegal, what can be borne, what of that the real gateway takes, and
// what no source forbids.
func ReadingOf(op *catalogue.Operation, root *jsontree.Node) Reading {
	var r Reading
	verdict := op.ValidateTree(catalogue.Request, root)
	for _, v := range verdict.Violations {
		switch {
		case v.Inferred:
			r.Inferred = append(r.Inferred, v.String())
		case v.Severity == catalogue.Illegal:
			r.Problems = append(r.Problems, v.String())
		case fromLibraries(v):
			r.Lenient = append(r.Lenient, v.String())
		default:
			r.Notes = append(r.Notes, v.String())
		}
	}
	for _, path := range verdict.Unknown {
		r.Inferred = append(r.Inferred, path+": the operation knows no such member")
	}
	if verdict.More > 0 {
		r.Inferred = append(r.Inferred, fmt.Sprintf("%d more of these", verdict.More))
	}
	return r
}

// Judged adds to what was understood of a request what the catalogue says of its form.
func Judged(op *catalogue.Operation, root *jsontree.Node, own Reading) Reading {
	r := ReadingOf(op, root)
	if len(r.Problems) == 0 {
		r.Problems = own.Problems
	}
	r.Notes = append(r.Notes, own.Notes...)
	r.Lenient = append(r.Lenient, own.Lenient...)
	r.Inferred = append(r.Inferred, own.Inferred...)
	return r
}

// fromLibraries reports whether official libraries break the rule in this way: native scalars, and values in capitals.
func fromLibraries(v catalogue.Violation) bool {
	switch v.Rule {
	case catalogue.RuleString:
		return true
	case catalogue.RuleFormat:
		return strings.EqualFold(v.Seen, `"true"`) || strings.EqualFold(v.Seen, `"false"`)
	case catalogue.RuleEnum:
	default:
		return false
	}
	return slices.ContainsFunc(strings.Split(v.Expected, " or "), func(s string) bool { return strings.EqualFold(strconv.Quote(s), v.Seen) })
}

// ReadAmount reads an amount that must be there. What can only mean one amount is understood and noted.
func ReadAmount(root *jsontree.Node, path string) (money.Amount, Reading) {
	r := &reader{root: root}
	a := r.amount(path)
	return a, r.Reading
}

// ReadCurrency reads an optional currency, whose letter case does not count. One that is none is noted.
func ReadCurrency(root *jsontree.Node, path string) (string, Reading) {
	r := &reader{root: root}
	code := r.currency(path)
	return code, r.Reading
}
