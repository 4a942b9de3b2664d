package gateway

import (
	"context"
	"errors"
	"net/http"

	"mppsim/wallet/ams"
	"mppsim/wallet/aps"
	"mppsim/wallet/fault"
	"mppsim/wallet/jsontree"
	"mppsim/wallet/trace"
)

// serve leads one call of the acquirer through its whole life.
func (g *Gateway) serve(w http.ResponseWriter, r *http.Request, to route) {
	c, err := g.receive(w, r, to)
	if err != nil {
		g.turnAway(w, c, err)
		return
	}
	ctx := r.Context()
	whole := context.WithoutCancel(ctx) // a call that was received is located and processed also when its caller has left
	g.locate(whole, c)
	g.checkAgent(whole, c)
	script := fault.Compile(g.Plans.Match(c.api, c.subject))
	c.ex.Faults = script.Faults
	if c.api == aps.Pay && (c.refused != "" || len(script.Faults) > 0) {
		g.remember(whole, c) // it may never be processed
	}
	if script.Waits() {
		var done func()
		ctx, done = g.until(ctx)
		defer done()
	}
	if script.HoldRequest != nil && !script.HoldRequest.Wait(ctx, g.Wall) {
		g.abandon(w, c)
		return
	}
	answer, err := g.act(whole, c, script)
	if c.api == aps.Pay {
		g.attribute(c)
	}
	if err != nil {
		g.Logger.Error("a call failed", "api", c.api, "payment", c.ex.PaymentRequestID, "error", err)
		answer = c.door.refusal(aps.ResultOf("UNKNOWN_EXCEPTION"))
		c.note("internal error: %v", err)
	}
	executed := c.ex.Executed
	g.finish(ctx, w, c, answer, script)
	if script.NotifyAfter != nil && executed && answer.result.Status == aps.Success {
		g.notifyAfter(c, script)
	}
}

// turnAway ends a call whose body could not be read.
func (g *Gateway) turnAway(w http.ResponseWriter, c *call, err error) {
	c.note("%v", err)
	status := http.StatusBadRequest
	if tooLarge(err) {
		status = http.StatusRequestEntityTooLarge
	}
	if errors.Is(err, errBusy) {
		status = http.StatusServiceUnavailable
	}
	w.Header().Set("Connection", "close")
	g.sendPage(w, c, status, nil)
}

// locate finds the transaction of a call and names it in the record.
func (g *Gateway) locate(ctx context.Context, c *call) {
	if c.api == "" {
		return
	}
	s, err := g.Network.Locate(ctx, c.marks)
	if err != nil {
		c.note("the transaction could not be looked up: %v", err)
	}
	s.Door, s.Client = c.door.name, c.client
	c.subject = s
	c.ex.Timeline, c.ex.Match = s.Timeline, s.Match
	c.ex.PaymentRequestID, c.ex.PaymentID, c.ex.RefundRequestID = s.PaymentRequestID, c.marks.PaymentID, s.RefundRequestID
	if c.api != aps.Pay {
		g.attribute(c)
	}
}

// remember lets later messages find the transaction of a pay message that is not processed at once.
func (g *Gateway) remember(ctx context.Context, c *call) {
	if err := g.Network.Remember(ctx, c.subject); err != nil {
		c.note("the message could not be remembered: %v", err)
	}
	g.attribute(c)
}

// attribute gives the strays of the payment to its timeline. Of a pay message this comes after it was remembered, so that
// what arrives in between is not missed.
func (g *Gateway) attribute(c *call) {
	if c.subject.Match != "" {
		g.Recorder.Attribute(c.subject.PaymentRequestID, c.subject.Timeline)
	}
}

// act processes the call, or does not, as the script and the gateway's checks say.
func (g *Gateway) act(ctx context.Context, c *call, s fault.Script) (reply, error) {
	switch {
	case s.Skip:
		if s.Later > 0 && c.refused == "" {
			g.actLater(c, s)
		}
		return g.draft(ctx, c), nil
	case c.refused != "":
		return c.door.refusal(aps.ResultOf(c.refused)), nil
	}
	g.before(ctx, c, s)
	answer, err := c.request.serve(ctx, g, c.subject, s)
	c.ex.Executed = err == nil
	if s.NotifyFirst {
		g.Network.NotifyNow(ctx, c.ex.PaymentRequestID)
	}
	g.after(c, answer, s)
	return answer, err
}

// actLater processes the call after a delay, when its caller is gone.
func (g *Gateway) actLater(c *call, s fault.Script) {
	late := *c
	c.note("the request is processed %s later", s.Later)
	g.work.Add(1)
	elapsed := make(chan struct{})
	stop := g.Wall.AfterFunc(s.Later, func() { close(elapsed) })
	go func() {
		defer g.work.Done()
		defer stop()
		select {
		case <-elapsed:
		case <-g.ctx.Done():
			return
		}
		if _, err := late.request.serve(g.ctx, g, late.subject, fault.Script{}); err != nil {
			g.Logger.Error("a delayed call failed", "payment", late.ex.PaymentRequestID, "error", err)
			return
		}
		g.amend(late.ex.ID, func(e *trace.Exchange) { e.Executed = true })
	}()
}

func (g *Gateway) amend(id string, change func(*trace.Exchange)) {
	if e, found := g.Recorder.Latest(func(e trace.Exchange) bool { return e.ID == id }); found {
		g.Recorder.Amend(e.Seq, change)
	}
}

