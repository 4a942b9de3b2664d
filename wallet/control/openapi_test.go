package control_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"mppsim/wallet/control"
)

// described is what the document says of an operation.
type described struct {
	ID         string `json:"operationId"`
	Summary    string
	Parameters []struct{ Name, In, Description string }
}

func openAPI(t *testing.T) (raw []byte, paths map[string]map[string]described) {
	t.Helper()
	raw, err := control.OpenAPI("1.2.3")
	if err != nil {
		t.Fatal(err)
	}
	var d struct {
		Paths map[string]map[string]described
	}
	if err := json.Unmarshal(raw, &d); err != nil {
		t.Fatal(err)
	}
	return raw, d.Paths
}

// TestTheDocumentIsOpenAPI31 holds the document against the schema that the OpenAPI Initiative publishes for 3.1, and the
// schemas in it against that of JSON Schema.
func TestTheDocumentIsOpenAPI31(t *testing.T) {
	t.Parallel()
	raw, _ := openAPI(t)
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	published, err := os.ReadFile("testdata/openapi-3.1.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := jsonschema.UnmarshalJSON(bytes.NewReader(published))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	for name, resource := range map[string]any{"mem:openapi": parsed, "mem:control": document} {
		if err := compiler.AddResource(name, resource); err != nil {
			t.Fatal(err)
		}
	}
	schema, err := compiler.Compile("mem:openapi")
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(document); err != nil {
		t.Error(err)
	}
	var d struct {
		Components struct{ Schemas map[string]json.RawMessage }
	}
	if err := json.Unmarshal(raw, &d); err != nil || len(d.Components.Schemas) < 50 {
		t.Fatalf("%d schemas, %v", len(d.Components.Schemas), err)
	}
	for name := range d.Components.Schemas {
		if _, err := compiler.Compile("mem:control#/components/schemas/" + name); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestEveryOperationIsDescribed: an operation has a name of its own, a line about it, and words for each parameter; and
// there are as many as the interface has methods.
func TestEveryOperationIsDescribed(t *testing.T) {
	t.Parallel()
	_, paths := openAPI(t)
	names := make(map[string]bool)
	for path, methods := range paths {
		for method, o := range methods {
			if names[o.ID] || o.ID == "" || o.Summary == "" {
				t.Errorf("%s %s: name %q, summary %q", method, path, o.ID, o.Summary)
			}
			names[o.ID] = true
			for _, p := range o.Parameters {
				if p.In == "query" && p.Description == "" {
					t.Errorf("%s %s: nothing is said about %s", method, path, p.Name)
				}
			}
		}
	}
	api := reflect.TypeFor[control.API]()
	for m := range api.Methods() {
		if name := strings.ToLower(m.Name[:1]) + m.Name[1:]; !names[name] {
			t.Errorf("%s has no operation %s", m.Name, name)
		}
	}
	if len(names) != api.NumMethod() {
		t.Errorf("%d operations for %d methods", len(names), api.NumMethod())
	}
}

func TestTheDocumentExplainsFields(t *testing.T) {
	t.Parallel()
	raw, _ := openAPI(t)
	for _, words := range []string{"makes a payer from a template", "25 … 30, or a longer start of digits", "an amount of money; the value in minor units", `"trace.Exchange"`} {
		if !strings.Contains(string(raw), words) {
			t.Errorf("the document does not say %q", words)
		}
	}
}

func TestTheDocumentIsServed(t *testing.T) {
	t.Parallel()
	_, url := start(t, &echo{})
	response, err := http.Get(url + "/sim/v1/openapi.json") //nolint:noctx // a test's
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	var got struct {
		OpenAPI string
		Info    struct{ Version string }
	}
	if err := json.NewDecoder(response.Body).Decode(&got); err != nil || got.OpenAPI != "3.1.0" || got.Info.Version != "9.9" || response.Header.Get("Content-Type") != "application/json" {
		t.Errorf("served %+v, %v", got, err)
	}
}

func TestParametersThatHaveNoEffectAreRefused(t *testing.T) {
	t.Parallel()
	_, url := start(t, &echo{})
	for query, want := range map[string]string{
		"/exchanges?timelin=t": `parameter \"timelin\": GET /sim/v1/exchanges takes after, timeline, about, wait, limit, wallet`,
		"/info?timeline=t":     `parameter \"timeline\": GET /sim/v1/info takes none`,
	} {
		response, err := http.Get(url + "/sim/v1" + query) //nolint:noctx // a test's
		if err != nil {
			t.Fatal(err)
		}
		var body bytes.Buffer
		_, _ = body.ReadFrom(response.Body)
		_ = response.Body.Close()
		if response.StatusCode != http.StatusBadRequest || !strings.Contains(body.String(), want) {
			t.Errorf("%s: %d %s", query, response.StatusCode, &body)
		}
	}
}
