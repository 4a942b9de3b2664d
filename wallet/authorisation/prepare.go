package authorisation

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"mppsim/wallet/aps"
	"mppsim/wallet/jsontree"
	"mppsim/wallet/store"
)

// Prepare answers prepare with the address at which the payer agrees. The two ids together are the key; what the catalogue
// names must be the same in a repetition (acqp-api §7). A preparation whose outcome is unknown is made again.
func (n *Authorisations) Prepare(ctx context.Context, s aps.Subject, root *jsontree.Node) (*jsontree.Node, error) {
	f := aps.FieldsOf(root)
	client, reference, compared := f.Text("authClientId"), f.Text("referenceAgreementId"), n.compared(f)
	a, found, err := n.Find(ctx, client, reference)
	if err != nil {
		return nil, err
	}
	if !found {
		if a, err = n.ask(ctx, s, f, compared); err != nil {
			return nil, err
		}
		if a.Result.Final() {
			if a, err = n.keep(ctx, a); err != nil {
				return nil, err
			}
		}
	}
	if a.Compared != compared {
		return bare(aps.ResultOf("REPEAT_REQ_INCONSISTENT")), nil
	}
	return aps.NewAnswer(a.Result).Text("authUrl", a.AuthURL).Text("normalUrl", a.AuthURL).Node(), nil
}

// compared is what must not differ in a repetition, as one text.
func (n *Authorisations) compared(f aps.Fields) string {
	var text strings.Builder
	for _, name := range n.Compared {
		if node := f.Node(name); node != nil {
			text.Write(node.Write(jsontree.Layout{}))
		}
		text.WriteByte('\n')
	}
	return text.String()
}

// ask has the wallet prepare an agreement.
func (n *Authorisations) ask(ctx context.Context, s aps.Subject, f aps.Fields, compared string) (Agreement, error) {
	a := Agreement{
		Client: f.Text("authClientId"), Reference: f.Text("referenceAgreementId"), Timeline: s.Timeline, State: Prepared,
		AuthState: f.Text("authState"), Compared: compared, Texts: s.Texts,
	}
	back, err := withState(f.Text("authRedirectUrl"), a.AuthState)
	if err != nil {
		return a, err
	}
	answer, err := n.Wallet().Prepare(ctx, aps.WalletPrepare{
		Subject: a.subject(), PspID: n.PspID, AcquirerID: n.AcquirerID, AuthClientID: a.Client, AuthClientName: f.Text("authClientName"),
		ReferenceAgreementID: a.Reference, ReferenceMerchantID: a.Client, RedirectURL: back, Scopes: f.Texts("scopes"),
	})
	if err != nil {
		n.Logger.Warn("the wallet gave no answer to prepare", "agreement", a.Reference, "error", err)
		a.Result = aps.ResultOf("UNKNOWN_EXCEPTION")
		return a, nil
	}
	a.Result, a.AuthURL = answer.Result, answer.AuthURL
	if a.Result.Status == aps.Failure {
		a.State = Refused
	}
	return a, nil
}

// withState adds authState to the address at which the payer comes back.
func withState(redirect, state string) (string, error) {
	u, err := url.Parse(redirect)
	if err != nil {
		return "", fmt.Errorf("authRedirectUrl: %w", err)
	}
	if state == "" {
		return redirect, nil
	}
	q := u.Query()
	q.Set("authState", state)
	u.RawQuery = q.Encode()
	return u.String(), nil
}

// keep books an agreement, unless somebody was faster.
func (n *Authorisations) keep(ctx context.Context, a Agreement) (Agreement, error) {
	err := n.Store.Update(ctx, func(tx store.Tx) error {
		before, found, err := agreements().Get(tx, a.key())
		if err != nil || found {
			a = before
			return err
		}
		return agreements().Insert(tx, a.key(), a)
	})
	return a, err
}
