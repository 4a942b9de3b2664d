package wallet

import (
	"context"

	"mppsim/fixtures"
	"mppsim/wallet/control"
	"mppsim/wallet/risk"
)

// LoginPayer implements control.API.
func (s *Simulator) LoginPayer(ctx context.Context, payer string, spec control.LoginSpec) (control.Payer, error) {
	p, err := s.wallet.Login(ctx, payer, spec.Device)
	return payerView(p), translate(err)
}

// RiskPolicy implements control.API.
func (s *Simulator) RiskPolicy(ctx context.Context, timeline string) (risk.Policy, error) {
	p, err := s.wallet.RiskPolicy(ctx, timeline)
	return p, translate(err)
}

// SetRiskPolicy implements control.API.
func (s *Simulator) SetRiskPolicy(ctx context.Context, spec control.RiskPolicySpec) (risk.Policy, error) {
	if _, err := s.network.Timeline(spec.Timeline); err != nil {
		return risk.Policy{}, translate(err)
	}
	return spec.Policy, translate(s.wallet.SetRiskPolicy(ctx, spec.Timeline, spec.Policy))
}

// RiskCases implements control.API.
func (s *Simulator) RiskCases(ctx context.Context, timeline string) ([]control.RiskCase, error) {
	return listed(ctx, s, timeline, risk.Cases, caseView)
}

// ReportRisk implements control.API.
func (s *Simulator) ReportRisk(ctx context.Context, spec control.RiskReport) (control.RiskCase, error) {
	c, err := s.wallet.ReportRisk(ctx, spec.Payer, spec.PaymentRequestID, spec.Suspicion)
	return caseView(c), translate(err)
}

// AnswerRisk implements control.API.
func (s *Simulator) AnswerRisk(ctx context.Context, id string, a control.RiskAnswer) (control.RiskCase, error) {
	c, err := s.wallet.AnswerRisk(ctx, a.Timeline, id, a.Confirmed, a.Finding)
	return caseView(c), translate(err)
}

func caseView(c risk.Case) control.RiskCase {
	return control.RiskCase{
		ID: c.ID, Timeline: c.Timeline, CustomerID: c.CustomerID, PaymentRequestID: c.Payment, Suspicion: c.Suspicion,
		Opened: c.Opened, Answered: c.Answered, Confirmed: c.Confirmed, Finding: c.Finding,
	}
}

// riskPolicy reads the strategies: one's own, or the built-in.
func (o Options) riskPolicy() (*risk.Policy, error) {
	p, err := risk.Parse(orBuiltIn(o.Risk, "risk.yaml", fixtures.Risk))
	return &p, err
}
