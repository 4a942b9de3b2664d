package authorisation

import (
	"context"
	"time"

	"mppsim/wallet/aps"
	"mppsim/wallet/jsontree"
	"mppsim/wallet/store"
)

// refreshMargin is how long before its end the wallet's token is refreshed.
const refreshMargin = time.Hour

// ApplyToken answers applyToken. The same auth code again brings the same token, as long as it lives.
func (n *Authorisations) ApplyToken(ctx context.Context, _ aps.Subject, root *jsontree.Node) (*jsontree.Node, error) {
	f := aps.FieldsOf(root)
	a, found, err := n.byCode(ctx, f.Text("authCode"))
	switch {
	case err != nil:
		return nil, err
	case !found:
		return bare(failure("PROCESS_FAIL", "The auth code is unknown.")), nil
	case a.Client != f.Text("authClientId"):
		return bare(failure("PARAM_ILLEGAL", "The auth code belongs to another authClientId.")), nil
	case a.State == Active && n.now(a).Before(a.Expiry):
		return n.tokenAnswer(a), nil
	}
	answer, err := n.Wallet().ApplyToken(ctx, aps.WalletTokenRequest{
		Subject: a.subject(), PspID: n.PspID, AcquirerID: n.AcquirerID, AuthClientID: a.Client, GrantType: aps.GrantAuthorizationCode, AuthCode: a.Code,
	})
	if err != nil {
		n.Logger.Warn("the wallet gave no answer to applyToken", "agreement", a.Reference, "error", err)
		return bare(aps.ResultOf("UNKNOWN_EXCEPTION")), nil
	}
	if answer.Result.Status != aps.Success {
		return bare(answer.Result), nil
	}
	if a, err = n.activate(ctx, a, answer); err != nil {
		return nil, err
	}
	return n.tokenAnswer(a), nil
}

func (n *Authorisations) byCode(ctx context.Context, code string) (a Agreement, found bool, err error) {
	err = n.Store.View(ctx, func(tx store.Tx) error {
		a, found, err = lookUp(tx, codes(), code)
		return err
	})
	return a, found && a.Code == code, err
}

// activate gives the acquirer a token for the wallet's. Of two exchanges at the same instant one makes it.
func (n *Authorisations) activate(ctx context.Context, a Agreement, t aps.WalletTokens) (Agreement, error) {
	fresh := false
	a, err := n.change(ctx, a.key(), func(tx store.Tx, a *Agreement) error {
		if fresh = a.State == Authorised; !fresh {
			return nil
		}
		line := n.Clocks(a.Timeline)
		a.State, a.Token, a.Customer, a.LoginID = Active, n.IDs(), t.CustomerID, t.LoginID
		if a.Expiry = line.FromBase(t.AccessExpiry); t.RefreshToken != "" {
			a.Expiry = line.FromBase(t.RefreshExpiry) // until then the wallet's token can be refreshed
		}
		if err := tokens().Put(tx, a.Token, a.key()); err != nil {
			return err
		}
		return a.takeOver(tx, t, line.FromBase(t.AccessExpiry))
	})
	if err == nil && fresh {
		n.refreshLater(context.WithoutCancel(ctx), a)
		n.notify(a, aps.TokenCreated, "")
	}
	return a, err
}

// takeOver books the wallet's tokens.
func (a *Agreement) takeOver(tx store.Tx, t aps.WalletTokens, expiry time.Time) error {
	a.Wallet = WalletToken{Access: t.AccessToken, AccessExpiry: expiry, Refresh: t.RefreshToken}
	return walletTokens().Put(tx, t.AccessToken, a.key())
}

func (n *Authorisations) tokenAnswer(a Agreement) *jsontree.Node {
	if a.State != Active {
		return bare(failure("PROCESS_FAIL", "The agreement has ended."))
	}
	binding := aps.NewMessage().Text("walletName", n.WalletName).Text("walletBrandName", n.WalletName).Node()
	return aps.NewAnswer(aps.ResultOf("SUCCESS")).Text("accessToken", a.Token).
		Moment("accessTokenExpiryTime", n.Clocks(a.Timeline).ToBase(a.Expiry)).
		Text("userLoginId", a.LoginID).Object("walletForAccountBinding", binding).Node()
}

// refreshLater renews the wallet's token shortly before it ends, as long as the agreement is active.
func (n *Authorisations) refreshLater(ctx context.Context, a Agreement) {
	line := n.Clocks(a.Timeline)
	now := line.Now()
	pause := max(a.Wallet.AccessExpiry.Add(-refreshMargin).Sub(now), refreshMargin) // also when a wallet gives short ones
	if a.Wallet.Refresh == "" || !now.Add(pause).Before(a.Expiry) {
		return
	}
	line.AfterFunc(pause, func() {
		if err := n.refresh(ctx, a.key()); err != nil {
			n.Logger.Error("a wallet's token could not be refreshed", "agreement", a.Reference, "error", err)
		}
	})
}

func (n *Authorisations) refresh(ctx context.Context, key string) error {
	a, err := n.change(ctx, key, func(store.Tx, *Agreement) error { return nil })
	if err != nil || a.State != Active {
		return err
	}
	answer, err := n.Wallet().ApplyToken(ctx, aps.WalletTokenRequest{
		Subject: a.subject(), PspID: n.PspID, AcquirerID: n.AcquirerID, AuthClientID: a.Client, GrantType: aps.GrantRefreshToken, RefreshToken: a.Wallet.Refresh,
	})
	switch {
	case err != nil || answer.Result.Status == aps.Unknown:
		n.refreshLater(context.WithoutCancel(ctx), a) // asked again: the refresh token lives longer than the access token
		return err
	case answer.Result.Status != aps.Success:
		return n.end(ctx, key, "the wallet does not renew the token: "+answer.Result.Code)
	}
	a, err = n.change(ctx, key, func(tx store.Tx, a *Agreement) error {
		return a.takeOver(tx, answer, n.Clocks(a.Timeline).FromBase(answer.AccessExpiry))
	})
	if err == nil {
		n.refreshLater(context.WithoutCancel(ctx), a)
	}
	return err
}

// CancelToken answers cancelToken. The same token again has the same result.
func (n *Authorisations) CancelToken(ctx context.Context, _ aps.Subject, root *jsontree.Node) (*jsontree.Node, error) {
	token := aps.FieldsOf(root).Text("accessToken")
	var a Agreement
	var found bool
	err := n.Store.View(ctx, func(tx store.Tx) (err error) {
		a, found, err = lookUp(tx, tokens(), token)
		return err
	})
	switch {
	case err != nil:
		return nil, err
	case !found:
		return bare(aps.ResultOf("INVALID_TOKEN")), nil
	case a.State == Cancelled:
		return bare(aps.ResultOf("SUCCESS")), nil
	}
	result, err := n.Wallet().CancelToken(ctx, aps.WalletTokenCancel{
		Subject: a.subject(), PspID: n.PspID, AcquirerID: n.AcquirerID, AccessToken: a.Wallet.Access,
	})
	if err != nil {
		n.Logger.Warn("the wallet gave no answer to cancelToken", "agreement", a.Reference, "error", err)
		return bare(aps.ResultOf("UNKNOWN_EXCEPTION")), nil
	}
	if result.Status != aps.Success {
		return bare(result), nil
	}
	return bare(result), n.end(ctx, a.key(), "ended by the merchant")
}
