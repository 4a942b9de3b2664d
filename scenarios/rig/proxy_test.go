package rig_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"mppsim/reports/journal"
	"mppsim/scenarios"
	"mppsim/scenarios/preflight"
	"mppsim/scenarios/rig"
	"mppsim/wallet/clock"
)

// wayside is a proxy as they stand before test set-ups: it takes a whole request, refuses a long one with 413, asks as
// often as it must, takes the whole answer, and where there is none says 502 itself.
type wayside struct {
	target  chan string // filled once, when it is known
	address string
	client  *http.Client
	most    int64
	tries   int
	said    atomic.Int32 // answers of its own
	again   atomic.Int32 // requests that it repeated
}

func newWayside(t *testing.T, most int64, tries int) *wayside {
	t.Helper()
	p := &wayside{
		target: make(chan string, 1), most: most, tries: tries,
		client: &http.Client{
			Timeout: 2 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
			Transport: &http.Transport{DisableKeepAlives: true},
		},
	}
	server := httptest.NewServer(p)
	t.Cleanup(server.Close)
	p.address = server.URL
	return p
}

// before puts it before an address, and tells its own.
func (p *wayside) before(address string) string {
	p.target <- address
	return p.address
}

func (p *wayside) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	target := <-p.target
	p.target <- target
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, p.most))
	if err != nil {
		p.say(w, http.StatusRequestEntityTooLarge)
		return
	}
	for try := range p.tries {
		if try > 0 {
			p.again.Add(1)
		}
		if status, header, whole, err := p.ask(r, target, body); err == nil && status < http.StatusInternalServerError {
			maps.Copy(w.Header(), header)
			w.Header().Del("Content-Length")
			w.Header().Add("Via", "1.1 wayside")
			w.WriteHeader(status)
			_, _ = w.Write(whole) //nolint:errcheck // the caller may have left
			return
		}
	}
	p.say(w, http.StatusBadGateway)
}

// ask passes the request on once and reads the whole answer.
func (p *wayside) ask(r *http.Request, target string, body []byte) (status int, header http.Header, whole []byte, err error) {
	onward, err := http.NewRequestWithContext(context.WithoutCancel(r.Context()), r.Method, target+r.RequestURI, bytes.NewReader(body))
	if err != nil {
		return 0, nil, nil, err
	}
	onward.Header = r.Header.Clone()
	onward.Header.Add("Via", "1.1 wayside")
	answer, err := p.client.Do(onward)
	if err != nil {
		return 0, nil, nil, err
	}
	defer func() { _ = answer.Body.Close() }() // it has been read
	whole, err = io.ReadAll(answer.Body)
	return answer.StatusCode, answer.Header, whole, err
}

func (p *wayside) say(w http.ResponseWriter, status int) {
	p.said.Add(1)
	w.Header().Set("Content-Type", "text/html")
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, "<html><h1>%d</h1></html>", status)
}

// ways are the proxies on the three legs.
type ways struct{ toNetwork, toAcquirer, till *wayside }

// behind starts a rig with a proxy on each leg, and a profile that says what the one to Alipay+ carries; empty: it says
// nothing of proxies.
func behind(t *testing.T, o rig.Options, carries string) (*rig.Rig, ways) {
	t.Helper()
	const most = 256 << 10
	w := ways{newWayside(t, most, 2), newWayside(t, most, 2), newWayside(t, most, 2)}
	o.Front, o.Flags = w.toNetwork.before, []string{"--public-url", w.toAcquirer.address}
	o.Overrides = map[string]string{"drivers.api.http": w.till.address}
	if carries != "" {
		o.Overrides["network_path"] = declaration(carries)
	}
	r := start(t, o)
	w.toAcquirer.before(r.Process.Address)
	w.till.before(r.Process.Address)
	return r, w
}

func declaration(carries string) string {
	return "{ to_network: { proxy: yes, carries: " + carries + ", retries: yes, max_body: 256KB }, " +
		"to_acquirer: { proxy: yes, retries: yes, max_body: 256KB }, till: { proxy: yes, retries: yes, max_body: 256KB } }"
}

// expectHidden wants no finding, and every scenario that a proxy spoils undecided with that reason.
func expectHidden(t *testing.T, result scenarios.Result) (hidden int) {
	t.Helper()
	if n := findings(result); n > 0 {
		t.Errorf("%d findings: %s\n%s", n, result.Summary.Verdict, scenesOf(result))
	}
	for _, s := range result.Scenarios {
		switch s.Ended.Verdict {
		case journal.Inconclusive:
			if strings.Contains(s.Ended.Reason, "network_path.") {
				hidden++
			}
		case journal.Fail, journal.HarnessError:
			t.Errorf("%s ended %s: %s", s.ID, s.Ended.Verdict, s.Ended.Reason)
		default:
		}
	}
	return hidden
}

