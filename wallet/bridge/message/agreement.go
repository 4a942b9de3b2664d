package message

import (
	"mppsim/wallet/aps"
	"mppsim/wallet/jsontree"
)

// The messages of auto debit (mpp-api §4.8). Their times are real in the program as well: nothing moves.

// Preparation is prepare.
func Preparation() Form[aps.WalletPrepare, aps.WalletPrepared] {
	return Form[aps.WalletPrepare, aps.WalletPrepared]{
		API: aps.Prepare,
		Write: func(r aps.WalletPrepare) *jsontree.Node {
			return aps.NewMessage().Text("pspId", r.PspID).Text("acquirerId", r.AcquirerID).Text("authClientId", r.AuthClientID).
				Text("authClientName", r.AuthClientName).Text("referenceAgreementId", r.ReferenceAgreementID).
				Text("referenceMerchantId", r.ReferenceMerchantID).Text("authRedirectUrl", r.RedirectURL).Texts("scopes", r.Scopes).Node()
		},
		Read: func(f aps.Fields) aps.WalletPrepare {
			return aps.WalletPrepare{
				PspID: f.Text("pspId"), AcquirerID: f.Text("acquirerId"), AuthClientID: f.Text("authClientId"), AuthClientName: f.Text("authClientName"),
				ReferenceAgreementID: f.Text("referenceAgreementId"), ReferenceMerchantID: f.Text("referenceMerchantId"),
				RedirectURL: f.Text("authRedirectUrl"), Scopes: f.Texts("scopes"),
			}
		},
		WriteAnswer: func(a aps.WalletPrepared) *jsontree.Node {
			return aps.NewAnswer(a.Result).Text("authUrl", a.AuthURL).Node()
		},
		ReadAnswer: func(f aps.Fields) aps.WalletPrepared {
			return aps.WalletPrepared{Result: readResult(f), AuthURL: f.Text("authUrl")}
		},
		Result:  func(a aps.WalletPrepared) aps.Result { return a.Result },
		Refusal: func(r aps.Result) aps.WalletPrepared { return aps.WalletPrepared{Result: r} },
		About:   func(r aps.WalletPrepare) aps.Subject { return r.Subject },
		Move:    still[aps.WalletPrepare], MoveAnswer: still[aps.WalletPrepared],
	}
}

// Token is applyToken.
func Token() Form[aps.WalletTokenRequest, aps.WalletTokens] {
	return Form[aps.WalletTokenRequest, aps.WalletTokens]{
		API: aps.ApplyToken,
		Write: func(r aps.WalletTokenRequest) *jsontree.Node {
			return aps.NewMessage().Text("pspId", r.PspID).Text("acquirerId", r.AcquirerID).Text("authClientId", r.AuthClientID).
				Text("grantType", r.GrantType).Text("authCode", r.AuthCode).Text("refreshToken", r.RefreshToken).Node()
		},
		Read: func(f aps.Fields) aps.WalletTokenRequest {
			return aps.WalletTokenRequest{
				PspID: f.Text("pspId"), AcquirerID: f.Text("acquirerId"), AuthClientID: f.Text("authClientId"), GrantType: f.Text("grantType"),
				AuthCode: f.Text("authCode"), RefreshToken: f.Text("refreshToken"),
			}
		},
		WriteAnswer: func(a aps.WalletTokens) *jsontree.Node {
			return aps.NewAnswer(a.Result).Text("accessToken", a.AccessToken).Moment("accessTokenExpiryTime", a.AccessExpiry).
				Text("refreshToken", a.RefreshToken).Moment("refreshTokenExpiryTime", a.RefreshExpiry).
				Text("customerId", a.CustomerID).Text("userLoginId", a.LoginID).Node()
		},
		ReadAnswer: func(f aps.Fields) aps.WalletTokens {
			return aps.WalletTokens{
				Result: readResult(f), AccessToken: f.Text("accessToken"), AccessExpiry: f.Moment("accessTokenExpiryTime"),
				RefreshToken: f.Text("refreshToken"), RefreshExpiry: f.Moment("refreshTokenExpiryTime"),
				CustomerID: f.Text("customerId"), LoginID: f.Text("userLoginId"),
			}
		},
		Result:  func(a aps.WalletTokens) aps.Result { return a.Result },
		Refusal: func(r aps.Result) aps.WalletTokens { return aps.WalletTokens{Result: r} },
		About:   func(r aps.WalletTokenRequest) aps.Subject { return r.Subject },
		Move:    still[aps.WalletTokenRequest], MoveAnswer: still[aps.WalletTokens],
	}
}

