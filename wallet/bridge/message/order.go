package message

import (
	"mppsim/wallet/aps"
	"mppsim/wallet/jsontree"
)

// Scan is userInitiatedPay (mpp-api §4.6).
func Scan() Form[aps.UserPay, aps.UserPayAnswer] {
	return Form[aps.UserPay, aps.UserPayAnswer]{
		API: aps.UserInitiatedPay,
		Write: func(r aps.UserPay) *jsontree.Node {
			return aps.NewMessage().Text("codeValue", r.Code).Text("customerId", r.CustomerID).Node()
		},
		Read: func(f aps.Fields) aps.UserPay {
			return aps.UserPay{Code: f.Text("codeValue"), CustomerID: f.Text("customerId")}
		},
		WriteAnswer: writeScanned, ReadAnswer: readScanned,
		Result:  func(a aps.UserPayAnswer) aps.Result { return a.Result },
		Refusal: func(r aps.Result) aps.UserPayAnswer { return aps.UserPayAnswer{Result: r} },
		About:   func(r aps.UserPay) aps.Subject { return r.Subject },
		Move:    still[aps.UserPay],
		MoveAnswer: func(a aps.UserPayAnswer, s Shift) aps.UserPayAnswer {
			a.Expiry, a.Quote, a.Surcharge = s.of(a.Expiry), s.quote(a.Quote), s.surcharge(a.Surcharge)
			return a
		},
	}
}

func writeScanned(a aps.UserPayAnswer) *jsontree.Node {
	m := aps.NewAnswer(a.Result)
	if a.Result.Status != aps.Success {
		return m.Node()
	}
	m.Text("acquirerId", a.AcquirerID).Text("pspId", a.PspID)
	if a.PaymentRequestID != "" {
		m.Text("codeType", a.CodeType).Text("paymentRequestId", a.PaymentRequestID).Object("order", orderNode(a.Order)).
			Amount("paymentAmount", a.Amount).Amount("payToAmount", a.PayTo).Object("paymentQuote", quoteNode(a.Quote)).
			Object("surchargeInfo", surchargeNode(a.Surcharge)).Object("paymentFactor", factorNode(a.Product, false)).
			Object("paymentPromoInfo", promotionsNode("paymentPromoDetails", a.Promotions)).Moment("paymentExpiryTime", a.Expiry).
			Text("paymentNotifyUrl", a.NotifyURL).Text("paymentRedirectUrl", a.RedirectURL)
	}
	action := aps.NewMessage().Text("actionType", a.Action.Type).Text("sdkActionPayload", a.Action.Payload)
	return m.Object("actionForm", some(action)).Node()
}

func readScanned(f aps.Fields) aps.UserPayAnswer {
	a := aps.UserPayAnswer{
		Result: readResult(f), AcquirerID: f.Text("acquirerId"), PspID: f.Text("pspId"),
		Action: aps.ActionForm{Type: f.Text("actionForm.actionType"), Payload: f.Text("actionForm.sdkActionPayload")},
	}
	if f.Text("paymentRequestId") == "" {
		return a
	}
	a.CodeType, a.PaymentRequestID, a.Order = f.Text("codeType"), f.Text("paymentRequestId"), readOrder(f)
	a.Amount, a.PayTo, a.Quote, a.Surcharge = f.Amount("paymentAmount"), payTo(f), readQuote(f, "paymentQuote"), readSurcharge(f)
	a.Product, a.Promotions = readProduct(f), readPromotions(f, "paymentPromoInfo.paymentPromoDetails")
	a.Expiry, a.NotifyURL, a.RedirectURL = f.Moment("paymentExpiryTime"), f.Text("paymentNotifyUrl"), f.Text("paymentRedirectUrl")
	return a
}

// Notification is notifyPayment (mpp-api §4.7).
func Notification() Form[aps.WalletNotification, aps.Result] {
	return Form[aps.WalletNotification, aps.Result]{
		API: aps.NotifyPayment,
		Write: func(r aps.WalletNotification) *jsontree.Node {
			m := aps.NewMessage().Object("paymentResult", r.Outcome.Node()).Text("paymentRequestId", r.PaymentRequestID).
				Text("paymentId", r.PaymentID).Moment("paymentTime", r.Time).Amount("paymentAmount", r.Amount)
			if r.PayTo != r.Amount {
				m.Amount("payToAmount", r.PayTo)
			}
			return m.Text("customerId", r.CustomerID).Node()
		},
		Read: func(f aps.Fields) aps.WalletNotification {
			return aps.WalletNotification{
				Outcome: f.Result("paymentResult"), PaymentRequestID: f.Text("paymentRequestId"), PaymentID: f.Text("paymentId"),
				Time: f.Moment("paymentTime"), Amount: f.Amount("paymentAmount"), PayTo: payTo(f), CustomerID: f.Text("customerId"),
			}
		},
		WriteAnswer: writeResult, ReadAnswer: readResult, Result: same[aps.Result], Refusal: same[aps.Result],
		About: func(r aps.WalletNotification) aps.Subject { return r.Subject },
		Move: func(r aps.WalletNotification, s Shift) aps.WalletNotification {
			r.Time = s.of(r.Time)
			return r
		},
		MoveAnswer: still[aps.Result],
	}
}
