package httpdriver

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"mppsim/reports/journal"
	"mppsim/scenarios/acquirer"
	"mppsim/wallet/trace"
)

// maxAnswer bounds what is read of an answer of the merchant API.
const maxAnswer = 4 << 20

// answer is what came back from a call, before it is read.
type answer struct {
	verb    *verb
	call    journal.Call
	status  int
	body    []byte // unredacted; never leaves the package
	refused bool
}

// call sends one request of a verb. The call is recorded whatever happens.
func (d *Driver) call(ctx context.Context, name string, data Data, blank bool) (answer, error) {
	v, ok := d.plan.verbs[name]
	if !ok {
		return answer{}, fmt.Errorf("%s: %w", name, acquirer.ErrNotOffered)
	}
	a := answer{verb: v, call: journal.Call{ID: d.ids(), Verb: name, Started: d.clock.Now()}}
	ctx, cancel := context.WithTimeout(ctx, v.timeout)
	defer cancel()
	err := d.exchange(ctx, &a, data, blank)
	a.call.Ended = d.clock.Now()
	a.call.Refused = a.refused
	if err != nil {
		err = fmt.Errorf("%s: %w", name, err)
		a.call.Error = d.hide.Redact(err.Error())
		d.log.DebugContext(ctx, "merchant API call failed", "verb", name, "call", a.call.ID, "error", a.call.Error)
	}
	return a, err
}

func (d *Driver) exchange(ctx context.Context, a *answer, data Data, blank bool) error {
	req, body, err := a.verb.build(ctx, data, blank)
	if err != nil {
		return err
	}
	a.call.Request = d.record(trace.Message{
		Method: req.Method, Target: req.URL.RequestURI(), Host: req.URL.Host, Header: req.Header, Body: body,
	})
	if err := d.limits[a.verb.conn.name].wait(ctx); err != nil {
		return fmt.Errorf("%w: waiting for the rate limit: %w", acquirer.ErrNoAnswer, err)
	}
	a.call.Started = d.clock.Now()
	resp, err := d.client.Do(req)
	if err != nil {
		return d.classify(err)
	}
	defer func() { _ = resp.Body.Close() }()
	a.status = resp.StatusCode
	a.body, err = io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	a.call.Response = d.record(trace.Message{Status: resp.StatusCode, Header: resp.Header, Body: a.body})
	if err != nil {
		return fmt.Errorf("%w: the answer broke off: %w", acquirer.ErrNoAnswer, err)
	}
	return a.judge()
}

// judge tells refusals and errors from answers.
func (a *answer) judge() error {
	rule := a.verb.refused
	switch {
	case rule.covers(a.status), rule.toldIn(a.body):
		a.refused = true
		return nil
	case a.status >= 500:
		return fmt.Errorf("%w: HTTP status %d", acquirer.ErrUnwell, a.status)
	case a.status >= 400:
		return fmt.Errorf("%w: HTTP status %d (check the credentials; to count it as a refusal, name %d in refused.status)",
			acquirer.ErrServer, a.status, a.status)
	case a.status >= 300:
		return fmt.Errorf("%w: HTTP status %d sends elsewhere; put the final address into the profile", acquirer.ErrServer, a.status)
	}
	return nil
}

// classify says what kind of failure kept an answer away.
func (d *Driver) classify(err error) error {
	reason := err
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		reason = wrapped.Err // the URL is in the record; it may hold secrets
	}
	var op *net.OpError
	var dns *net.DNSError
	if errors.As(err, &dns) || (errors.As(err, &op) && op.Op == "dial") {
		return fmt.Errorf("%w: %w", acquirer.ErrUnreachable, reason)
	}
	return fmt.Errorf("%w: %w", acquirer.ErrNoAnswer, reason)
}

// record redacts a message for the journal.
func (d *Driver) record(m trace.Message) trace.Message {
	header := make(http.Header, len(m.Header))
	for name, values := range m.Header {
		for _, v := range values {
			header[name] = append(header[name], d.hideHeader(name, v))
		}
	}
	m.Header = header
	m.Target = d.hide.Redact(m.Target)
	m.Body = d.hide.RedactBytes(m.Body)
	return m
}

// hideHeader takes credentials out of a header also when they are no declared secret.
func (d *Driver) hideHeader(name, value string) string {
	switch http.CanonicalHeaderKey(name) {
	case "Authorization", "Proxy-Authorization":
		scheme, _, found := strings.Cut(value, " ")
		if found {
			return scheme + " [hidden]"
		}
		return "[hidden]"
	case "Cookie", "Set-Cookie":
		return "[hidden]"
	}
	return d.hide.Redact(value)
}

// build renders a request.
func (v *verb) build(ctx context.Context, data Data, blank bool) (*http.Request, []byte, error) {
	path, err := v.request.path.render(data)
	if err != nil {
		return nil, nil, err
	}
	query, err := encodeItems(v.request.query, data, false)
	if err != nil {
		return nil, nil, err
	}
	body, contentType, err := v.request.body(data, blank)
	if err != nil {
		return nil, nil, err
	}
	req, err := http.NewRequestWithContext(ctx, v.request.method, v.conn.base+withQuery(path, query), bytes.NewReader(body))
	if err != nil {
		return nil, nil, fmt.Errorf("%s: the request cannot be built: %w", v.place, err)
	}
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	req.Header.Set("Accept", "application/json, */*;q=0.5")
	for _, h := range append(slices.Clip(v.conn.headers), v.request.headers...) {
		text, err := h.text.render(data)
		if err != nil {
			return nil, nil, err
		}
		if text != "" {
			req.Header.Set(h.name, text)
		}
	}
	return req, body, nil
}

func withQuery(path, query string) string {
	switch {
	case query == "":
		return path
	case strings.Contains(path, "?"):
		return path + "&" + query
	}
	return path + "?" + query
}

func (r request) body(data Data, blank bool) (body []byte, contentType string, err error) {
	switch {
	case r.json != nil:
		body, err = r.json.render(data, blank)
		return body, "application/json", err
	case r.isForm:
		form, err := encodeItems(r.form, data, blank)
		return []byte(form), "application/x-www-form-urlencoded", err
	case r.text != nil:
		content, err := r.text.render(data)
		return []byte(content), "text/plain; charset=utf-8", err
	}
	return nil, "", nil
}

// encodeItems writes items as a form, in their order; empty ones are left out unless blank.
func encodeItems(items []item, data Data, blank bool) (string, error) {
	var pairs []string
	for _, i := range items {
		content, err := i.text.render(data)
		if err != nil {
			return "", err
		}
		if content == "" && !blank && i.text != nil {
			continue
		}
		pairs = append(pairs, url.QueryEscape(i.name)+"="+url.QueryEscape(content))
	}
	return strings.Join(pairs, "&"), nil
}
