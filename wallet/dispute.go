package wallet

import (
	"cmp"
	"context"

	"mppsim/wallet/aps"
	"mppsim/wallet/control"
	"mppsim/wallet/dispute"
	"mppsim/wallet/network"
)

func (s *Simulator) disputed() map[aps.API]serving {
	s.disputes = dispute.New(dispute.Options{
		Store: s.store, Payments: s.disputablePayment, Clocks: s.timelineClock, Courier: s.courier, Address: s.address, IDs: s.options.IDs,
	})
	return map[aps.API]serving{
		aps.ResponseRetrieval: s.disputes.RespondRetrieval, aps.ResponseEscalation: s.disputes.RespondEscalation,
	}
}

func (s *Simulator) disputablePayment(ctx context.Context, id string) (dispute.Payment, bool, error) {
	if id == "" {
		return dispute.Payment{}, false, nil
	}
	o, found, err := s.network.Order(ctx, id)
	p := dispute.Payment{Timeline: o.Timeline, Paid: o.Paid, Amount: o.Request().Amount, Refunded: o.Refunded(), Subject: o.Subject()}
	return p, found && o.State == network.Success, err
}

// Disputes implements control.API.
func (s *Simulator) Disputes(ctx context.Context, q control.DisputeQuery) ([]control.Dispute, error) {
	list, err := s.disputes.List(ctx, q.Timeline, q.PaymentRequestID)
	views := make([]control.Dispute, 0, len(list))
	for _, c := range list {
		views = append(views, disputeView(c))
	}
	return views, translate(err)
}

// OpenDispute implements control.API.
func (s *Simulator) OpenDispute(ctx context.Context, spec control.DisputeSpec) (control.Dispute, error) {
	c, answer, err := s.disputes.Initiate(ctx, dispute.Spec{
		Kind: dispute.Kind(spec.Kind), Payment: spec.PaymentRequestID, ID: s.disputeID(spec), Amount: spec.Amount,
		Reason: spec.Reason, Due: spec.Due, Probe: spec.Probe,
	})
	if err != nil {
		return control.Dispute{}, translate(err)
	}
	view := disputeView(c)
	if answer.Code != "" {
		view.Answer = &answer
	}
	return view, nil
}

// disputeID is the id of a dispute among those of the client whose payment it is about.
func (s *Simulator) disputeID(spec control.DisputeSpec) string {
	client, _ := s.clients.Split(spec.PaymentRequestID)
	if client == "" {
		return spec.DisputeRequestID
	}
	_, id := s.clients.Split(spec.DisputeRequestID)
	return s.clients.Mark(client, cmp.Or(id, s.options.IDs()))
}

// CancelDispute implements control.API.
func (s *Simulator) CancelDispute(ctx context.Context, id string) (control.Dispute, error) {
	c, err := s.disputes.Cancel(ctx, id)
	return disputeView(c), translate(err)
}

func disputeView(c dispute.Case) control.Dispute {
	view := control.Dispute{
		DisputeRequestID: c.ID, Kind: string(c.Kind), PaymentRequestID: c.Payment, Timeline: c.Timeline, State: string(c.State),
		Amount: c.Amount, Reason: c.Reason, Occurred: c.Occurred, Closed: c.Closed,
	}
	if r := c.Response; c.State == dispute.Answered {
		view.Response = &control.DisputeResponse{
			ResponseCode: r.Code, RefundType: r.RefundType, RefundAmount: r.Refund, PlannedRefundTime: r.Planned,
			Papers: r.Papers, Documents: r.Documents,
		}
	}
	return view
}
