package sign

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
)

// tree is a JSON value that keeps the order of its members.
type tree struct {
	scalar  string   // JSON text of a scalar
	members []member // of an object
	items   []tree   // of an array
	kind    byte     // '{', '[' or 0
}

type member struct {
	name  string // decoded
	label string // as a JSON text, with its colon
	value tree
}

// deepest is how deep a body may be nested to be written in another order.
const deepest = 100

// readTree reads JSON. Scalars are written in the encoder's form, which later styles normalise.
func readTree(body []byte) (tree, error) {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	return nextTree(d, 0)
}

func nextTree(d *json.Decoder, depth int) (tree, error) {
	token, err := d.Token()
	if err != nil {
		return tree{}, err
	}
	if depth > deepest {
		return tree{}, fmt.Errorf("nested deeper than %d", deepest)
	}
	delim, ok := token.(json.Delim)
	if !ok {
		return tree{scalar: scalar(token)}, nil
	}
	t := tree{kind: byte(delim)}
	for d.More() {
		if err := t.add(d, depth); err != nil {
			return tree{}, err
		}
	}
	_, err = d.Token()
	return t, err
}

func (t *tree) add(d *json.Decoder, depth int) error {
	name := ""
	if t.kind == '{' {
		token, err := d.Token()
		if err != nil {
			return err
		}
		name, _ = token.(string)
	}
	value, err := nextTree(d, depth+1)
	if t.kind == '{' {
		t.members = append(t.members, member{name, quoted(name) + ":", value})
	} else {
		t.items = append(t.items, value)
	}
	return err
}

// scalar writes a token as JSON.
func scalar(token json.Token) string {
	if text, ok := token.(string); ok {
		return quoted(text)
	}
	text, err := json.Marshal(token)
	if err != nil {
		return "null"
	}
	return string(text)
}

// write writes the value compactly with the members of each object in an order.
func (t tree) write(order func([]member) []member) []byte {
	var b bytes.Buffer
	t.writeTo(&b, order)
	return b.Bytes()
}

func (t tree) writeTo(b *bytes.Buffer, order func([]member) []member) {
	switch t.kind {
	case '{':
		b.WriteByte('{')
		for i, m := range order(slices.Clone(t.members)) {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(m.label)
			m.value.writeTo(b, order)
		}
		b.WriteByte('}')
	case '[':
		b.WriteByte('[')
		for i, item := range t.items {
			if i > 0 {
				b.WriteByte(',')
			}
			item.writeTo(b, order)
		}
		b.WriteByte(']')
	default:
		b.WriteString(t.scalar)
	}
}

// withoutEach calls use with the value written compactly without one of its members, for each member at any depth.
func (t tree) withoutEach(use func(name string, text []byte)) {
	t.eachObject(func(members *[]member) {
		all := *members
		for i, m := range all {
			*members = slices.Delete(slices.Clone(all), i, i+1)
			use(m.name, t.write(asTheyAre))
		}
		*members = all
	})
}

// eachObject visits the members of each object of the value.
func (t *tree) eachObject(visit func(members *[]member)) {
	if t.kind == '{' {
		visit(&t.members)
	}
	for i := range t.members {
		t.members[i].value.eachObject(visit)
	}
	for i := range t.items {
		t.items[i].eachObject(visit)
	}
}

// scalars returns the value with another form of each scalar.
func (t tree) scalars(form func(string) string) tree {
	t.members, t.items = slices.Clone(t.members), slices.Clone(t.items)
	for i := range t.members {
		t.members[i].value = t.members[i].value.scalars(form)
	}
	for i := range t.items {
		t.items[i] = t.items[i].scalars(form)
	}
	if t.kind == 0 {
		t.scalar = form(t.scalar)
	}
	return t
}

func numberToText(scalar string) string {
	if scalar != "" && (scalar[0] == '-' || scalar[0] >= '0' && scalar[0] <= '9') {
		return `"` + scalar + `"`
	}
	return scalar
}

// textToNumber unquotes digits. What is longer than an amount is an identifier.
func textToNumber(scalar string) string {
	text := strings.Trim(scalar, `"`)
	if n, err := strconv.ParseInt(text, 10, 64); err == nil && len(text) <= 15 && strconv.FormatInt(n, 10) == text {
		return text
	}
	return scalar
}

func asTheyAre(members []member) []member { return members }

func sorted(members []member) []member {
	slices.SortStableFunc(members, func(a, b member) int { return strings.Compare(a.name, b.name) })
	return members
}

func reversed(members []member) []member {
	slices.Reverse(members)
	return members
}

// hashed is the order in which a java.util.HashMap of default size returns its members.
func hashed(members []member) []member {
	buckets := uint32(16)
	for len(members) > int(buckets)*3/4 {
		buckets *= 2
	}
	bucket := func(m member) int {
		var h uint32
		for _, unit := range utf16.Encode([]rune(m.name)) {
			h = 31*h + uint32(unit)
		}
		return int((h ^ h>>16) & (buckets - 1))
	}
	slices.SortStableFunc(members, func(a, b member) int { return bucket(a) - bucket(b) })
	return members
}
