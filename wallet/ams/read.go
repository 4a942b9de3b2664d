package ams

import (
	"strings"
	"time"

	"mppsim/wallet/aps"
	"mppsim/wallet/jsontree"
	"mppsim/wallet/money"
)

// How long orders live (AMS upm, oc, ec).
const (
	codeLife    = 10 * time.Minute // payment codes
	offerLife   = 3 * time.Minute  // order codes and entry codes
	longestLife = 30*time.Minute - time.Second
)

// reading is a request on its way in.
type reading struct {
	aps.Fields
	root *jsontree.Node
	aps.Reading
}

// read has the catalogue judge a request.
func (d *Dialect) read(api aps.API, root *jsontree.Node) *reading {
	return &reading{aps.FieldsOf(root), root, aps.ReadingOf(d.operations[api], root)}
}

// amount reads a mandatory amount; what the catalogue takes for illegal has been said already.
func (r *reading) amount(path string) money.Amount {
	a, own := aps.ReadAmount(r.root, path)
	if len(r.Problems) == 0 {
		r.Problems = append(r.Problems, own.Problems...)
	}
	return a
}

// currency reads an optional currency.
func (r *reading) currency(path string) string {
	code, own := aps.ReadCurrency(r.root, path)
	r.Notes = append(r.Notes, own.Notes...)
	return code
}

// ReadPay reads the body of pay.
func (d *Dialect) ReadPay(root *jsontree.Node) (aps.PayRequest, aps.Reading) {
	r := d.read(aps.Pay, root)
	req := aps.PayRequest{
		Door: aps.InStore, PaymentRequestID: r.Text("paymentRequestId"), Amount: r.amount("paymentAmount"), Order: r.order(),
		MethodType: r.Text("paymentMethod.paymentMethodType"), Expiry: r.Moment("paymentExpiryTime"),
		NotifyURL: r.Text("paymentNotifyUrl"), RedirectURL: r.Text("paymentRedirectUrl"),
		Settlement: r.currency("settlementStrategy.settlementCurrency"), UserRegion: r.Text("userRegion"), Texts: aps.TextsOf(root),
	}
	r.product(&req)
	return req, r.Reading
}

// product tells the product by its scenario, whose letter case does not count: one official library writes it in
// capitals.
func (r *reading) product(req *aps.PayRequest) {
	req.Factor = aps.Factor{InStore: "true"}
	digits := strings.Join(strings.Fields(r.Text("paymentMethod.paymentMethodId")), "")
	switch scenario := r.Text("paymentFactor.inStorePaymentScenario"); {
	case strings.EqualFold(scenario, "OrderCode"):
		req.Product, req.Factor.Scenario, req.Factor.Cashier = aps.ByOrderCode, "OrderCode", "true"
		req.Life = aps.Life{Standard: offerLife, Longest: longestLife}
	case strings.EqualFold(scenario, "EntryCode"):
		req.Product, req.Factor.Scenario = aps.ByEntryCode, "EntryCode"
		req.Factor.Cashier = "true"
		req.Life = aps.Life{Standard: offerLife}
	default:
		req.Product, req.Factor.Scenario, req.Code = aps.ByPaymentCode, "PaymentCode", digits
		req.Life = aps.Life{Standard: codeLife}
		if digits == "" && len(r.Problems) == 0 {
			r.Problems = append(r.Problems, "paymentMethod.paymentMethodId is missing")
		}
		return
	}
	if digits != "" {
		r.Inferred = append(r.Inferred, "paymentMethod.paymentMethodId is given, but the payer of this product is not known yet")
	}
}

func (r *reading) order() aps.Order {
	o := aps.Order{
		ReferenceOrderID: r.Text("order.referenceOrderId"), Description: r.Text("order.orderDescription"), Amount: r.Amount("order.orderAmount"),
		Merchant: aps.Merchant{
			ReferenceMerchantID: r.Text("order.merchant.referenceMerchantId"), Name: r.Text("order.merchant.merchantName"),
			DisplayName: r.Text("order.merchant.merchantDisplayName"), MCC: r.Text("order.merchant.merchantMCC"),
			Region: r.Text("order.merchant.merchantAddress.region"),
		},
		Env: aps.Env{
			TerminalType: r.Text("order.env.terminalType"), OSType: r.Text("order.env.osType"),
			UserAgent: r.Text("order.env.userAgent"), ClientIP: r.Text("order.env.clientIp"),
		},
		BuyerID: r.Text("order.buyer.referenceBuyerId"),
	}
	if o.Merchant.Region == "" {
		o.Merchant.Region = r.Text("merchantRegion")
	}
	if r.Node("order.merchant.store") != nil {
		o.Merchant.Store = r.store()
	}
	return o
}

func (r *reading) store() *aps.Store {
	terminal := r.Text("order.merchant.store.storeTerminalId")
	if terminal == "" {
		terminal = r.Text("order.env.storeTerminalId")
	}
	return &aps.Store{
		ReferenceStoreID: r.Text("order.merchant.store.referenceStoreId"), Name: r.Text("order.merchant.store.storeName"),
		MCC: r.Text("order.merchant.store.storeMCC"), TerminalID: terminal,
		Region: r.Text("order.merchant.store.storeAddress.region"),
	}
}

// ReadInquiry reads the body of inquiryPayment.
func (d *Dialect) ReadInquiry(root *jsontree.Node) (aps.InquiryRequest, aps.Reading) {
	r := d.read(aps.InquiryPayment, root)
	return aps.InquiryRequest{PaymentRequestID: r.Text("paymentRequestId"), PaymentID: r.Text("paymentId"), Unseen: true}, r.Reading
}

// ReadCancel reads the body of cancel. ORDER_NOT_EXIST is documented for a payment that never came; the order is over.
func (d *Dialect) ReadCancel(root *jsontree.Node) (aps.CancelRequest, aps.Reading) {
	r := d.read(aps.CancelPayment, root)
	return aps.CancelRequest{PaymentRequestID: r.Text("paymentRequestId"), PaymentID: r.Text("paymentId"), Unseen: true}, r.Reading
}

// ReadRefund reads the body of refund.
func (d *Dialect) ReadRefund(root *jsontree.Node) (aps.RefundRequest, aps.Reading) {
	r := d.read(aps.Refund, root)
	req := aps.RefundRequest{
		PaymentID: r.Text("paymentId"), RefundRequestID: r.Text("refundRequestId"), Amount: r.amount("refundAmount"),
		Reason: r.Text("refundReason"),
	}
	return req, r.Reading
}

// ReadInquiryRefund reads the body of inquiryRefund.
func (d *Dialect) ReadInquiryRefund(root *jsontree.Node) (aps.RefundInquiry, aps.Reading) {
	r := d.read(aps.InquiryRefund, root)
	return aps.RefundInquiry{RefundRequestID: r.Text("refundRequestId"), RefundID: r.Text("refundId")}, r.Reading
}
