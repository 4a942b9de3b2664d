package check

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"mppsim/reports/journal"
	"mppsim/scenarios/acquirer"
	"mppsim/wallet/aps"
	"mppsim/wallet/control"
	"mppsim/wallet/money"
	"mppsim/wallet/trace"
)

// builder makes the traffic of a scene. Times are offsets from its start.
type builder struct {
	Scene
	start time.Time
	n     int
}

const (
	client = "SANDBOX_CLIENT"
	code   = "281001020123456789012345"
	number = "MS-1-7"
	stamp  = "2026-03-04T05:06:07.08Z"
)

func corner() acquirer.Shop {
	return acquirer.Shop{Role: "corner", Region: "SG", Settlement: "SGD", Currencies: []string{"SGD"}}
}

// oneSale is a scene in which the shop has charged one code, before any traffic.
func oneSale() *builder {
	b := &builder{start: time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)}
	b.Scenario = journal.Scenario{ID: "test/one-sale"}
	b.Facts = Facts{Dialect: "aps", ClientID: client, Factor: 1, Expiry: time.Minute, Shops: []acquirer.Shop{corner()}}
	b.charge(code, number, money.Of("SGD", 25000))
	return b
}

func (b *builder) at(offset time.Duration) time.Time { return b.start.Add(offset) }

func (b *builder) charge(code, reference string, amount money.Amount) {
	shop := corner()
	shop.Settlement = "SGD"
	b.Charges = append(b.Charges, Charge{
		Charge: acquirer.Charge{Shop: shop, Code: code, Amount: amount, Reference: reference, Description: "coffee"},
		CallID: fmt.Sprintf("call-%d", len(b.Charges)), Started: b.start,
	})
}

// seen lets the shop see a state of its first sale.
func (b *builder) seen(offset time.Duration, state acquirer.State) {
	b.Charges[0].Seen = append(b.Charges[0].Seen, Sighting{At: b.at(offset), State: state, CallID: fmt.Sprintf("query-%s", offset)})
}

func signature() string {
	return "algorithm=RSA256,keyVersion=1,signature=" + strings.Repeat("QUJD", 84) + "QUI%3D"
}

// call adds a call of the acquirer with a body of JSON text, answered with a result.
func (b *builder) call(offset time.Duration, api aps.API, body, result string) *trace.Exchange {
	b.n++
	status, resultCode, _ := strings.Cut(result, " ")
	at := b.at(offset)
	ex := trace.Exchange{
		ID: fmt.Sprintf("ex-%d", b.n), Seq: uint64(b.n), Leg: trace.AcquirerToNetwork, API: string(api),
		Received: at, Answered: at.Add(20 * time.Millisecond),
		Request: trace.Message{Method: "POST", Target: prefix + string(api), Body: []byte(body), Header: http.Header{
			"Client-Id": {client}, "Request-Time": {at.Format("2006-01-02T15:04:05.000Z07:00")}, "Signature": {signature()},
			"Content-Type": {"application/json; charset=UTF-8"},
		}},
		Response:  trace.Message{Status: 200},
		Signature: trace.Signature{Verdict: "valid"},
		Result:    &trace.Result{Status: status, Code: resultCode},
	}
	b.Exchanges = append(b.Exchanges, ex)
	return &b.Exchanges[len(b.Exchanges)-1]
}

// notify adds a genuine notification that the acquirer acknowledges.
func (b *builder) notify(offset time.Duration, id, outcome string) *trace.Exchange {
	status, outcomeCode, _ := strings.Cut(outcome, " ")
	ex := b.call(offset, aps.NotifyPayment, fmt.Sprintf(`{"paymentRequestId":%q,"paymentAmount":{"currency":"SGD","value":"25000"}}`, id), "S SUCCESS")
	ex.Leg = trace.NetworkToAcquirer
	ex.Outcome = &trace.Result{Status: status, Code: outcomeCode}
	ex.Response.Body = []byte(`{"result":{"resultCode":"SUCCESS","resultStatus":"S"}}`)
	ex.Response.Header = http.Header{"Client-Id": {client}, "Response-Time": {stamp}, "Signature": {signature()}}
	return ex
}

