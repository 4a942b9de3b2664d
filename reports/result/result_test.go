package result_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"mppsim/reports/digest"
	"mppsim/reports/example"
	"mppsim/reports/internal/golden"
	"mppsim/reports/result"
)

func render(t *testing.T, run example.Run) []byte {
	t.Helper()
	m, err := example.Model(run, time.Unix(1_600_000_000, 0))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := result.Write(&out, digest.New(m)); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func compile(t *testing.T) *jsonschema.Schema {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(result.Schema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("urn:mppsim:result:1", document); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("urn:mppsim:result:1")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func validate(t *testing.T, schema *jsonschema.Schema, text []byte) error {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return schema.Validate(document)
}

func TestResult(t *testing.T) {
	t.Parallel()
	schema := compile(t)
	for _, run := range example.Runs() {
		t.Run(string(run), func(t *testing.T) {
			t.Parallel()
			text := render(t, run)
			golden.Check(t, string(run)+".json", text)
			if err := validate(t, schema, text); err != nil {
				t.Errorf("against its schema: %v", err)
			}
		})
	}
}

func TestSchemaRefuses(t *testing.T) {
	t.Parallel()
	schema := compile(t)
	tests := map[string]func(map[string]any){
		"another version":         func(d map[string]any) { d["schema"] = "mppsim-result/2" },
		"an unknown member":       func(d map[string]any) { d["colour"] = "red" },
		"no findings":             func(d map[string]any) { delete(d, "findings") },
		"a verdict made up":       func(d map[string]any) { first(d, "scenarios")["verdict"] = "almost" },
		"an exit code made up":    func(d map[string]any) { d["verdict"].(map[string]any)["exit"] = 2 },
		"a requirement off style": func(d map[string]any) { first(d, "requirements")["id"] = "SIG-1" },
	}
	for name, spoil := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var document map[string]any
			if err := json.Unmarshal(render(t, example.Failed), &document); err != nil {
				t.Fatal(err)
			}
			spoil(document)
			text, err := json.Marshal(document)
			if err != nil {
				t.Fatal(err)
			}
			if err := validate(t, schema, text); err == nil {
				t.Error("the schema accepts it")
			}
		})
	}
}

func first(document map[string]any, list string) map[string]any {
	return document[list].([]any)[0].(map[string]any)
}
