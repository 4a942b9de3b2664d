package rig_test

import (
	"bytes"
	"encoding/json"
	"io"
	"log"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strconv"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"mppsim/reports/journal"
	"mppsim/scenarios"
	"mppsim/scenarios/rig"
	"mppsim/wallet/clock"
	"mppsim/wallet/money"
	"mppsim/wallet/trace"
)

// These tests put a correct acquirer into surroundings that are not the reference's own: nothing may be held against it.

// fairShare is the part of the suite that looks at amounts, times and what the shop is told, in some ten seconds.
var fairShare = []string{
	"UPM", "PRM", "ACQ-RES-01", "ACQ-RES-05", "ACQ-INQ-02", "ACQ-INQ-12", "ACQ-CAN-01", "ACQ-CAN-08", "REF", "ACQ-NTF-02", "ACQ-MSG-10", "ACQ-SIG-03",
}

// shifted is a clock that is wrong by a constant.
type shifted struct {
	clock.Clock
	by time.Duration
}

func (s shifted) Now() time.Time { return s.Clock.Now().Add(s.by) }

func TestAnAcquirerWhoseClockIsThreeSecondsOffIsNotAccused(t *testing.T) {
	t.Parallel()
	for name, by := range map[string]time.Duration{"ahead of ours": -3 * time.Second, "behind ours": 3 * time.Second} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			expectNoFinding(t, start(t, rig.Options{Clock: shifted{clock.System(), by}}))
		})
	}
}

func TestAMerchantAPIThatIsFarAwayIsNotAccused(t *testing.T) {
	t.Parallel()
	const away = 300 * time.Millisecond
	expectNoFinding(t, between(t, rig.Options{}, func(rw http.ResponseWriter, r *http.Request, next http.Handler) {
		time.Sleep(away)
		next.ServeHTTP(rw, r)
	}))
}

func TestAMerchantAPIInMinorUnitsIsNotAccused(t *testing.T) {
	t.Parallel()
	sum := func(path string) string { return "{ minor: " + path + ", currency: money }" }
	overrides := map[string]string{
		"capabilities": "[upm, notify, cancel, refund, partial_refund, list, receipt, currency_2dp, currency_0dp, currency_3dp, " +
			"currency_idr, single_order, refund_number, multi_merchant]",
		"verbs.charge_code.request.json": `{ ticket: "{{.Reference}}", shop: "{{.Shop.Role}}", terminal: "{{.Shop.Terminal}}", scan: "{{.Code}}",
			total: !number "{{.Amount.Minor}}", money: "{{.Amount.Currency}}", text: "{{.Description}}" }`,
		"verbs.refund.request.json":                 `{ number: "{{.Number}}", total: !number "{{.Refund.Minor}}", money: "{{.Refund.Currency}}", why: "{{.Reason}}" }`,
		"verbs.charge_code.response.refunds.amount": sum("total"),
		"verbs.refund.response.amount":              sum("total"),
	}
	for _, verb := range []string{"charge_code", "list"} {
		for name, path := range map[string]string{"paid": "taken", "refunded": "given_back", "remaining": "left"} {
			overrides["verbs."+verb+".response."+name] = sum(path)
		}
	}
	expectNoFinding(t, between(t, rig.Options{Overrides: overrides}, inMinorUnits))
}

func expectNoFinding(t *testing.T, r *rig.Rig) {
	t.Helper()
	result, _ := certify(t, r, func(o *scenarios.Options) { o.Selection = fairShare })
	if result.Summary.Exit != 0 || findings(result) > 0 {
		t.Errorf("exit %d: %s\n%s", result.Summary.Exit, result.Summary.Verdict, tell(result))
	}
}

// between starts a rig whose merchant API is reached through a proxy.
func between(t *testing.T, o rig.Options, pass func(http.ResponseWriter, *http.Request, http.Handler)) *rig.Rig {
	t.Helper()
	var known sync.WaitGroup // until the acquirer has an address
	known.Add(1)
	var acquirer http.Handler
	proxy := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		known.Wait()
		pass(rw, r, acquirer)
	}))
	t.Cleanup(proxy.Close)
	if o.Overrides == nil {
		o.Overrides = map[string]string{}
	}
	o.Overrides["drivers.api.http"] = proxy.URL
	r := start(t, o)
	target, err := url.Parse(r.Process.Address)
	if err != nil {
		t.Fatal(err)
	}
	forward := httputil.NewSingleHostReverseProxy(target)
	forward.ErrorLog = log.New(io.Discard, "", 0) // calls that the till breaks off
	acquirer = forward
	known.Done()
	return r
}

