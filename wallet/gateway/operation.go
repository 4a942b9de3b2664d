package gateway

import (
	"cmp"
	"context"

	"mppsim/wallet/ams"
	"mppsim/wallet/aps"
	"mppsim/wallet/catalogue"
	"mppsim/wallet/fault"
	"mppsim/wallet/jsontree"
)

// door is one dialect in which an acquirer can speak: its paths, its operations and its way to refuse.
type door struct {
	name       aps.Door
	operations []operation
	refusal    func(aps.Result) reply
	inactive   string // the code for operations that are not activated
}

// operation is one API of a door.
type operation struct {
	api  aps.API // what it means, whatever the dialect calls it: faults are aimed at it, records name it
	path string
	read func(root *jsontree.Node) (request, aps.Reading)
	also []string // paths that are served alike
	// keepsTree says that what was read goes on looking at the tree of the message.
	keepsTree bool
}

// request is a message that was understood: what it is about, and what becomes of it.
type request interface {
	marks() aps.Marks
	// of is the message with the ids that stand for its caller's among those of all clients.
	of(who caller) request
	// serve lets the network act on it.
	serve(ctx context.Context, g *Gateway, subject aps.Subject, script fault.Script) (reply, error)
	// draft is a successful answer about a payment on which the network does not act, and which may not exist.
	draft(g *Gateway, payment aps.Payment, exists bool) reply
}

// Service answers an operation that is not about one payment's state: registration, authorisation,
// disputes and the like. Faults can be aimed at it as at any other.
type Service struct {
	Door aps.Door // at which it is offered; empty: AlipayPlus
	API  aps.API
	Path string   // whole path, as in the catalogue
	Also []string // paths that are served alike
	// Read names what the message is about and what is wrong with its form.
	Read func(root *jsontree.Node) (aps.Marks, aps.Reading)
	// Serve acts on the message and returns the answer, whose member result is the call's result.
	Serve func(ctx context.Context, subject aps.Subject, root *jsontree.Node) (*jsontree.Node, error)
}

const paymentsPath = "/aps/api/v1/payments/"

// doors lists the dialects with their operations.
func (g *Gateway) doors() []*door {
	list := []*door{alipayPlus(g.Protocol)}
	if g.InStore != nil {
		list = append(list, inStore(g.InStore))
	}
	for _, s := range g.Services {
		for _, d := range list {
			if d.name == cmp.Or(s.Door, aps.AlipayPlus) {
				d.operations = append(d.operations, s.operation())
			}
		}
	}
	return list
}

// alipayPlus is the door for acquirers of Alipay+. The protocol judges the form of its messages; nil judges none.
func alipayPlus(protocol *catalogue.Catalogue) *door {
	w := writers{
		pay: aps.PayAnswer.Node, payText: aps.PayAnswer.Text, inquiry: aps.InquiryAnswer.Node, cancel: aps.CancelAnswer.Node, refund: aps.RefundAnswer.Node,
	}
	op := func(api aps.API, read func(*jsontree.Node) (request, aps.Reading)) operation {
		return operation{api: api, path: paymentsPath + string(api), read: judging(protocol, api, read)}
	}
	return &door{name: aps.AlipayPlus, refusal: bare, inactive: "ACCESS_DENIED", operations: []operation{
		op(aps.Pay, reading(aps.ReadPay, w.payCall)),
		op(aps.InquiryPayment, reading(aps.ReadInquiry, w.inquiryCall)),
		op(aps.CancelPayment, reading(aps.ReadCancel, w.cancelCall)),
		op(aps.Refund, reading(aps.ReadRefund, w.refundCall)),
	}}
}

// inStore is the door of Antom in-store payments.
func inStore(d *ams.Dialect) *door {
	w := writers{
		pay: d.Pay, inquiry: d.Inquiry, cancel: d.Cancel, refund: d.Refund, refundInquiry: d.InquiryRefund, forced: d.Forced,
	}
	op := func(api aps.API, read func(*jsontree.Node) (request, aps.Reading)) operation {
		paths := d.Paths(api)
		return operation{api: api, path: paths[0], also: paths[1:], read: read}
	}
	refusal := func(r aps.Result) reply {
		return reply{result: r, write: func(r aps.Result, _ *aps.Result) *jsontree.Node { return d.Refusal(r) }}
	}
	return &door{name: aps.InStore, refusal: refusal, inactive: "INVALID_API", operations: []operation{
		op(aps.Pay, reading(d.ReadPay, w.payCall)),
		op(aps.InquiryPayment, reading(d.ReadInquiry, w.inquiryCall)),
		op(aps.CancelPayment, reading(d.ReadCancel, w.cancelCall)),
		op(aps.Refund, reading(d.ReadRefund, w.refundCall)),
		op(aps.InquiryRefund, reading(d.ReadInquiryRefund, w.refundInquiryCall)),
	}}
}

func reading[T any](read func(*jsontree.Node) (T, aps.Reading), wrap func(T) request) func(*jsontree.Node) (request, aps.Reading) {
	return func(root *jsontree.Node) (request, aps.Reading) {
		r, notes := read(root)
		return wrap(r), notes
	}
}

// judging adds to what is read of a message what the catalogue says of its form.
func judging(protocol *catalogue.Catalogue, api aps.API, read func(*jsontree.Node) (request, aps.Reading)) func(*jsontree.Node) (request, aps.Reading) {
	if protocol == nil {
		return read
	}
	op, found := protocol.Operation(string(aps.AlipayPlus), string(api))
	if !found {
		return read
	}
	return func(root *jsontree.Node) (request, aps.Reading) {
		message, own := read(root)
		return message, aps.Judged(op, root, own)
	}
}

func (s Service) operation() operation {
	return operation{api: s.API, path: s.Path, also: s.Also, keepsTree: true, read: func(root *jsontree.Node) (request, aps.Reading) {
		marks, notes := s.Read(root)
		return serviceCall{s, root, marks}, notes
	}}
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

func (c serviceCall) draft(*Gateway, aps.Payment, bool) reply { return bare(aps.ResultOf("SUCCESS")) }

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
