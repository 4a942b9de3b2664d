package preflight

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"mppsim/scenarios/netpath"
	"mppsim/wallet/aps"
	"mppsim/wallet/control"
)

const (
	pathWithin    = 2 * time.Second // for a probe of the path to end
	silentFor     = time.Second     // no answer for so long is silence
	stalledFor    = 500 * time.Millisecond
	lateBy        = 300 * time.Millisecond
	longBody      = 900 << 10 // what Alipay+'s door takes is a little more
	ordinaryBody  = 64 << 10
	pathOperation = "/aps/api/v1/payments/inquiryPayment"
)

// bearing is what one probe of the path showed.
type bearing int

const (
	unseen bearing = iota // nothing can be said
	carried
	hidden
)

// survey is what was found on the way from this machine to the door of Alipay+ by the address that the acquirer calls.
type survey struct {
	bearings map[netpath.Trait]bearing
	retries  bool
	maxBody  int64 // 0: as much as the door takes
	err      error // why nothing was found
}

// pathProbe sends requests that no acquirer would miss, and has faults played on them.
type pathProbe struct {
	*visit
	url, timeline, token string
	client               *http.Client
}

// probed is a request with the fault that is played on it.
type probed struct {
	trait  netpath.Trait
	fault  string
	params control.Params
	read   func(answer *http.Response, err error) bearing
}

// probes are the traits that a fault can show.
func probes() []probed {
	return []probed{
		{netpath.Reset, "request-reset", control.Params{}, readReset},
		{netpath.Silence, "request-lost", control.Params{}, readSilence},
		{netpath.Cut, "answer-cut", control.Params{}, readCut},
		{netpath.Stall, "answer-stalled", control.Params{Delay: stalledFor}, readStall},
		{netpath.Late, "answer-held", control.Params{Delay: lateBy}, readLate},
		{netpath.Status, "refused-http-status", control.Params{Status: http.StatusServiceUnavailable}, readStatus},
	}
}

func readReset(_ *http.Response, err error) bearing {
	switch {
	case err == nil:
		return hidden // somebody else has answered
	case errors.Is(err, context.DeadlineExceeded):
		return unseen
	}
	return carried
}

func readSilence(_ *http.Response, err error) bearing {
	if errors.Is(err, context.DeadlineExceeded) {
		return carried
	}
	return hidden
}

func readCut(answer *http.Response, err error) bearing {
	if err != nil {
		return unseen
	}
	if _, err := io.Copy(io.Discard, answer.Body); err != nil {
		return carried
	}
	return hidden
}

func readStall(answer *http.Response, err error) bearing {
	switch {
	case err != nil:
		return unseen
	case answer.StatusCode == http.StatusOK:
		return carried // half of an answer is no answer yet to one that waits for the whole
	}
	return hidden
}

func readLate(answer *http.Response, err error) bearing {
	switch {
	case err != nil:
		return unseen
	case answer.StatusCode == http.StatusOK:
		return carried
	}
	return hidden
}

func readStatus(answer *http.Response, err error) bearing {
	switch {
	case err != nil:
		return unseen
	case answer.StatusCode == http.StatusServiceUnavailable:
		return carried
	}
	return hidden
}

