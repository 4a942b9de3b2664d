package trait_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"mppsim/wallet/trait"
)

// thing is something that people describe.
type thing struct {
	Name  string        `yaml:"name"`
	Count int           `yaml:"count"`
	Limit *int64        `yaml:"limit"`
	Marks []string      `yaml:"marks"`
	After time.Duration `yaml:"after"`
	part  `yaml:",inline"`
}

type part struct {
	Open bool `yaml:"open"`
}

func TestFieldsAreReplaced(t *testing.T) {
	t.Parallel()
	limit := int64(7)
	tests := map[string]struct {
		traits map[string]string
		want   thing
	}{
		"nothing":           {nil, thing{Name: "n"}},
		"a text":            {map[string]string{"name": "m"}, thing{Name: "m"}},
		"several":           {map[string]string{"count": "3", "after": "2s", "open": "true"}, thing{Name: "n", Count: 3, After: 2 * time.Second, part: part{Open: true}}},
		"a limit":           {map[string]string{"limit": "7"}, thing{Name: "n", Limit: &limit}},
		"a list":            {map[string]string{"marks": "[a, b]"}, thing{Name: "n", Marks: []string{"a", "b"}}},
		"one item of it":    {map[string]string{"marks": "a"}, thing{Name: "n", Marks: []string{"a"}}},
		"several items":     {map[string]string{"marks": "a, b"}, thing{Name: "n", Marks: []string{"a", "b"}}},
		"a list of nothing": {map[string]string{"marks": ""}, thing{Name: "n", Marks: []string{}}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := thing{Name: "n"}
			if err := trait.Override(&got, tt.traits, "#:&*"); err != nil || !reflect.DeepEqual(got, tt.want) {
				t.Errorf("%+v, %v, want %+v", got, err, tt.want)
			}
		})
	}
}

func TestWhatCannotBeReadSaysWhatIsWanted(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, value, want string }{
		{"colour", "red", `there is no "colour"; there are after, count, limit, marks, name, open`},
		{"count", "many", `count: "many" is not a whole number`},
		{"limit", "x", `limit: "x" is not a whole number`},
		{"open", "perhaps", `open: "perhaps" is not true or false`},
		{"after", "soon", `after: "soon" is not a span of time such as 2s`},
		{"marks", "[a", `marks: "[a" is not a list such as [a, b]`},
		{"name", "[a]", `name: "[a]" is not a text`},
		{"name", "a: b", `name: "a: b" has a sign that YAML reads as its own`},
		{"name", "a\nopen: true", "has a sign that YAML reads as its own"},
	} {
		err := trait.Override(&thing{}, map[string]string{tt.name: tt.value}, "#:&*")
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s=%s: %v, want %s", tt.name, tt.value, err, tt.want)
		}
		if err != nil && (strings.Contains(err.Error(), "trait_test") || strings.Contains(err.Error(), "yaml:")) {
			t.Errorf("%s=%s: %v speaks of Go", tt.name, tt.value, err)
		}
	}
}
