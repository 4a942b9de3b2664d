package gateway

import (
	"context"

	"mppsim/wallet/aps"
	"mppsim/wallet/fault"
	"mppsim/wallet/jsontree"
)

// writers put the network's answers about payments into the words of a door.
type writers struct {
	pay           func(aps.PayAnswer) *jsontree.Node
	payText       func(aps.PayAnswer) []byte // the text of pay's tree, written without it; nil: there is no such short cut
	inquiry       func(aps.InquiryAnswer) *jsontree.Node
	cancel        func(aps.CancelAnswer) *jsontree.Node
	refund        func(aps.RefundAnswer) *jsontree.Node
	refundInquiry func(aps.RefundInquiryAnswer) *jsontree.Node
	// forced puts a result into the words of a door that somebody wants an answer to have; nil: it is written as it is.
	forced func(aps.API, aps.Result) aps.Result
}

func (w writers) payCall(r aps.PayRequest) request              { return payCall{&r, w} }
func (w writers) inquiryCall(r aps.InquiryRequest) request      { return inquiryCall{r, w} }
func (w writers) cancelCall(r aps.CancelRequest) request        { return cancelCall{r, w} }
func (w writers) refundCall(r aps.RefundRequest) request        { return refundCall{r, w} }
func (w writers) refundInquiryCall(r aps.RefundInquiry) request { return refundInquiryCall{r, w} }

type payCall struct {
	*aps.PayRequest // never changed
	writers
}

func (c payCall) marks() aps.Marks {
	return aps.Marks{PaymentRequestID: c.PaymentRequestID, Code: c.Code, Token: c.Token, Amount: c.Amount, Texts: c.Texts}
}

func (c payCall) serve(ctx context.Context, g *Gateway, subject aps.Subject, script fault.Script) (reply, error) {
	a, err := g.Network.Pay(ctx, subject, c.PayRequest, script.Force)
	return c.payReply(a), err
}

// draft tells the id of a payment that does not exist only in a success, which pretends that it does (acqp-api §5.1): by any
// other the acquirer would ask for what never comes to be, also after it has sent the same payment again.
func (c payCall) draft(_ *Gateway, p aps.Payment, exists bool) reply {
	return c.reply(aps.Pay, aps.ResultOf("SUCCESS"), func(r aps.Result, _ *aps.Result) *jsontree.Node {
		told := p
		if !exists && r.Status != aps.Success {
			told.PaymentID = ""
		}
		return c.pay(aps.PayAnswer{Result: r, Payment: told})
	})
}

type inquiryCall struct {
	aps.InquiryRequest
	writers
}

func (c inquiryCall) marks() aps.Marks {
	return aps.Marks{PaymentRequestID: c.PaymentRequestID, PaymentID: c.PaymentID}
}

func (c inquiryCall) serve(ctx context.Context, g *Gateway, _ aps.Subject, _ fault.Script) (reply, error) {
	a, err := g.Network.Inquiry(ctx, c.InquiryRequest)
	return c.inquiryReply(a), err
}

func (c inquiryCall) draft(_ *Gateway, p aps.Payment, _ bool) reply {
	return c.inquiryReply(aps.InquiryAnswer{Result: aps.ResultOf("SUCCESS"), Payment: p})
}

type cancelCall struct {
	aps.CancelRequest
	writers
}

func (c cancelCall) marks() aps.Marks {
	return aps.Marks{PaymentRequestID: c.PaymentRequestID, PaymentID: c.PaymentID}
}

func (c cancelCall) serve(ctx context.Context, g *Gateway, subject aps.Subject, _ fault.Script) (reply, error) {
	a, err := g.Network.Cancel(ctx, subject, c.CancelRequest)
	return c.cancelReply(a), err
}

func (c cancelCall) draft(_ *Gateway, p aps.Payment, _ bool) reply {
	return c.cancelReply(aps.CancelAnswer{Result: aps.ResultOf("SUCCESS"), AcquirerID: p.AcquirerID, PspID: p.PspID, Payment: p})
}

type refundCall struct {
	aps.RefundRequest
	writers
}

func (c refundCall) marks() aps.Marks {
	return aps.Marks{
		PaymentRequestID: c.PaymentRequestID, PaymentID: c.PaymentID, RefundRequestID: c.RefundRequestID, Amount: c.Amount,
	}
}

func (c refundCall) serve(ctx context.Context, g *Gateway, _ aps.Subject, _ fault.Script) (reply, error) {
	a, err := g.Network.Refund(ctx, c.RefundRequest)
	return c.refundReply(a), err
}

func (c refundCall) draft(g *Gateway, p aps.Payment, _ bool) reply {
	return c.refundReply(aps.RefundAnswer{
		Result: aps.ResultOf("SUCCESS"), AcquirerID: p.AcquirerID, PspID: p.PspID, RefundID: g.IDs(),
		Time: g.Wall.Now(), Amount: c.Amount, Settlement: c.Amount,
		RefundRequestID: c.RefundRequestID, PaymentID: p.PaymentID,
	})
}

type refundInquiryCall struct {
	aps.RefundInquiry
	writers
}

func (c refundInquiryCall) marks() aps.Marks {
	return aps.Marks{RefundRequestID: c.RefundRequestID, RefundID: c.RefundID}
}

func (c refundInquiryCall) serve(ctx context.Context, g *Gateway, _ aps.Subject, _ fault.Script) (reply, error) {
	a, err := g.Network.InquiryRefund(ctx, c.RefundInquiry)
	return c.refundInquiryReply(a), err
}

func (c refundInquiryCall) draft(g *Gateway, p aps.Payment, _ bool) reply {
	success := aps.ResultOf("SUCCESS")
	return c.refundInquiryReply(aps.RefundInquiryAnswer{Result: success, Refund: aps.RefundAnswer{
		Result: success, RefundID: c.RefundID, RefundRequestID: c.RefundRequestID, PaymentID: p.PaymentID, Time: g.Wall.Now(), Amount: p.Amount,
	}})
}
