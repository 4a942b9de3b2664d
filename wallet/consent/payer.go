package consent

import (
	"context"
	"fmt"
	"net/url"

	"mppsim/wallet/aps"
	"mppsim/wallet/store"
)

// Consent has a payer agree. It returns the agreement and the address to which the payer is sent back with the auth
// code. Alipay+ is told before it returns. An agreement without token can be consented to again, by the same
// payer; the new auth code replaces the old one (ErrUnknown, ErrState, ErrLimit).
func (w *Agreements) Consent(ctx context.Context, payerID, name string) (Agreement, string, error) {
	payer, err := w.Payers(ctx, payerID)
	if err != nil {
		return Agreement{}, "", err
	}
	code := w.IDs()
	a, err := w.change(ctx, name, func(tx store.Tx, a *Agreement) error {
		if err := w.allow(tx, *a, payer); err != nil {
			return err
		}
		a.State, a.Payer = Consented, payer
		a.Code, a.CodeExpiry = code, w.Clocks(payer.Timeline).Now().Add(codeLife)
		if err := a.name(tx, byCode, code); err != nil {
			return err
		}
		return a.name(tx, byPayer, payer.ID, a.ID)
	})
	if err != nil {
		return a, "", err
	}
	back, err := withCode(a.RedirectURL, code)
	if err != nil {
		return a, "", err
	}
	return a, back, w.tell(ctx, a, aps.AuthCodeCreated, "")
}

func (w *Agreements) allow(tx store.Tx, a Agreement, payer Payer) error {
	switch {
	case a.State == Active || a.State == Cancelled:
		return fmt.Errorf("agreement %s is %s: %w", a.Reference, a.State, ErrState)
	case a.Payer.ID != "" && a.Payer.ID != payer.ID:
		return fmt.Errorf("agreement %s is another payer's: %w", a.Reference, ErrState)
	case w.Limit <= 0:
		return nil
	}
	list, err := listOf(tx, payer.ID)
	active := 0
	for _, other := range list {
		if other.State == Active {
			active++
		}
	}
	if err == nil && active >= w.Limit {
		err = fmt.Errorf("payer %s: %w (%d)", payer.ID, ErrLimit, w.Limit)
	}
	return err
}

func withCode(redirect, code string) (string, error) {
	u, err := url.Parse(redirect)
	if err != nil {
		return "", fmt.Errorf("authRedirectUrl: %w", err)
	}
	q := u.Query()
	q.Set("authCode", code)
	u.RawQuery = q.Encode()
	return u.String(), nil
}

// Decline has a payer refuse. It returns the address to which the payer is sent back, without auth code.
func (w *Agreements) Decline(ctx context.Context, payerID, name string) (Agreement, string, error) {
	payer, err := w.Payers(ctx, payerID)
	if err != nil {
		return Agreement{}, "", err
	}
	a, err := w.change(ctx, name, func(tx store.Tx, a *Agreement) error {
		if err := w.allow(tx, *a, payer); err != nil {
			return err
		}
		a.State, a.Code = Declined, ""
		return nil
	})
	return a, a.RedirectURL, err
}

// Unbind has the payer, or with office the wallet's back office, end an agreement with a token. The payer needs the
// acquirer's leave (ErrRefused); the back office asks nobody. Alipay+ is told before it returns.
func (w *Agreements) Unbind(ctx context.Context, payerID, name string, office bool) (Agreement, error) {
	a, err := w.Find(ctx, name)
	if err != nil {
		return a, err
	}
	if a.State != Active || a.Payer.ID != payerID {
		return a, fmt.Errorf("agreement %s is %s and not an active one of payer %s: %w", a.Reference, a.State, payerID, ErrState)
	}
	reason := "ended by the wallet"
	if !office {
		reason = "ended by the user"
		if err := w.askLeave(ctx, a); err != nil {
			return a, err
		}
	}
	if a, err = w.end(ctx, a.ID); err != nil {
		return a, err
	}
	return a, w.tell(ctx, a, aps.TokenCanceled, reason)
}

func (w *Agreements) askLeave(ctx context.Context, a Agreement) error {
	answer, err := w.Network.ConsultUnbinding(ctx, aps.UnbindingQuestion{
		Subject:      a.subject(),
		AuthClientID: a.Client, ReferenceMerchantID: a.Merchant, AccessToken: a.Tokens.Access,
	})
	if err == nil && (answer.Result.Status != aps.Success || !answer.Allowed) {
		err = fmt.Errorf("%w: %s", ErrRefused, answer.Result.Code)
	}
	if err != nil {
		return fmt.Errorf("agreement %s: %w", a.Reference, err)
	}
	return nil
}

func (w *Agreements) end(ctx context.Context, id string) (Agreement, error) {
	return w.change(ctx, id, func(_ store.Tx, a *Agreement) error {
		a.State = Cancelled
		return nil
	})
}

// List returns the agreements to which a payer consented.
func (w *Agreements) List(ctx context.Context, payerID string) (list []Agreement, err error) {
	err = w.Store.View(ctx, func(tx store.Tx) error {
		list, err = listOf(tx, payerID)
		return err
	})
	return list, err
}

func listOf(tx store.Tx, payerID string) ([]Agreement, error) {
	ids, err := byName().List(tx, store.Key(byPayer, payerID))
	list := make([]Agreement, 0, len(ids))
	for _, id := range ids {
		a, _, err := agreements().Get(tx, id)
		if err != nil {
			return nil, err
		}
		list = append(list, a)
	}
	return list, err
}

// change loads an agreement, lets f alter it and keeps it.
func (w *Agreements) change(ctx context.Context, name string, f func(tx store.Tx, a *Agreement) error) (a Agreement, err error) {
	err = w.Store.Update(ctx, func(tx store.Tx) error {
		if a, err = seek(tx, name); err != nil {
			return err
		}
		if err := f(tx, &a); err != nil {
			return err
		}
		return agreements().Put(tx, a.ID, a)
	})
	return a, err
}

// subject tells records whose message it is.
func (a Agreement) subject() aps.Subject {
	return aps.Subject{Timeline: a.Payer.Timeline, Match: "agreement", Payer: a.Payer.ID}
}

// tell has Alipay+ know what became of an agreement.
func (w *Agreements) tell(ctx context.Context, a Agreement, kind, reason string) error {
	note := aps.AuthNotice{
		Subject: a.subject(), Type: kind, AuthClientID: a.Client, ReferenceAgreementID: a.Reference, CustomerID: a.Payer.CustomerID, Reason: reason,
	}
	if kind == aps.AuthCodeCreated {
		note.AuthCode = a.Code
	} else {
		note.AccessToken = a.Tokens.Access
	}
	return w.inform(context.WithoutCancel(ctx), note, 0)
}

// inform sends a notice. One that is not acknowledged is sent again, on the payer's timeline.
func (w *Agreements) inform(ctx context.Context, note aps.AuthNotice, attempt int) error {
	answer, err := w.Network.AuthNotify(ctx, note)
	if err == nil && answer.Final() {
		if answer.Status != aps.Success {
			return fmt.Errorf("authNotify: %s", answer.Code)
		}
		return nil
	}
	if pauses := aps.NotificationPauses(); attempt < len(pauses) {
		w.Clocks(note.Subject.Timeline).AfterFunc(pauses[attempt], func() {
			_ = w.inform(ctx, note, attempt+1) // whoever caused it has gone
		})
	}
	return nil
}
