package control

import (
	"context"
	"net/http"
	"time"

	"mppsim/wallet/risk"
)

// RiskControl is the wallet's risk control (mpp-api §9.2).
type RiskControl interface {
	// LoginPayer lets a payer's account log in on a device, which is the payer's phone from then on.
	LoginPayer(ctx context.Context, payer string, spec LoginSpec) (Payer, error)
	RiskPolicy(ctx context.Context, timeline string) (risk.Policy, error)
	// SetRiskPolicy puts other strategies in force on a timeline; the version must be a new one.
	SetRiskPolicy(ctx context.Context, spec RiskPolicySpec) (risk.Policy, error)
	RiskCases(ctx context.Context, timeline string) ([]RiskCase, error)
	// ReportRisk has Alipay+ ask the wallet to look into a payer.
	ReportRisk(ctx context.Context, spec RiskReport) (RiskCase, error)
	// AnswerRisk closes a case; a confirmed suspicion has the payer refused from then on.
	AnswerRisk(ctx context.Context, id string, answer RiskAnswer) (RiskCase, error)
}

// LoginSpec names a device; an empty name is the payer's own.
type LoginSpec struct {
	Device string `json:"device,omitempty"`
}

// RiskPolicySpec is a policy for a timeline.
type RiskPolicySpec struct {
	Timeline string      `json:"timeline"`
	Policy   risk.Policy `json:"policy"`
}

// RiskReport is a suspicion of Alipay+.
type RiskReport struct {
	Payer            string `json:"payer"`
	PaymentRequestID string `json:"paymentRequestId,omitempty"` // wallet leg
	Suspicion        string `json:"suspicion"`                  // promotion-abuse, gambling, bad-credit
}

// RiskAnswer is what the wallet found.
type RiskAnswer struct {
	Timeline  string `json:"timeline"`
	Confirmed bool   `json:"confirmed"`
	Finding   string `json:"finding,omitempty"`
}

// RiskCase is a suspicion with its answer.
type RiskCase struct {
	ID               string    `json:"id"`
	Timeline         string    `json:"timeline"`
	CustomerID       string    `json:"customerId"`
	PaymentRequestID string    `json:"paymentRequestId,omitempty"`
	Suspicion        string    `json:"suspicion"`
	Opened           time.Time `json:"opened"`            // on the timeline
	Answered         time.Time `json:"answered,omitzero"` // absent: open
	Confirmed        bool      `json:"confirmed"`
	Finding          string    `json:"finding,omitempty"`
}

func riskRoutes(s routes, api API) {
	s.post("/payers/{id}/logins", write(func(r *http.Request, spec LoginSpec) (Payer, error) {
		return api.LoginPayer(r.Context(), id(r), spec)
	}))
	s.get("/risk/policy", read(func(r *http.Request) (risk.Policy, error) {
		return api.RiskPolicy(r.Context(), r.FormValue("timeline"))
	}))
	s.post("/risk/policy", write(api2(api.SetRiskPolicy)))
	s.get("/risk/cases", read(func(r *http.Request) ([]RiskCase, error) { return api.RiskCases(r.Context(), r.FormValue("timeline")) }))
	s.post("/risk/cases", write(api2(api.ReportRisk)))
	s.post("/risk/cases/{id}/answer", write(func(r *http.Request, a RiskAnswer) (RiskCase, error) {
		return api.AnswerRisk(r.Context(), id(r), a)
	}))
}

// LoginPayer implements API.
func (c *Client) LoginPayer(ctx context.Context, payer string, spec LoginSpec) (Payer, error) {
	return post[Payer](ctx, c, "login of payer "+payer, "/payers/"+seg(payer)+"/logins", spec)
}

// RiskPolicy implements API.
func (c *Client) RiskPolicy(ctx context.Context, timeline string) (risk.Policy, error) {
	return get[risk.Policy](ctx, c, "risk policy", ofTimeline("/risk/policy", timeline))
}

// SetRiskPolicy implements API.
func (c *Client) SetRiskPolicy(ctx context.Context, spec RiskPolicySpec) (risk.Policy, error) {
	return post[risk.Policy](ctx, c, "set risk policy", "/risk/policy", spec)
}

// RiskCases implements API.
func (c *Client) RiskCases(ctx context.Context, timeline string) ([]RiskCase, error) {
	return get[[]RiskCase](ctx, c, "risk cases", ofTimeline("/risk/cases", timeline))
}

// ReportRisk implements API.
func (c *Client) ReportRisk(ctx context.Context, spec RiskReport) (RiskCase, error) {
	return post[RiskCase](ctx, c, "report risk of payer "+spec.Payer, "/risk/cases", spec)
}

// AnswerRisk implements API.
func (c *Client) AnswerRisk(ctx context.Context, id string, answer RiskAnswer) (RiskCase, error) {
	return post[RiskCase](ctx, c, "answer risk case "+id, "/risk/cases/"+seg(id)+"/answer", answer)
}
