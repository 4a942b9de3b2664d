package profile

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"mppsim/features"
	"mppsim/scenarios/acquirer"
	"mppsim/scenarios/acquirer/spelling"
)

// maxNodes bounds a profile after its aliases are followed, so that a few lines of nested
// aliases cannot fill the memory.
const maxNodes = 20_000

// reader turns YAML into a profile and collects what is wrong with it.
type reader struct {
	run       func(program string, args []string) ([]byte, error) // for secrets told by commands
	source    Source
	opts      Options
	catalogue *features.Catalogue
	problems  []acquirer.Problem
}

// node is a place in the file with what stands there. A nil yaml node is a value that is not there.
type node struct {
	*reader
	y    *yaml.Node
	path string
	line int // of the key, which is where people look
}

var yamlLine = regexp.MustCompile(`line (\d+):? ?`)

// root parses the YAML; nil when there is no mapping to read.
func (r *reader) root() *node {
	var doc yaml.Node
	place := acquirer.Place{File: r.source.Name}
	if err := yaml.Unmarshal(r.source.Text, &doc); err != nil {
		what := strings.TrimPrefix(err.Error(), "yaml: ")
		if m := yamlLine.FindStringSubmatch(what); m != nil {
			place.Line, _ = strconv.Atoi(m[1])
			what = strings.Replace(what, m[0], "", 1)
		}
		r.problem(place, "check indentation, colons and quotes; texts with {{ or : must be quoted", "this is not YAML: %s", what)
		return nil
	}
	if len(doc.Content) == 0 || doc.Content[0].Kind != yaml.MappingNode {
		r.problem(acquirer.Place{File: r.source.Name, Line: 1}, "begin with name: …; mppsim init writes an example", "this is no profile: its top level is not a mapping")
		return nil
	}
	if size(doc.Content[0], maxNodes) > maxNodes {
		r.problem(acquirer.Place{File: r.source.Name, Line: 1}, "write the values out", "the profile grows beyond %d values through its aliases", maxNodes)
		return nil
	}
	n := &node{reader: r, y: doc.Content[0], line: doc.Content[0].Line}
	r.override(n.y)
	return n
}

// size counts values with aliases followed, up to a limit.
func size(y *yaml.Node, limit int) int {
	if y.Kind == yaml.AliasNode {
		return 1 + size(y.Alias, limit-1)
	}
	total := 1
	for _, c := range y.Content {
		if total > limit {
			break
		}
		total += size(c, limit-total)
	}
	return total
}

// override puts the values from outside into the tree. What it makes has line 0.
func (r *reader) override(root *yaml.Node) {
	paths := make([]string, 0, len(r.opts.Overrides))
	for path := range r.opts.Overrides {
		paths = append(paths, path)
	}
	slices.Sort(paths)
	for _, path := range paths {
		if !put(root, strings.Split(path, "."), scalarOrFlow(r.opts.Overrides[path])) {
			r.problem(acquirer.Place{File: r.source.Name, Key: path}, "override one of its members, or a key that holds a value",
				"this cannot be overridden: the path goes through a value that is not a mapping")
		}
	}
}

// scalarOrFlow makes a list or mapping of text in brackets, and a plain value of anything else.
func scalarOrFlow(text string) *yaml.Node {
	if strings.HasPrefix(text, "[") || strings.HasPrefix(text, "{") {
		var doc yaml.Node
		if err := yaml.Unmarshal([]byte(text), &doc); err == nil && len(doc.Content) == 1 {
			unline(doc.Content[0])
			return doc.Content[0]
		}
	}
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: text}
}

func unline(y *yaml.Node) {
	y.Line = 0
	for _, c := range y.Content {
		unline(c)
	}
}

func put(y *yaml.Node, path []string, value *yaml.Node) bool {
	if y.Kind == yaml.AliasNode {
		return false
	}
	if y.Kind != yaml.MappingNode {
		return false
	}
	for i := 0; i+1 < len(y.Content); i += 2 {
		if y.Content[i].Value != path[0] {
			continue
		}
		if len(path) == 1 {
			y.Content[i] = &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: path[0]}
			y.Content[i+1] = value
			return true
		}
		return put(y.Content[i+1], path[1:], value)
	}
	key := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: path[0]}
	if len(path) == 1 {
		y.Content = append(y.Content, key, value)
		return true
	}
	inner := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
	y.Content = append(y.Content, key, inner)
	return put(inner, path[1:], value)
}

func (n *node) place() acquirer.Place {
	return acquirer.Place{File: n.source.Name, Line: n.line, Key: n.path}
}

func (n *node) fault(mend, what string, args ...any) { n.problem(n.place(), mend, what, args...) }

// child is a value inside this one, under a key at a line.
func (n *node) child(key string, y *yaml.Node, line int) *node {
	path := key
	if n.path != "" {
		path = n.path + "." + key
	}
	for y.Kind == yaml.AliasNode {
		y = y.Alias
	}
	return &node{reader: n.reader, y: y, path: path, line: line}
}

// member is one key of a mapping with its value.
type member struct {
	name string
	*node
}

