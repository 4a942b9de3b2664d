package profile

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"mppsim/scenarios/acquirer"
	httpdriver "mppsim/scenarios/acquirer/http"
	"mppsim/scenarios/acquirer/spelling"
)

func (n *node) verbs(drivers *node) map[string]httpdriver.Verb {
	if n == nil {
		return nil
	}
	verbs := map[string]httpdriver.Verb{}
	for name, v := range n.known(append(acquirer.Verbs(), acquirer.Groups()...)...) {
		if group := acquirer.GroupVerbs(name); group != nil {
			for inner, of := range v.known(group...) {
				full := acquirer.GroupVerb(name, inner)
				verbs[full] = of.verb(full, drivers)
			}
			continue
		}
		verbs[name] = v.verb(name, drivers)
	}
	return verbs
}

func (n *node) verb(name string, drivers *node) httpdriver.Verb {
	keys := n.known("by", "request", "response", "timeout", "refused")
	needs := []string{"by", "request"}
	if name != acquirer.VerbHealth && name != acquirer.VerbCancel && name != acquirer.VerbImport && name != acquirer.VerbSetClock {
		needs = append(needs, "response")
	}
	n.need(keys, needs...)
	v := httpdriver.Verb{Place: n.place(), Refused: keys["refused"].refusal()}
	if by := keys["by"]; by != nil {
		v.Connection = by.some()
		if known := drivers.names(); v.Connection != "" && !slices.Contains(known, v.Connection) {
			by.fault(driverHint(v.Connection, known), "driver %q is not declared", v.Connection)
		}
	}
	if keys["timeout"] != nil {
		v.Timeout = keys["timeout"].duration()
	}
	if keys["request"] != nil {
		v.Request = keys["request"].request()
	}
	if keys["response"] != nil {
		v.Response = keys["response"].response(name)
	}
	return v
}

func driverHint(name string, known []string) string {
	if len(known) == 0 {
		return "declare it under drivers"
	}
	return spelling.Hint(name, known)
}

func (n *node) request() httpdriver.Request {
	keys := n.known("method", "path", "query", "headers", "json", "form", "text")
	n.need(keys, "method", "path")
	r := httpdriver.Request{Query: keys["query"].templates(), Headers: keys["headers"].templates(), Form: keys["form"].templates()}
	if keys["method"] != nil {
		r.Method = keys["method"].method()
	}
	if keys["path"] != nil {
		r.Path = keys["path"].template()
	}
	bodies := 0
	for _, name := range []string{"json", "form", "text"} {
		if keys[name] != nil {
			bodies++
		}
	}
	if bodies > 1 {
		n.fault("keep one of json, form and text", "a request has one body")
	}
	if body := keys["json"]; body != nil {
		value := body.value()
		r.JSON = &value
	}
	if body := keys["text"]; body != nil {
		source := body.template()
		r.Text = &source
	}
	return r
}

func (n *node) method() string {
	methods := []string{"GET", "POST", "PUT", "PATCH", "DELETE"}
	text := n.some()
	if text != "" && !slices.Contains(methods, text) {
		n.fault(spelling.Hint(strings.ToUpper(text), methods), "%q is no HTTP method for a merchant API", text)
	}
	return text
}

// value reads a JSON body. Quoted texts are templates of strings, plain numbers, booleans and null
// stay what they are, and !number, !bool and !blank mark the rest.
func (n *node) value() httpdriver.Value {
	switch {
	case n.looksLikeTemplate():
		n.raw() // says so
		return httpdriver.Value{Type: httpdriver.Blank}
	case n.y.Kind == yaml.MappingNode:
		v := httpdriver.Value{Type: httpdriver.Object}
		for _, m := range n.members("the members of the body") {
			v.Names = append(v.Names, m.name)
			v.Members = append(v.Members, m.value())
		}
		return v
	case n.y.Kind == yaml.SequenceNode:
		v := httpdriver.Value{Type: httpdriver.List}
		for _, item := range n.items("the items of the body") {
			v.Members = append(v.Members, item.value())
		}
		return v
	}
	return httpdriver.Value{Type: n.leaf(), Source: n.template()}
}

func (n *node) leaf() httpdriver.Type {
	switch tag := n.y.ShortTag(); tag {
	case "!number":
		return httpdriver.Number
	case "!bool":
		return httpdriver.Bool
	case "!blank":
		return httpdriver.Blank
	case "!!int", "!!float", "!!bool":
		return httpdriver.Literal
	case "!!null":
		n.y.Value = "null"
		return httpdriver.Literal
	case "!!str", "!!timestamp":
		return httpdriver.Text
	default:
		n.fault(spelling.Hint(tag, []string{"!number", "!bool", "!blank"}), "%s is no type of a JSON value", tag)
		return httpdriver.Blank
	}
}

