package message

import (
	"mppsim/wallet/aps"
	"mppsim/wallet/jsontree"
	"mppsim/wallet/money"
)

// Pay is pay (mpp-api §4.1).
func Pay() Form[aps.WalletPay, aps.WalletPayAnswer] {
	return Form[aps.WalletPay, aps.WalletPayAnswer]{
		API: aps.Pay, Write: writePay, Read: readPay,
		WriteAnswer: func(a aps.WalletPayAnswer) *jsontree.Node {
			return aps.NewAnswer(a.Result).Text("paymentId", a.PaymentID).Moment("paymentTime", a.Time).Text("customerId", a.CustomerID).Node()
		},
		ReadAnswer: func(f aps.Fields) aps.WalletPayAnswer {
			return aps.WalletPayAnswer{
				Result: readResult(f), PaymentID: f.Text("paymentId"), Time: f.Moment("paymentTime"), CustomerID: f.Text("customerId"),
			}
		},
		Result:  func(a aps.WalletPayAnswer) aps.Result { return a.Result },
		Refusal: func(r aps.Result) aps.WalletPayAnswer { return aps.WalletPayAnswer{Result: r} },
		About:   func(r aps.WalletPay) aps.Subject { return r.Subject },
		Move: func(r aps.WalletPay, s Shift) aps.WalletPay {
			r.Expiry, r.Quote, r.Surcharge = s.of(r.Expiry), s.quote(r.Quote), s.surcharge(r.Surcharge)
			return r
		},
		MoveAnswer: func(a aps.WalletPayAnswer, s Shift) aps.WalletPayAnswer {
			a.Time = s.of(a.Time)
			return a
		},
	}
}

func writePay(r aps.WalletPay) *jsontree.Node {
	method := aps.NewMessage().Text("paymentMethodType", connectWallet)
	if r.Method != "" {
		method = aps.NewMessage().Text("paymentMethodType", r.Method)
	}
	method.Text("paymentMethodId", r.Code+r.Token).Text("customerId", r.CustomerID).
		Object("paymentMethodMetaData", some(aps.NewMessage().Text("authClientId", r.AuthClientID)))
	return aps.NewMessage().Text("acquirerId", r.AcquirerID).Text("pspId", r.PspID).Text("paymentRequestId", r.PaymentRequestID).
		Object("order", orderNode(*r.Order)).Amount("paymentAmount", r.Amount).Amount("payToAmount", r.PayTo).
		Object("paymentQuote", quoteNode(r.Quote)).Object("surchargeInfo", surchargeNode(r.Surcharge)).
		Object("paymentMethod", method.Node()).Object("paymentFactor", factorNode(r.Product, r.Evaluation)).
		Moment("paymentExpiryTime", r.Expiry).Text("paymentNotifyUrl", r.NotifyURL).
		Object("paymentPromoInfo", promotionsNode("paymentPromoDetails", r.Promotions)).Node()
}

func readPay(f aps.Fields) aps.WalletPay {
	r := aps.WalletPay{
		AcquirerID: f.Text("acquirerId"), PspID: f.Text("pspId"), PaymentRequestID: f.Text("paymentRequestId"), Order: new(readOrder(f)),
		Amount: f.Amount("paymentAmount"), PayTo: payTo(f), Quote: readQuote(f, "paymentQuote"), Surcharge: readSurcharge(f),
		CustomerID: f.Text("paymentMethod.customerId"), AuthClientID: f.Text("paymentMethod.paymentMethodMetaData.authClientId"),
		Product: readProduct(f), Evaluation: f.True("paymentFactor.isPaymentEvaluation"), Expiry: f.Moment("paymentExpiryTime"),
		NotifyURL: f.Text("paymentNotifyUrl"), Promotions: readPromotions(f, "paymentPromoInfo.paymentPromoDetails"),
	}
	if kind := f.Text("paymentMethod.paymentMethodType"); kind != connectWallet {
		r.Method = kind
	}
	if r.Product == aps.ByAutoDebit {
		r.Token = f.Text("paymentMethod.paymentMethodId")
	} else {
		r.Code = f.Text("paymentMethod.paymentMethodId")
	}
	return r
}

// Inquiry is inquiryPayment (mpp-api §4.2).
func Inquiry() Form[aps.WalletInquiry, aps.WalletInquiryAnswer] {
	return Form[aps.WalletInquiry, aps.WalletInquiryAnswer]{
		API: aps.InquiryPayment,
		Write: func(r aps.WalletInquiry) *jsontree.Node {
			return writePaymentName(r.AcquirerID, r.PspID, r.PaymentRequestID)
		},
		Read: func(f aps.Fields) aps.WalletInquiry {
			return aps.WalletInquiry{AcquirerID: f.Text("acquirerId"), PspID: f.Text("pspId"), PaymentRequestID: f.Text("paymentRequestId")}
		},
		WriteAnswer: writeInquiryAnswer, ReadAnswer: readInquiryAnswer,
		Result:  func(a aps.WalletInquiryAnswer) aps.Result { return a.Result },
		Refusal: func(r aps.Result) aps.WalletInquiryAnswer { return aps.WalletInquiryAnswer{Result: r} },
		About:   func(r aps.WalletInquiry) aps.Subject { return r.Subject },
		Move:    still[aps.WalletInquiry],
		MoveAnswer: func(a aps.WalletInquiryAnswer, s Shift) aps.WalletInquiryAnswer {
			a.Time = s.of(a.Time)
			return a
		},
	}
}

