package control

import (
	"context"
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
	s.post("/payers/{id}/logins", "loginPayer", "Have the payer's account log in on a device", to(api.LoginPayer))
	s.get("/risk/policy", "riskPolicy", "Show the wallet's risk strategies", onTimeline(api.RiskPolicy))
	s.post("/risk/policy", "setRiskPolicy", "Put other risk strategies in force", asked(api.SetRiskPolicy))
	s.get("/risk/cases", "riskCases", "List the suspicions that Alipay+ reported", onTimeline(api.RiskCases))
	s.post("/risk/cases", "reportRisk", "Have Alipay+ ask the wallet to look into a payer", asked(api.ReportRisk))
	s.post("/risk/cases/{id}/answer", "answerRisk", "Have the wallet confirm or clear a suspicion", to(api.AnswerRisk))
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
