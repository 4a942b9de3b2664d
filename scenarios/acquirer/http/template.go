package httpdriver

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"text/template"
	"text/template/parse"

	"mppsim/scenarios/acquirer"
	"mppsim/scenarios/acquirer/spelling"
)

// Tools are what templates can call.
type Tools struct {
	Secret  func(name string) (string, bool)
	Conceal func(source, derived string) // told of texts computed from others, which may be secrets
	IDs     func() string
}

// functions are the template functions beside those of text/template that are useful in a request.
func (t Tools) functions() template.FuncMap {
	return template.FuncMap{
		"secret": func(name string) (string, error) {
			value, ok := t.Secret(name)
			if !ok {
				return "", fmt.Errorf("secret %q is not known", name)
			}
			return value, nil
		},
		"uuid":  t.IDs,
		"upper": strings.ToUpper,
		"lower": strings.ToLower,
		"base64": func(text string) string {
			encoded := base64.StdEncoding.EncodeToString([]byte(text))
			t.Conceal(text, encoded)
			return encoded
		},
		"pathEscape":  url.PathEscape,
		"queryEscape": url.QueryEscape,
	}
}

// text is a compiled template.
type text struct {
	place   acquirer.Place
	tmpl    *template.Template
	dynamic bool // it holds a placeholder, so that an empty result means "nothing to send"
}

func (t *text) render(data Data) (string, error) {
	if t == nil || t.tmpl == nil {
		return "", nil
	}
	var out strings.Builder
	if err := t.tmpl.Execute(&out, data); err != nil {
		return "", fmt.Errorf("%s: %s", t.place, plainReason(err))
	}
	return out.String(), nil
}

// compiler turns sources into templates and collects what is wrong with them.
type compiler struct {
	tools    Tools
	fields   []string // of the verb at hand
	verb     string
	named    bool     // a template of the verb at hand cannot do without the acquirer's own id of the payment
	used     []string // fields that templates of the verb at hand use
	secrets  []string
	sample   Data
	problems []acquirer.Problem
}

func (c *compiler) fault(place acquirer.Place, what, mend string) {
	c.problems = append(c.problems, acquirer.Problem{Place: place, What: what, Mend: mend})
}

// compile parses a template, checks that it uses only what exists, and tries it.
func (c *compiler) compile(s Source, escape bool) *text {
	if s.Text == "" {
		return nil
	}
	tmpl, err := template.New("").Funcs(c.tools.functions()).Option("missingkey=zero").Parse(s.Text)
	if err != nil {
		c.fault(s.Place, "the template does not parse: "+plainReason(err), c.mendParse(err))
		return nil
	}
	t := &text{place: s.Place, tmpl: tmpl}
	before := len(c.problems)
	c.inspect(t, tmpl.Root)
	if len(c.problems) > before {
		return nil
	}
	if escape {
		escapeActions(tmpl.Root, false)
	}
	if _, err := t.render(c.sample); err != nil {
		c.fault(s.Place, "the template fails: "+plainReason(err), "")
	}
	return t
}

func (c *compiler) mendParse(err error) string {
	if name, ok := unknownFunction(err); ok {
		if slices.Contains(c.secrets, name) {
			return fmt.Sprintf("quote the name of the secret: {{secret %q}}", name)
		}
		return "functions are secret, uuid, base64, upper, lower, printf; values begin with a dot, such as .Reference"
	}
	return "write {{.Name}} with both pairs of braces"
}

// inspect walks over a template: fields and secrets must exist, and what moves the dot is not offered.
func (c *compiler) inspect(t *text, list *parse.ListNode) {
	if list == nil {
		return
	}
	for _, n := range list.Nodes {
		switch n := n.(type) {
		case *parse.TextNode, *parse.CommentNode:
		case *parse.ActionNode:
			t.dynamic = true
			c.inspectPipe(t.place, n.Pipe)
		case *parse.IfNode:
			t.dynamic = true
			named := c.named
			c.inspectPipe(t.place, n.Pipe)
			asks := c.named && !named
			c.inspect(t, n.List)
			c.inspect(t, n.ElseList)
			c.named = c.named && !asks // a template that asks whether there is an id can do without
		default:
			c.fault(t.place, fmt.Sprintf("%s is not offered in templates", strings.TrimSpace(firstWords(n.String()))), "use {{.Name}} and {{if .Name}}…{{end}} only")
		}
	}
}

