package gateway

import (
	"context"

	"mppsim/wallet/aps"
	"mppsim/wallet/fault"
	"mppsim/wallet/jsontree"
)

// reply is an answer before it is written: its results can still be replaced.
type reply struct {
	result  aps.Result
	outcome *aps.Result
	write   func(result aps.Result, outcome *aps.Result) *jsontree.Node
}

// bare is an answer that tells nothing but its result.
func bare(result aps.Result) reply {
	return reply{result: result, write: func(r aps.Result, _ *aps.Result) *jsontree.Node {
		return aps.CancelAnswer{Result: r}.Node()
	}}
}

// draft is an answer to a call on which the network does not act.
func (g *Gateway) draft(ctx context.Context, c *call) reply {
	if c.request == nil {
		return c.door.refusal(aps.ResultOf("SUCCESS"))
	}
	return c.request.draft(g, g.Network.Draft(ctx, c.subject, c.marks.Amount))
}

func payReply(a aps.PayAnswer) reply {
	return reply{result: a.Result, write: func(r aps.Result, _ *aps.Result) *jsontree.Node {
		a.Result = r
		return a.Node()
	}}
}

func inquiryReply(a aps.InquiryAnswer) reply {
	return reply{result: a.Result, outcome: a.Outcome, write: func(r aps.Result, outcome *aps.Result) *jsontree.Node {
		a.Result = r
		if outcome != a.Outcome {
			a.Outcome, a.Transactions = outcome, nil
		}
		return a.Node()
	}}
}

func cancelReply(a aps.CancelAnswer) reply {
	return reply{result: a.Result, write: func(r aps.Result, _ *aps.Result) *jsontree.Node {
		a.Result = r
		return a.Node()
	}}
}

func refundReply(a aps.RefundAnswer) reply {
	return reply{result: a.Result, write: func(r aps.Result, _ *aps.Result) *jsontree.Node {
		a.Result = r
		return a.Node()
	}}
}

// compose writes the body of an answer as the script wants it. told is the same as a tree, nil if the body is none any
// more; signed is false for what no longer comes from the gateway.
func (r reply) compose(s fault.Script) (body []byte, told *jsontree.Node, signed bool, err error) {
	result, outcome := r.result, r.outcome
	if s.Result != nil {
		result = *s.Result
	}
	if s.Outcome != nil {
		outcome = s.Outcome
	}
	told = r.write(result, outcome)
	if body, err = fault.Alter(told, s.Alter); err != nil {
		return nil, nil, false, err
	}
	body, signed = fault.Garble(body, s.Garbling)
	if s.Alter.Body != nil || s.Garbling != fault.Clear {
		told = nil
	}
	return body, told, signed, nil
}