// inMinorUnits makes the reference's merchant API one that speaks of whole numbers of minor units.
func inMinorUnits(rw http.ResponseWriter, r *http.Request, next http.Handler) {
	asked, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(rw, err.Error(), http.StatusBadRequest)
		return
	}
	asked = translated(asked, func(currency string, sum any) any {
		minor, ok := sum.(json.Number)
		if !ok {
			return sum
		}
		value, _ := minor.Int64()
		return money.Of(currency, value).Major()
	})
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(asked)), int64(len(asked))
	r.Header.Set("Content-Length", strconv.Itoa(len(asked)))
	answer := httptest.NewRecorder()
	next.ServeHTTP(answer, r)
	told := translated(answer.Body.Bytes(), func(currency string, sum any) any {
		text, _ := sum.(string)
		amount, err := money.ParseMajor(currency, text)
		if err != nil {
			return sum
		}
		return amount.Value
	})
	maps.Copy(rw.Header(), answer.Header())
	rw.Header().Set("Content-Length", strconv.Itoa(len(told)))
	rw.WriteHeader(answer.Code)
	_, _ = rw.Write(told)
}

// translated rewrites every sum of a JSON document that names its currency; anything else stays as it is.
func translated(document []byte, sum func(currency string, sum any) any) []byte {
	decoder := json.NewDecoder(bytes.NewReader(document))
	decoder.UseNumber()
	var root any
	if decoder.Decode(&root) != nil {
		return document
	}
	rewrite(root, sum)
	out, err := json.Marshal(root)
	if err != nil {
		return document
	}
	return out
}

func rewrite(node any, sum func(currency string, sum any) any) {
	switch node := node.(type) {
	case []any:
		for _, one := range node {
			rewrite(one, sum)
		}
	case map[string]any:
		currency, _ := node["money"].(string)
		for name, value := range node {
			switch name {
			case "total", "taken", "given_back", "left":
				node[name] = sum(currency, value)
			default:
				rewrite(value, sum)
			}
		}
	}
}

// refusedAtFirst is an acquirer's own scenario: Alipay+ says of the first refund that its identifier stands for another one.
const refusedAtFirst = `@flow:refund
Feature: Refunds whose identifier is refused

  @ACQ-IDM-12
  Rule: Charges and refunds are sent only on request

    Scenario: The identifier of the first refund is refused
      Given the shop has taken 250.00 from a payer
      And Alipay+ does not execute the first refund and answers with F REPEAT_REQ_INCONSISTENT
      When the shop refunds 3.00
      And the shop has seen the refund as done
      And 30 s pass
      Then the messages to Alipay+ keep to this rule
      And each refund has an identifier of its own
`

// TestARefundUnderANewIdentifierIsNotAccused lets an acquirer ask again under another refundRequestId where Alipay+ has refused
// the first (acqp-api §5.4), and one beside it repeat itself.
func TestARefundUnderANewIdentifierIsNotAccused(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		habits []string
		ids    int
	}{"a new identifier": {[]string{"renews-refused-refund-id"}, 2}, "the same again": {nil, 1}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := start(t, rig.Options{Habits: tt.habits})
			result, m := certify(t, r, func(o *scenarios.Options) {
				o.Features = fstest.MapFS{"refund/own.feature": {Data: []byte(refusedAtFirst)}}
			})
			if len(result.Scenarios) != 1 || result.Scenarios[0].Ended.Verdict != journal.Pass || findings(result) > 0 {
				t.Errorf("exit %d: %s\n%s", result.Summary.Exit, result.Summary.Verdict, tell(result))
			}
			ids := map[string]bool{}
			for _, s := range m.Scenarios {
				for _, e := range s.Exchanges {
					if e.API == "refund" && e.Leg == trace.AcquirerToNetwork {
						ids[e.RefundRequestID] = true
					}
				}
			}
			if len(ids) != tt.ids {
				t.Errorf("%d identifiers, want %d", len(ids), tt.ids)
			}
		})
	}
}
