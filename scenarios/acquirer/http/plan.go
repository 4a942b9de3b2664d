package httpdriver

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"mppsim/scenarios/acquirer"
)

// DefaultTimeout is how long a call of the merchant API may take where the profile does not say: longer than a charge
// that waits for the network itself.
const DefaultTimeout = 40 * time.Second

// Plan is a compiled Config, ready to be driven.
type Plan struct {
	connections map[string]*connection
	verbs       map[string]*verb
	words       Words
	shim        *Shim
}

type connection struct {
	name    string
	base    string
	headers []item
	rate    float64
	timeout time.Duration
}

type verb struct {
	name     string
	place    acquirer.Place
	named    bool     // the request needs the acquirer's own id of the payment
	uses     []string // fields that the request is filled with
	conn     *connection
	timeout  time.Duration
	request  request
	response Response
	refused  Refusal
}

type request struct {
	method  string
	path    *text
	query   []item
	headers []item
	json    *value
	form    []item
	isForm  bool
	text    *text
}

type item struct {
	name string
	text *text
}

// Compile checks a configuration and makes it ready. The plan is usable only without problems.
func Compile(cfg Config, tools Tools) (*Plan, []acquirer.Problem) {
	c := &compiler{tools: tools, secrets: cfg.Secrets, sample: sample(cfg.Extras)}
	plan := &Plan{connections: map[string]*connection{}, verbs: map[string]*verb{}, words: cfg.Words, shim: cfg.Shim}
	for name, conn := range cfg.Connections {
		c.fields, c.verb = nil, ""
		plan.connections[name] = &connection{
			name: name, base: strings.TrimSuffix(conn.Base, "/"), headers: c.items(conn.Headers),
			rate: conn.Rate, timeout: orDefault(conn.Timeout, DefaultTimeout),
		}
	}
	for _, name := range acquirer.AllVerbs() {
		if v, ok := cfg.Verbs[name]; ok {
			plan.verbs[name] = c.compileVerb(name, v, cfg, plan.connections[v.Connection])
		}
	}
	return plan, c.problems
}

func (c *compiler) compileVerb(name string, v Verb, cfg Config, conn *connection) *verb {
	c.verb, c.fields, c.named = name, fieldsOf(name, cfg.Extras), false
	c.used = nil
	out := &verb{name: name, place: v.Place, conn: conn, response: v.Response, refused: refusalOf(v, cfg.Connections[v.Connection])}
	if conn != nil {
		out.timeout = orDefault(v.Timeout, conn.timeout)
	}
	out.request = request{
		method: v.Request.Method, path: c.compilePath(v.Request.Path), query: c.items(v.Request.Query),
		headers: c.items(v.Request.Headers), form: c.items(v.Request.Form), isForm: v.Request.Form != nil,
	}
	if v.Request.JSON != nil {
		out.request.json = c.compileValue(*v.Request.JSON)
	}
	if v.Request.Text != nil {
		out.request.text = c.compile(*v.Request.Text, false)
	}
	out.named, out.uses = c.named, c.used
	return out
}

func (c *compiler) compilePath(s Source) *text {
	if s == (Source{}) {
		return nil // reported as missing where the profile was read
	}
	if !strings.HasPrefix(s.Text, "/") {
		c.fault(s.Place, fmt.Sprintf("the path %q does not begin with a slash", s.Text), "write it relative to the driver's address, such as /payments")
		return nil
	}
	return c.compile(s, true)
}

func (c *compiler) items(items []Item) []item {
	out := make([]item, 0, len(items))
	for _, i := range items {
		out = append(out, item{name: i.Name, text: c.compile(i.Value, false)})
	}
	return out
}

// refusalOf is the rule for refusals that holds for a verb.
func refusalOf(v Verb, conn Connection) Refusal {
	rule := Refusal{}
	switch {
	case v.Refused != nil:
		rule = *v.Refused
	case conn.Refused != nil:
		rule = *conn.Refused
	}
	if len(rule.Statuses) == 0 && rule.At.Text == "" {
		rule.Statuses = []Status{{Class: 4}}
	}
	return rule
}

// covers reports whether an HTTP status is a refusal. A class leaves out what says that the
// call never got as far as the till; such a status counts only where it is named.
func (r Refusal) covers(status int) bool {
	for _, s := range r.Statuses {
		if s.Code == status {
			return true
		}
		if s.Class > 0 && status/100 == s.Class && !beforeTheTill(status) {
			return true
		}
	}
	return false
}

func beforeTheTill(status int) bool {
	switch status {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusProxyAuthRequired, http.StatusRequestTimeout, http.StatusTooManyRequests:
		return true
	}
	return false
}

func orDefault(d, otherwise time.Duration) time.Duration {
	if d > 0 {
		return d
	}
	return otherwise
}
