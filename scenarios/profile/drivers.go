package profile

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"mppsim/scenarios/acquirer"
	httpdriver "mppsim/scenarios/acquirer/http"
	"mppsim/scenarios/acquirer/spelling"
)

func (n *node) connections() map[string]httpdriver.Connection {
	if n == nil {
		return nil
	}
	list := map[string]httpdriver.Connection{}
	for _, m := range n.members("names with drivers, such as api: { http: https://api.example.com }") {
		if conn, ok := m.connection(); ok {
			list[m.name] = conn
		}
	}
	return list
}

func (n *node) connection() (httpdriver.Connection, bool) {
	if n.y.Kind == yaml.ScalarNode {
		n.reserved(n.y.Value)
		return httpdriver.Connection{}, false
	}
	for i := 0; i+1 < len(n.y.Content); i += 2 {
		if name := n.y.Content[i].Value; name == "command" || name == "person" {
			n.reserved(name)
			return httpdriver.Connection{}, false
		}
	}
	keys := n.known("http", "headers", "rate", "timeout", "refused")
	if !n.need(keys, "http") {
		return httpdriver.Connection{}, false
	}
	conn := httpdriver.Connection{Place: n.place(), Base: keys["http"].url(), Headers: keys["headers"].templates(), Refused: keys["refused"].refusal()}
	if keys["rate"] != nil {
		conn.Rate = keys["rate"].rate()
	}
	if keys["timeout"] != nil {
		conn.Timeout = keys["timeout"].duration()
	}
	return conn, true
}

// reserved refuses the kinds of drivers that are not built yet.
func (n *node) reserved(kind string) {
	switch kind {
	case "person", "command":
		n.fault("drive this acquirer over HTTP: { http: https://… }", "driver %s is reserved for a later release", kind)
	default:
		n.fault("write { http: https://… }", "%q is no driver", kind)
	}
}

// url reads an absolute http or https address.
func (n *node) url() string {
	if n == nil {
		return ""
	}
	before := len(n.problems)
	text := n.some()
	if len(n.problems) > before {
		return ""
	}
	u, err := url.Parse(text)
	switch {
	case err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "":
		n.fault("write it with scheme and host, such as http://127.0.0.1:9100", "this is no http address")
	case u.User != nil:
		n.fault(`use a header: Authorization: 'Basic {{base64 (printf "user:%s" (secret "password"))}}'`, "credentials must not stand in an address")
	case u.RawQuery != "" || u.Fragment != "":
		n.fault("put the query into the request of the verb", "an address has no query or fragment")
	}
	return text
}

// rate reads calls per second or minute: 50/s, 300/min.
func (n *node) rate() float64 {
	text := n.text()
	count, unit, _ := strings.Cut(text, "/")
	value, err := strconv.ParseFloat(strings.TrimSpace(count), 64)
	per := map[string]float64{"s": 1, "min": 60}[strings.TrimSpace(unit)]
	if err != nil || !(value > 0) || per == 0 {
		n.fault("write calls per second or minute, such as 50/s or 300/min", "%q is no rate", text)
		return 0
	}
	return value / per
}

// templates reads named templates: headers, query, form.
func (n *node) templates() []httpdriver.Item {
	if n == nil {
		return nil
	}
	list := []httpdriver.Item{}
	for _, m := range n.members("names with texts") {
		list = append(list, httpdriver.Item{Name: m.name, Value: m.template()})
	}
	return list
}

func (n *node) template() httpdriver.Source {
	text, _ := n.raw()
	return httpdriver.Source{Text: text, Place: n.place()}
}

func (n *node) refusal() *httpdriver.Refusal {
	if n == nil {
		return nil
	}
	keys := n.known("status", "reason", "at", "is", "is_not")
	rule := &httpdriver.Refusal{Reason: keys["reason"].answerPath(), At: keys["at"].answerPath()}
	if keys["status"] != nil {
		rule.Statuses = keys["status"].statuses()
	}
	if keys["is"] != nil {
		rule.Is = keys["is"].texts("[DECLINED]")
	}
	if keys["is_not"] != nil {
		rule.IsNot = keys["is_not"].texts("[OK]")
	}
	words := keys["is"] != nil || keys["is_not"] != nil
	if words != (keys["at"] != nil) {
		n.fault("write at: path and is: [words], or is_not: [words]", "at and its words belong together")
	}
	return rule
}

func (n *node) statuses() []httpdriver.Status {
	var list []httpdriver.Status
	for _, text := range n.texts("[4xx, 409]") {
		if class, ok := strings.CutSuffix(text, "xx"); ok && (class == "4" || class == "5" || class == "2") {
			digit, _ := strconv.Atoi(class)
			list = append(list, httpdriver.Status{Class: digit})
			continue
		}
		code, err := strconv.Atoi(text)
		if err != nil || code < 200 || code > 599 {
			n.fault("write 4xx, or single ones such as 409", "%q is no HTTP status", text)
			continue
		}
		list = append(list, httpdriver.Status{Code: code})
	}
	return list
}

// words reads states: {payment, refund}, each the acquirer's word to ours.
func (n *node) words() httpdriver.Words {
	if n == nil {
		return httpdriver.Words{}
	}
	keys := n.known("payment", "refund")
	w := httpdriver.Words{}
	if p := keys["payment"]; p != nil {
		w.PaymentPlace = p.place()
		w.Payment = p.states([]acquirer.State{acquirer.Pending, acquirer.Paid, acquirer.Failed, acquirer.Closed})
	}
	if p := keys["refund"]; p != nil {
		w.RefundPlace = p.place()
		w.Refund = p.states([]acquirer.State{acquirer.Pending, acquirer.Refunded, acquirer.Failed})
	}
	return w
}

func (n *node) states(ours []acquirer.State) map[string]acquirer.State {
	names := make([]string, 0, len(ours))
	for _, s := range ours {
		names = append(names, string(s))
	}
	words := map[string]acquirer.State{}
	for _, m := range n.members("the acquirer's words with ours, such as SETTLED: PAID") {
		state := m.some()
		if state != "" && !slices.Contains(names, state) {
			m.fault(stateMend(m.name, state, names), "%q is no state of ours", state)
			continue
		}
		words[m.name] = acquirer.State(state)
	}
	return words
}

func stateMend(theirs, state string, ours []string) string {
	if slices.Contains(ours, theirs) {
		return fmt.Sprintf("turn it round: %s: %s", state, theirs)
	}
	if near := spelling.Nearest(strings.ToUpper(state), ours); near != "" {
		return fmt.Sprintf("did you mean %s?", near)
	}
	return "on the left stands the acquirer's word, on the right one of " + strings.Join(ours, ", ")
}

// names lists the keys of a mapping.
func (n *node) names() []string {
	if n == nil {
		return nil
	}
	found := map[string]bool{}
	for i := 0; i+1 < len(n.y.Content); i += 2 {
		found[n.y.Content[i].Value] = true
	}
	return slices.Sorted(maps.Keys(found))
}