func firstWords(text string) string {
	first, _, _ := strings.Cut(text, "}}")
	return first + "}}"
}

func (c *compiler) inspectPipe(place acquirer.Place, pipe *parse.PipeNode) {
	for _, command := range pipe.Cmds {
		for i, arg := range command.Args {
			c.inspectArg(place, command, i, arg)
		}
	}
}

func (c *compiler) inspectArg(place acquirer.Place, command *parse.CommandNode, i int, arg parse.Node) {
	switch arg := arg.(type) {
	case *parse.FieldNode:
		c.inspectField(place, "."+strings.Join(arg.Ident, "."))
	case *parse.DotNode:
		c.fault(place, "a lone dot means nothing here", "name a value, such as {{.Reference}}")
	case *parse.PipeNode:
		c.inspectPipe(place, arg)
	case *parse.StringNode:
		if name, ok := command.Args[0].(*parse.IdentifierNode); ok && name.Ident == "secret" && i == 1 && !slices.Contains(c.secrets, arg.Text) {
			c.fault(place, fmt.Sprintf("secret %q is not declared", arg.Text), declared(arg.Text, c.secrets))
		}
	}
}

func declared(name string, secrets []string) string {
	if len(secrets) == 0 {
		return fmt.Sprintf("declare it: secrets: { %s: { env: NAME } }", name)
	}
	return spelling.Hint(name, secrets)
}

func (c *compiler) inspectField(place acquirer.Place, field string) {
	if slices.Contains(c.fields, field) {
		c.named = c.named || field == ".Payment"
		c.used = append(c.used, field)
		return
	}
	if c.fields == nil {
		c.fault(place, fmt.Sprintf("%s is not known here", field), "this text has no payment or shop: use secrets and plain text only")
		return
	}
	c.fault(place, fmt.Sprintf("%s is not known for verb %s", field, c.verb), spelling.Hint(field, c.fields))
}

// escapeActions makes every placeholder of a request path safe: before the question mark as a
// path segment, after it as a query value. It reports whether the question mark has been met.
func escapeActions(list *parse.ListNode, query bool) bool {
	if list == nil {
		return query
	}
	for _, n := range list.Nodes {
		switch n := n.(type) {
		case *parse.TextNode:
			query = query || strings.Contains(string(n.Text), "?")
		case *parse.ActionNode:
			escapeAction(n, query)
		case *parse.IfNode:
			inList := escapeActions(n.List, query)
			query = escapeActions(n.ElseList, query) || inList
		}
	}
	return query
}

func escapeAction(n *parse.ActionNode, query bool) {
	name := "pathEscape"
	if query {
		name = "queryEscape"
	}
	n.Pipe.Cmds = append(n.Pipe.Cmds, &parse.CommandNode{
		NodeType: parse.NodeCommand,
		Pos:      n.Pos,
		Args:     []parse.Node{parse.NewIdentifier(name).SetPos(n.Pos)},
	})
}

var (
	parsePrefix  = regexp.MustCompile(`^template: :\d+:(\d+:)? ?`)
	execPrefix   = regexp.MustCompile(`^executing "" at <([^>]*)>: `)
	unknownFunc  = regexp.MustCompile(`function "([^"]*)" not defined`)
	callingError = regexp.MustCompile(`error calling \w+: `)
)

// plainReason takes the template engine's own positions out of its messages: the place in the
// profile is what helps.
func plainReason(err error) string {
	reason := parsePrefix.ReplaceAllString(err.Error(), "")
	reason = execPrefix.ReplaceAllString(reason, "$1: ")
	return callingError.ReplaceAllString(reason, "")
}

func unknownFunction(err error) (string, bool) {
	m := unknownFunc.FindStringSubmatch(err.Error())
	if m == nil {
		return "", false
	}
	return m[1], true
}
