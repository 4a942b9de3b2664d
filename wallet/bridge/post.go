package bridge

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"mppsim/wallet/aps"
	"mppsim/wallet/bridge/message"
	"mppsim/wallet/catalogue"
	"mppsim/wallet/jsontree"
	"mppsim/wallet/sign"
	"mppsim/wallet/sign/inspect"
	"mppsim/wallet/trace"
)

// maxBody is the longest message that is read.
const maxBody = 1 << 20

// post makes one call to the other end and reads its answer.
func post[Q, A any](ctx context.Context, b *Bridge, form message.Form[Q, A], named string, request Q) (A, error) {
	var none A
	about := form.About(request)
	line := b.Lines(about.Timeline)
	body := form.Write(form.Move(request, line.ToBase))
	e, root := b.exchange(ctx, form.API, about, named, body)
	answer, err := understood(b, form, e, root)
	if e.PaymentRequestID == "" {
		e.PaymentRequestID = cmp.Or(aps.FieldsOf(body).Text("paymentRequestId"), aps.FieldsOf(root).Text("paymentRequestId"))
	}
	b.record(*e)
	if err != nil {
		return none, fmt.Errorf("%s: %w", form.API, err)
	}
	return form.MoveAnswer(answer, line.FromBase), nil
}

// understood reads an answer, unless it is none that may be believed.
func understood[Q, A any](b *Bridge, form message.Form[Q, A], e *trace.Exchange, root *jsontree.Node) (answer A, err error) {
	switch {
	case e.Response.Status == 0:
		return answer, fmt.Errorf("%w: %s", ErrAnswer, e.Broken)
	case e.Response.Status != http.StatusOK:
		return answer, fmt.Errorf("%w: HTTP status %d", ErrAnswer, e.Response.Status)
	case !b.SigningOff && e.Signature.Verdict != string(sign.Valid):
		return answer, fmt.Errorf("%w: its signature is %s: %s", ErrAnswer, e.Signature.Verdict, e.Signature.Reason)
	case root == nil:
		return answer, fmt.Errorf("%w: its body is no JSON object", ErrAnswer)
	}
	for _, v := range b.violations(form.API, catalogue.Response, root) {
		e.Notes = append(e.Notes, v.String())
		if v.Severity == catalogue.Illegal {
			err = fmt.Errorf("%w: %s", ErrAnswer, v)
		}
	}
	if err != nil {
		return answer, err
	}
	return form.ReadAnswer(aps.FieldsOf(root)), nil
}

func (b *Bridge) violations(api aps.API, part catalogue.Part, root *jsontree.Node) []catalogue.Violation {
	op := b.operations[api]
	if op == nil {
		return nil
	}
	return op.ValidateTree(part, root).Violations
}

// exchange sends a message and returns the record of what happened, with the answer if it is a JSON object.
func (b *Bridge) exchange(ctx context.Context, api aps.API, about aps.Subject, named string, body *jsontree.Node) (*trace.Exchange, *jsontree.Node) {
	address, note := b.address(api, named)
	e := &trace.Exchange{
		ID: b.IDs(), Leg: b.leg(api), Door: Door, API: string(api), Received: b.Wall.Now(),
		Request: trace.Message{Method: http.MethodPost, Target: address, Body: body.Write(jsontree.Layout{})},
	}
	e.Signature.Verdict = string(sign.Unchecked)
	if note != "" {
		e.Notes = append(e.Notes, note)
	}
	enter(e, about)
	e.Outcome = recorded(body, "paymentResult")
	ctx, cancel := context.WithTimeout(ctx, b.Patience)
	defer cancel()
	root := b.send(ctx, e)
	e.Answered = b.Wall.Now()
	return e, root
}

func (b *Bridge) send(ctx context.Context, e *trace.Exchange) *jsontree.Node {
	target, err := url.Parse(e.Request.Target)
	if err != nil {
		e.Broken = err.Error()
		return nil
	}
	e.Request.Host = target.Host
	if e.Request.Header, err = b.headers("Request-Time", target.RequestURI(), e.Request.Body); err != nil {
		e.Broken = err.Error()
		return nil
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, e.Request.Target, bytes.NewReader(e.Request.Body))
	if err != nil {
		e.Broken = err.Error()
		return nil
	}
	request.Header = e.Request.Header.Clone()
	response, err := b.client.Do(request)
	if err != nil {
		e.Broken = trace.Breakage(err)
		return nil
	}
	defer func() { _ = response.Body.Close() }() // it was read to its end, or is not wanted
	text, err := io.ReadAll(io.LimitReader(response.Body, maxBody))
	if err != nil {
		e.Broken = trace.Breakage(err)
		return nil
	}
	e.Response, e.Executed = trace.Message{Status: response.StatusCode, Header: response.Header, Body: text}, true
	b.judge(e, sign.Message{
		Method: http.MethodPost, Target: target.RequestURI(), ClientID: response.Header.Get("Client-Id"),
		Time: response.Header.Get("Response-Time"), Body: text,
	}, response.Header, target.Host, e.Request.Header.Get("Request-Time"))
	root, _, err := jsontree.ParseLenient(text)
	if err != nil || root.Kind != jsontree.Object {
		return nil
	}
	e.Result = recorded(root, "result")
	if outcome := recorded(root, "paymentResult"); outcome != nil {
		e.Outcome = outcome
	}
	return root
}

// judge notes what is to be thought of the other end's signature.
func (b *Bridge) judge(e *trace.Exchange, m sign.Message, header http.Header, host string, otherTimes ...string) {
	if b.SigningOff {
		e.Signature = inspect.Unsigned()
		return
	}
	keys := b.Keys()
	j := sign.Judge(m, header.Get("Signature"), keys)
	e.Notes = append(e.Notes, j.Notes...)
	e.Signature = b.inspector.Record(j, func() sign.Evidence {
		return sign.Evidence{
			Message: m, Header: header.Get("Signature"), Keys: keys, Host: host, ForeignKeys: b.own(),
			OtherClientIDs: b.OtherIDs, OtherTimes: append(otherTimes, header.Get("Date")), OtherTargets: b.targets(),
		}
	})
	if m.ClientID != b.ClientID {
		e.Notes = append(e.Notes, fmt.Sprintf("the client id is %q instead of %q", m.ClientID, b.ClientID))
	}
}

// headers are those of a message of ours.
func (b *Bridge) headers(timeName, target string, body []byte) (http.Header, error) {
	now := b.Wall.Now().UTC().Format("2006-01-02T15:04:05.000Z")
	h := http.Header{"Content-Type": {"application/json; charset=UTF-8"}, "Client-Id": {b.ClientID}, timeName: {now}}
	if b.SigningOff {
		return h, nil
	}
	m := sign.Message{Method: http.MethodPost, Target: target, ClientID: b.ClientID, Time: now, Body: body}
	signature, err := m.Sign(b.Key, b.KeyVersion)
	h["Signature"] = []string{signature}
	return h, err
}

// recorded is a result object as records keep it; nil where there is none.
func recorded(root *jsontree.Node, name string) *trace.Result {
	r := aps.FieldsOf(root).Result(name)
	if r.Code == "" && r.Status == "" {
		return nil
	}
	return &trace.Result{Code: r.Code, Status: string(r.Status)}
}

// readLimit is how long the body of a call may take.
const readLimit = 15 * time.Second
