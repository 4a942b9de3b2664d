package bridge

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"strings"
	"time"

	"mppsim/wallet/aps"
	"mppsim/wallet/bridge/message"
	"mppsim/wallet/catalogue"
	"mppsim/wallet/clock"
	"mppsim/wallet/jsontree"
	"mppsim/wallet/sign"
	"mppsim/wallet/trace"
)

// handler serves one operation.
type handler struct {
	path  string
	serve http.HandlerFunc
}

// doorway is a set of operations; what belongs to none goes on to next.
func doorway(handlers []handler) func(next http.Handler) http.Handler {
	routes := make(map[string]http.HandlerFunc, len(handlers))
	for _, h := range handlers {
		routes[h.path] = h.serve
	}
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if serve := routes[r.URL.Path]; serve != nil {
				serve(w, r)
				return
			}
			next.ServeHTTP(w, r)
		})
	}
}

// act is what becomes of a request that was understood.
type act[Q, A any] func(ctx context.Context, request Q) (A, error)

// handle serves an operation of the other end's.
func handle[Q, A any](b *Bridge, form message.Form[Q, A], serve act[Q, A]) handler {
	return handler{b.Path(form.API), func(w http.ResponseWriter, r *http.Request) {
		e, root, refused := b.receive(w, r, form.API)
		answer := form.Refusal(refused)
		if refused.Code == "" {
			answer = perform(r.Context(), b, form, serve, e, root)
		}
		b.answer(w, e, form.WriteAnswer(answer))
	}}
}

// perform acts on a request. One that was received is carried out also when its caller has left.
func perform[Q, A any](ctx context.Context, b *Bridge, form message.Form[Q, A], serve act[Q, A], e *trace.Exchange, root *jsontree.Node) A {
	ctx = context.WithoutCancel(ctx)
	marks := marksOf(form.API, root)
	about := b.Find(ctx, marks)
	enter(e, about)
	line := b.Lines(about.Timeline)
	answer, err := serve(ctx, form.Move(form.Read(aps.FieldsOf(root)), line.FromBase))
	e.Executed = err == nil
	if err != nil {
		b.Logger.Error("a call failed", "api", form.API, "error", err)
		e.Notes = append(e.Notes, fmt.Sprintf("internal error: %v", err))
		return form.Refusal(aps.ResultOf("UNKNOWN_EXCEPTION"))
	}
	if about.PaymentRequestID == "" { // a scanned code may only now belong to an order
		enter(e, b.Find(ctx, marks))
	}
	return form.MoveAnswer(answer, line.ToBase)
}

func marksOf(api aps.API, root *jsontree.Node) Marks {
	f := aps.FieldsOf(root)
	m := Marks{
		API: api, Payment: f.Text("paymentRequestId"), Code: f.Text("codeValue"), CustomerID: f.Text("customerId"),
		AuthClientID: f.Text("authClientId"), AgreementID: f.Text("referenceAgreementId"), AuthCode: f.Text("authCode"),
		Token: f.Text("accessToken") + f.Text("refreshToken"),
	}
	if api == aps.Pay {
		m.Code, m.CustomerID = f.Text("paymentMethod.paymentMethodId"), f.Text("paymentMethod.customerId")
		if f.True("paymentFactor.isAgreementPayment") {
			m.Code, m.Token = "", m.Code
		}
	}
	return m
}

// receive reads a request and checks it in the order of mpp-api §4.1.1: signature, client, form. What it is refused with
// has a code.
func (b *Bridge) receive(w http.ResponseWriter, r *http.Request, api aps.API) (e *trace.Exchange, root *jsontree.Node, refused aps.Result) {
	e = &trace.Exchange{
		ID: b.IDs(), Leg: b.leg(api), Door: Door, API: string(api), Received: b.Wall.Now(),
		Request: trace.Message{Method: r.Method, Target: r.RequestURI, Host: r.Host, Header: r.Header},
	}
	rc := http.NewResponseController(w)
	// Where a connection has no deadlines, the server's own limits hold.
	_ = rc.SetReadDeadline(clock.System().Now().Add(readLimit)) // connections know no other clock
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	_ = rc.SetReadDeadline(time.Time{})
	e.Request.Body = body
	e.Signature.Verdict = string(sign.Unchecked)
	if err != nil {
		return e, nil, because(e, "PARAM_ILLEGAL", "the body cannot be read: %v", err)
	}
	if r.Method != http.MethodPost {
		return e, nil, because(e, "METHOD_NOT_SUPPORTED", "the method is %s instead of POST", r.Method)
	}
	if refused := b.admit(e, r); refused.Code != "" {
		return e, nil, refused
	}
	root, notes, err := jsontree.ParseLenient(body)
	if err != nil || root.Kind != jsontree.Object {
		return e, nil, because(e, "PARAM_ILLEGAL", "the body is not a JSON object: %v", err)
	}
	e.Notes = append(e.Notes, notes...)
	return e, root, b.checkForm(e, api, root)
}

// admit checks who sends a request.
func (b *Bridge) admit(e *trace.Exchange, r *http.Request) aps.Result {
	client := r.Header.Get("Client-Id")
	b.judge(e, sign.Message{
		Method: r.Method, Target: target(r), ClientID: client, Time: r.Header.Get("Request-Time"), Body: e.Request.Body,
	}, r.Header, r.Host)
	switch {
	case b.SigningOff:
		return aps.Result{}
	case client == "" || client != b.ClientID:
		return aps.ResultOf("INVALID_CLIENT")
	case e.Signature.Verdict == string(sign.Unchecked):
		return aps.ResultOf("KEY_NOT_FOUND")
	case e.Signature.Verdict != string(sign.Valid):
		return aps.ResultOf("INVALID_SIGNATURE")
	}
	return aps.Result{}
}

// checkForm has the catalogue judge a request. What can be borne is noted.
func (b *Bridge) checkForm(e *trace.Exchange, api aps.API, root *jsontree.Node) (refused aps.Result) {
	for _, v := range b.violations(api, catalogue.Request, root) {
		e.Notes = append(e.Notes, v.String())
		if v.Severity == catalogue.Illegal && refused.Code == "" {
			refused = aps.ResultOf("PARAM_ILLEGAL")
			refused.Message = v.String()
		}
	}
	return refused
}

func because(e *trace.Exchange, code, format string, args ...any) aps.Result {
	e.Notes = append(e.Notes, fmt.Sprintf(format, args...))
	return aps.ResultOf(code)
}

// target is the path with query as it was sent; of an absolute address only these count.
func target(r *http.Request) string {
	if strings.HasPrefix(r.RequestURI, "/") {
		return r.RequestURI
	}
	return r.URL.RequestURI()
}

// answer sends a signed answer and keeps the record.
func (b *Bridge) answer(w http.ResponseWriter, e *trace.Exchange, answer *jsontree.Node) {
	body := answer.Write(jsontree.Layout{})
	target := e.Request.Target
	header, err := b.headers("Response-Time", target, body)
	if err != nil {
		b.Logger.Error("an answer could not be signed", "error", err)
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	e.Result = recorded(answer, "result")
	if outcome := recorded(answer, "paymentResult"); outcome != nil {
		e.Outcome = outcome
	}
	e.Response = trace.Message{Status: http.StatusOK, Header: header, Body: body}
	e.Answered = b.Wall.Now()
	b.record(*e)
	maps.Copy(w.Header(), header)
	w.WriteHeader(http.StatusOK)
	if _, err := w.Write(body); err != nil { //nolint:gosec // an API answer, no page of a browser
		b.Logger.Info("an answer did not reach its caller", "api", e.API, "error", err)
	}
}
