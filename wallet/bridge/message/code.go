package message

import (
	"cmp"
	"strconv"

	"mppsim/wallet/aps"
	"mppsim/wallet/jsontree"
)

// PaymentCode is getPaymentCode (mpp-api §4.5).
func PaymentCode() Form[aps.CodeRequest, aps.CodeAnswer] {
	return Form[aps.CodeRequest, aps.CodeAnswer]{
		API: aps.GetPaymentCode,
		Write: func(r aps.CodeRequest) *jsontree.Node {
			env := aps.NewMessage().Text("terminalType", r.Device.TerminalType).Text("osType", r.Device.OSType).
				Text("deviceTokenId", r.Device.ID).Text("clientIp", r.Device.ClientIP).Node()
			return aps.NewMessage().Text("region", r.Region).Text("customerId", r.CustomerID).
				Text("codeQuantity", strconv.Itoa(r.Quantity)).Object("env", env).Node()
		},
		Read: func(f aps.Fields) aps.CodeRequest {
			quantity, err := strconv.Atoi(cmp.Or(f.Text("codeQuantity"), "1"))
			if err != nil {
				quantity = 0 // which is refused
			}
			return aps.CodeRequest{
				CustomerID: f.Text("customerId"), Region: f.Text("region"), Quantity: quantity,
				Device: aps.Device{
					ID: f.Text("env.deviceTokenId"), TerminalType: f.Text("env.terminalType"), OSType: f.Text("env.osType"), ClientIP: f.Text("env.clientIp"),
				},
			}
		},
		WriteAnswer: writeCodes, ReadAnswer: readCodes,
		Result:  func(a aps.CodeAnswer) aps.Result { return a.Result },
		Refusal: func(r aps.Result) aps.CodeAnswer { return aps.CodeAnswer{Result: r} },
		About:   func(r aps.CodeRequest) aps.Subject { return r.Subject },
		Move:    still[aps.CodeRequest], MoveAnswer: moveCodes,
	}
}

func writeCodes(a aps.CodeAnswer) *jsontree.Node {
	items := make([]*jsontree.Node, 0, len(a.Codes))
	for _, c := range a.Codes {
		items = append(items, aps.NewMessage().Text("paymentCode", c.Digits).Moment("codeValidityStartTime", c.Start).
			Moment("codeExpiryTime", c.Expiry).Node())
	}
	return aps.NewAnswer(a.Result).List("paymentCodeInfoList", items).Node()
}

func readCodes(f aps.Fields) aps.CodeAnswer {
	a := aps.CodeAnswer{Result: readResult(f)}
	list := f.Node("paymentCodeInfoList")
	if list == nil {
		return a
	}
	for _, item := range list.Items {
		c := aps.FieldsOf(item)
		a.Codes = append(a.Codes, aps.PaymentCode{
			Digits: c.Text("paymentCode"), Start: c.Moment("codeValidityStartTime"), Expiry: c.Moment("codeExpiryTime"),
		})
	}
	return a
}

func moveCodes(a aps.CodeAnswer, s Shift) aps.CodeAnswer {
	moved := make([]aps.PaymentCode, 0, len(a.Codes))
	for _, c := range a.Codes {
		moved = append(moved, aps.PaymentCode{Digits: c.Digits, Start: s.of(c.Start), Expiry: s.of(c.Expiry)})
	}
	a.Codes = moved
	return a
}

// Identification is identifyCode (mpp-api §4.9).
func Identification() Form[aps.CodeQuestion, aps.CodeIdentity] {
	return Form[aps.CodeQuestion, aps.CodeIdentity]{
		API: aps.IdentifyCode,
		Write: func(r aps.CodeQuestion) *jsontree.Node {
			return aps.NewMessage().Text("codeValue", r.Code).Text("customerId", r.CustomerID).Node()
		},
		Read: func(f aps.Fields) aps.CodeQuestion {
			return aps.CodeQuestion{Code: f.Text("codeValue"), CustomerID: f.Text("customerId")}
		},
		WriteAnswer: func(a aps.CodeIdentity) *jsontree.Node {
			m := aps.NewAnswer(a.Result)
			if a.Result.Status == aps.Success {
				m.Text("isSupported", flag(a.Supported))
			}
			return m.Text("postCodeMatchActionType", a.Action).Text("codeValue", a.Code).
				Text("redirectUrl", a.RedirectURL).Text("userAgent", a.UserAgent).Node()
		},
		ReadAnswer: func(f aps.Fields) aps.CodeIdentity {
			return aps.CodeIdentity{
				Result: readResult(f), Supported: f.True("isSupported"), Action: f.Text("postCodeMatchActionType"), Code: f.Text("codeValue"),
				RedirectURL: f.Text("redirectUrl"), UserAgent: f.Text("userAgent"),
			}
		},
		Result:  func(a aps.CodeIdentity) aps.Result { return a.Result },
		Refusal: func(r aps.Result) aps.CodeIdentity { return aps.CodeIdentity{Result: r} },
		About:   func(r aps.CodeQuestion) aps.Subject { return r.Subject },
		Move:    still[aps.CodeQuestion], MoveAnswer: still[aps.CodeIdentity],
	}
}

// Rules is inquiryCodeRules (mpp-api §4.9). What its messages look like is not public.
func Rules() Form[aps.CodeRulesQuestion, aps.CodeRules] {
	return Form[aps.CodeRulesQuestion, aps.CodeRules]{
		API: aps.InquiryCodeRules,
		Write: func(r aps.CodeRulesQuestion) *jsontree.Node {
			return aps.NewMessage().Text("version", r.Version).Node()
		},
		Read: func(f aps.Fields) aps.CodeRulesQuestion { return aps.CodeRulesQuestion{Version: f.Text("version")} },
		WriteAnswer: func(a aps.CodeRules) *jsontree.Node {
			return aps.NewAnswer(a.Result).Text("version", a.Version).Text("codeRules", a.Text).Node()
		},
		ReadAnswer: func(f aps.Fields) aps.CodeRules {
			return aps.CodeRules{Result: readResult(f), Version: f.Text("version"), Text: f.Text("codeRules")}
		},
		Result:  func(a aps.CodeRules) aps.Result { return a.Result },
		Refusal: func(r aps.Result) aps.CodeRules { return aps.CodeRules{Result: r} },
		About:   func(r aps.CodeRulesQuestion) aps.Subject { return r.Subject },
		Move:    still[aps.CodeRulesQuestion], MoveAnswer: still[aps.CodeRules],
	}
}
