package check

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"time"
	"unicode"

	"mppsim/scenarios/acquirer"
	"mppsim/wallet/aps"
	"mppsim/wallet/trace"
)

// message is a call of the acquirer to Alipay+ with its body read once.
type message struct {
	*trace.Exchange
	body map[string]any // nil when the body is not one JSON object
}

// get finds a member by its dotted path. A null member counts as absent.
func (m message) get(path string) (any, bool) {
	var node any = m.body
	for name := range strings.SplitSeq(path, ".") {
		object, ok := node.(map[string]any)
		if !ok {
			return nil, false
		}
		if node, ok = object[name]; !ok || node == nil {
			return nil, false
		}
	}
	return node, true
}

// text returns a scalar as its text; native booleans and numbers count by their JSON spelling,
// because only ACQ-MSG-02 judges the kind of a token.
func (m message) text(path string) string {
	node, _ := m.get(path)
	return scalar(node)
}

func scalar(node any) string {
	switch value := node.(type) {
	case string:
		return value
	case json.Number:
		return value.String()
	case bool:
		if value {
			return "true"
		}
		return "false"
	}
	return ""
}

func (m message) is(apis ...aps.API) bool { return slices.Contains(apis, aps.API(m.API)) }

// visit calls see for every member of an object at any depth, with its dotted path.
func visit(path string, node any, see func(path, name string, value any)) {
	switch value := node.(type) {
	case map[string]any:
		for _, name := range sortedKeys(value) {
			inner := strings.TrimPrefix(path+"."+name, ".")
			see(inner, name, value[name])
			visit(inner, value[name], see)
		}
	case []any:
		for _, element := range value {
			see(path+"[]", "", element)
			visit(path+"[]", element, see)
		}
	}
}

func sortedKeys(object map[string]any) []string {
	names := make([]string, 0, len(object))
	for name := range object {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// traffic is a scene as the checks use it: bodies read, messages put to their payments.
type traffic struct {
	scene    *Scene
	calls    []message // acquirer → network
	notified []message // network → acquirer
	attempts []*attempt
	inStore  bool // some went through the in-store door of Antom, whose dialect the checks do not know
}

// attempt is one paymentRequestId with everything that was said about it.
type attempt struct {
	id         string
	pays       []message // none of a private order code
	decoded    []message // answers to the question of Alipay+ what is behind a private order code
	others     []message // inquiries, cancellations, refunds
	notified   []message
	paymentIDs []string // given by Alipay+ for it
	charge     *Charge  // nil: nobody asked for it
	elsewhere  bool     // its identifier stands for a payment of another scenario too
}

func read(s *Scene) *traffic {
	t := &traffic{scene: s}
	for i := range s.Exchanges {
		ex := &s.Exchanges[i]
		if ex.Door == string(aps.InStore) {
			t.inStore = true
			continue
		}
		m := message{Exchange: ex, body: object(ex.Request.Body)}
		switch ex.Leg {
		case trace.AcquirerToNetwork:
			t.calls = append(t.calls, m)
		case trace.NetworkToAcquirer:
			t.notified = append(t.notified, m)
		case trace.NetworkToWallet, trace.WalletToNetwork, trace.HarnessToMerchant: // not the acquirer's wire
		}
	}
	t.join()
	return t
}

// object reads a body that is one JSON object; the last of duplicate names counts.
func object(body []byte) map[string]any {
	dec := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))))
	dec.UseNumber()
	var parsed map[string]any
	if dec.Decode(&parsed) != nil {
		return nil
	}
	return parsed
}

// join puts every message to the attempt that it names.
func (t *traffic) join() {
	for _, m := range t.calls {
		if m.is(aps.Pay) {
			a := t.open(m.text("paymentRequestId"))
			a.pays = append(a.pays, m)
			a.know(m.PaymentID)
			if a.charge == nil {
				a.charge = t.chargeOf(m)
			}
		}
	}
	t.joinDecoded()
	for _, o := range t.scene.Orders {
		if a := t.byRequest(o.PaymentRequestID); a != nil {
			a.know(o.PaymentID)
		}
	}
	for _, m := range t.calls {
		if a := t.attemptOf(m); a != nil && !m.is(aps.Pay) {
			a.others = append(a.others, m)
		}
	}
	for _, m := range t.notified {
		if a := t.attemptOf(m); a != nil {
			a.notified = append(a.notified, m)
		}
	}
}

