package control

import (
	"context"
	"time"
)

// Authorisations are the agreements of auto debit (acqp-api §5.10).
type Authorisations interface {
	Agreements(ctx context.Context, timeline string) ([]Agreement, error)
	// Consent has a payer say yes or no on the page to which prepare leads.
	Consent(ctx context.Context, payer string, spec ConsentSpec) (Consent, error)
	// Unbind has a payer, or the wallet's back office, end an active agreement.
	Unbind(ctx context.Context, payer string, spec UnbindSpec) (Agreement, error)
}

// Agreement is an agreement in the books of Alipay+.
type Agreement struct {
	AuthClientID         string    `json:"authClientId"`
	ReferenceAgreementID string    `json:"referenceAgreementId"`
	Timeline             string    `json:"timeline"`
	CustomerID           string    `json:"customerId,omitempty"`
	State                string    `json:"state"` // PREPARED, REFUSED, AUTHORISED, ACTIVE, CANCELLED
	AuthURL              string    `json:"authUrl,omitempty"`
	AuthCode             string    `json:"authCode,omitempty"`
	AccessToken          string    `json:"accessToken,omitempty"` // the acquirer's
	Expiry               time.Time `json:"expiry,omitzero"`       // of the token, on the timeline
}

// ConsentSpec names an agreement and says whether the payer wants it.
type ConsentSpec struct {
	Agreement string `json:"agreement"` // authUrl of prepare's answer, or referenceAgreementId where it is unique
	Decline   bool   `json:"decline,omitempty"`
}

// Consent is where the payer is sent back to.
type Consent struct {
	RedirectURL string `json:"redirectUrl"` // the acquirer's authRedirectUrl with authState and, after a yes, authCode
	AuthCode    string `json:"authCode,omitempty"`
}

// UnbindSpec names an agreement to end.
type UnbindSpec struct {
	Agreement  string `json:"agreement"`            // as in ConsentSpec
	BackOffice bool   `json:"backOffice,omitempty"` // the wallet ends it, and asks nobody
}

func authorisationRoutes(s routes, api API) {
	s.get("/agreements", "agreements", "List the auto debit agreements", onTimeline(api.Agreements))
	s.post("/payers/{id}/consent", "consent", "Have the payer agree to an auto debit, or refuse it", to(api.Consent))
	s.post("/payers/{id}/unbind", "unbind", "Have the payer, or the wallet's back office, end an agreement", to(api.Unbind))
}

// Agreements implements API.
func (c *Client) Agreements(ctx context.Context, timeline string) ([]Agreement, error) {
	return get[[]Agreement](ctx, c, "agreements", ofTimeline("/agreements", timeline))
}

// Consent implements API.
func (c *Client) Consent(ctx context.Context, payer string, spec ConsentSpec) (Consent, error) {
	return post[Consent](ctx, c, "consent of payer "+payer, "/payers/"+seg(payer)+"/consent", spec)
}

// Unbind implements API.
func (c *Client) Unbind(ctx context.Context, payer string, spec UnbindSpec) (Agreement, error) {
	return post[Agreement](ctx, c, "unbind by payer "+payer, "/payers/"+seg(payer)+"/unbind", spec)
}
