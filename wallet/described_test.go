package wallet_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"mppsim/wallet/control"
)

// described holds what travels between the control API and its client against the OpenAPI document. Every test that steers a
// simulator from outside goes through it, so that the document says what is really taken and given.
type described struct {
	next http.RoundTripper
	say  func(format string, args ...any)
}

// rulebook is the document, ready to judge with.
type rulebook struct {
	mu       sync.Mutex
	compiler *jsonschema.Compiler
	paths    map[string]map[string]json.RawMessage
	known    map[string]*jsonschema.Schema
}

var openAPI = sync.OnceValues(func() (*rulebook, error) {
	raw, err := control.OpenAPI("test")
	if err != nil {
		return nil, err
	}
	var d struct {
		Paths map[string]map[string]json.RawMessage
	}
	if err := json.Unmarshal(raw, &d); err != nil {
		return nil, err
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	b := &rulebook{compiler: jsonschema.NewCompiler(), paths: d.Paths, known: make(map[string]*jsonschema.Schema)}
	return b, b.compiler.AddResource("mem:control", document)
})

func (d described) RoundTrip(r *http.Request) (*http.Response, error) {
	book, err := openAPI()
	if err != nil {
		return nil, err
	}
	if r.Body != nil && r.Body != http.NoBody {
		sent, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		r.Body = io.NopCloser(bytes.NewReader(sent))
		d.judge(book, r, "requestBody", sent)
	}
	response, err := d.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	got, err := io.ReadAll(response.Body)
	_ = response.Body.Close()
	if err != nil {
		return nil, err
	}
	response.Body = io.NopCloser(bytes.NewReader(got))
	part := "responses/200"
	if response.StatusCode != http.StatusOK {
		part = "responses/default"
	}
	d.judge(book, r, part, got)
	return response, nil
}

func (d described) judge(book *rulebook, r *http.Request, part string, body []byte) {
	if err := book.judge(r.Method, strings.TrimPrefix(r.URL.EscapedPath(), control.Base), part, body); err != nil {
		d.say("%s %s: the document does not describe its %s: %v\n%s", r.Method, r.URL, part, err, body)
	}
}

func (b *rulebook) judge(method, path, part string, body []byte) error {
	template, ok := b.find(path, strings.ToLower(method))
	if !ok || len(body) == 0 {
		return nil // nothing is there, and the refusal says so; or nothing is sent
	}
	schema, err := b.schema(strings.ReplaceAll(strings.ReplaceAll(template, "~", "~0"), "/", "~1"), strings.ToLower(method), part)
	if err != nil {
		return err
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err != nil {
		return err
	}
	return schema.Validate(value)
}

// find prefers the path that is spelled out.
func (b *rulebook) find(path, method string) (template string, ok bool) {
	for candidate, methods := range b.paths {
		if _, has := methods[method]; has && fits(candidate, path) && (!ok || !strings.Contains(candidate, "{")) {
			template, ok = candidate, true
		}
	}
	return template, ok
}

func fits(template, path string) bool {
	want, got := strings.Split(template, "/"), strings.Split(path, "/")
	if len(want) != len(got) {
		return false
	}
	for i := range want {
		if want[i] != got[i] && !strings.HasPrefix(want[i], "{") {
			return false
		}
	}
	return true
}

func (b *rulebook) schema(template, method, part string) (*jsonschema.Schema, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	at := fmt.Sprintf("mem:control#/paths/%s/%s/%s/content/application~1json/schema", template, method, part)
	if s := b.known[at]; s != nil {
		return s, nil
	}
	s, err := b.compiler.Compile(at)
	b.known[at] = s
	return s, err
}
