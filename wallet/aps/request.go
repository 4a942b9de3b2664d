package aps

import (
	"strings"
	"time"
	"unicode"

	"mppsim/wallet/jsontree"
	"mppsim/wallet/money"
)

// PayRequest is the acquirer's charge, or the order that its payer will come to (acqp-api §5.1).
type PayRequest struct {
	Door             Door   // at which it came; empty: AlipayPlus
	Client           string // short name of the client whose order it is; empty: the first
	PaymentRequestID string
	Product          Product
	Order            Order
	Amount           money.Amount
	MethodType       string
	Code             string // payment code, white space removed
	Token            string // access token of auto debit
	AuthClientID     string // to whom the token was given
	Factor           Factor
	Expiry           time.Time // real time; zero: the network's default
	Life             Life      // bounds of the expiry; zero: the network's
	NotifyURL        string
	RedirectURL      string   // where the payer goes after paying
	Settlement       string   // settlementStrategy.settlementCurrency
	UserRegion       string   // sorts the wallets of the cashier
	Regions          []string // only wallets of these; empty: all
	Texts            Texts    // every text of the message: references are looked for in them
}

// Late reports whether the order came, at an instant of real time, when its expiry had passed: it must not succeed any more
// (acqp-api §5.1).
func (r PayRequest) Late(now time.Time) bool { return !r.Expiry.IsZero() && !r.Expiry.After(now) }

// Life is how long an order lives where a door has rules of its own.
type Life struct {
	Standard time.Duration // where no expiry is named; zero: that of the product
	Longest  time.Duration // a later expiry is replaced by it; zero: that of the product
}

// InquiryRequest asks for the outcome of a payment by one of its ids (acqp-api §5.2).
type InquiryRequest struct {
	Client           string // who asks; empty: the first client
	PaymentRequestID string
	PaymentID        string
	Unseen           bool // as in CancelRequest
}

// CancelRequest closes or reverses a payment (acqp-api §5.3).
type CancelRequest struct {
	Client           string // who asks; empty: the first client
	PaymentRequestID string
	PaymentID        string
	// Unseen says that a payment which never came is answered with ORDER_NOT_EXIST. It is over all the same: a later pay
	// with its id is refused.
	Unseen bool
}

// RefundRequest gives money back (acqp-api §5.4).
type RefundRequest struct {
	Client           string // who asks; empty: the first client
	PaymentRequestID string
	PaymentID        string
	RefundRequestID  string
	Amount           money.Amount
	Reason           string
}

// RefundInquiry asks for the outcome of a refund by one of its ids; RefundID wins.
type RefundInquiry struct {
	Client          string // who asks; empty: the first client
	RefundRequestID string
	RefundID        string
}

// ReadPay reads the body of pay.
func ReadPay(root *jsontree.Node) (PayRequest, Reading) { return readPay(root, "") }

// readPay reads an order of a product; of the one that its factor tells if none is given.
func readPay(root *jsontree.Node, product Product) (PayRequest, Reading) {
	r := &reader{root: root}
	req := PayRequest{
		PaymentRequestID: r.needed("paymentRequestId"),
		Amount:           r.amount("paymentAmount"),
		Factor:           r.factor(),
		Expiry:           r.moment("paymentExpiryTime"),
		NotifyURL:        r.text("paymentNotifyUrl"),
		RedirectURL:      r.text("paymentRedirectUrl"),
		Settlement:       r.currency("settlementStrategy.settlementCurrency"),
		UserRegion:       r.text("userRegion"),
		Regions:          r.texts("allowedPspRegions"),
		AuthClientID:     r.text("paymentMethod.paymentMethodMetaData.authClientId"),
		Texts:            TextsOf(root),
	}
	if req.Product = product; product == "" {
		req.MethodType = r.text("paymentMethod.paymentMethodType")
		req.Product = req.Factor.Product(compact(r.text("paymentMethod.paymentMethodId")))
		r.method(&req)
	}
	req.Order = r.order()
	return req, r.Reading
}

func (r *reader) factor() Factor {
	return Factor{
		InStore:   r.text("paymentFactor.isInStorePayment"),
		Cashier:   r.text("paymentFactor.isCashierPayment"),
		Agreement: r.text("paymentFactor.isAgreementPayment"),
		Scenario:  r.text("paymentFactor.inStorePaymentScenario"),
		Mode:      r.text("paymentFactor.presentmentMode"),
	}
}