// Cancellation is cancelToken.
func Cancellation() Form[aps.WalletTokenCancel, aps.Result] {
	return Form[aps.WalletTokenCancel, aps.Result]{
		API: aps.CancelToken,
		Write: func(r aps.WalletTokenCancel) *jsontree.Node {
			return aps.NewMessage().Text("pspId", r.PspID).Text("acquirerId", r.AcquirerID).Text("accessToken", r.AccessToken).Node()
		},
		Read: func(f aps.Fields) aps.WalletTokenCancel {
			return aps.WalletTokenCancel{PspID: f.Text("pspId"), AcquirerID: f.Text("acquirerId"), AccessToken: f.Text("accessToken")}
		},
		WriteAnswer: writeResult, ReadAnswer: readResult, Result: same[aps.Result], Refusal: same[aps.Result],
		About: func(r aps.WalletTokenCancel) aps.Subject { return r.Subject },
		Move:  still[aps.WalletTokenCancel], MoveAnswer: still[aps.Result],
	}
}

// Notice is authNotify.
func Notice() Form[aps.AuthNotice, aps.Result] {
	return Form[aps.AuthNotice, aps.Result]{
		API: aps.AuthNotify,
		Write: func(r aps.AuthNotice) *jsontree.Node {
			return aps.NewMessage().Text("authorizationNotifyType", r.Type).Text("authClientId", r.AuthClientID).
				Text("referenceAgreementId", r.ReferenceAgreementID).Text("authCode", r.AuthCode).Text("accessToken", r.AccessToken).
				Text("customerId", r.CustomerID).Text("reason", r.Reason).Node()
		},
		Read: func(f aps.Fields) aps.AuthNotice {
			return aps.AuthNotice{
				Type: f.Text("authorizationNotifyType"), AuthClientID: f.Text("authClientId"), ReferenceAgreementID: f.Text("referenceAgreementId"),
				AuthCode: f.Text("authCode"), AccessToken: f.Text("accessToken"), CustomerID: f.Text("customerId"), Reason: f.Text("reason"),
			}
		},
		WriteAnswer: writeResult, ReadAnswer: readResult, Result: same[aps.Result], Refusal: same[aps.Result],
		About: func(r aps.AuthNotice) aps.Subject { return r.Subject },
		Move:  still[aps.AuthNotice], MoveAnswer: still[aps.Result],
	}
}

// Unbinding is consultUnbinding.
func Unbinding() Form[aps.UnbindingQuestion, aps.UnbindingAnswer] {
	return Form[aps.UnbindingQuestion, aps.UnbindingAnswer]{
		API: aps.ConsultUnbinding,
		Write: func(r aps.UnbindingQuestion) *jsontree.Node {
			return aps.NewMessage().Text("authClientId", r.AuthClientID).Text("referenceMerchantId", r.ReferenceMerchantID).
				Text("accessToken", r.AccessToken).Node()
		},
		Read: func(f aps.Fields) aps.UnbindingQuestion {
			return aps.UnbindingQuestion{
				AuthClientID: f.Text("authClientId"), ReferenceMerchantID: f.Text("referenceMerchantId"), AccessToken: f.Text("accessToken"),
			}
		},
		WriteAnswer: func(a aps.UnbindingAnswer) *jsontree.Node {
			m := aps.NewAnswer(a.Result)
			if a.Result.Status == aps.Success {
				m.Text("allowUnbinding", flag(a.Allowed))
			}
			return m.Node()
		},
		ReadAnswer: func(f aps.Fields) aps.UnbindingAnswer {
			return aps.UnbindingAnswer{Result: readResult(f), Allowed: f.True("allowUnbinding")}
		},
		Result:  func(a aps.UnbindingAnswer) aps.Result { return a.Result },
		Refusal: func(r aps.Result) aps.UnbindingAnswer { return aps.UnbindingAnswer{Result: r} },
		About:   func(r aps.UnbindingQuestion) aps.Subject { return r.Subject },
		Move:    still[aps.UnbindingQuestion], MoveAnswer: still[aps.UnbindingAnswer],
	}
}