// inquire adds an inquiry that is answered S with an outcome.
func (b *builder) inquire(offset time.Duration, id, outcome string) *trace.Exchange {
	ex := b.call(offset, aps.InquiryPayment, fmt.Sprintf(`{"paymentRequestId":%q}`, id), "S SUCCESS")
	status, outcomeCode, _ := strings.Cut(outcome, " ")
	ex.Outcome = &trace.Result{Status: status, Code: outcomeCode}
	return ex
}

func (b *builder) order(id, state string) {
	b.Orders = append(b.Orders, control.Order{PaymentRequestID: id, PaymentID: "2026" + id, State: state, Amount: money.Of("SGD", 25000)})
}

// payBody is a right pay message; each edit sets a dotted path to a value, nil removes it.
func payBody(edits ...any) string {
	var body map[string]any
	text := `{
	"paymentRequestId": "pr-1",
	"order": {"referenceOrderId": "MS-1-7", "orderDescription": "coffee", "orderAmount": {"currency": "SGD", "value": "25000"},
		"merchant": {"referenceMerchantId": "M-1", "merchantName": "Corner", "merchantMCC": "5411", "merchantAddress": {"region": "SG"},
			"store": {"referenceStoreId": "S-1", "storeName": "Corner", "storeMCC": "5411"}}},
	"paymentAmount": {"currency": "SGD", "value": "25000"},
	"paymentMethod": {"paymentMethodType": "CONNECT_WALLET", "paymentMethodId": "281001020123456789012345"},
	"paymentFactor": {"isInStorePayment": "true", "isCashierPayment": "false", "inStorePaymentScenario": "PaymentCode"},
	"paymentExpiryTime": "2026-03-04T05:07:07Z",
	"settlementStrategy": {"settlementCurrency": "SGD"}}`
	if err := json.Unmarshal([]byte(text), &body); err != nil {
		panic(err)
	}
	for i := 0; i+1 < len(edits); i += 2 {
		set(body, edits[i].(string), edits[i+1])
	}
	out, err := json.Marshal(body)
	if err != nil {
		panic(err)
	}
	return string(out)
}

func set(object map[string]any, path string, value any) {
	name, rest, deeper := strings.Cut(path, ".")
	switch {
	case deeper:
		set(object[name].(map[string]any), rest, value)
	case value == nil:
		delete(object, name)
	default:
		object[name] = value
	}
}

// accused runs every watch and names the requirements with findings.
func accused(t *testing.T, s Scene) []string {
	t.Helper()
	var ids []string
	s = Prepare(s)
	for _, w := range Watches() {
		r := w.Judge(s)
		if len(r.Findings) > 1 {
			t.Errorf("%s gives %d findings for one scene", w.Name, len(r.Findings))
		}
		for _, f := range r.Findings {
			ids = append(ids, f.Requirement)
			sound(t, w, f)
		}
	}
	slices.Sort(ids)
	return ids
}

// sound checks that a finding can be shown to somebody.
func sound(t *testing.T, w Watch, f journal.Finding) {
	t.Helper()
	if f.Requirement != w.Requirement || f.Expected == "" || f.Seen == "" || f.Check == "" {
		t.Errorf("%s: incomplete finding %+v", w.Name, f)
	}
	if len(f.Exchanges)+len(f.Calls) == 0 {
		t.Errorf("%s: a finding without evidence: %s", w.Name, f.Seen)
	}
}

// judged tells how many things a requirement's watch judged in a scene.
func judged(s Scene, requirement string) int {
	n := 0
	for _, w := range Watches() {
		if w.Requirement == requirement {
			n += w.Judge(s).Judged
		}
	}
	return n
}
