package control

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"mppsim/wallet/aps"
	"mppsim/wallet/money"
)

// Disputes are what payers dispute (acqp-api §5.11).
type Disputes interface {
	Disputes(ctx context.Context, q DisputeQuery) ([]Dispute, error)
	// OpenDispute sends initiateRetrieval or initiateEscalation, or repeats it.
	OpenDispute(ctx context.Context, spec DisputeSpec) (Dispute, error)
	CancelDispute(ctx context.Context, disputeRequestID string) (Dispute, error)
}

// DisputeQuery selects disputes: those of a payment, or of a timeline.
type DisputeQuery struct {
	Timeline         string
	PaymentRequestID string
}

// DisputeSpec asks for a dispute.
type DisputeSpec struct {
	Kind             string       `json:"kind"` // RETRIEVAL, ESCALATION
	PaymentRequestID string       `json:"paymentRequestId"`
	DisputeRequestID string       `json:"disputeRequestId,omitempty"` // default: a new one; a known one repeats its message
	Amount           money.Amount `json:"amount,omitzero"`            // of an escalation; default: all that can still be disputed
	Reason           string       `json:"reason,omitempty"`
	Due              Duration     `json:"due,omitempty"` // until an answer is wanted
	// Probe sends the message whatever the rules of disputes say, and books nothing.
	Probe bool `json:"probe,omitempty"`
}

// Dispute is a dispute in the books of Alipay+, with the acquirer's answer to the message just sent.
type Dispute struct {
	DisputeRequestID string           `json:"disputeRequestId"`
	Kind             string           `json:"kind"`
	PaymentRequestID string           `json:"paymentRequestId"`
	Timeline         string           `json:"timeline"`
	State            string           `json:"state"` // SENT, REFUSED, OPEN, ANSWERED, CANCELLED
	Amount           money.Amount     `json:"amount,omitzero"`
	Reason           string           `json:"reason,omitempty"`
	Occurred         time.Time        `json:"occurred"` // on the timeline
	Closed           time.Time        `json:"closed,omitzero"`
	Answer           *aps.Result      `json:"answer,omitempty"` // of OpenDispute; none if no answer came
	Response         *DisputeResponse `json:"response,omitempty"`
}

// DisputeResponse is what the acquirer said to a dispute.
type DisputeResponse struct {
	ResponseCode      string            `json:"responseCode,omitempty"`
	RefundType        string            `json:"refundType,omitempty"`
	RefundAmount      money.Amount      `json:"refundAmount,omitzero"`
	PlannedRefundTime time.Time         `json:"plannedRefundTime,omitzero"`
	Papers            map[string]string `json:"papers,omitempty"` // by the name of the member
	Documents         []string          `json:"otherDocumentation,omitempty"`
}

func disputeRoutes(s routes, api API) {
	s.get("/disputes", "disputes", "List disputes", read(func(r *http.Request) ([]Dispute, error) {
		return api.Disputes(r.Context(), DisputeQuery{Timeline: r.FormValue("timeline"), PaymentRequestID: r.FormValue("paymentRequestId")})
	}, "timeline", "paymentRequestId"))
	s.post("/disputes", "openDispute", "Have a payer dispute a payment", asked(api.OpenDispute))
	s.post("/disputes/{id}/cancel", "cancelDispute", "Have a payer give a dispute up",
		write(func(r *http.Request, _ none) (Dispute, error) { return api.CancelDispute(r.Context(), id(r)) }))
}

// Disputes implements API.
func (c *Client) Disputes(ctx context.Context, q DisputeQuery) ([]Dispute, error) {
	values := url.Values{"timeline": {q.Timeline}, "paymentRequestId": {q.PaymentRequestID}}
	return get[[]Dispute](ctx, c, "disputes", "/disputes?"+values.Encode())
}

// OpenDispute implements API.
func (c *Client) OpenDispute(ctx context.Context, spec DisputeSpec) (Dispute, error) {
	return post[Dispute](ctx, c, "open dispute about payment "+spec.PaymentRequestID, "/disputes", spec)
}

// CancelDispute implements API.
func (c *Client) CancelDispute(ctx context.Context, disputeRequestID string) (Dispute, error) {
	return post[Dispute](ctx, c, "cancel dispute "+disputeRequestID, "/disputes/"+seg(disputeRequestID)+"/cancel", none{})
}