// hiddenFromUs is what proxies keep from being seen: broken connections, silence, errors, long messages.
var hiddenFromUs = []string{"ACQ-RES-01", "ACQ-RES-05", "ACQ-SEC-24", "ACQ-UPM-03", "ACQ-NTF-02"}

func TestAnAcquirerBehindProxiesIsNotAccused(t *testing.T) {
	t.Parallel()
	r, w := behind(t, rig.Options{}, "[late]")
	result, _ := certify(t, r, func(o *scenarios.Options) { o.Selection = hiddenFromUs })
	if hidden := expectHidden(t, result); hidden < 2 {
		t.Errorf("%d scenarios were hidden:\n%s", hidden, scenesOf(result))
	}
	if result.Summary.Scenarios[journal.Pass] == 0 {
		t.Errorf("nothing passed:\n%s", scenesOf(result))
	}
	t.Logf("to Alipay+ %d said, %d repeated; to the acquirer %d, %d; till %d, %d", w.toNetwork.said.Load(), w.toNetwork.again.Load(),
		w.toAcquirer.said.Load(), w.toAcquirer.again.Load(), w.till.said.Load(), w.till.again.Load())
}

// TestAProxyThatCarriesLessThanIsSaidIsNoticed: faults are played that the proxy turns into repeated requests and 502.
func TestAProxyThatCarriesLessThanIsSaidIsNoticed(t *testing.T) {
	t.Parallel()
	r, w := behind(t, rig.Options{}, "[late, reset, silence, cut, stall, status]")
	result, _ := certify(t, r, func(o *scenarios.Options) { o.Selection = []string{"ACQ-RES-01", "ACQ-RES-05", "ACQ-UPM-03"} })
	if hidden := expectHidden(t, result); hidden == 0 || w.toNetwork.again.Load() == 0 {
		t.Errorf("%d scenarios were hidden, the proxy repeated %d requests:\n%s", hidden, w.toNetwork.again.Load(), scenesOf(result))
	}
}

func TestADefectBehindProxiesIsFoundWhereTheFaultArrives(t *testing.T) {
	t.Parallel()
	r, _ := behind(t, rig.Options{Defects: []string{firstDefect(t, "ACQ-UPM-10")}}, "[late]")
	var result scenarios.Result
	for range triesWhenBusy {
		result, _ = certify(t, r, func(o *scenarios.Options) { o.Selection = []string{"ACQ-UPM-10"} })
		if !strings.Contains(scenesOf(result), "too busy to judge") {
			break
		}
	}
	if result.Summary.Exit != 1 {
		t.Errorf("exit %d: %s\n%s", result.Summary.Exit, result.Summary.Verdict, scenesOf(result))
	}
}

// TestPreflightNoticesProxies: it says what the profile should declare, and is content when it does.
func TestPreflightNoticesProxies(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		carries string
		want    preflight.State
	}{{"", preflight.Warn}, {"[silence, late]", preflight.OK}, {"[silence, late, reset]", preflight.Warn}} {
		t.Run("declared "+tt.carries, func(t *testing.T) {
			t.Parallel()
			r, _ := behind(t, rig.Options{}, tt.carries)
			var wrong []string
			for range 10 { // a busy machine leaves a preflight too little time
				if wrong = misjudged(lookedAt(t, r), tt.want, tt.carries == ""); len(wrong) == 0 {
					return
				}
			}
			t.Error(strings.Join(wrong, "\n"))
		})
	}
}

// lookedAt is what a preflight says, by item.
func lookedAt(t *testing.T, r *rig.Rig) map[string]preflight.Item {
	t.Helper()
	report := preflight.Run(t.Context(), preflight.Options{
		Profile: r.Profile, Acquirer: r.Acquirer, Sim: r.Sim, Clock: clock.System(), IDs: uuid.NewString,
	})
	seen := map[string]preflight.Item{}
	for _, item := range report.Items {
		seen[item.Name] = item
	}
	return seen
}

// misjudged lists the items about paths that are not as they should be.
func misjudged(seen map[string]preflight.Item, want preflight.State, undeclared bool) (wrong []string) {
	to := seen["path to Alipay+"]
	mended := strings.Contains(to.Mend, "retries: yes, max_body: 64KB") && !strings.Contains(to.Mend, "reset") && strings.Contains(to.Detail, "wayside")
	if to.State != want || want == preflight.Warn && !mended {
		wrong = append(wrong, fmt.Sprintf("%+v", to))
	}
	for _, name := range []string{"path to the acquirer", "path from the till"} {
		if item := seen[name]; (item.State == preflight.Warn) != undeclared {
			wrong = append(wrong, fmt.Sprintf("%+v", item))
		}
	}
	return wrong
}
