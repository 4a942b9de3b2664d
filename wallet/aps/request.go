package aps

import (
	"strings"
	"time"

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
	Texts            []string // every text of the message: references are looked for in them
}

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
}

// CancelRequest closes or reverses a payment (acqp-api §5.3).
type CancelRequest struct {
	Client           string // who asks; empty: the first client
	PaymentRequestID string
	PaymentID        string
	// OnlyKnown says that a payment which never came is answered with ORDER_NOT_EXIST, instead of being closed before
	// it comes.
	OnlyKnown bool
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

const idLength = 64

// ReadPay reads the body of pay.
func ReadPay(root *jsontree.Node) (PayRequest, Reading) { return readPay(root, "") }

// readPay reads an order of a product; of the one that its factor tells if none is given.
func readPay(root *jsontree.Node, product Product) (PayRequest, Reading) {
	r := newReader(root)
	req := PayRequest{
		PaymentRequestID: r.needed("paymentRequestId", idLength),
		Amount:           r.amount("paymentAmount"),
		Factor:           r.factor(),
		Expiry:           r.moment("paymentExpiryTime"),
		NotifyURL:        r.text("paymentNotifyUrl", 2048),
		RedirectURL:      r.text("paymentRedirectUrl", 2048),
		Settlement:       r.wanted("settlementStrategy.settlementCurrency", 3),
		UserRegion:       r.text("userRegion", 2),
		Regions:          r.texts("allowedPspRegions", 64),
		AuthClientID:     r.text("paymentMethod.paymentMethodMetaData.authClientId", idLength),
		Texts:            root.Texts(),
	}
	if req.Product = product; product == "" {
		req.MethodType = r.wanted("paymentMethod.paymentMethodType", 64)
		req.Product = req.Factor.Product(compact(r.text("paymentMethod.paymentMethodId", 2048)))
		r.method(&req)
	}
	req.Order = r.order(req.Product)
	r.demands(req)
	return req, r.Reading
}

func (r *reader) factor() Factor {
	f := Factor{
		InStore:   r.choice("paymentFactor.isInStorePayment", 5, "true", "false"),
		Cashier:   r.choice("paymentFactor.isCashierPayment", 5, "true", "false"),
		Agreement: r.choice("paymentFactor.isAgreementPayment", 5, "true", "false"),
		Scenario:  r.choice("paymentFactor.inStorePaymentScenario", 64, "PaymentCode", "OrderCode", "EntryCode"),
		Mode:      r.choice("paymentFactor.presentmentMode", 64, "UNIFIED", "TILE"),
	}
	if f.InStore == "" {
		r.note("paymentFactor.isInStorePayment is missing")
	}
	return f
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
		req.Token = r.needed(path, 128)
	default:
		if r.text(path, 128) != "" {
			r.note("%s is given, but the payer of this product is not known yet", path)
		}
	}
}

// demands notes what only some products must have.
func (r *reader) demands(req PayRequest) {
	switch p := req.Product; {
	case p == ByCashier:
		r.wanted("paymentFactor.presentmentMode", 64)
		r.wanted("paymentRedirectUrl", 2048)
		if t := r.wanted("order.env.terminalType", 64); t == "APP" || t == "WAP" {
			r.wanted("order.env.osType", 64)
		}
	case p != ByAutoDebit:
		r.wanted("paymentFactor.inStorePaymentScenario", 64)
	}
	if req.Product == ByOrderCode || req.Product == ByEntryCode {
		r.wanted("order.env.userAgent", 2048)
	}
	if req.Product.Presented() {
		r.wanted("paymentNotifyUrl", 2048)
	}
}

func (r *reader) code(path string) string {
	raw := r.needed(path, 128)
	code := compact(raw)
	if code != raw {
		r.note("%s holds white space", path)
	}
	return code
}

func compact(text string) string { return strings.Join(strings.Fields(text), "") }

func (r *reader) order(product Product) Order {
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
		BuyerID: r.text("order.buyer.referenceBuyerId", 256),
	}
	if r.get("order.orderAmount") == nil {
		r.note("order.orderAmount is missing")
	} else {
		o.Amount = r.orderAmount()
	}
	if r.get("order.merchant.store") == nil {
		if product == ByPaymentCode || product == ByEntryCode {
			r.note("order.merchant.store is missing")
		}
		return o
	}
	o.Merchant.Store = &Store{
		ReferenceStoreID: r.wanted("order.merchant.store.referenceStoreId", 32),
		Name:             r.wanted("order.merchant.store.storeName", 256),
		MCC:              r.wanted("order.merchant.store.storeMCC", 4),
		TerminalID:       r.text("order.merchant.store.storeTerminalId", 64),
		Region:           r.text("order.merchant.store.storeAddress.region", 2),
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
