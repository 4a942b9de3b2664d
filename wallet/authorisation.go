package wallet

import (
	"context"
	"strings"

	"mppsim/wallet/aps"
	"mppsim/wallet/authorisation"
	"mppsim/wallet/consent"
	"mppsim/wallet/control"
	"mppsim/wallet/jsontree"
	"mppsim/wallet/store"
)

// AgreementPages is where the wallet's pages stand on which payers agree to auto debit.
const AgreementPages = "/wallet/agreements/"

func (s *Simulator) authorisations() map[aps.API]serving {
	o := s.options
	var compared []string
	if op, err := s.operation(aps.Prepare); err == nil && op.Idempotency != nil {
		compared = op.Idempotency.Compared
	}
	s.grants = authorisation.New(authorisation.Options{
		Store: s.store, Wallet: s.agreementWallet, Acquirer: acquirerPort{s}, Courier: s.courier,
		Clocks: s.timelineClock, Home: s.home, Address: s.address, IDs: o.IDs, Logger: o.Logger,
		AcquirerID: o.AcquirerID, PspID: o.PspID, WalletName: o.WalletBrand, Compared: compared,
	})
	s.consents = consent.New(consent.Options{
		Store: s.store, Network: s.agreementNetwork(), Payers: s.consentingPayer, Clocks: s.timelineClock, IDs: o.IDs, Page: s.agreementPage,
	})
	return map[aps.API]serving{
		aps.Prepare: s.grants.Prepare, aps.ApplyToken: s.grants.ApplyToken, aps.CancelToken: s.cancelToken,
	}
}

// tokenPort leads the network to the agreements, which are made after it.
type tokenPort struct{ s *Simulator }

func (p tokenPort) Owner(tx store.Tx, client, accessToken string) (string, bool, error) {
	a, found, err := p.s.grants.Active(tx, accessToken)
	return a.Customer, found && p.s.grantedTo(a, client), err
}

// grantedTo reports whether an agreement is one of a client's, who is named in short.
func (s *Simulator) grantedTo(a authorisation.Agreement, client string) bool {
	whose, _ := s.clients.Split(a.Client)
	return whose == client
}

// cancelToken knows the tokens of the caller only.
func (s *Simulator) cancelToken(ctx context.Context, about aps.Subject, root *jsontree.Node) (*jsontree.Node, error) {
	if a, found, err := s.grants.Concerned(ctx, aps.FieldsOf(root)); err == nil && found && !s.grantedTo(a, about.Client) {
		return aps.NewAnswer(aps.ResultOf("INVALID_TOKEN")).Node(), nil
	}
	return s.grants.CancelToken(ctx, about, root)
}

func (p tokenPort) WalletToken(tx store.Tx, accessToken string) (token, authClientID string, err error) {
	return p.s.grants.WalletToken(tx, accessToken)
}

// bearerPort leads the wallet to its agreements, which are made after it.
type bearerPort struct{ s *Simulator }

func (p bearerPort) Bearer(tx store.Tx, accessToken, authClientID string) (payerID, refusal string, err error) {
	return p.s.consents.Bearer(tx, accessToken, authClientID)
}

// home finds the timeline of a wallet user.
func (s *Simulator) home(ctx context.Context, customerID string) (string, bool, error) {
	h, found, err := s.network.Holder(ctx, customerID)
	return h.Timeline, found, err
}

func (s *Simulator) consentingPayer(ctx context.Context, id string) (consent.Payer, error) {
	p, err := s.wallet.Payer(ctx, id)
	return consent.Payer{ID: p.ID, CustomerID: p.CustomerID, Timeline: p.Timeline}, err
}

func (s *Simulator) agreementPage(id string) string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return strings.TrimRight(s.urls.gateway, "/") + AgreementPages + id
}

// Agreements implements control.API.
func (s *Simulator) Agreements(ctx context.Context, timeline string) ([]control.Agreement, error) {
	list, err := s.grants.List(ctx, timeline)
	views := make([]control.Agreement, 0, len(list))
	for _, a := range list {
		views = append(views, agreementView(a))
	}
	return views, translate(err)
}

func agreementView(a authorisation.Agreement) control.Agreement {
	return control.Agreement{
		AuthClientID: a.Client, ReferenceAgreementID: a.Reference, Timeline: a.Timeline, CustomerID: a.Customer, State: string(a.State),
		AuthURL: a.AuthURL, AuthCode: a.Code, AccessToken: a.Token, Expiry: a.Expiry,
	}
}

// Consent implements control.API.
func (s *Simulator) Consent(ctx context.Context, payer string, spec control.ConsentSpec) (control.Consent, error) {
	if err := s.wallet.Online(ctx, payer); err != nil {
		return control.Consent{}, translate(err)
	}
	act := s.consents.Consent
	if spec.Decline {
		act = s.consents.Decline
	}
	a, back, err := act(ctx, payer, spec.Agreement)
	if err != nil {
		return control.Consent{}, translate(err)
	}
	return control.Consent{RedirectURL: back, AuthCode: a.Code}, nil
}

// Unbind implements control.API.
func (s *Simulator) Unbind(ctx context.Context, payer string, spec control.UnbindSpec) (control.Agreement, error) {
	ended, err := s.consents.Unbind(ctx, payer, spec.Agreement, spec.BackOffice)
	if err != nil {
		return control.Agreement{}, translate(err)
	}
	a, _, err := s.grants.Find(ctx, ended.Client, ended.Reference)
	return agreementView(a), translate(err)
}
