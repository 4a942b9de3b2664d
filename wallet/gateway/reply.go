package gateway

import (
	"context"

	"mppsim/wallet/aps"
	"mppsim/wallet/fault"
	"mppsim/wallet/jsontree"
	"mppsim/wallet/trace"
)

// reply is an answer before it is written: its results can still be replaced.
type reply struct {
	result  aps.Result
	outcome *aps.Result
	write   func(result aps.Result, outcome *aps.Result) *jsontree.Node
	// text writes the genuine answer at once, without the tree that only faults need; nil: there is no such short cut.
	text func() []byte
	// payment is the paymentId that text tells.
	payment string
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
	payment, exists := g.Network.Draft(ctx, c.subject, c.marks.Amount)
	return c.request.draft(g, payment, exists)
}

func (w writers) payReply(a aps.PayAnswer) reply {
	tree, text := w.pay, w.payText
	r := w.reply(aps.Pay, a.Result, func(r aps.Result, _ *aps.Result) *jsontree.Node {
		told := a
		told.Result = r
		return tree(told)
	})
	if text != nil {
		r.text, r.payment = func() []byte { return text(a) }, a.Payment.PaymentID
	}
	return r
}

func (w writers) inquiryReply(a aps.InquiryAnswer) reply {
	r := w.reply(aps.InquiryPayment, a.Result, func(r aps.Result, outcome *aps.Result) *jsontree.Node {
		a.Result = r
		if outcome != a.Outcome {
			a.Outcome, a.Transactions = outcome, nil
		}
		return w.inquiry(a)
	})
	r.outcome = a.Outcome
	return r
}

func (w writers) cancelReply(a aps.CancelAnswer) reply {
	return w.reply(aps.CancelPayment, a.Result, func(r aps.Result, _ *aps.Result) *jsontree.Node {
		a.Result = r
		return w.cancel(a)
	})
}

func (w writers) refundReply(a aps.RefundAnswer) reply {
	return w.reply(aps.Refund, a.Result, func(r aps.Result, _ *aps.Result) *jsontree.Node {
		a.Result = r
		return w.refund(a)
	})
}

func (w writers) refundInquiryReply(a aps.RefundInquiryAnswer) reply {
	return w.reply(aps.InquiryRefund, a.Result, func(r aps.Result, _ *aps.Result) *jsontree.Node {
		a.Result = r
		return w.refundInquiry(a)
	})
}

// reply lets a result that replaces the genuine one keep its name where the door knows it.
func (w writers) reply(api aps.API, genuine aps.Result, write func(aps.Result, *aps.Result) *jsontree.Node) reply {
	if w.forced == nil {
		return reply{result: genuine, write: write}
	}
	return reply{result: genuine, write: func(r aps.Result, outcome *aps.Result) *jsontree.Node {
		answer := write(r, outcome)
		if r != genuine {
			answer.Members[0].Value = w.forced(api, r).Node() // the result stands first
		}
		return answer
	}}
}

// compose writes the body of an answer as the script wants it. told is what it says, nil if nobody knows any
// more; signed is false for what no longer comes from the gateway.
func (r reply) compose(of route, s fault.Script) (body []byte, told *telling, signed bool, err error) {
	if r.text != nil && len(s.Faults) == 0 {
		return r.text(), &telling{result: &trace.Result{Code: r.result.Code, Status: string(r.result.Status)}, payment: r.payment}, true, nil
	}
	body, tree, signed, err := r.altered(s)
	if tree != nil {
		told = read(of, tree)
	}
	return body, told, signed, err
}

// altered writes the body by way of a tree, and returns both.
func (r reply) altered(s fault.Script) (body []byte, told *jsontree.Node, signed bool, err error) {
	result, outcome := r.result, r.outcome
	if s.Result != nil {
		result = *s.Result
	}
	if s.Outcome != nil {
		outcome = s.Outcome
	}
	told = r.write(result, outcome)
	for _, twist := range s.Twists {
		twist(told)
	}
	if body, err = fault.Alter(told, s.Alter); err != nil {
		return nil, nil, false, err
	}
	body, signed = fault.Garble(body, s.Garbling)
	if s.Alter.Body != nil || s.Garbling != fault.Clear {
		told = nil
	}
	return body, told, signed, nil
}