func writePaymentName(acquirer, psp, payment string) *jsontree.Node {
	return aps.NewMessage().Text("acquirerId", acquirer).Text("pspId", psp).Text("paymentRequestId", payment).Node()
}

func writeInquiryAnswer(a aps.WalletInquiryAnswer) *jsontree.Node {
	m := aps.NewAnswer(a.Result)
	if a.Result.Status == aps.Success {
		m.Object("paymentResult", a.Outcome.Node())
	}
	return m.Text("paymentId", a.PaymentID).Moment("paymentTime", a.Time).Amount("paymentAmount", a.Amount).
		Amount("payToAmount", a.PayTo).Text("customerId", a.CustomerID).Node()
}

func readInquiryAnswer(f aps.Fields) aps.WalletInquiryAnswer {
	return aps.WalletInquiryAnswer{
		Result: readResult(f), Outcome: f.Result("paymentResult"), PaymentID: f.Text("paymentId"), Time: f.Moment("paymentTime"),
		Amount: f.Amount("paymentAmount"), PayTo: payTo(f), CustomerID: f.Text("customerId"),
	}
}

// Cancel is cancelPayment (mpp-api §4.3).
func Cancel() Form[aps.WalletCancel, aps.WalletCancelAnswer] {
	return Form[aps.WalletCancel, aps.WalletCancelAnswer]{
		API: aps.CancelPayment,
		Write: func(r aps.WalletCancel) *jsontree.Node {
			return writePaymentName(r.AcquirerID, r.PspID, r.PaymentRequestID)
		},
		Read: func(f aps.Fields) aps.WalletCancel {
			return aps.WalletCancel{AcquirerID: f.Text("acquirerId"), PspID: f.Text("pspId"), PaymentRequestID: f.Text("paymentRequestId")}
		},
		WriteAnswer: func(a aps.WalletCancelAnswer) *jsontree.Node { return writeResult(a.Result) },
		ReadAnswer:  func(f aps.Fields) aps.WalletCancelAnswer { return aps.WalletCancelAnswer{Result: readResult(f)} },
		Result:      func(a aps.WalletCancelAnswer) aps.Result { return a.Result },
		Refusal:     func(r aps.Result) aps.WalletCancelAnswer { return aps.WalletCancelAnswer{Result: r} },
		About:       func(r aps.WalletCancel) aps.Subject { return r.Subject },
		Move:        still[aps.WalletCancel], MoveAnswer: still[aps.WalletCancelAnswer],
	}
}

// Refund is refund (mpp-api §4.4).
func Refund() Form[aps.WalletRefund, aps.WalletRefundAnswer] {
	return Form[aps.WalletRefund, aps.WalletRefundAnswer]{
		API: aps.Refund, Write: writeRefund, Read: readRefund,
		WriteAnswer: func(a aps.WalletRefundAnswer) *jsontree.Node {
			return aps.NewAnswer(a.Result).Text("refundId", a.RefundID).Moment("refundTime", a.Time).Node()
		},
		ReadAnswer: func(f aps.Fields) aps.WalletRefundAnswer {
			return aps.WalletRefundAnswer{Result: readResult(f), RefundID: f.Text("refundId"), Time: f.Moment("refundTime")}
		},
		Result:  func(a aps.WalletRefundAnswer) aps.Result { return a.Result },
		Refusal: func(r aps.Result) aps.WalletRefundAnswer { return aps.WalletRefundAnswer{Result: r} },
		About:   func(r aps.WalletRefund) aps.Subject { return r.Subject },
		Move: func(r aps.WalletRefund, s Shift) aps.WalletRefund {
			r.Quote, r.Surcharge = s.quote(r.Quote), s.surcharge(r.Surcharge)
			return r
		},
		MoveAnswer: func(a aps.WalletRefundAnswer, s Shift) aps.WalletRefundAnswer {
			a.Time = s.of(a.Time)
			return a
		},
	}
}

func writeRefund(r aps.WalletRefund) *jsontree.Node {
	return aps.NewMessage().Text("acquirerId", r.AcquirerID).Text("pspId", r.PspID).Text("paymentRequestId", r.PaymentRequestID).
		Text("paymentId", r.PaymentID).Text("refundRequestId", r.RefundRequestID).Amount("refundAmount", r.Amount).
		Amount("refundFromAmount", r.From).Object("refundQuote", quoteNode(r.Quote)).
		Object("refundPromoInfo", promotionsNode("refundPromoDetails", r.Promotions)).
		Object("surchargeInfo", surchargeNode(r.Surcharge)).Text("refundReason", r.Reason).Node()
}

func readRefund(f aps.Fields) aps.WalletRefund {
	r := aps.WalletRefund{
		AcquirerID: f.Text("acquirerId"), PspID: f.Text("pspId"), PaymentRequestID: f.Text("paymentRequestId"), PaymentID: f.Text("paymentId"),
		RefundRequestID: f.Text("refundRequestId"), Amount: f.Amount("refundAmount"), From: f.Amount("refundFromAmount"),
		Quote: readQuote(f, "refundQuote"), Surcharge: readSurcharge(f), Reason: f.Text("refundReason"),
		Promotions: readPromotions(f, "refundPromoInfo.refundPromoDetails", "refundPromoInfo.paymentPromoDetails"),
	}
	switch node := f.Node("refundFromAmount"); {
	case node == nil:
		r.From = r.Amount
	case r.From.Currency == "": // a share that rounding leaves nothing of
		r.From = money.Of(f.Text("refundFromAmount.currency"), 0)
	}
	return r
}
