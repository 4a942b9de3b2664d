package gateway

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"mppsim/wallet/aps"
	"mppsim/wallet/control"
	"mppsim/wallet/fault"
	"mppsim/wallet/jsontree"
	"mppsim/wallet/sign"
	"mppsim/wallet/trace"
)

// Why a notification brought no acknowledgement, for errors.Is.
var (
	ErrHost = errors.New("the host is not among the allowed callback hosts")
	ErrLost = errors.New("the notification was lost on purpose")
)

// notifier is the one client for notifications: no redirects, no proxy, names as spelled.
type notifier struct {
	client    *http.Client
	transport *http.Transport
}

// newNotifier makes a client that closes a connection which waits for a call before an acquirer's server does so, many after
// five seconds: a notification that meets the end is lost.
func newNotifier() notifier {
	t := &http.Transport{MaxIdleConnsPerHost: 16, IdleConnTimeout: 4 * time.Second, DisableCompression: true}
	return notifier{transport: t, client: &http.Client{
		Transport:     t,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

func (n notifier) close() { n.transport.CloseIdleConnections() }

// NotifyPayment delivers a notification of the network, with the faults that are aimed at it.
func (g *Gateway) NotifyPayment(ctx context.Context, d aps.Delivery) (aps.Result, error) {
	last, err := g.callWithFaults(ctx, aps.NotifyPayment, d.Subject, func(n fault.Notice) (trace.Exchange, error) {
		if n.Outcome != nil {
			d.Notification.Outcome = *n.Outcome
		}
		e, err := g.Deliver(ctx, d, shapeOf(n))
		if err == nil && n.Then != nil && d.Notification.Outcome.Status == aps.Success {
			later := d
			later.Notification.Outcome = *n.Then
			_, err = g.Deliver(ctx, later, shapeOf(n))
		}
		return e, err
	})
	if err != nil {
		return aps.Result{}, err
	}
	return acknowledgement(last)
}

// Call makes a call of Alipay+ to the acquirer, with the faults that are aimed at it, and returns the body of
// the answer.
func (g *Gateway) Call(ctx context.Context, c aps.Call) (*jsontree.Node, error) {
	last, err := g.callWithFaults(ctx, c.API, c.Subject, func(n fault.Notice) (trace.Exchange, error) {
		return g.dispatch(ctx, c, shapeOf(n))
	})
	if err != nil {
		return nil, err
	}
	if last.Response.Status != http.StatusOK {
		return nil, fmt.Errorf("no answer: HTTP status %d %s", last.Response.Status, last.Broken)
	}
	if v := last.Signature.Verdict; g.strict() && v != string(sign.Valid) {
		return nil, fmt.Errorf("the acquirer's answer to %s: its signature is %s", c.API, v)
	}
	answer, _, err := jsontree.ParseLenient(last.Response.Body)
	if err != nil {
		return nil, fmt.Errorf("the acquirer's answer to %s: %w", c.API, err)
	}
	return answer, nil
}

func shapeOf(n fault.Notice) Shape {
	return Shape{Alter: n.Alter, Twists: n.Twists, Replay: n.Replay, Faults: n.Faults, Lost: n.Lost}
}

// callWithFaults makes a call as often and as late as its faults want it.
func (g *Gateway) callWithFaults(
	ctx context.Context, api aps.API, subject aps.Subject, call func(fault.Notice) (trace.Exchange, error),
) (last trace.Exchange, err error) {
	notice := fault.CompileNotice(g.Plans.Match(api, subject))
	if notice.Lost {
		last, err = call(notice)
		return last, cmp.Or(err, ErrLost)
	}
	if !g.heldBack(ctx, notice) {
		return last, ctx.Err()
	}
	for range max(notice.Times, 1) {
		if last, err = call(notice); err != nil {
			return last, err
		}
	}
	for n := 1; n < notice.Again.Most && !acknowledged(last) && g.pause(ctx, notice.Again.Gap); n++ {
		if last, err = call(notice); err != nil {
			return last, err
		}
	}
	if last.Response.Status != 0 {
		g.Plans.Delivered(api, subject)
	}
	return last, nil
}

// heldBack waits until a message may go out; false: never.
func (g *Gateway) heldBack(ctx context.Context, n fault.Notice) bool {
	if n.Behind != nil {
		ctx, done := g.until(ctx)
		defer done()
		if !n.Behind.Wait(ctx, g.Wall) {
			return false
		}
	}
	return n.Delay <= 0 || g.pause(ctx, n.Delay)
}

func acknowledged(e trace.Exchange) bool {
	return e.Result != nil && e.Result.Status == string(aps.Success)
}

func (g *Gateway) pause(ctx context.Context, d time.Duration) bool {
	ctx, done := g.until(ctx)
	defer done()
	elapsed := make(chan struct{})
	defer g.Wall.AfterFunc(d, func() { close(elapsed) })()
	select {
	case <-elapsed:
		return true
	case <-ctx.Done():
		return false
	}
}

func acknowledgement(e trace.Exchange) (aps.Result, error) {
	if e.Result == nil {
		return aps.Result{}, fmt.Errorf("no acknowledgement: HTTP status %d %s", e.Response.Status, e.Broken)
	}
	return aps.Result{Code: e.Result.Code, Status: aps.Status(e.Result.Status)}, nil
}

// Shape says how a notification differs from a genuine one.
type Shape struct {
	Alter  control.Alteration
	Twists []fault.Twist
	Replay string // the recorded notification of this payment goes out instead
	Faults []string
	Size   int  // a body of this many bytes instead
	Depth  int  // a body of so many nested arrays instead
	Lost   bool // it is recorded, but not sent
}

// Deliver sends one notification and records the exchange. An error means that nothing was sent.
func (g *Gateway) Deliver(ctx context.Context, d aps.Delivery, shape Shape) (trace.Exchange, error) {
	return g.dispatch(ctx, aps.Call{API: aps.NotifyPayment, URL: d.URL, Subject: d.Subject, Body: g.notification(d)}, shape)
}

// notification is written in the words of the door at which the order was made.
func (g *Gateway) notification(d aps.Delivery) *jsontree.Node {
	if d.Subject.Door == aps.InStore && g.InStore != nil {
		return g.InStore.Notification(d.Notification)
	}
	return d.Notification.Node()
}

// Send makes one call to the acquirer beside those that the protocol demands, and records the exchange. An error means
// that nothing was sent.
func (g *Gateway) Send(ctx context.Context, c aps.Call, shape Shape) (trace.Exchange, error) {
	return g.dispatch(ctx, c, shape)
}

// dispatch makes one call to the acquirer and records the exchange. An error means that nothing was sent.
func (g *Gateway) dispatch(ctx context.Context, c aps.Call, shape Shape) (trace.Exchange, error) {
	ctx, done := g.until(ctx)
	defer done()
	address, err := g.allowed(c.URL)
	if err != nil {
		return trace.Exchange{}, err
	}
	client := ""
	client, c.Body = g.Clients.OwnMessage(c.Body)
	message, err := g.message(ctx, address, client, c, shape)
	if err != nil {
		return trace.Exchange{}, err
	}
	e := trace.Exchange{
		ID: g.IDs(), Leg: trace.NetworkToAcquirer, Door: string(cmp.Or(c.Subject.Door, aps.AlipayPlus)), API: string(c.API), Timeline: c.Subject.Timeline, Match: c.Subject.Match,
		PaymentRequestID: c.Subject.PaymentRequestID, PaymentID: c.Subject.PaymentID, Faults: shape.Faults,
		Received: g.Wall.Now(), Request: trace.Message{
			Method: http.MethodPost, Target: c.URL, Host: address.Host, Header: message.header, Body: message.body,
		},
	}
	if shape.Size == 0 {
		e.Outcome = outcomeOf(c.Subject.Door, c.API, parsed(message.body))
	}
	ctx, cancel := context.WithTimeout(ctx, limitOf(c.API))
	defer cancel()
	if shape.Lost {
		e.Lost, e.Broken = true, "lost on purpose"
	} else {
		g.exchange(ctx, &e, client, address)
	}
	if e.PaymentRequestID == "" {
		e.PaymentRequestID = textAt(parsed(e.Response.Body), "paymentRequestId") // what the acquirer calls the order
	}
	e.Answered = g.Wall.Now()
	if e.Request.Body = message.body; len(message.body) > maxBody {
		e.Request.Body = bytes.Clone(message.body[:maxBody]) // a part would hold all of it
		e.Notes = append(e.Notes, fmt.Sprintf("the body of %d bytes is kept in part", len(message.body)))
	}
	kept := e
	e.Seq = g.record(&kept)
	return e, nil
}

// limitOf is how long the acquirer may take to answer.
func limitOf(api aps.API) time.Duration {
	if api == aps.NotifyPayment {
		return notifyLimit
	}
	return callLimit
}

// allowed refuses addresses outside the configured hosts: nothing leaves the machine by accident.
func (g *Gateway) allowed(address string) (*url.URL, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("callback address %q: not an absolute http address", address)
	}
	if !slices.ContainsFunc(g.Hosts, func(h string) bool { return strings.EqualFold(h, u.Hostname()) || strings.EqualFold(h, u.Host) }) {
		return nil, fmt.Errorf("callback address %q: %w", address, ErrHost)
	}
	return u, nil
}

func (g *Gateway) message(ctx context.Context, address *url.URL, client string, c aps.Call, shape Shape) (sealed, error) {
	if shape.Size > 0 || shape.Depth > 0 {
		return rawNotification(shape), nil
	}
	if shape.Replay != "" {
		old, found := g.Recorder.Latest(func(e trace.Exchange) bool {
			return e.Leg == trace.NetworkToAcquirer && !e.Lost && e.API == string(c.API) && e.PaymentRequestID == shape.Replay
		})
		if !found {
			return sealed{}, fmt.Errorf("no %s about payment %s is recorded", c.API, shape.Replay)
		}
		return sealed{header: old.Request.Header, body: old.Request.Body}, nil
	}
	for _, twist := range shape.Twists {
		twist(c.Body)
	}
	body, err := fault.Alter(c.Body, shape.Alter)
	if err != nil {
		return sealed{}, err
	}
	e := envelope{method: http.MethodPost, target: address.RequestURI(), client: g.Clients.Name(client), timeName: "request-time", body: body, names: titleNames}
	if c.Subject.Door == aps.InStore {
		e.names, e.timeForm = lowerNames, epoch
	}
	return g.seal(ctx, e, shape.Alter)
}

// rawNotification is an unsigned body that is hard to swallow.
func rawNotification(shape Shape) sealed {
	body := bytes.Repeat([]byte("["), shape.Depth)
	body = append(body, bytes.Repeat([]byte("]"), shape.Depth)...)
	if shape.Size > 0 {
		body = append([]byte(`{"padding":"`), bytes.Repeat([]byte("x"), shape.Size)...)
		body = append(body, `"}`...)
	}
	return sealed{header: map[string][]string{"Content-Type": {"application/json; charset=UTF-8"}}, body: body}
}

// exchange makes the call and fills the record with what came back.
func (g *Gateway) exchange(ctx context.Context, e *trace.Exchange, client string, address *url.URL) {
	e.Signature.Verdict = string(sign.Unchecked)
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, e.Request.Target, bytes.NewReader(e.Request.Body))
	if err != nil {
		e.Broken = err.Error()
		return
	}
	maps.Copy(request.Header, e.Request.Header)
	response, err := g.client.client.Do(request)
	if err != nil {
		e.Broken = trace.Breakage(err)
		return
	}
	defer func() { ignore(response.Body.Close()) }()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxBody))
	if err != nil {
		e.Broken = trace.Breakage(err)
		return
	}
	e.Executed = true
	e.Response = trace.Message{Status: response.StatusCode, Header: response.Header, Body: body}
	e.Result = resultAt(parsed(body), "result")
	if response.StatusCode != http.StatusOK {
		e.Result = nil
	}
	g.judgeAnswer(e, client, address)
}

func (g *Gateway) judgeAnswer(e *trace.Exchange, client string, address *url.URL) {
	if g.SigningOff {
		e.Signature = unsigned()
		return
	}
	header := e.Response.Header
	m := sign.Message{
		Method: http.MethodPost, Target: address.RequestURI(), ClientID: header.Get("Client-Id"), Time: header.Get("Response-Time"), Body: e.Response.Body,
	}
	keys := g.Keys(client)
	j := sign.Judge(m, header.Get("Signature"), keys)
	e.Notes = append(e.Notes, j.Notes...)
	e.Signature = g.judged(j, m, header, heard{client, address.Host, keys}, e.Request.Header.Get("Request-Time"))
}
