package openapi_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"mppsim/wallet/catalogue"
	"mppsim/wallet/catalogue/example"
	"mppsim/wallet/catalogue/openapi"
	"mppsim/wallet/jsontree"
)

func doors(t *testing.T) []catalogue.Door {
	t.Helper()
	c, err := catalogue.Load()
	if err != nil {
		t.Fatal(err)
	}
	return c.Doors
}

func document(t *testing.T, d *catalogue.Door) *jsontree.Node {
	t.Helper()
	root, err := jsontree.Parse(openapi.Document(d, "1.2.3"))
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// child follows names that may hold dots or slashes.
func child(t *testing.T, n *jsontree.Node, names ...string) *jsontree.Node {
	t.Helper()
	for _, name := range names {
		var next *jsontree.Node
		for _, m := range n.Members {
			if m.Name == name {
				next = m.Value
			}
		}
		if next == nil {
			t.Fatalf("no member %q", name)
		}
		n = next
	}
	return n
}

func TestDocumentHasTheShapeOfOpenAPI31(t *testing.T) {
	t.Parallel()
	for _, d := range doors(t) {
		root := document(t, &d)
		if v := child(t, root, "openapi").Text; v != "3.1.0" {
			t.Errorf("version %q", v)
		}
		if child(t, root, "info", "title").Text == "" || child(t, root, "info", "version").Text != "1.2.3" {
			t.Error("info is incomplete")
		}
		ids := map[string]bool{}
		for i := range d.Operations {
			op := &d.Operations[i]
			at := []string{"paths", op.Path}
			if op.Served() {
				at = []string{"webhooks", op.Name}
			}
			post := child(t, root, append(at, "post")...)
			id := child(t, post, "operationId").Text
			if ids[id] {
				t.Errorf("operationId %q twice", id)
			}
			ids[id] = true
			if child(t, post, "responses", "200", "description").Text == "" || len(child(t, post, "x-result-codes").Items) != len(op.Codes) {
				t.Errorf("%s: response or codes are incomplete", op.FullName())
			}
			child(t, post, "requestBody", "content", "application/json", "schema", "$ref")
		}
	}
}

func TestEveryReferenceLeadsSomewhere(t *testing.T) {
	t.Parallel()
	for _, d := range doors(t) {
		root := document(t, &d)
		count := 0
		root.Walk(func(path string, v *jsontree.Node) {
			if !strings.HasSuffix(path, ".$ref") {
				return
			}
			count++
			local, ok := strings.CutPrefix(v.Text, "#/")
			if !ok {
				t.Fatalf("%s: %q is not local", path, v.Text)
			}
			child(t, root, strings.Split(local, "/")...)
		})
		if count < 100 {
			t.Errorf("%s: only %d references", d.Name, count)
		}
	}
}

// TestSchemasAgreeWithValidation holds a foreign implementation of JSON Schema against our validation, over
// every message that keeps or breaks a rule.
func TestSchemasAgreeWithValidation(t *testing.T) {
	t.Parallel()
	for _, d := range doors(t) {
		compiler := jsonschema.NewCompiler()
		parsed, err := jsonschema.UnmarshalJSON(bytes.NewReader(openapi.Document(&d, "1")))
		if err != nil {
			t.Fatal(err)
		}
		if err := compiler.AddResource("mem:"+d.Name, parsed); err != nil {
			t.Fatal(err)
		}
		for i := range d.Operations {
			for _, part := range []catalogue.Part{catalogue.Request, catalogue.Response} {
				compare(t, compiler, &d.Operations[i], part)
			}
		}
	}
}

func compare(t *testing.T, compiler *jsonschema.Compiler, op *catalogue.Operation, part catalogue.Part) {
	t.Helper()
	schema, err := compiler.Compile("mem:" + op.Door + "#/components/schemas/" + op.Name + "." + string(part))
	if err != nil {
		t.Fatalf("%s: %v", op.FullName(), err)
	}
	for _, c := range example.Cases(op, part) {
		body := c.Message.Write(jsontree.Layout{})
		value, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(value); (err == nil) != c.Keeps {
			t.Errorf("%s %s: %s: keeps is %v, but the schema says %v", op.FullName(), part, c.Name, c.Keeps, err)
		}
	}
}
