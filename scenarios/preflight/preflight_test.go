package preflight_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"mppsim/features"
	"mppsim/reports/journal"
	"mppsim/scenarios/acquirer"
	"mppsim/scenarios/preflight"
	"mppsim/scenarios/profile"
	"mppsim/wallet/aps"
	"mppsim/wallet/clock"
	"mppsim/wallet/control"
	"mppsim/wallet/trace"
)

const text = `
name: Acme
capabilities: [upm, notify]
facts:
  ids: { client: SANDBOX_1 }
  shops: { corner: { merchant: M-1, currencies: [SGD] } }
time: { factor: 0.05 }
drivers: { api: { http: http://127.0.0.1:1 } }
verbs:
  charge_code: { by: api, request: { method: POST, path: /p }, response: { payment: id } }
  query: { by: api, request: { method: GET, path: "/p/{{.Payment}}" }, response: { state: st, paid: sum } }
states: { payment: { x: PAID } }
`

// catalogue reads the embedded catalogue once for all tests.
var catalogue = sync.OnceValues(features.Load)

func load(t *testing.T, changes ...string) *profile.Profile {
	t.Helper()
	known, err := catalogue()
	if err != nil {
		t.Fatal(err)
	}
	p, err := profile.Parse(context.Background(), profile.Source{
		Name: "acme.yaml", Text: []byte(strings.NewReplacer(changes...).Replace(text)),
	}, profile.Options{Catalogue: known})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// sim is a simulator that saw one pay and delivers one notification.
type sim struct {
	control.API // what preflight does not use
	infoErr     error
	client      string
	pay         *trace.Exchange
	notified    trace.Exchange
	notifyErr   error
	decoded     trace.Exchange
	decodeErr   error
	closed      atomic.Bool
	alone       string       // a run that has the simulator to itself
	turns       atomic.Int64 // that were taken and not given back
}

func (s *sim) Info(context.Context) (control.Info, error) {
	return control.Info{ClientID: s.client, GatewayURL: "http://127.0.0.1:1"}, s.infoErr
}

func (s *sim) OpenTimeline(context.Context, control.TimelineSpec) (control.Timeline, error) {
	return control.Timeline{ID: "t1"}, nil
}

func (s *sim) TakeTurn(_ context.Context, spec control.TurnSpec) (control.Turn, error) {
	s.turns.Add(1)
	return control.Turn{Run: spec.Run, Granted: s.alone == "", Others: []string{s.alone}}, nil
}

func (s *sim) EndTurn(context.Context, string) error {
	s.turns.Add(-1)
	return nil
}

func (s *sim) CloseTimeline(context.Context, string) error {
	s.closed.Store(true)
	return nil
}

func (s *sim) Expect(context.Context, string, control.Expectation) error { return nil }

func (s *sim) CreatePayer(_ context.Context, spec control.PayerSpec) (control.Payer, error) {
	if spec.Template != "poor" || spec.Timeline != "t1" {
		return control.Payer{}, fmt.Errorf("payer %+v", spec)
	}
	return control.Payer{ID: "u1"}, nil
}

func (s *sim) IssueCode(context.Context, string, control.CodeSpec) (control.PaymentCode, error) {
	return control.PaymentCode{Digits: "281001000000000000012345"}, nil
}

func (s *sim) Exchanges(ctx context.Context, _ control.ExchangeQuery) ([]trace.Exchange, error) {
	if s.pay == nil {
		<-ctx.Done()
		return nil, nil
	}
	return []trace.Exchange{{Seq: 1, Leg: trace.NetworkToWallet, API: string(aps.Pay)}, *s.pay}, nil
}

func (s *sim) Arm(context.Context, control.FaultSpec) (control.Fault, error) {
	return control.Fault{}, errors.New("no faults here")
}

func (s *sim) Notify(context.Context, control.NotifySpec) (trace.Exchange, error) {
	return s.notified, s.notifyErr
}

func (s *sim) Decode(_ context.Context, spec control.DecodeSpec) (trace.Exchange, error) {
	if spec.Payer != "u1" || !strings.HasPrefix(spec.Text, "https://pay.example/28") {
		return trace.Exchange{}, fmt.Errorf("asked for %+v", spec)
	}
	return s.decoded, s.decodeErr
}

// till is an acquirer that answers as it is told.
type till struct {
	acquirer.Acquirer
	probeErr, chargeErr, queryErr error
	refused                       bool
	state                         acquirer.State
	ahead                         time.Duration
	setErr                        error
}

func (a *till) Offers(verb string) bool { return verb != acquirer.VerbHealth }

func (a *till) Probe(context.Context) error { return a.probeErr }

func (a *till) Time(context.Context) (time.Time, error) { return now().Add(a.ahead), nil }

func (a *till) SetClock(_ context.Context, ahead time.Duration) (journal.Call, error) {
	if ahead != 0 {
		return journal.Call{}, fmt.Errorf("preflight sets the clock %s ahead", ahead)
	}
	if a.setErr == nil {
		a.ahead = 0
	}
	return journal.Call{ID: "c1"}, a.setErr
}

func (a *till) ChargeCode(context.Context, acquirer.Charge) (acquirer.Payment, error) {
	p := acquirer.Payment{ID: "p1", State: acquirer.Pending, Refused: a.refused, Reason: "no-such-shop"}
	return p, a.chargeErr
}

func (a *till) Query(context.Context, acquirer.PaymentRef) (acquirer.Payment, error) {
	return acquirer.Payment{ID: "p1", State: a.state, Reason: "other-means"}, a.queryErr
}

func now() time.Time { return time.Date(2000, 1, 1, 12, 0, 0, 0, time.UTC) }

func goodPay() *trace.Exchange {
	return &trace.Exchange{
		Seq: 2, Leg: trace.AcquirerToNetwork, API: string(aps.Pay), PaymentRequestID: "r1", Received: now(),
		Request: trace.Message{Body: []byte(`{"paymentNotifyUrl":"http://127.0.0.1:9100/notify"}`), Header: http.Header{
			"Client-Id": {"SANDBOX_1"}, "Request-Time": {now().Add(-200 * time.Millisecond).Format(time.RFC3339Nano)},
		}},
		Signature: trace.Signature{Verdict: "valid"},
	}
}

func acknowledged() trace.Exchange {
	return trace.Exchange{
		Request:  trace.Message{Host: "127.0.0.1:9100", Target: "/notify"},
		Response: trace.Message{Status: 200}, Result: &trace.Result{Status: "S", Code: "SUCCESS"}, Signature: trace.Signature{Verdict: "valid"},
	}
}

// decoded is the answer to a code that the acquirer does not know.
func decoded() trace.Exchange {
	e := acknowledged()
	e.Result = &trace.Result{Status: "F", Code: "INVALID_CODE"}
	return e
}

func goodSim() *sim {
	return &sim{client: "SANDBOX_1", pay: goodPay(), notified: acknowledged(), decoded: decoded()}
}

// withOwnCodes declares private order codes and maps what they need.
var withOwnCodes = []string{
	"[upm, notify]", "[upm, notify, private_order_code]",
	"time:", "alipayplus: { addresses: { userInitiatedPay: http://127.0.0.1:1/decode }, private_code_domains: [pay.example] }\ntime:",
	"states:", "  private_order_code: { create: { by: api, request: { method: POST, path: /o }, response: { payment: id, code: text } } }\nstates:",
}

// withClock declares that the acquirer's clock can be moved, by a call; withShim by a program.
var (
	withClock = []string{
		"[upm, notify]", "[upm, notify, clock]",
		"states:", "  clock: { set: { by: api, request: { method: PUT, path: /c, json: { ahead: \"{{.Clock.Ahead}}\" } } } }\nstates:",
	}
	withShim = []string{"[upm, notify]", "[upm, notify, clock]", "time:", "clock: { command: [restart] }\ntime:"}
)

// standing is a clock that stands still and whose pauses are over at once.
type standing struct{}

func (standing) Now() time.Time { return now() }

func (standing) AfterFunc(_ time.Duration, f func()) func() bool {
	return clock.System().AfterFunc(time.Millisecond, f)
}

func run(t *testing.T, s *sim, a acquirer.Acquirer, changes ...string) preflight.Report {
	t.Helper()
	return preflight.Run(context.Background(), preflight.Options{
		Profile: load(t, changes...), Acquirer: a, Sim: s, Clock: standing{}, IDs: func() string { return "1" },
	})
}

func TestAllIsWell(t *testing.T) {
	t.Parallel()
	s := goodSim()
	report := run(t, s, &till{state: acquirer.Failed})
	for _, item := range report.Items {
		if item.State != preflight.OK && item.Name != "path to Alipay+" { // there is no door
			t.Errorf("%+v", item)
		}
	}
	if report.Failed() || report.Warned() || report.Unreachable() || len(report.Items) < 11 {
		t.Errorf("report: %+v", report)
	}
	if !s.closed.Load() || s.turns.Load() != 0 {
		t.Errorf("the timeline stays open, or the turn is kept (%d)", s.turns.Load())
	}
}

// withRefunds declares and maps refunds.
var withRefunds = []string{
	"[upm, notify]", "[upm, notify, refund]",
	"states:", "  refund: { by: api, request: { method: POST, path: /r }, response: { refund: id, state: st } }\n" +
		"  query_refund: { by: api, request: { method: GET, path: /r }, response: { state: st } }\nstates:",
	"x: PAID }", "x: PAID }, refund: { x: REFUNDED }",
}

func TestWhatIsMissing(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		spoil   func(*sim, *till)
		changes []string
		item    string
		state   preflight.State
		says    string
	}{
		{name: "no simulator", spoil: func(s *sim, _ *till) { s.infoErr = errors.New("refused") }, item: "simulator", state: preflight.Fail, says: "refused"},
		{name: "no acquirer", spoil: func(_ *sim, a *till) { a.probeErr = acquirer.ErrUnreachable }, item: "acquirer", state: preflight.Fail, says: "cannot be reached"},
		{name: "a sick acquirer", spoil: func(_ *sim, a *till) { a.probeErr = acquirer.ErrServer }, item: "acquirer", state: preflight.Fail, says: "not well"},
		{name: "charge fails", spoil: func(_ *sim, a *till) { a.chargeErr = acquirer.ErrServer }, item: "probe charge", state: preflight.Fail, says: "answered with an error"},
		{name: "charge refused", spoil: func(s *sim, a *till) { a.refused, s.pay = true, nil }, item: "probe charge", state: preflight.Fail, says: "no-such-shop"},
		{name: "refusal told at once", spoil: func(_ *sim, a *till) { a.refused = true }, item: "probe charge", state: preflight.OK, says: "at once"},
		{name: "nothing arrives", spoil: func(s *sim, _ *till) { s.pay = nil }, item: "traffic to Alipay+", state: preflight.Fail, says: "no pay call"},
		{name: "wrong signature", spoil: func(s *sim, _ *till) {
			s.pay.Signature = trace.Signature{Verdict: "invalid", Reason: "CRLF instead of LF"}
		}, item: "signature", state: preflight.Fail, says: "invalid: CRLF instead of LF"},
		{name: "no key", spoil: func(s *sim, _ *till) { s.pay.Signature = trace.Signature{Verdict: "unchecked", Reason: "no key"} }, item: "signature", state: preflight.Warn, says: "no key"},
		{name: "other client id sent", spoil: func(s *sim, _ *till) { s.pay.Request.Header.Set("Client-Id", "1022") }, item: "client id", state: preflight.Fail, says: `sends "1022"`},
		{name: "other client id assigned", spoil: func(s *sim, _ *till) { s.client = "SANDBOX_2" }, item: "client id", state: preflight.Fail, says: "SANDBOX_2"},
		{name: "clocks apart", spoil: func(s *sim, _ *till) {
			s.pay.Request.Header.Set("Request-Time", now().Add(2*time.Minute).Format(time.RFC3339))
		}, item: "request time", state: preflight.Warn, says: "2m0s before ours"},
		{name: "clocks far apart", spoil: func(s *sim, _ *till) {
			s.pay.Request.Header.Set("Request-Time", fmt.Sprint(now().Add(-time.Hour).UnixMilli()))
		}, item: "request time", state: preflight.Fail, says: "1h0m0s behind ours"},
		{name: "unreadable time", spoil: func(s *sim, _ *till) { s.pay.Request.Header.Set("Request-Time", "noon") }, item: "request time", state: preflight.Warn, says: "noon"},
		{name: "own clock apart", spoil: func(_ *sim, a *till) { a.ahead = 10 * time.Minute }, item: "acquirer's clock", state: preflight.Fail, says: "10m0s before ours"},
		{name: "query fails", spoil: func(_ *sim, a *till) { a.state, a.queryErr = "", acquirer.ErrUnreadable }, item: "query", state: preflight.Fail, says: "cannot be read"},
		{name: "words turned round", spoil: func(_ *sim, a *till) { a.state = acquirer.Paid }, item: "query", state: preflight.Fail, says: `"PAID"`},
		{name: "undecided", spoil: func(_ *sim, a *till) { a.state = acquirer.Pending }, item: "query", state: preflight.Warn, says: "undecided"},
		{name: "callback host refused", spoil: func(s *sim, _ *till) { s.notifyErr = errors.New("host not allowed") }, item: "notification", state: preflight.Fail, says: "host not allowed"},
		{name: "callback unanswered", spoil: func(s *sim, _ *till) { s.notified = trace.Exchange{Broken: "refused"} }, item: "notification", state: preflight.Fail, says: "refused"},
		{name: "not acknowledged", spoil: func(s *sim, _ *till) { s.notified.Result = nil }, item: "acknowledgement", state: preflight.Warn, says: "no result"},
		{name: "another key of Alipay+", spoil: func(s *sim, _ *till) {
			s.notified.Result = &trace.Result{Status: "F", Code: "INVALID_SIGNATURE"}
		}, item: "acknowledgement", state: preflight.Fail, says: "rejects the signature"},
		{name: "another mistake", spoil: func(s *sim, _ *till) {
			s.notified.Result = &trace.Result{Status: "F", Code: "PROCESS_FAIL"}
		}, item: "acknowledgement", state: preflight.Warn, says: "not acknowledged: F PROCESS_FAIL"},
		{name: "acknowledgement unsigned", spoil: func(s *sim, _ *till) { s.notified.Signature.Verdict = "missing" }, item: "acknowledgement", state: preflight.Warn, says: "missing"},
		{name: "notify not declared", spoil: func(*sim, *till) {}, changes: []string{"[upm, notify]", "[upm]"}, item: "notification", state: preflight.Skipped, says: "not declared"},
		{name: "factor too small", spoil: func(*sim, *till) {}, changes: []string{"0.05", "0.01"}, item: "factor", state: preflight.Warn, says: "600ms"},
		{name: "no address", spoil: func(s *sim, _ *till) { s.pay.Request.Body = []byte(`{}`) }, item: "notification", state: preflight.Warn, says: "names no paymentNotifyUrl"},
		{name: "elsewhere", spoil: func(*sim, *till) {}, changes: []string{"127.0.0.1:1 ", "192.0.2.7:1 "}, item: "traps", state: preflight.Warn, says: "ACQ-SEC-15, ACQ-SEC-16 cannot be judged"},
		{name: "elsewhere, and sees us", spoil: func(*sim, *till) {}, changes: []string{"127.0.0.1:1 ", "192.0.2.7:1 ", "time:", "alipayplus: { trap_host: 192.0.2.1 }\ntime:"}, item: "traps", state: preflight.OK, says: "at 192.0.2.1"},
		{name: "no amount paid", spoil: func(*sim, *till) {}, changes: []string{", paid: sum", ""}, item: "amounts and reasons", state: preflight.Warn, says: "nothing tells the amount paid: ACQ-PRM-01, ACQ-PRM-04 cannot be judged"},
		{name: "no refunded sum", spoil: func(*sim, *till) {}, changes: withRefunds, item: "amounts and reasons", state: preflight.Warn, says: "the sum refunded or remaining: ACQ-REF-04 cannot"},
		{name: "a refunded sum", spoil: func(*sim, *till) {}, changes: append([]string{"paid: sum", "paid: sum, refunded: back"}, withRefunds...), item: "amounts and reasons", state: preflight.OK},
		{name: "driver impatient", spoil: func(*sim, *till) {}, changes: []string{"127.0.0.1:1 }", "127.0.0.1:1, timeout: 1s }"}, item: "time-outs", state: preflight.Warn, says: "drivers.api.timeout is 1s, at factor 0.05"},
		{name: "verb impatient", spoil: func(*sim, *till) {}, changes: []string{"method: POST, path: /p }", "method: POST, path: /p }, timeout: 1s"}, item: "time-outs", state: preflight.Warn, says: "verbs.charge_code.timeout is 1s"},
		{name: "driver impatient in production", spoil: func(*sim, *till) {}, changes: []string{"0.05", "1", "127.0.0.1:1 }", "127.0.0.1:1, timeout: 30s }"}, item: "time-outs", state: preflight.Warn, says: "drivers.api.timeout is 30s, at factor 1"},
		{name: "moving its clock", spoil: func(*sim, *till) {}, changes: withClock, item: "moving its clock", state: preflight.OK, says: "true time"},
		{name: "its clock was left moved", spoil: func(_ *sim, a *till) { a.ahead = 8736 * time.Hour }, changes: withClock, item: "acquirer's clock", state: preflight.Warn, says: "wrong by 8736h0m0s, as a run leaves it"},
		{name: "its clock was left moved and stands", spoil: func(_ *sim, a *till) { a.ahead, a.setErr = time.Hour, errors.New("no") }, changes: withClock, item: "acquirer's clock", state: preflight.Fail, says: "1h0m0s before ours"},
		{name: "somebody is alone", spoil: func(s *sim, _ *till) { s.alone = "20000101-x" }, item: "other runs", state: preflight.Fail, says: "to itself just now: 20000101-x"},
		{name: "somebody is alone: no charge", spoil: func(s *sim, _ *till) { s.alone = "20000101-x" }, item: "probe charge", state: preflight.Skipped, says: "another run is alone"},
		{name: "its clock stands", spoil: func(_ *sim, a *till) { a.setErr = errors.New("HTTP status 404") }, changes: withClock, item: "moving its clock", state: preflight.Fail, says: "HTTP status 404"},
		{name: "its clock takes a restart", spoil: func(*sim, *till) {}, changes: withShim, item: "moving its clock", state: preflight.Skipped, says: "starts the acquirer anew"},
		{name: "own codes", spoil: func(*sim, *till) {}, changes: withOwnCodes, item: "own codes", state: preflight.OK, says: "F INVALID_CODE, signed"},
		{name: "own codes asked elsewhere", spoil: func(s *sim, _ *till) { s.decoded = trace.Exchange{Broken: "refused"} }, changes: withOwnCodes, item: "own codes", state: preflight.Fail, says: "no answer to userInitiatedPay"},
		{name: "own codes asked of a page", spoil: func(s *sim, _ *till) { s.decoded.Response.Status, s.decoded.Result = 404, nil }, changes: withOwnCodes, item: "own codes", state: preflight.Fail, says: "HTTP status 404 and no result"},
		{name: "own codes: host refused", spoil: func(s *sim, _ *till) { s.decodeErr = errors.New("host not allowed") }, changes: withOwnCodes, item: "own codes", state: preflight.Fail, says: "host not allowed"},
		{name: "own codes: no answer in time", spoil: func(s *sim, _ *till) { s.decodeErr = fmt.Errorf("decode: %w", context.DeadlineExceeded) }, changes: withOwnCodes, item: "own codes", state: preflight.Fail, says: "within 1s"},
		{name: "own codes: another key of Alipay+", spoil: func(s *sim, _ *till) { s.decoded.Result.Code = "INVALID_SIGNATURE" }, changes: withOwnCodes, item: "own codes", state: preflight.Fail, says: "rejects the signature"},
		{name: "own codes: any code is known", spoil: func(s *sim, _ *till) { s.decoded.Result = &trace.Result{Status: "S", Code: "SUCCESS"} }, changes: withOwnCodes, item: "own codes", state: preflight.Warn, says: "never issued"},
		{name: "own codes: unsigned", spoil: func(s *sim, _ *till) { s.decoded.Signature.Verdict = "missing" }, changes: withOwnCodes, item: "own codes", state: preflight.Warn, says: "is missing"},
		{name: "patient in production", spoil: func(*sim, *till) {}, changes: []string{"0.05", "1"}, item: "time-outs", state: preflight.OK},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s, a := goodSim(), &till{state: acquirer.Failed}
			tt.spoil(s, a)
			report := run(t, s, a, tt.changes...)
			item, ok := find(report, tt.item)
			if !ok || item.State != tt.state || !strings.Contains(item.Detail, tt.says) {
				t.Errorf("item %+v, want %s saying %q\nin %+v", item, tt.state, tt.says, report.Items)
			}
			if item.State == preflight.Fail && item.Mend == "" {
				t.Error("the failure has no mend")
			}
		})
	}
}

func find(r preflight.Report, name string) (preflight.Item, bool) {
	for _, item := range r.Items {
		if item.Name == name {
			return item, true
		}
	}
	return preflight.Item{}, false
}

func TestUnreachableIsTheEnvironment(t *testing.T) {
	t.Parallel()
	report := run(t, goodSim(), &till{probeErr: acquirer.ErrUnreachable})
	if !report.Unreachable() || !report.Failed() {
		t.Errorf("report: %+v", report)
	}
	if item, _ := find(report, "signature"); item.State != preflight.Skipped {
		t.Errorf("signature: %+v", item)
	}
}
