package consent

import (
	"context"
	"slices"
	"strings"
	"time"

	"mppsim/wallet/aps"
	"mppsim/wallet/store"
)

// ApplyToken is part of aps.AuthorisationWallet. An auth code that was exchanged already brings the same token again, as
// long as it lives, because the first answer may have been lost.
func (w *Agreements) ApplyToken(ctx context.Context, req aps.WalletTokenRequest) (aps.WalletTokens, error) {
	kind, name := byCode, req.AuthCode
	if req.GrantType == aps.GrantRefreshToken {
		kind, name = byRefresh, req.RefreshToken
	}
	if name == "" || req.GrantType != aps.GrantRefreshToken && req.GrantType != aps.GrantAuthorizationCode {
		return aps.WalletTokens{Result: refusal("PARAM_ILLEGAL", "grantType, authCode or refreshToken is missing")}, nil
	}
	var answer aps.WalletTokens
	var a Agreement
	fresh := false
	err := w.Store.Update(ctx, func(tx store.Tx) (err error) {
		var found bool
		if a, found, err = find(tx, kind, name); err != nil {
			return err
		}
		if problem := w.unusable(a, found, kind, req); problem != "" {
			answer.Result = refusal("PROCESS_FAIL", problem)
			return nil
		}
		before := a.State
		if kind == byRefresh && a.Tokens.Refresh == name || before != Active {
			if a, err = w.issue(tx, a); err != nil {
				return err
			}
		}
		fresh = before != Active
		answer = w.answer(a)
		return nil
	})
	if err == nil && fresh && answer.Result.Status == aps.Success {
		err = w.tell(ctx, a, aps.TokenCreated, "")
	}
	return answer, err
}

// unusable says what is wrong with an auth code or a refresh token.
func (w *Agreements) unusable(a Agreement, found bool, kind string, req aps.WalletTokenRequest) string {
	switch {
	case !found, kind == byCode && a.Code != req.AuthCode, kind == byRefresh && !a.Tokens.refreshedBy(req.RefreshToken):
		return "The auth code or refresh token is unknown."
	case a.Client != req.AuthClientID:
		return "The auth code or refresh token belongs to another client."
	case a.State == Cancelled:
		return "The agreement has ended."
	}
	now := w.Clocks(a.Payer.Timeline).Now()
	if kind == byCode && a.State == Consented && !now.Before(a.CodeExpiry) || kind == byRefresh && !now.Before(a.Tokens.RefreshExpiry) {
		return "The auth code or refresh token has expired."
	}
	return ""
}

// refreshedBy reports whether a refresh token brings these tokens: their own, or the one with which they were made.
func (t Tokens) refreshedBy(refresh string) bool {
	return t.Refresh == refresh || t.Former != nil && t.Former.Refresh == refresh
}

// lifeOf is when an access token ends. The one before a refreshing lives to its end.
func (t Tokens) lifeOf(access string) (expiry time.Time, known bool) {
	if t.Former != nil && t.Former.Access == access {
		return t.Former.AccessExpiry, true
	}
	return t.AccessExpiry, t.Access == access
}

// issue gives an agreement new tokens.
func (w *Agreements) issue(tx store.Tx, a Agreement) (Agreement, error) {
	now := w.Clocks(a.Payer.Timeline).Now()
	var former *Tokens
	if a.State == Active {
		former = &Tokens{Access: a.Tokens.Access, AccessExpiry: a.Tokens.AccessExpiry, Refresh: a.Tokens.Refresh}
	}
	a.State = Active
	a.Tokens = Tokens{Former: former, Access: w.IDs(), AccessExpiry: now.Add(accessLife), Refresh: w.IDs(), RefreshExpiry: now.Add(refreshLife)}
	if err := a.name(tx, byAccess, a.Tokens.Access); err != nil {
		return a, err
	}
	if err := a.name(tx, byRefresh, a.Tokens.Refresh); err != nil {
		return a, err
	}
	return a, agreements().Put(tx, a.ID, a)
}

func (w *Agreements) answer(a Agreement) aps.WalletTokens {
	line := w.Clocks(a.Payer.Timeline)
	real := func(t time.Time) time.Time { return line.ToBase(t) }
	return aps.WalletTokens{
		Result: aps.ResultOf("SUCCESS"), AccessToken: a.Tokens.Access, AccessExpiry: real(a.Tokens.AccessExpiry),
		RefreshToken: a.Tokens.Refresh, RefreshExpiry: real(a.Tokens.RefreshExpiry),
		CustomerID: a.Payer.CustomerID, LoginID: mask(a.Payer.CustomerID),
	}
}

// mask hides the middle of a login id.
func mask(id string) string {
	if len(id) < 8 {
		return strings.Repeat("*", 4)
	}
	return id[:3] + "****" + id[len(id)-3:]
}

// paymentScope is the right to debit by agreement.
const paymentScope = "AGREEMENT_PAY"

// Bearer returns the payer whose money an access token gives a right to, or the result code with which a payment with it
// is refused (mpp-api §4.1.2). An agreement that names no scope at all gives the right.
func (w *Agreements) Bearer(tx store.Tx, accessToken, authClientID string) (payerID, refusal string, err error) {
	if accessToken == "" {
		return "", "INVALID_TOKEN", nil
	}
	a, found, err := find(tx, byAccess, accessToken)
	expiry, known := a.Tokens.lifeOf(accessToken)
	switch {
	case err != nil:
		return "", "", err
	case !found, a.State != Active, !known, authClientID != "" && authClientID != a.Client,
		len(a.Scopes) > 0 && !slices.Contains(a.Scopes, paymentScope):
		return "", "INVALID_TOKEN", nil
	case !w.Clocks(a.Payer.Timeline).Now().Before(expiry):
		return "", "EXPIRED_ACCESS_TOKEN", nil
	}
	return a.Payer.ID, "", nil
}

// CancelToken is part of aps.AuthorisationWallet. The same token again is cancelled as before.
func (w *Agreements) CancelToken(ctx context.Context, req aps.WalletTokenCancel) (aps.Result, error) {
	var a Agreement
	found, fresh := false, false
	err := w.Store.Update(ctx, func(tx store.Tx) (err error) {
		if a, found, err = find(tx, byAccess, req.AccessToken); err != nil || !found {
			return err
		}
		fresh, a.State = a.State != Cancelled, Cancelled
		return agreements().Put(tx, a.ID, a)
	})
	switch {
	case err != nil:
		return aps.Result{}, err
	case !found:
		return refusal("INVALID_TOKEN", "There is no such token."), nil
	case fresh:
		err = w.tell(ctx, a, aps.TokenCanceled, "ended by the merchant")
	}
	return aps.ResultOf("SUCCESS"), err
}