// method reads the means of payment that the product has.
func (r *reader) method(req *PayRequest) {
	const path = "paymentMethod.paymentMethodId"
	switch req.Product {
	case ByPaymentCode:
		req.Code = r.code(path)
		if s := req.Factor.Scenario; s != "" && req.Factor.inStoreProduct() != ByPaymentCode {
			r.note("%s is a payment code, but the scenario is %s", path, s)
		}
	case ByAutoDebit:
		req.Token = r.needed(path)
	default:
		if r.text(path) != "" {
			r.Inferred = append(r.Inferred, path+" is given, but the payer of this product is not known yet")
		}
	}
}

func (r *reader) code(path string) string {
	raw := r.needed(path)
	code := compact(raw)
	if code != raw {
		r.note("%s holds white space", path)
	}
	return code
}

// compact takes white space out of a text; nearly none holds any.
func compact(text string) string {
	if strings.IndexFunc(text, unicode.IsSpace) < 0 {
		return text
	}
	return strings.Join(strings.Fields(text), "")
}

func (r *reader) order() Order {
	o := Order{
		ReferenceOrderID: r.text("order.referenceOrderId"),
		Description:      r.text("order.orderDescription"),
		Merchant: Merchant{
			ReferenceMerchantID: r.text("order.merchant.referenceMerchantId"),
			Name:                r.text("order.merchant.merchantName"),
			DisplayName:         r.text("order.merchant.merchantDisplayName"),
			MCC:                 r.text("order.merchant.merchantMCC"),
			Region:              r.text("order.merchant.merchantAddress.region"),
		},
		Env: Env{
			TerminalType: r.text("order.env.terminalType"),
			OSType:       r.text("order.env.osType"),
			UserAgent:    r.text("order.env.userAgent"),
			ClientIP:     r.text("order.env.clientIp"),
		},
		BuyerID: r.text("order.buyer.referenceBuyerId"),
	}
	if n := r.get("order.orderAmount"); n != nil {
		o.Amount = r.orderAmount()
	}
	if r.get("order.merchant.store") == nil {
		return o
	}
	o.Merchant.Store = &Store{
		ReferenceStoreID: r.text("order.merchant.store.referenceStoreId"),
		Name:             r.text("order.merchant.store.storeName"),
		MCC:              r.text("order.merchant.store.storeMCC"),
		TerminalID:       r.text("order.merchant.store.storeTerminalId"),
		Region:           r.text("order.merchant.store.storeAddress.region"),
	}
	return o
}

// orderAmount reads the shop's price; one that cannot be read is none, because paymentAmount decides what is paid.
func (r *reader) orderAmount() money.Amount {
	problems := len(r.Problems)
	a := r.amount("order.orderAmount")
	r.Notes = append(r.Notes, r.Problems[problems:]...)
	r.Problems = r.Problems[:problems]
	return a
}

// currency reads an optional currency, whose letter case does not count. One that is none is noted.
func (r *reader) currency(path string) string {
	text := r.text(path)
	known := strings.ToUpper(strings.TrimSpace(text))
	if _, ok := money.Decimals(known); ok || known == "" {
		return known
	}
	r.note("%s: %q is not an active ISO 4217 currency; that of the payment stands in", path, text)
	return text
}

// ids reads the two identifiers of a payment, of which one is needed.
func (r *reader) ids() (paymentRequestID, paymentID string) {
	paymentRequestID = r.text("paymentRequestId")
	paymentID = r.text("paymentId")
	if paymentRequestID == "" && paymentID == "" {
		r.problem("neither paymentRequestId nor paymentId is given")
	}
	return paymentRequestID, paymentID
}

// ReadInquiry reads the body of inquiryPayment.
func ReadInquiry(root *jsontree.Node) (InquiryRequest, Reading) {
	r := &reader{root: root}
	var req InquiryRequest
	req.PaymentRequestID, req.PaymentID = r.ids()
	return req, r.Reading
}

// ReadCancel reads the body of cancelPayment.
func ReadCancel(root *jsontree.Node) (CancelRequest, Reading) {
	r := &reader{root: root}
	var req CancelRequest
	req.PaymentRequestID, req.PaymentID = r.ids()
	return req, r.Reading
}

// ReadRefund reads the body of refund.
func ReadRefund(root *jsontree.Node) (RefundRequest, Reading) {
	r := &reader{root: root}
	var req RefundRequest
	req.PaymentRequestID, req.PaymentID = r.ids()
	req.RefundRequestID = r.needed("refundRequestId")
	req.Amount = r.amount("refundAmount")
	req.Reason = r.text("refundReason")
	return req, r.Reading
}