// answerPath reads a gjson path; empty where the key is not there.
func (n *node) answerPath() httpdriver.Path {
	if n == nil {
		return httpdriver.Path{}
	}
	text, _ := n.raw()
	switch {
	case n.y.Kind != yaml.ScalarNode:
	case text == "":
		n.fault("write a path such as data.status, or remove the key", "this is empty")
	case strings.HasPrefix(text, "$"):
		n.fault("write "+strings.TrimPrefix(strings.TrimPrefix(text, "$"), "."), "%q is JSONPath; paths here are gjson", text)
	case strings.HasPrefix(text, "/"):
		n.fault("write "+strings.ReplaceAll(strings.Trim(text, "/"), "/", "."), "%q is a JSON pointer; paths here are gjson", text)
	case strings.Contains(text, "{{"):
		n.fault("write the path as text", "a path into an answer is no template")
	}
	return httpdriver.Path{Text: text, Place: n.place()}
}

// responseKeys lists what an answer to a verb can be mapped to, and what must be.
func responseKeys(verb string) (keys, needed []string) {
	payment := []string{
		"payment", "state", "reason", "paid", "refunded", "remaining", "wallet", "network_id", "time", "reference", "refunds",
		"code", "code_image", "code_expires", "address", "addresses", // what the payer is shown
	}
	refund := []string{"refund", "number", "state", "reason", "amount", "network_id", "time"}
	switch product, creates := acquirer.Creates(verb); {
	case creates && product == acquirer.ProductPaymentCode:
		return payment, []string{"payment"}
	case creates && product == acquirer.ProductCashier:
		return payment, []string{"payment", "address"}
	case creates:
		return payment, []string{"payment", "code"}
	}
	switch verb {
	case acquirer.VerbQuery:
		return payment, []string{"state"}
	case acquirer.VerbCancel:
		return payment, nil
	case acquirer.VerbRefund:
		return refund, nil
	case acquirer.VerbQueryRefund:
		return refund, []string{"state"}
	case acquirer.VerbList:
		return append([]string{"list"}, payment...), []string{"list"}
	case acquirer.VerbWallets:
		return []string{"list", "wallet", "brand"}, []string{"list", "wallet"}
	case acquirer.VerbDifferences:
		return []string{"list", "reference", "network_id", "request_id", "reason"}, []string{"list"}
	case acquirer.VerbReceipt:
		return []string{"text"}, []string{"text"}
	case acquirer.VerbHealth:
		return []string{"time", "version"}, nil
	case verbRefunds:
		return append([]string{"list"}, refund...), []string{"list", "state"}
	}
	return []string{"time"}, nil
}

// verbRefunds stands for the list of refunds inside the answer to another verb.
const verbRefunds = "refunds"

func (n *node) response(verb string) httpdriver.Response {
	names, needed := responseKeys(verb)
	keys := n.known(names...)
	n.need(keys, needed...)
	m := httpdriver.Response{
		List: keys["list"].answerPath(), Payment: keys["payment"].answerPath(), Refund: keys["refund"].answerPath(),
		Number: keys["number"].answerPath(), State: keys["state"].answerPath(), Reason: keys["reason"].answerPath(),
		Wallet: keys["wallet"].answerPath(), NetworkID: keys["network_id"].answerPath(), Time: keys["time"].answerPath(),
		Reference: keys["reference"].answerPath(), Text: keys["text"].answerPath(), Version: keys["version"].answerPath(),
		Paid: keys["paid"].amount(), Refunded: keys["refunded"].amount(), Remaining: keys["remaining"].amount(),
		Amount: keys["amount"].amount(),
		Code:   keys["code"].answerPath(), Image: keys["code_image"].answerPath(), Expires: keys["code_expires"].answerPath(),
		Address: keys["address"].answerPath(), Addresses: keys["addresses"].answerPath(),
		Brand: keys["brand"].answerPath(), RequestID: keys["request_id"].answerPath(),
	}
	if refunds := keys["refunds"]; refunds != nil {
		inner := refunds.response(verbRefunds)
		m.Refunds = &inner
	}
	return m
}

// amount reads where a sum stands: a path to minor units, { minor: path } or { major: path }, with a
// currency path beside it.
func (n *node) amount() *httpdriver.Amount {
	if n == nil {
		return nil
	}
	if n.y.Kind == yaml.ScalarNode {
		return &httpdriver.Amount{Path: n.answerPath()}
	}
	keys := n.known("minor", "major", "currency")
	if (keys["minor"] == nil) == (keys["major"] == nil) {
		n.fault("write minor: path for the smallest unit of the currency, or major: path for decimals", "a sum is in minor or in major units")
		return nil
	}
	a := &httpdriver.Amount{Path: keys["minor"].answerPath(), Currency: keys["currency"].answerPath()}
	if keys["major"] != nil {
		a.Path, a.Major = keys["major"].answerPath(), true
	}
	return a
}
