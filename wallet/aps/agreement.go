package aps

import (
	"context"
	"time"
)

// AuthorisationWallet is what the network asks of a wallet about auto debit agreements (mpp-api §4.8). An error
// means that no usable answer came.
type AuthorisationWallet interface {
	Prepare(ctx context.Context, req WalletPrepare) (WalletPrepared, error)
	ApplyToken(ctx context.Context, req WalletTokenRequest) (WalletTokens, error)
	CancelToken(ctx context.Context, req WalletTokenCancel) (Result, error)
}

// AuthorisationNetwork is what a wallet asks of Alipay+ about agreements (mpp-api §4.8).
type AuthorisationNetwork interface {
	AuthNotify(ctx context.Context, note AuthNotice) (Result, error)
	ConsultUnbinding(ctx context.Context, req UnbindingQuestion) (UnbindingAnswer, error)
}

// WalletPrepare asks the wallet for the address at which a payer can agree. The two ids are the key.
type WalletPrepare struct {
	Subject              Subject
	PspID, AcquirerID    string
	AuthClientID         string
	AuthClientName       string // shown to the payer
	ReferenceAgreementID string
	ReferenceMerchantID  string
	RedirectURL          string // authRedirectUrl; the wallet appends the auth code
	Scopes               []string
}

// WalletPrepared is the wallet's answer to prepare.
type WalletPrepared struct {
	Result  Result
	AuthURL string
}

// The ways to a token.
const (
	GrantAuthorizationCode = "AUTHORIZATION_CODE"
	GrantRefreshToken      = "REFRESH_TOKEN"
)

// WalletTokenRequest exchanges an auth code or a refresh token for an access token.
type WalletTokenRequest struct {
	Subject           Subject
	PspID, AcquirerID string
	AuthClientID      string
	GrantType         string
	AuthCode          string
	RefreshToken      string
}

// WalletTokens is the wallet's answer to applyToken.
type WalletTokens struct {
	Result        Result
	AccessToken   string
	AccessExpiry  time.Time // real time
	RefreshToken  string
	RefreshExpiry time.Time // real time
	CustomerID    string
	LoginID       string // masked
}

// WalletTokenCancel ends an access token of the wallet.
type WalletTokenCancel struct {
	Subject           Subject
	PspID, AcquirerID string
	AccessToken       string
}

// The kinds of AuthNotice.
const (
	AuthCodeCreated = "AUTHCODE_CREATED"
	TokenCreated    = "TOKEN_CREATED"
	TokenCanceled   = "TOKEN_CANCELED"
)

// AuthNotice tells the network what became of an agreement.
type AuthNotice struct {
	Subject              Subject
	Type                 string
	AuthClientID         string
	ReferenceAgreementID string
	AuthCode             string // of AuthCodeCreated
	AccessToken          string // of the others: the wallet's
	CustomerID           string
	Reason               string // of TokenCanceled
}

// UnbindingQuestion asks whether a payer may end an agreement.
type UnbindingQuestion struct {
	Subject             Subject
	AuthClientID        string
	ReferenceMerchantID string
	AccessToken         string // the wallet's
}

// UnbindingAnswer says whether the payer may. Only a successful answer allows it.
type UnbindingAnswer struct {
	Result  Result
	Allowed bool
}
