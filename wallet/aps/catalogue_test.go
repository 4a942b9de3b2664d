package aps_test

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mppsim/wallet/aps"
	"mppsim/wallet/catalogue"
	"mppsim/wallet/catalogue/example"
	"mppsim/wallet/jsontree"
	"mppsim/wallet/money"
)

// loaded is the catalogue that all tests read; none changes it.
var loaded = sync.OnceValues(catalogue.Load)

func operation(t *testing.T, api aps.API) *catalogue.Operation {
	t.Helper()
	c, err := loaded()
	if err != nil {
		t.Fatal(err)
	}
	op, ok := c.Operation("aps", string(api))
	if !ok {
		t.Fatalf("no operation %s", api)
	}
	return op
}

func TestCodesAreTheCataloguesOwn(t *testing.T) {
	t.Parallel()
	for _, api := range []aps.API{aps.Pay, aps.InquiryPayment, aps.CancelPayment, aps.Refund} {
		for _, c := range operation(t, api).Codes {
			code, ok := aps.LookUp(c.Name)
			if !ok || string(code.Status) != c.Status || code.Calls != nil && !slices.Contains(code.Calls, api) {
				t.Errorf("%s: %s is %+v", api, c.Name, code)
			}
		}
	}
}

// TestComparedMembersAreTheCataloguesOwn changes each scalar of a pay request: the repetition differs
// exactly if the catalogue says that the member is compared, and the member is read at all.
func TestComparedMembersAreTheCataloguesOwn(t *testing.T) {
	t.Parallel()
	op := operation(t, aps.Pay)
	whole := example.Message(op, catalogue.Request)
	base, _ := aps.ReadPay(whole)
	compared := 0
	whole.Walk(func(path string, v *jsontree.Node) {
		if v.Kind != jsontree.String || path == "paymentRequestId" {
			return
		}
		other := example.Message(op, catalogue.Request)
		if err := other.Set(path, jsontree.Of(different(v.Text))); err != nil {
			t.Fatal(err)
		}
		changed, _ := aps.ReadPay(other)
		named := slices.ContainsFunc(op.Idempotency.Compared, func(c string) bool { return path == c || strings.HasPrefix(path, c+".") })
		differs := changed.Compared() != base.Compared()
		changed.Texts = base.Texts
		read := !cmp.Equal(base, changed)
		if differs != (named && read) {
			t.Errorf("%s: differs %v, but compared %v and read %v", path, differs, named, read)
		}
		if differs {
			compared++
		}
	})
	if compared < 8 {
		t.Errorf("only %d members are compared", compared)
	}
}

// different is another value of the same form.
func different(text string) string {
	switch text {
	case "JPY":
		return "USD"
	case "true":
		return "false"
	case "100":
		return "200"
	case "PaymentCode":
		return "EntryCode"
	default:
		return text + "1"
	}
}

// TestReadingAgreesWithTheCatalogue: what keeps every rule is read without a remark.
func TestReadingAgreesWithTheCatalogue(t *testing.T) {
	t.Parallel()
	read := map[aps.API]func(*jsontree.Node) aps.Reading{
		aps.Pay:            func(n *jsontree.Node) aps.Reading { _, r := aps.ReadPay(n); return r },
		aps.InquiryPayment: func(n *jsontree.Node) aps.Reading { _, r := aps.ReadInquiry(n); return r },
		aps.CancelPayment:  func(n *jsontree.Node) aps.Reading { _, r := aps.ReadCancel(n); return r },
		aps.Refund:         func(n *jsontree.Node) aps.Reading { _, r := aps.ReadRefund(n); return r },
	}
	for api, reader := range read {
		for _, c := range example.Cases(operation(t, api), catalogue.Request) {
			if !c.Keeps {
				continue
			}
			if r := reader(c.Message); len(r.Notes)+len(r.Problems) > 0 {
				t.Errorf("%s: %s: %+v", api, c.Name, r)
			}
		}
	}
}

// TestAnswersKeepTheCatalogue holds everything that the network says against the catalogue.
func TestAnswersKeepTheCatalogue(t *testing.T) {
	t.Parallel()
	success, running := aps.ResultOf("SUCCESS"), aps.ResultOf("PAYMENT_IN_PROCESS")
	list := []aps.Transaction{{Result: success, ID: "N1", Type: "PAYMENT", Status: "SUCCESS", Amount: money.Of("SGD", 1), Time: time.Unix(1, 0)}}
	refund := aps.RefundAnswer{Result: success, AcquirerID: "A", PspID: "W", RefundID: "R", Time: time.Unix(1, 0), Amount: money.Of("SGD", 1)}
	for _, tt := range []struct {
		name string
		api  aps.API
		part catalogue.Part
		node *jsontree.Node
	}{
		{"paid", aps.Pay, catalogue.Response, aps.PayAnswer{Result: success, Payment: payment()}.Node()},
		{"running", aps.Pay, catalogue.Response, aps.PayAnswer{Result: running, Payment: payment()}.Node()},
		{"refused", aps.Pay, catalogue.Response, aps.PayAnswer{Result: aps.ResultOf("RISK_REJECT"), Payment: payment()}.Node()},
		{"inquiry paid", aps.InquiryPayment, catalogue.Response, aps.InquiryAnswer{Result: success, Outcome: &success, Payment: payment(), Transactions: list}.Node()},
		{"inquiry running", aps.InquiryPayment, catalogue.Response, aps.InquiryAnswer{Result: success, Outcome: &running, Payment: payment()}.Node()},
		{"inquiry refused", aps.InquiryPayment, catalogue.Response, aps.InquiryAnswer{Result: aps.ResultOf("ORDER_NOT_EXIST")}.Node()},
		{"cancelled", aps.CancelPayment, catalogue.Response, aps.CancelAnswer{Result: success, AcquirerID: "A", PspID: "W"}.Node()},
		{"refunded", aps.Refund, catalogue.Response, refund.Node()},
		{"notification", aps.NotifyPayment, catalogue.Request, aps.Notification{Outcome: success, Payment: payment()}.Node()},
		{"notified failure", aps.NotifyPayment, catalogue.Request, aps.Notification{Outcome: aps.ResultOf("RISK_REJECT"), Payment: payment()}.Node()},
	} {
		v := operation(t, tt.api).ValidateTree(tt.part, tt.node)
		if len(v.Violations) > 0 {
			t.Errorf("%s: %v", tt.name, v.Violations)
		}
		for _, unknown := range v.Unknown {
			if unknown != "paymentPromoInfo" { // told to see whether acquirers ignore what they do not know
				t.Errorf("%s: %s is not in the catalogue", tt.name, unknown)
			}
		}
	}
}

// TestOperationsAreTheCataloguesOwn: every operation of the door is a payment's, or is listed beside them.
func TestOperationsAreTheCataloguesOwn(t *testing.T) {
	t.Parallel()
	c, err := loaded()
	if err != nil {
		t.Fatal(err)
	}
	door, _ := c.Door("aps")
	payments := []aps.API{aps.Pay, aps.InquiryPayment, aps.CancelPayment, aps.Refund, aps.NotifyPayment}
	for _, op := range door.Operations {
		api := aps.API(op.Name)
		places := 0
		for list, direction := range map[*[]aps.API]catalogue.Direction{
			&payments: op.Direction, new(aps.CallsBesidePayments()): catalogue.ToNetwork, new(aps.CallbacksBesidePayments()): catalogue.ToAcquirer,
		} {
			if slices.Contains(*list, api) && direction == op.Direction {
				places++
			}
		}
		if places != 1 {
			t.Errorf("%s stands in %d lists", api, places)
		}
	}
}
