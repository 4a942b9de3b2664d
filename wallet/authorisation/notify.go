package authorisation

import (
	"context"
	"errors"
	"fmt"

	"mppsim/wallet/aps"
	"mppsim/wallet/courier"
	"mppsim/wallet/store"
)

// AuthNotify is part of aps.AuthorisationNetwork: what a wallet tells is passed on to the acquirer. A token's creation
// Alipay+ tells by itself, because the acquirer's token is its own.
func (n *Authorisations) AuthNotify(ctx context.Context, note aps.AuthNotice) (aps.Result, error) {
	switch note.Type {
	case aps.AuthCodeCreated:
		return n.authorise(ctx, note)
	case aps.TokenCreated:
		return aps.ResultOf("SUCCESS"), nil
	case aps.TokenCanceled:
		return n.cancelled(ctx, note)
	}
	return aps.ResultOf("PARAM_ILLEGAL"), nil
}

// authorise books an auth code. The agreement moves to the timeline of the payer, if it had none.
func (n *Authorisations) authorise(ctx context.Context, note aps.AuthNotice) (aps.Result, error) {
	home, _, err := n.Home(ctx, note.CustomerID)
	if err != nil {
		return aps.Result{}, err
	}
	done := false
	a, err := n.change(ctx, store.Key(note.AuthClientID, note.ReferenceAgreementID), func(tx store.Tx, a *Agreement) error {
		if a.State != Prepared && a.State != Authorised {
			return nil
		}
		done = true
		if a.Timeline == "" {
			a.Timeline = home
		}
		a.State, a.Code, a.Customer = Authorised, note.AuthCode, note.CustomerID
		return codes().Put(tx, a.Code, a.key())
	})
	if err != nil || !done {
		return aps.ResultOf("PROCESS_FAIL"), err
	}
	n.notify(a, aps.AuthCodeCreated, "")
	return aps.ResultOf("SUCCESS"), nil
}

// cancelled ends the agreement behind a wallet's token. A token that no agreement has any more is no matter.
func (n *Authorisations) cancelled(ctx context.Context, note aps.AuthNotice) (aps.Result, error) {
	var a Agreement
	var found bool
	err := n.Store.View(ctx, func(tx store.Tx) (err error) {
		a, found, err = lookUp(tx, walletTokens(), note.AccessToken)
		return err
	})
	if err == nil && found {
		err = n.end(ctx, a.key(), note.Reason)
	}
	return aps.ResultOf("SUCCESS"), err
}

// end cancels an agreement and tells the acquirer, once.
func (n *Authorisations) end(ctx context.Context, key, reason string) error {
	fresh := false
	a, err := n.change(ctx, key, func(_ store.Tx, a *Agreement) error {
		fresh, a.State = a.State == Active, Cancelled
		return nil
	})
	if err == nil && fresh {
		n.notify(a, aps.TokenCanceled, reason)
	}
	return err
}

// notify has the acquirer told, where its address is known.
func (n *Authorisations) notify(a Agreement, kind, reason string) {
	body := aps.NewMessage().Text("authorizationNotifyType", kind).Text("authClientId", a.Client).
		Text("referenceAgreementId", a.Reference).Text("authState", a.AuthState)
	if kind == aps.AuthCodeCreated {
		body.Text("authCode", a.Code)
	} else {
		body.Text("accessToken", a.Token).Text("reason", reason)
	}
	n.Courier.Post(courier.Message{
		Name: fmt.Sprintf("authorisation/%s/%s/%s", a.key(), kind, a.Code), Timeline: a.Timeline,
		Write: func(ctx context.Context) (aps.Call, bool) {
			address, err := n.Address(aps.AuthNotify)
			if err != nil || kind != aps.TokenCanceled && n.ended(ctx, a) {
				return aps.Call{}, false
			}
			return aps.Call{API: aps.AuthNotify, URL: address, Subject: a.subject(), Body: body.Node()}, true
		},
	})
}

// ended says that what an agreement began with is not worth telling any more.
func (n *Authorisations) ended(ctx context.Context, a Agreement) bool {
	now, _, err := n.Find(ctx, a.Client, a.Reference)
	return err == nil && now.State == Cancelled
}

// ConsultUnbinding is part of aps.AuthorisationNetwork: it asks the acquirer whether a payer may end an agreement. An
// acquirer without address has no say; one that gives no answer has not allowed it.
func (n *Authorisations) ConsultUnbinding(ctx context.Context, q aps.UnbindingQuestion) (aps.UnbindingAnswer, error) {
	var a Agreement
	var found bool
	err := n.Store.View(ctx, func(tx store.Tx) (err error) {
		a, found, err = lookUp(tx, walletTokens(), q.AccessToken)
		return err
	})
	if err != nil {
		return aps.UnbindingAnswer{}, err
	}
	if !found || a.Client != q.AuthClientID {
		return aps.UnbindingAnswer{Result: aps.ResultOf("INVALID_TOKEN")}, nil
	}
	address, err := n.Address(aps.ConsultUnbinding)
	if errors.Is(err, ErrAddress) {
		return aps.UnbindingAnswer{Result: aps.ResultOf("SUCCESS"), Allowed: true}, nil
	}
	if err != nil {
		return aps.UnbindingAnswer{}, err
	}
	return n.consult(ctx, a, address), nil
}

func (n *Authorisations) consult(ctx context.Context, a Agreement, address string) aps.UnbindingAnswer {
	body := aps.NewMessage().Text("authClientId", a.Client).Text("accessToken", a.Token).Text("customerId", a.Customer).Node()
	answer, err := n.Acquirer.Call(ctx, aps.Call{API: aps.ConsultUnbinding, URL: address, Subject: a.subject(), Body: body})
	if err != nil {
		n.Logger.Warn("the acquirer gave no answer to consultUnbinding", "agreement", a.Reference, "error", err)
		return aps.UnbindingAnswer{Result: aps.ResultOf("UNKNOWN_EXCEPTION")}
	}
	f := aps.FieldsOf(answer)
	word := f.Text("allowUnbinding")
	return aps.UnbindingAnswer{Result: f.Result("result"), Allowed: word == "" || f.True("allowUnbinding")}
}