// finish answers the call, or leaves it unanswered, as the script says.
func (g *Gateway) finish(ctx context.Context, w http.ResponseWriter, c *call, answer reply, s fault.Script) {
	switch s.Ending {
	case fault.Reset:
		g.breakOff(w, c)
		return
	case fault.Silent:
		s.Silence.Wait(ctx, g.Wall)
		g.hangUp(w, c)
		return
	case fault.Answered:
	}
	if s.HoldAnswer != nil && !s.HoldAnswer.Wait(ctx, g.Wall) || ctx.Err() != nil || g.ctx.Err() != nil {
		g.abandon(w, c)
		return
	}
	if s.Status != 0 {
		g.sendPage(w, c, s.Status, pageHeader(s))
		return
	}
	g.sendAnswer(ctx, w, c, answer, s)
}

func (g *Gateway) sendAnswer(ctx context.Context, w http.ResponseWriter, c *call, answer reply, s fault.Script) {
	if s.Replay != "" && g.sendRecorded(w, c, s.Replay) {
		return
	}
	answer = g.answered(answer)
	body, told, signed, err := answer.compose(c.route, s)
	if err != nil {
		g.Logger.Error("an answer could not be altered", "error", err)
		c.note("the alteration failed: %v", err)
		s.Octets = fault.Octets{}
		body, told, signed, err = answer.compose(c.route, fault.Script{})
	}
	if err != nil {
		g.sendPage(w, c, http.StatusInternalServerError, nil)
		return
	}
	if !signed {
		g.send(w, c, http.StatusOK, map[string][]string{"Content-Type": {"text/html; charset=UTF-8"}}, body)
		return
	}
	if c.door.name == aps.InStore && c.refused == "INVALID_SIGNATURE" {
		s.Alter.Signature = "missing" // that one is not signed, as the comments of the official libraries say
	}
	sealed, err := g.seal(ctx, envelope{
		method: c.ex.Request.Method, target: signedTarget(c.ex.Request.Target), client: c.ex.Request.Header.Get("Client-Id"),
		timeName: "response-time", body: body, names: lowerNames,
	}, s.Alter)
	if err != nil && ctx.Err() != nil {
		g.abandon(w, c)
		return
	}
	if err != nil {
		g.Logger.Error("an answer could not be signed", "error", err)
		g.sendPage(w, c, http.StatusInternalServerError, nil)
		return
	}
	c.told = told
	if s.ContentType != "" {
		sealed.header["Content-Type"] = []string{s.ContentType}
	}
	if s.Octets.Odd() {
		g.sendOddly(ctx, w, c, sealed, s.Octets)
		return
	}
	g.send(w, c, http.StatusOK, sealed.header, sealed.body)
}

// sendRecorded sends the latest answer to the same operation about another payment again.
func (g *Gateway) sendRecorded(w http.ResponseWriter, c *call, payment string) bool {
	about := func(e trace.Exchange) bool { return e.PaymentRequestID == payment }
	if payment == fault.AnyOther {
		about = func(e trace.Exchange) bool {
			return e.PaymentRequestID != c.ex.PaymentRequestID && e.Timeline == c.ex.Timeline && e.Broken == ""
		}
	}
	old, found := g.Recorder.Latest(func(e trace.Exchange) bool {
		return e.Leg == trace.AcquirerToNetwork && about(e) && e.API == string(c.api) && e.Response.Status == http.StatusOK
	})
	if !found {
		c.note("no answer about payment %s is recorded", payment)
		return false
	}
	g.send(w, c, old.Response.Status, old.Response.Header, old.Response.Body)
	return true
}

// conclude notes what was told in an answer and keeps the record of the call.
func (g *Gateway) conclude(c *call) {
	c.ex.Answered = g.Wall.Now()
	if c.ex.Response.Status == http.StatusOK {
		told := c.told
		if told == nil {
			told = read(c.route, parsed(c.ex.Response.Body))
		}
		c.ex.Result, c.ex.Outcome = told.result, told.outcome
		if c.ex.PaymentID == "" {
			c.ex.PaymentID = told.payment
		}
	}
	g.record(c.ex)
}

// telling is what an answer tells the record.
type telling struct {
	result  *trace.Result // of the call
	outcome *trace.Result // of the payment, beside it
	payment string        // paymentId
}

// read finds it in the answer.
func read(of route, answer *jsontree.Node) *telling {
	return &telling{resultAt(answer, "result"), outcomeOf(of.door.name, of.api, answer), textAt(answer, "paymentId")}
}

// parsed is a message as it was sent; one that cannot be read says nothing.
func parsed(body []byte) *jsontree.Node {
	root, err := jsontree.Parse(body)
	if err != nil {
		return &jsontree.Node{}
	}
	return root
}

// outcomeOf is what a message tells of a payment, beside its result.
func outcomeOf(at aps.Door, api aps.API, root *jsontree.Node) *trace.Result {
	if at != aps.InStore {
		return resultAt(root, "paymentResult")
	}
	r := ams.Outcome(api, root)
	if r.Code == "" && r.Status == "" {
		return nil
	}
	return &trace.Result{Code: r.Code, Status: string(r.Status)}
}

func resultAt(root *jsontree.Node, name string) *trace.Result {
	n := root.Get(name)
	if n == nil || n.Kind != jsontree.Object {
		return nil
	}
	return &trace.Result{Code: textAt(n, "resultCode"), Status: textAt(n, "resultStatus")}
}

func textAt(n *jsontree.Node, path string) string {
	if v := n.Get(path); v != nil && v.Kind == jsontree.String {
		return v.Text
	}
	return ""
}
