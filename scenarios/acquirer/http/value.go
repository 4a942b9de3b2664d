package httpdriver

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// value is a compiled body.
type value struct {
	kind    Type
	literal string
	text    *text
	names   []string
	members []*value
}

func (c *compiler) compileValue(v Value) *value {
	out := &value{kind: v.Type, names: v.Names}
	switch v.Type {
	case Literal:
		out.literal = v.Source.Text
		if !json.Valid([]byte(out.literal)) {
			c.fault(v.Source.Place, fmt.Sprintf("%s is not a JSON number or word", out.literal), "quote it to send it as text")
		}
	case Object, List:
		for _, m := range v.Members {
			out.members = append(out.members, c.compileValue(m))
		}
	case Blank:
	case Text, Number, Bool:
		out.text = c.compile(v.Source, false)
	}
	return out
}

// render writes a body. Leaves that come out empty are left out, and so are objects of which
// nothing is left; with blank, empty texts are sent as "".
func (v *value) render(data Data, blank bool) ([]byte, error) {
	body, ok, err := v.encode(data, blank)
	if err != nil {
		return nil, err
	}
	if !ok {
		return []byte("{}"), nil
	}
	return body, nil
}

func (v *value) encode(data Data, blank bool) (body []byte, ok bool, err error) {
	switch v.kind {
	case Literal:
		return []byte(v.literal), true, nil
	case Blank:
		return []byte(`""`), blank, nil
	case Object:
		return v.encodeObject(data, blank)
	case List:
		return v.encodeList(data, blank)
	default:
		return v.encodeLeaf(data, blank)
	}
}

func (v *value) encodeObject(data Data, blank bool) ([]byte, bool, error) {
	var out bytes.Buffer
	out.WriteByte('{')
	for i, m := range v.members {
		body, ok, err := m.encode(data, blank)
		if err != nil {
			return nil, false, err
		}
		if !ok {
			continue
		}
		if out.Len() > 1 {
			out.WriteByte(',')
		}
		out.Write(quote(v.names[i]))
		out.WriteByte(':')
		out.Write(body)
	}
	out.WriteByte('}')
	return out.Bytes(), out.Len() > 2 || len(v.members) == 0, nil
}

func (v *value) encodeList(data Data, blank bool) ([]byte, bool, error) {
	var out bytes.Buffer
	out.WriteByte('[')
	for _, m := range v.members {
		body, ok, err := m.encode(data, blank)
		if err != nil {
			return nil, false, err
		}
		if !ok {
			continue
		}
		if out.Len() > 1 {
			out.WriteByte(',')
		}
		out.Write(body)
	}
	out.WriteByte(']')
	return out.Bytes(), out.Len() > 2 || len(v.members) == 0, nil
}

func (v *value) encodeLeaf(data Data, blank bool) ([]byte, bool, error) {
	if v.text == nil {
		return []byte(`""`), v.kind == Text, nil // written as "" in the profile: sent as such
	}
	result, err := v.text.render(data)
	if err != nil {
		return nil, false, err
	}
	if v.kind == Text {
		return quote(result), result != "" || blank || !v.text.dynamic, nil
	}
	if result == "" {
		return nil, false, nil
	}
	if !isJSON(v.kind, result) {
		return nil, false, fmt.Errorf("%s: %q is not a JSON %s", v.text.place, result, typeName(v.kind))
	}
	return []byte(result), true, nil
}

func isJSON(kind Type, text string) bool {
	if kind == Bool {
		return text == "true" || text == "false"
	}
	var n json.Number
	return json.Unmarshal([]byte(text), &n) == nil && text[0] != '"'
}

func typeName(kind Type) string {
	if kind == Bool {
		return "boolean"
	}
	return "number"
}

// quote writes a JSON string without escaping what HTML would need.
func quote(text string) []byte {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(text); err != nil {
		return []byte(`""`) // a string always encodes
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n"))
}
