package aps

import (
	"strings"
	"time"

	"mppsim/wallet/jsontree"
	"mppsim/wallet/money"
)

// PayRequest is the acquirer's charge of a payment code (acqp-api §5.1).
type PayRequest struct {
	PaymentRequestID string
	Order            Order
	Amount           money.Amount
	MethodType       string
	Code             string // payment code, white space removed
	Factor           Factor
	Expiry           time.Time // real time; zero: the network's default
	NotifyURL        string
	Settlement       string   // settlementStrategy.settlementCurrency
	Texts            []string // every text of the message: references are looked for in them
}

// Factor tells the payment scenario (acqp-api §4).
type Factor struct {
	InStore  string
	Cashier  string
	Scenario string
}

// InquiryRequest asks for the outcome of a payment by one of its ids (acqp-api §5.2).
type InquiryRequest struct {
	PaymentRequestID string
	PaymentID        string
}

// CancelRequest closes or reverses a payment (acqp-api §5.3).
type CancelRequest struct {
	PaymentRequestID string
	PaymentID        string
}

// RefundRequest gives money back (acqp-api §5.4).
type RefundRequest struct {
	PaymentRequestID string
	PaymentID        string
	RefundRequestID  string
	Amount           money.Amount
	Reason           string
}

const idLength = 64

// ReadPay reads the body of pay.
func ReadPay(root *jsontree.Node) (PayRequest, Reading) {
	r := newReader(root)
	req := PayRequest{
		PaymentRequestID: r.needed("paymentRequestId", idLength),
		Amount:           r.amount("paymentAmount"),
		Order:            r.order(),
		MethodType:       r.wanted("paymentMethod.paymentMethodType", 64),
		Code:             r.code(),
		Factor: Factor{
			InStore:  r.wanted("paymentFactor.isInStorePayment", 5),
			Cashier:  r.text("paymentFactor.isCashierPayment", 5),
			Scenario: r.wanted("paymentFactor.inStorePaymentScenario", 64),
		},
		Expiry:     r.moment("paymentExpiryTime"),
		NotifyURL:  r.text("paymentNotifyUrl", 2048),
		Settlement: r.wanted("settlementStrategy.settlementCurrency", 3),
		Texts:      root.Texts(),
	}
	return req, r.Reading
}

func (r *reader) code() string {
	raw := r.needed("paymentMethod.paymentMethodId", 128)
	code := strings.Join(strings.Fields(raw), "")
	if code != raw {
		r.note("paymentMethod.paymentMethodId holds white space")
	}
	return code
}

func (r *reader) order() Order {
	o := Order{
		ReferenceOrderID: r.wanted("order.referenceOrderId", idLength),
		Description:      r.wanted("order.orderDescription", 256),
		Merchant: Merchant{
			ReferenceMerchantID: r.wanted("order.merchant.referenceMerchantId", idLength),
			Name:                r.wanted("order.merchant.merchantName", 256),
			DisplayName:         r.text("order.merchant.merchantDisplayName", 256),
			MCC:                 r.wanted("order.merchant.merchantMCC", 4),
			Region:              r.wanted("order.merchant.merchantAddress.region", 2),
		},
		Env: Env{
			TerminalType: r.text("order.env.terminalType", 64),
			OSType:       r.text("order.env.osType", 64),
			UserAgent:    r.text("order.env.userAgent", 2048),
			ClientIP:     r.text("order.env.clientIp", 64),
		},
	}
	if r.root.Get("order.orderAmount") == nil {
		r.note("order.orderAmount is missing")
	} else {
		o.Amount = r.orderAmount()
	}
	if r.root.Get("order.merchant.store") == nil {
		r.note("order.merchant.store is missing")
		return o
	}
	o.Merchant.Store = &Store{
		ReferenceStoreID: r.wanted("order.merchant.store.referenceStoreId", 32),
		Name:             r.wanted("order.merchant.store.storeName", 256),
		MCC:              r.wanted("order.merchant.store.storeMCC", 4),
		TerminalID:       r.text("order.merchant.store.storeTerminalId", 64),
	}
	return o
}

// orderAmount reads the shop's price; one that cannot be read is only noted, because
// paymentAmount decides what is paid.
func (r *reader) orderAmount() money.Amount {
	problems := len(r.Problems)
	a := r.amount("order.orderAmount")
	r.Notes = append(r.Notes, r.Problems[problems:]...)
	r.Problems = r.Problems[:problems]
	return a
}

// ids reads the two identifiers of a payment, of which one is needed.
func (r *reader) ids() (paymentRequestID, paymentID string) {
	paymentRequestID = r.text("paymentRequestId", idLength)
	paymentID = r.text("paymentId", idLength)
	if paymentRequestID == "" && paymentID == "" {
		r.problem("neither paymentRequestId nor paymentId is given")
	}
	return paymentRequestID, paymentID
}

// ReadInquiry reads the body of inquiryPayment.
func ReadInquiry(root *jsontree.Node) (InquiryRequest, Reading) {
	r := newReader(root)
	var req InquiryRequest
	req.PaymentRequestID, req.PaymentID = r.ids()
	return req, r.Reading
}

// ReadCancel reads the body of cancelPayment.
func ReadCancel(root *jsontree.Node) (CancelRequest, Reading) {
	r := newReader(root)
	var req CancelRequest
	req.PaymentRequestID, req.PaymentID = r.ids()
	return req, r.Reading
}

// ReadRefund reads the body of refund.
func ReadRefund(root *jsontree.Node) (RefundRequest, Reading) {
	r := newReader(root)
	var req RefundRequest
	req.PaymentRequestID, req.PaymentID = r.ids()
	req.RefundRequestID = r.needed("refundRequestId", idLength)
	req.Amount = r.amount("refundAmount")
	req.Reason = r.text("refundReason", 256)
	return req, r.Reading
}
