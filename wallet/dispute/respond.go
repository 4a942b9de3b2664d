package dispute

import (
	"context"
	"errors"

	"mppsim/wallet/aps"
	"mppsim/wallet/jsontree"
	"mppsim/wallet/money"
)

// papers are the members of a response that are kept as they come.
func papers() []string {
	return []string{"transactionReceipt", "proofOfDelivery", "merchantInformation", "endUserInformation", "remarks"}
}

// RespondRetrieval answers responseRetrieval. The same id again has the same result; the first answer stays.
func (d *Disputes) RespondRetrieval(ctx context.Context, _ aps.Subject, root *jsontree.Node) (*jsontree.Node, error) {
	return d.respond(ctx, Retrieval, root)
}

// RespondEscalation answers responseEscalation. A repetition with another refundType or refundAmount is
// REPEAT_REQ_INCONSISTENT; more than was asked for is PARAM_ILLEGAL.
func (d *Disputes) RespondEscalation(ctx context.Context, _ aps.Subject, root *jsontree.Node) (*jsontree.Node, error) {
	return d.respond(ctx, Escalation, root)
}

func (d *Disputes) respond(ctx context.Context, kind Kind, root *jsontree.Node) (*jsontree.Node, error) {
	f := aps.FieldsOf(root)
	given := read(f)
	var result aps.Result
	_, err := d.change(ctx, f.Text("disputeRequestId"), func(c *Case) error {
		if result = c.judge(kind, given); result.Status == aps.Success && c.State != Answered {
			c.State, c.Response, c.Closed = Answered, given, d.Clocks(c.Timeline).Now()
		}
		return nil
	})
	if errors.Is(err, ErrUnknown) {
		result, err = failure("There is no such dispute."), nil
	}
	return aps.NewAnswer(result).Node(), err
}

func read(f aps.Fields) Response {
	r := Response{
		Code: f.Text("responseCode"), RefundType: f.Text("refundType"), Refund: f.Amount("refundAmount"),
		Planned: f.Moment("plannedRefundTime"), Papers: make(map[string]string), Documents: f.Texts("otherDocumentation"),
	}
	for _, name := range papers() {
		if text := f.Text(name); text != "" {
			r.Papers[name] = text
		}
	}
	return r
}

// judge says what becomes of a response.
func (c Case) judge(kind Kind, given Response) aps.Result {
	switch {
	case c.Kind != kind:
		return failure("The dispute is of another kind.")
	case c.State == Cancelled || c.State == Refused:
		return failure("The dispute is closed.")
	case c.State == Answered && (c.Response.RefundType != given.RefundType || c.Response.Refund != given.Refund):
		return aps.ResultOf("REPEAT_REQ_INCONSISTENT")
	case given.Refund != (money.Amount{}) && (given.Refund.Currency != c.Amount.Currency || given.Refund.Value > c.Amount.Value):
		r := aps.ResultOf("PARAM_ILLEGAL")
		r.Message = "refundAmount is more than was asked for, or in another currency."
		return r
	}
	return aps.ResultOf("SUCCESS")
}

func failure(message string) aps.Result {
	r := aps.ResultOf("PROCESS_FAIL")
	r.Message = message
	return r
}