// joinDecoded makes an attempt of each order that the acquirer told Alipay+ behind a code of its own.
func (t *traffic) joinDecoded() {
	for _, m := range t.notified {
		if !m.is(aps.UserInitiatedPay) || m.Result == nil || m.Result.Status != string(aps.Success) {
			continue
		}
		told := message{Exchange: m.Exchange, body: object(m.Response.Body)}
		if id := told.text("paymentRequestId"); id != "" {
			a := t.open(id)
			a.decoded = append(a.decoded, told)
			if a.charge == nil {
				a.charge = t.chargeOf(told)
			}
		}
	}
}

// product is the capability of the product whose payment a pay message begins: what the shop asked for, else what the
// message says.
func (t *traffic) product(m message, c *Charge) string {
	switch {
	case c != nil && c.Product != "":
		return c.Product
	case c != nil || m.text(codeMember) != "":
		return acquirer.ProductPaymentCode
	case m.text("paymentFactor.isInStorePayment") == "false":
		return acquirer.ProductCashier
	case m.text("paymentFactor.inStorePaymentScenario") == "OrderCode":
		return acquirer.ProductOrderCode
	}
	return acquirer.ProductPaymentCode
}

// currency is that of the payment, as Alipay+ was told.
func (a *attempt) currency() string {
	for _, m := range slices.Concat(a.pays, a.decoded) {
		if told := m.text("paymentAmount.currency"); told != "" {
			return told
		}
	}
	return ""
}

// shared reports whether an identifier stands for several sales. What is said under it cannot be put to one
// of them, and that it is shared is another rule's matter.
func (a *attempt) shared() bool {
	if a.elsewhere {
		return true
	}
	for _, m := range a.pays {
		if compact(m.text(codeMember)) != compact(a.pays[0].text(codeMember)) {
			return true
		}
	}
	return false
}

// codeMember is where a pay message carries the payment code.
const codeMember = "paymentMethod.paymentMethodId"

func (t *traffic) open(id string) *attempt {
	if a := t.byRequest(id); a != nil {
		return a
	}
	a := &attempt{id: id, elsewhere: t.scene.Shared[id]}
	t.attempts = append(t.attempts, a)
	return a
}

func (a *attempt) know(paymentID string) {
	if paymentID != "" && !slices.Contains(a.paymentIDs, paymentID) {
		a.paymentIDs = append(a.paymentIDs, paymentID)
	}
}

func (t *traffic) byRequest(id string) *attempt {
	for _, a := range t.attempts {
		if id != "" && a.id == id {
			return a
		}
	}
	return nil
}

func (t *traffic) byPayment(id string) *attempt {
	for _, a := range t.attempts {
		if id != "" && slices.Contains(a.paymentIDs, id) {
			return a
		}
	}
	return nil
}

// attemptOf finds the payment that a message names, by either identifier.
func (t *traffic) attemptOf(m message) *attempt {
	if a := t.byRequest(m.text("paymentRequestId")); a != nil {
		return a
	}
	return t.byPayment(m.text("paymentId"))
}

// chargeOf finds the shop's call behind a pay message: by its code, else by the shop's order number.
func (t *traffic) chargeOf(m message) *Charge {
	code := compact(m.text(codeMember))
	order := strings.ToLower(m.text("order.referenceOrderId"))
	var found *Charge
	for i := range t.scene.Charges {
		c := &t.scene.Charges[i]
		if code == "" || compact(c.Code) != code || c.Started.After(m.Received.Add(clockSlack)) {
			continue
		}
		if found == nil || sameOrder(c, order) {
			found = c
		}
	}
	if found != nil {
		return found
	}
	for i := range t.scene.Charges {
		if sameOrder(&t.scene.Charges[i], order) {
			return &t.scene.Charges[i]
		}
	}
	return nil
}

// clockSlack covers that calls and exchanges may have been timed by two machines.
const clockSlack = time.Second

func sameOrder(c *Charge, order string) bool {
	return c.Reference != "" && strings.Contains(order, strings.ToLower(c.Reference))
}

// compact removes white space, which scanners add to codes.
func compact(code string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, code)
}

// judges reports whether the scene's scenario was written to judge a requirement.
func (t *traffic) judges(ids ...string) bool {
	for _, id := range ids {
		if slices.Contains(t.scene.Scenario.Requirements, id) {
			return true
		}
	}
	return false
}

// scaled shortens a limit of production by the acquirer's factor.
func (t *traffic) scaled(d time.Duration) time.Duration {
	factor := t.scene.Facts.Factor
	if factor <= 0 || factor > 1 {
		factor = 1
	}
	return time.Duration(float64(d) * factor)
}
