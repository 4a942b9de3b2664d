package aps

import (
	"mppsim/wallet/jsontree"
)

// Decode asks the acquirer which order is behind a code that the acquirer issued: its userInitiatedPay (acqp-api §5.6).
type Decode struct {
	AcquirerID string
	PspID      string
	Code       string
	CustomerID string
}

// Node writes the request.
func (d Decode) Node() *jsontree.Node {
	o := newObject(4)
	o.text("acquirerId", d.AcquirerID)
	o.text("pspId", d.PspID)
	o.text("codeValue", d.Code)
	o.text("customerId", d.CustomerID)
	return o.node
}

// Decoded is the acquirer's answer. Order is read only if the result is a success.
type Decoded struct {
	Result   Result
	CodeType string // ORDER_CODE; STORE_CODE stands for a shop
	Order    PayRequest
}

// The kinds of codes that acquirers issue.
const (
	OrderCodeType = "ORDER_CODE"
	StoreCodeType = "STORE_CODE"
)

// ReadDecoded reads the acquirer's answer. Its amount may also bear the official library's name.
func ReadDecoded(root *jsontree.Node) (Decoded, Reading) {
	r := &reader{root: root}
	d := Decoded{
		Result:   Result{Code: r.needed("result.resultCode"), Status: Status(r.needed("result.resultStatus"))},
		CodeType: r.text("codeType"),
	}
	if d.Result.Status != Success || len(r.Problems) > 0 {
		return d, r.Reading
	}
	if root.Get("paymentAmount") == nil && root.Get("amount") != nil {
		root = renamed(root, "amount", "paymentAmount")
	}
	var reading Reading
	d.Order, reading = readPay(root, ByOrderCode)
	return d, reading
}

// renamed is a copy of an object in which one member bears another name.
func renamed(root *jsontree.Node, from, to string) *jsontree.Node {
	dup := *root
	dup.Members = make([]jsontree.Member, len(root.Members))
	for i, m := range root.Members {
		if m.Name == from {
			m.Name = to
		}
		dup.Members[i] = m
	}
	return &dup
}
