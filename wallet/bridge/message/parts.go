package message

import (
	"cmp"
	"strconv"

	"mppsim/wallet/aps"
	"mppsim/wallet/jsontree"
	"mppsim/wallet/money"
)

// connectWallet is the only kind of means of payment between Alipay+ and wallets (mpp-api §3.4).
const connectWallet = "CONNECT_WALLET"

func flag(b bool) string { return strconv.FormatBool(b) }

func quoteNode(q aps.Quote) *jsontree.Node {
	if q.IsZero() {
		return nil
	}
	return q.Node()
}

func readQuote(f aps.Fields, path string) aps.Quote {
	return aps.Quote{
		ID: f.Text(path + ".quoteId"), Pair: f.Text(path + ".quoteCurrencyPair"), Price: f.Text(path + ".quotePrice"),
		Start: f.Moment(path + ".quoteStartTime"), Expiry: f.Moment(path + ".quoteExpiryTime"),
	}
}

func surchargeNode(s aps.Surcharge) *jsontree.Node {
	if s.IsZero() {
		return nil
	}
	return aps.NewMessage().Amount("surchargeAmount", s.Amount).Object("surchargeQuote", quoteNode(s.Quote)).Node()
}

func readSurcharge(f aps.Fields) aps.Surcharge {
	return aps.Surcharge{Amount: f.Amount("surchargeInfo.surchargeAmount"), Quote: readQuote(f, "surchargeInfo.surchargeQuote")}
}

// payTo is what the wallet pays: the payment's own amount where nothing else is said (mpp-api §4.1).
func payTo(f aps.Fields) money.Amount {
	if a := f.Amount("payToAmount"); a.Currency != "" {
		return a
	}
	return f.Amount("paymentAmount")
}

// promotionsNode writes a list of promotions under the name that it has in its object (mpp-api §8.1, §8.4).
func promotionsNode(name string, list []aps.Promotion) *jsontree.Node {
	if len(list) == 0 {
		return nil
	}
	items := make([]*jsontree.Node, 0, len(list))
	for _, p := range list {
		items = append(items, aps.NewMessage().Text("promoId", p.ID).Text("promoName", p.Name).Text("promoType", p.Type).
			Amount("savingsAmount", p.Savings).Node())
	}
	return aps.NewMessage().List(name, items).Node()
}

// readPromotions reads a list under any of the names that wallets have seen.
func readPromotions(f aps.Fields, paths ...string) []aps.Promotion {
	var list []aps.Promotion
	for _, path := range paths {
		node := f.Node(path)
		if node == nil {
			continue
		}
		for _, item := range node.Items {
			p := aps.FieldsOf(item)
			savings := p.Amount("savingsAmount")
			if savings.Currency == "" {
				savings = p.Amount("refundAmount")
			}
			list = append(list, aps.Promotion{ID: p.Text("promoId"), Name: p.Text("promoName"), Type: p.Text("promoType"), Savings: savings})
		}
	}
	return list
}

// factorNode tells the product (mpp-api §3.5).
func factorNode(p aps.Product, evaluation bool) *jsontree.Node {
	inStore := p == aps.ByPaymentCode || p == aps.ByOrderCode || p == aps.ByEntryCode
	agreement := p == aps.ByAutoDebit
	scenario := map[aps.Product]string{aps.ByPaymentCode: "PaymentCode", aps.ByOrderCode: "OrderCode", aps.ByEntryCode: "EntryCode"}[p]
	m := aps.NewMessage().Text("isInStorePayment", flag(inStore)).
		Text("isCashierPayment", flag(!agreement && p != aps.ByPaymentCode)).Text("isAgreementPayment", flag(agreement))
	if evaluation {
		m.Text("isPaymentEvaluation", flag(true))
	}
	return m.Text("inStorePaymentScenario", scenario).Node()
}

// readProduct finds the first product that the factor can mean; unknown combinations are never refused (mpp-api §3.5).
func readProduct(f aps.Fields) aps.Product {
	scenario := f.Text("paymentFactor.inStorePaymentScenario")
	inStore, cashier := f.True("paymentFactor.isInStorePayment"), f.True("paymentFactor.isCashierPayment")
	switch {
	case f.True("paymentFactor.isAgreementPayment"):
		return aps.ByAutoDebit
	case scenario == "EntryCode":
		return aps.ByEntryCode
	case scenario == "OrderCode", scenario == "" && inStore && cashier:
		return aps.ByOrderCode
	case cashier && !inStore:
		return aps.ByCashier
	}
	return aps.ByPaymentCode
}

func orderNode(o aps.Order) *jsontree.Node {
	env := aps.NewMessage().Text("terminalType", o.Env.TerminalType).Text("osType", o.Env.OSType).
		Text("userAgent", o.Env.UserAgent).Text("clientIp", o.Env.ClientIP)
	if s := o.Merchant.Store; s != nil {
		env.Text("storeTerminalId", s.TerminalID)
	}
	return aps.NewMessage().Text("referenceOrderId", o.ReferenceOrderID).Text("orderDescription", o.Description).
		Amount("orderAmount", o.Amount).Object("merchant", merchantNode(o.Merchant)).
		Object("buyer", some(aps.NewMessage().Text("referenceBuyerId", o.BuyerID))).Object("env", some(env)).Node()
}

// some is an object that has members, or nothing.
func some(m aps.Message) *jsontree.Node {
	if node := m.Node(); len(node.Members) > 0 {
		return node
	}
	return nil
}

func place(region string) *jsontree.Node { return some(aps.NewMessage().Text("region", region)) }

func merchantNode(m aps.Merchant) *jsontree.Node {
	o := aps.NewMessage().Text("referenceMerchantId", m.ReferenceMerchantID).Text("merchantMCC", m.MCC).
		Text("merchantName", m.Name).Text("merchantDisplayName", m.DisplayName).Object("merchantAddress", place(m.Region))
	if s := m.Store; s != nil {
		o.Object("store", aps.NewMessage().Text("referenceStoreId", s.ReferenceStoreID).Text("storeName", s.Name).Text("storeMCC", s.MCC).
			Text("storeTerminalId", s.TerminalID).Object("storeAddress", place(s.Region)).Node())
	}
	return o.Node()
}

func readOrder(f aps.Fields) aps.Order {
	const m, s = "order.merchant.", "order.merchant.store."
	o := aps.Order{
		ReferenceOrderID: f.Text("order.referenceOrderId"), Description: f.Text("order.orderDescription"), Amount: f.Amount("order.orderAmount"),
		BuyerID: f.Text("order.buyer.referenceBuyerId"),
		Merchant: aps.Merchant{
			ReferenceMerchantID: f.Text(m + "referenceMerchantId"), Name: f.Text(m + "merchantName"), DisplayName: f.Text(m + "merchantDisplayName"),
			MCC: f.Text(m + "merchantMCC"), Region: f.Text(m + "merchantAddress.region"),
		},
		Env: aps.Env{
			TerminalType: f.Text("order.env.terminalType"), OSType: f.Text("order.env.osType"), UserAgent: f.Text("order.env.userAgent"),
			ClientIP: f.Text("order.env.clientIp"),
		},
	}
	if f.Node("order.merchant.store") != nil {
		o.Merchant.Store = &aps.Store{
			ReferenceStoreID: f.Text(s + "referenceStoreId"), Name: f.Text(s + "storeName"), MCC: f.Text(s + "storeMCC"),
			TerminalID: cmp.Or(f.Text(s+"storeTerminalId"), f.Text("order.env.storeTerminalId")), Region: f.Text(s + "storeAddress.region"),
		}
	}
	return o
}