// members reads a mapping: its keys are texts and none stands twice.
func (n *node) members(what string) []member {
	if n.y.Kind != yaml.MappingNode {
		n.fault("write "+what, "this is %s, not a mapping", kindOf(n.y))
		return nil
	}
	var list []member
	seen := map[string]int{}
	for i := 0; i+1 < len(n.y.Content); i += 2 {
		key, value := n.y.Content[i], n.y.Content[i+1]
		if key.Kind != yaml.ScalarNode {
			n.child("?", key, key.Line).fault(`quote the template: "{{…}}", or !number "{{…}}" for a number`, "a key must be a word, this one is %s", kindOf(key))
			continue
		}
		if key.ShortTag() == "!!merge" {
			n.child("<<", value, key.Line).fault("repeat the keys", "merge keys are not supported")
			continue
		}
		if first, twice := seen[key.Value]; twice {
			n.child(key.Value, value, key.Line).fault("remove one of them", "this key stands here twice (first in line %d)", first)
			continue
		}
		seen[key.Value] = key.Line
		list = append(list, member{name: key.Value, node: n.child(key.Value, value, key.Line)})
	}
	return list
}

// known reads a mapping with fixed keys; others are reported with the nearest spelling.
func (n *node) known(keys ...string) map[string]*node {
	found := map[string]*node{}
	for _, m := range n.members("its keys: " + strings.Join(keys, ", ")) {
		if !slices.Contains(keys, m.name) {
			m.fault(spelling.Hint(m.name, keys), "unknown key")
			continue
		}
		if isNull(m.y) {
			continue // as if it were not there
		}
		found[m.name] = m.node
	}
	return found
}

// need reports keys that are missing from a mapping.
func (n *node) need(found map[string]*node, keys ...string) bool {
	if n.y.Kind != yaml.MappingNode {
		return false // reported already
	}
	ok := true
	for _, key := range keys {
		if found[key] == nil {
			n.fault(fmt.Sprintf("add %s: …", key), "%s is missing", key)
			ok = false
		}
	}
	return ok
}

// items reads a list.
func (n *node) items(what string) []*node {
	if n.y.Kind != yaml.SequenceNode {
		n.fault("write a list: "+what, "this is %s, not a list", kindOf(n.y))
		return nil
	}
	list := make([]*node, 0, len(n.y.Content))
	for i, y := range n.y.Content {
		list = append(list, n.child(strconv.Itoa(i), y, y.Line))
	}
	return list
}

// raw reads a text as it stands, for templates, paths and words.
func (n *node) raw() (string, bool) {
	if n == nil {
		return "", false
	}
	if n.y.Kind != yaml.ScalarNode {
		mend := "write a single value"
		if n.looksLikeTemplate() {
			mend = `quote the template: "{{…}}", or !number "{{…}}" for a number`
		}
		n.fault(mend, "this is %s, not a text", kindOf(n.y))
		return "", false
	}
	return n.y.Value, true
}

// looksLikeTemplate reports whether an unquoted {{.X}} was read as a mapping inside a mapping.
func (n *node) looksLikeTemplate() bool {
	return n.y.Kind == yaml.MappingNode && len(n.y.Content) > 0 && n.y.Content[0].Kind == yaml.MappingNode
}

var variable = regexp.MustCompile(`\$\{([A-Za-z_][A-Za-z0-9_]*)(:-([^}]*))?\}`)

// text reads a text with its environment variables filled in.
func (n *node) text() string {
	raw, ok := n.raw()
	if !ok || !strings.Contains(raw, "${") {
		return raw
	}
	return variable.ReplaceAllStringFunc(raw, func(use string) string {
		m := variable.FindStringSubmatch(use)
		if value, set := n.opts.Env(m[1]); set && value != "" {
			return value
		}
		if m[2] == "" {
			n.fault(fmt.Sprintf("export it, or write ${%s:-otherwise}", m[1]), "environment variable %s is not set", m[1])
		}
		return m[3]
	})
}

// some reads a text that must not be empty.
func (n *node) some() string {
	if n == nil {
		return ""
	}
	before := len(n.problems)
	text := n.text()
	if text == "" && len(n.problems) == before {
		n.fault("write a value or remove the key", "this is empty")
	}
	return text
}

// duration reads a Go duration above zero.
func (n *node) duration() time.Duration {
	before := len(n.problems)
	text := n.text()
	if len(n.problems) > before {
		return 0
	}
	d, err := time.ParseDuration(text)
	if err != nil || d <= 0 {
		n.fault("write a number with a unit, such as 60s or 1m30s", "%q is not a duration above zero", text)
		return 0
	}
	return d
}

// texts reads a list of texts; a single text counts as a list of one.
func (n *node) texts(example string) []string {
	if n.y.Kind == yaml.ScalarNode {
		return []string{n.some()}
	}
	var list []string
	for _, item := range n.items(example) {
		list = append(list, item.some())
	}
	return list
}

func isNull(y *yaml.Node) bool { return y.Kind == yaml.ScalarNode && y.ShortTag() == "!!null" }

func kindOf(y *yaml.Node) string {
	switch {
	case y.Kind == yaml.MappingNode:
		return "a mapping"
	case y.Kind == yaml.SequenceNode:
		return "a list"
	case isNull(y):
		return "empty"
	}
	return "a single value"
}

// fileReason is why a file or program failed, without its path, which the message has already.
func fileReason(err error) string {
	if inner := errors.Unwrap(err); inner != nil {
		return inner.Error()
	}
	return err.Error()
}
