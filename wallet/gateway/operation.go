package gateway

import (
	"context"

	"mppsim/wallet/aps"
	"mppsim/wallet/fault"
	"mppsim/wallet/jsontree"
)

// door is one dialect in which an acquirer can speak: its paths, its operations and its way to refuse.
type door struct {
	name       string // aps or ams
	operations []operation
	refusal    func(aps.Result) reply
}

// operation is one API of a door.
type operation struct {
	api  aps.API // what it means, whatever the dialect calls it: faults are aimed at it, records name it
	path string
	read func(root *jsontree.Node) (request, aps.Reading)
}

// request is a message that was understood: what it is about, and what becomes of it.
type request interface {
	marks() aps.Marks
	// serve lets the network act on it.
	serve(ctx context.Context, g *Gateway, subject aps.Subject, script fault.Script) (reply, error)
	// draft is a successful answer about a payment on which the network does not act.
	draft(g *Gateway, payment aps.Payment) reply
}

// Service answers an operation that is not about one payment's state: registration, authorisation,
// disputes and the like. Faults can be aimed at it as at any other.
type Service struct {
	API  aps.API
	Path string // whole path, as in the catalogue
	// Read names what the message is about and what is wrong with its form.
	Read func(root *jsontree.Node) (aps.Marks, aps.Reading)
	// Serve acts on the message and returns the answer, whose member result is the call's result.
	Serve func(ctx context.Context, subject aps.Subject, root *jsontree.Node) (*jsontree.Node, error)
}

const paymentsPath = "/aps/api/v1/payments/"

// doors lists the dialects with their operations.
func (g *Gateway) doors() []*door {
	main := &door{name: "aps", refusal: bare, operations: []operation{
		{aps.Pay, paymentsPath + "pay", reading(aps.ReadPay, func(r aps.PayRequest) request { return payCall{r} })},
		{aps.InquiryPayment, paymentsPath + "inquiryPayment", reading(aps.ReadInquiry, func(r aps.InquiryRequest) request { return inquiryCall{r} })},
		{aps.CancelPayment, paymentsPath + "cancelPayment", reading(aps.ReadCancel, func(r aps.CancelRequest) request { return cancelCall{r} })},
		{aps.Refund, paymentsPath + "refund", reading(aps.ReadRefund, func(r aps.RefundRequest) request { return refundCall{r} })},
	}}
	for _, s := range g.Services {
		main.operations = append(main.operations, s.operation())
	}
	return []*door{main}
}

func reading[T any](read func(*jsontree.Node) (T, aps.Reading), wrap func(T) request) func(*jsontree.Node) (request, aps.Reading) {
	return func(root *jsontree.Node) (request, aps.Reading) {
		r, notes := read(root)
		return wrap(r), notes
	}
}

func (s Service) operation() operation {
	return operation{s.API, s.Path, func(root *jsontree.Node) (request, aps.Reading) {
		marks, notes := s.Read(root)
		return serviceCall{s, root, marks}, notes
	}}
}

type payCall struct{ aps.PayRequest }

func (c payCall) marks() aps.Marks {
	return aps.Marks{PaymentRequestID: c.PaymentRequestID, Code: c.Code, Token: c.Token, Amount: c.Amount, Texts: c.Texts}
}

func (c payCall) serve(ctx context.Context, g *Gateway, subject aps.Subject, script fault.Script) (reply, error) {
	a, err := g.Network.Pay(ctx, subject, c.PayRequest, script.Force)
	return payReply(a), err
}

func (c payCall) draft(_ *Gateway, p aps.Payment) reply {
	return payReply(aps.PayAnswer{Result: aps.ResultOf("SUCCESS"), Payment: p})
}

type inquiryCall struct{ aps.InquiryRequest }

func (c inquiryCall) marks() aps.Marks {
	return aps.Marks{PaymentRequestID: c.PaymentRequestID, PaymentID: c.PaymentID}
}

func (c inquiryCall) serve(ctx context.Context, g *Gateway, _ aps.Subject, _ fault.Script) (reply, error) {
	a, err := g.Network.Inquiry(ctx, c.InquiryRequest)
	return inquiryReply(a), err
}

func (c inquiryCall) draft(_ *Gateway, p aps.Payment) reply {
	return inquiryReply(aps.InquiryAnswer{Result: aps.ResultOf("SUCCESS"), Payment: p})
}

type cancelCall struct{ aps.CancelRequest }

func (c cancelCall) marks() aps.Marks {
	return aps.Marks{PaymentRequestID: c.PaymentRequestID, PaymentID: c.PaymentID}
}

func (c cancelCall) serve(ctx context.Context, g *Gateway, subject aps.Subject, _ fault.Script) (reply, error) {
	a, err := g.Network.Cancel(ctx, subject, c.CancelRequest)
	return cancelReply(a), err
}

func (c cancelCall) draft(_ *Gateway, p aps.Payment) reply {
	return cancelReply(aps.CancelAnswer{Result: aps.ResultOf("SUCCESS"), AcquirerID: p.AcquirerID, PspID: p.PspID})
}

type refundCall struct{ aps.RefundRequest }

func (c refundCall) marks() aps.Marks {
	return aps.Marks{
		PaymentRequestID: c.PaymentRequestID, PaymentID: c.PaymentID, RefundRequestID: c.RefundRequestID, Amount: c.Amount,
	}
}

func (c refundCall) serve(ctx context.Context, g *Gateway, _ aps.Subject, _ fault.Script) (reply, error) {
	a, err := g.Network.Refund(ctx, c.RefundRequest)
	return refundReply(a), err
}

func (c refundCall) draft(g *Gateway, p aps.Payment) reply {
	return refundReply(aps.RefundAnswer{
		Result: aps.ResultOf("SUCCESS"), AcquirerID: p.AcquirerID, PspID: p.PspID, RefundID: g.IDs(),
		Time: g.Wall.Now(), Amount: c.Amount, Settlement: c.Amount,
	})
}

// serviceCall is a message for a Service.
type serviceCall struct {
	service Service
	root    *jsontree.Node
	about   aps.Marks
}

func (c serviceCall) marks() aps.Marks { return c.about }

func (c serviceCall) serve(ctx context.Context, _ *Gateway, subject aps.Subject, _ fault.Script) (reply, error) {
	answer, err := c.service.Serve(ctx, subject, c.root)
	if err != nil {
		return reply{}, err
	}
	return serviceReply(answer), nil
}

func (c serviceCall) draft(*Gateway, aps.Payment) reply { return bare(aps.ResultOf("SUCCESS")) }

// serviceReply takes over an answer as it is; a replaced result stands alone, because the rest speaks of the true one.
func serviceReply(answer *jsontree.Node) reply {
	told := resultAt(answer, "result")
	if told == nil {
		return bare(aps.ResultOf("UNKNOWN_EXCEPTION"))
	}
	result := aps.Result{Code: told.Code, Status: aps.Status(told.Status)}
	return reply{result: result, write: func(r aps.Result, _ *aps.Result) *jsontree.Node {
		if r == result {
			return answer
		}
		return bare(r).write(r, nil)
	}}
}