// survey looks at the way to the door of Alipay+.
func (v *visit) survey(ctx context.Context, url string) survey {
	ctx, cancel := context.WithTimeout(ctx, 2*pathWithin)
	defer cancel()
	s := survey{bearings: map[netpath.Trait]bearing{}}
	line, err := v.Sim.OpenTimeline(ctx, control.TimelineSpec{Name: "preflight of the path", Run: "preflight", Notification: control.NotificationRhythm{Mode: "off"}})
	if err != nil {
		return survey{err: err}
	}
	defer v.close(ctx, line.ID)
	transport := &http.Transport{DisableKeepAlives: true, DisableCompression: true}
	p := pathProbe{visit: v, url: url + pathOperation, timeline: line.ID, token: "PREFLIGHT-" + v.IDs(), client: &http.Client{
		Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	if err := v.Sim.Expect(ctx, line.ID, control.Expectation{References: []string{p.token}}); err != nil {
		return survey{err: err}
	}
	if s.err = p.arrives(ctx); s.err != nil {
		return s
	}
	p.all(ctx, &s)
	return s
}

// arrives makes sure that the address can be reached from here at all.
func (p pathProbe) arrives(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, pathWithin)
	defer cancel()
	answer, err := p.send(ctx, "plain", ordinaryBody/64)
	if err == nil {
		err = answer.Body.Close()
	}
	if err != nil {
		return fmt.Errorf("from this machine: %w", err)
	}
	return nil
}

// all makes the probes side by side.
func (p pathProbe) all(ctx context.Context, s *survey) {
	var mu sync.Mutex
	var probing sync.WaitGroup
	for _, one := range probes() {
		probing.Go(func() {
			b := p.try(ctx, one)
			mu.Lock()
			defer mu.Unlock()
			s.bearings[one.trait] = b
		})
	}
	probing.Go(func() { s.maxBody = p.longest(ctx) })
	probing.Wait()
	s.retries = p.repeated(ctx)
}

// try has a fault played on one request.
func (p pathProbe) try(ctx context.Context, one probed) bearing {
	id := p.id(string(one.trait))
	_, err := p.Sim.Arm(ctx, control.FaultSpec{
		Fault: one.fault, Params: one.params, Aim: control.Aim{Timeline: p.timeline, Reference: id, API: aps.InquiryPayment},
	})
	if err != nil {
		return unseen
	}
	limit := pathWithin
	if one.trait == netpath.Silence {
		limit = silentFor
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	answer, err := p.send(ctx, string(one.trait), 1)
	if err == nil {
		defer func() { _ = answer.Body.Close() }() // it has been looked at
	}
	return one.read(answer, err)
}

// id names the probe of a trait in its request.
func (p pathProbe) id(trait string) string { return p.token + "-" + trait }

// send makes one request of about so many bytes.
func (p pathProbe) send(ctx context.Context, trait string, size int) (*http.Response, error) {
	body := fmt.Sprintf(`{"paymentRequestId":%q,"padding":%q}`, p.id(trait), strings.Repeat("x", size))
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, p.url, bytes.NewBufferString(body))
	if err != nil {
		return nil, fmt.Errorf("probe the path: %w", err)
	}
	r.Header.Set("Content-Type", "application/json; charset=UTF-8")
	r.Header.Set("Client-Id", p.Profile.Facts.Client)
	return p.client.Do(r) //nolint:wrapcheck // read by those that know what they have asked for
}

// longest finds a body that is refused before it arrives: what does get through, or 0.
func (p pathProbe) longest(ctx context.Context) int64 {
	ctx, cancel := context.WithTimeout(ctx, pathWithin)
	defer cancel()
	through := int64(1 << 10)
	for _, size := range []int{ordinaryBody, longBody} {
		answer, err := p.send(ctx, "long", size)
		if err != nil {
			return 0 // a machine without time says nothing
		}
		_ = answer.Body.Close() // the status is all
		if answer.StatusCode == http.StatusRequestEntityTooLarge {
			return through
		}
		through = int64(size)
	}
	return 0
}

// repeated reports whether a request arrived more often than it was sent.
func (p pathProbe) repeated(ctx context.Context) bool {
	list, err := p.Sim.Exchanges(ctx, control.ExchangeQuery{Timeline: p.timeline})
	if err != nil {
		return false
	}
	came := map[string]int{}
	for _, e := range list {
		if came[e.PaymentRequestID]++; came[e.PaymentRequestID] > 1 && !strings.HasSuffix(e.PaymentRequestID, "-long") {
			return true
		}
	}
	return false
}

// found says whether something stands in between.
func (s survey) found() bool { return s.retries || s.maxBody > 0 || len(s.of(hidden)) > 0 }

// of lists traits by what was found of them.
func (s survey) of(b bearing) []string {
	var list []string
	for _, trait := range netpath.Traits() {
		if s.bearings[trait] == b {
			list = append(list, string(trait))
		}
	}
	return list
}

// declaration is what the profile should say.
func (s survey) declaration() string {
	text := "network_path: { to_network: { proxy: yes, carries: [" + strings.Join(s.of(carried), ", ") + "]"
	if s.retries {
		text += ", retries: yes"
	}
	if s.maxBody > 0 {
		text += fmt.Sprintf(", max_body: %dKB", s.maxBody>>10)
	}
	return text + " } }"
}

// String tells what was found.
func (s survey) String() string {
	var words []string
	if list := s.of(hidden); len(list) > 0 {
		words = append(words, "these do not get through: "+strings.Join(list, ", "))
	}
	if s.retries {
		words = append(words, "requests that fail are repeated")
	}
	if s.maxBody > 0 {
		words = append(words, fmt.Sprintf("bodies above %d KB are refused", s.maxBody>>10))
	}
	return strings.Join(words, "; ")
}

// between says what stands in between on each leg.
func (v *visit) between(s survey) {
	v.judgePath(s, v.signs.pay)
	v.judgeSigns(itemPathFrom, netpath.ToAcquirer, v.Profile.Path.ToAcquirer, v.signs.notified)
	v.judgeSigns(itemPathTill, netpath.Till, v.Profile.Path.Till, v.signs.till)
}

// judgePath compares what was found on the way to Alipay+ with what is declared. Signs are the headers of proxies in the
// acquirer's own call.
func (v *visit) judgePath(s survey, signs []string) {
	declared := v.Profile.Path.ToNetwork
	seen := s.String()
	if len(signs) > 0 {
		seen = strings.Trim(seen+"; its calls carry "+strings.Join(signs, ", "), "; ")
	}
	var too []string
	for _, trait := range s.of(hidden) {
		if slices.Contains(declared.Carries, netpath.Trait(trait)) {
			too = append(too, trait)
		}
	}
	beyond := s.maxBody > 0 && (declared.MaxBody == 0 || declared.MaxBody > longBody)
	switch {
	case s.err != nil && len(signs) == 0:
		v.add(itemPathTo, Skipped, "", "the address that the acquirer calls cannot be probed: %v", s.err)
	case !declared.Proxy && (s.found() || len(signs) > 0):
		v.add(itemPathTo, Warn, "write "+s.declaration(), "a proxy that the profile does not declare: %s", seen)
	case !declared.Proxy:
		v.add(itemPathTo, OK, "", "nothing in between that could be noticed from here")
	case len(too) > 0 || s.retries && !declared.Retries || beyond:
		v.add(itemPathTo, Warn, "write "+s.declaration(), "the proxy does more than the profile declares: %s", seen)
	default:
		v.add(itemPathTo, OK, "", "a proxy as declared")
	}
}

// judgeSigns looks for proxies on another leg by the headers of answers.
func (v *visit) judgeSigns(name, key string, declared netpath.Leg, signs []string) {
	switch {
	case declared.Proxy:
		v.add(name, OK, "", "a proxy as declared")
	case len(signs) > 0:
		v.add(name, Warn, "write network_path: { "+key+": { proxy: yes } }, with retries: yes if it repeats requests, and max_body if it refuses long ones",
			"a proxy that the profile does not declare: answers carry %s", strings.Join(signs, ", "))
	default:
		v.add(name, OK, "", "no answer shows a proxy")
	}
}
