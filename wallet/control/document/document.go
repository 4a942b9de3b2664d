// Package document writes what an HTTP interface takes and gives as an OpenAPI 3.1 document: the shapes from the Go types
// that are read and written, the words from their doc comments.
package document

import (
	"net/http"
	"reflect"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Operation is one method of one path.
type Operation struct {
	Method  string
	Path    string // below the base; parts in braces are texts
	Name    string // unique among the operations
	Words   string // what it does, in a line
	Query   []Parameter
	In, Out reflect.Type // of the bodies; nil: none
}

// Parameter is a part of the query that may be left out.
type Parameter struct {
	Name  string
	Words string
	Type  reflect.Type
}

// Title is what stands at the head of the document.
type Title struct {
	Name    string
	Words   string
	Version string
	Base    string // path below which all operations stand
}

// Words are doc comments: of a type by its name ("PayerSpec"), of a field by both names ("PayerSpec.Balance").
type Words map[string]string

type (
	root struct {
		OpenAPI    string                     `json:"openapi"`
		Info       info                       `json:"info"`
		Dialect    string                     `json:"jsonSchemaDialect"`
		Servers    []server                   `json:"servers"`
		Paths      map[string]map[string]item `json:"paths"`
		Components components                 `json:"components"`
	}
	info struct {
		Title       string `json:"title"`
		Version     string `json:"version"`
		Description string `json:"description,omitempty"`
	}
	server struct {
		URL string `json:"url"`
	}
	components struct {
		Schemas map[string]*schema `json:"schemas"`
	}
	item struct {
		ID         string            `json:"operationId"`
		Summary    string            `json:"summary"`
		Parameters []parameter       `json:"parameters,omitempty"`
		Body       *body             `json:"requestBody,omitempty"`
		Responses  map[string]answer `json:"responses"`
	}
	parameter struct {
		Name        string  `json:"name"`
		In          string  `json:"in"`
		Required    bool    `json:"required,omitempty"`
		Description string  `json:"description,omitempty"`
		Schema      *schema `json:"schema"`
	}
	body struct {
		Content map[string]media `json:"content"`
	}
	answer struct {
		Description string           `json:"description"`
		Content     map[string]media `json:"content,omitempty"`
	}
	media struct {
		Schema *schema `json:"schema"`
	}
)

// Write writes the document as indented JSON. refusal is the
// type of the answer to everything that fails; the words are those of its package.
func Write(title Title, list []Operation, refusal reflect.Type, words Words) ([]byte, error) {
	w := writer{words: words, home: refusal.PkgPath(), schemas: make(map[string]*schema)}
	d := root{
		OpenAPI: "3.1.0", Dialect: "https://json-schema.org/draft/2020-12/schema",
		Info:    info{Title: title.Name, Version: title.Version, Description: title.Words},
		Servers: []server{{URL: title.Base}},
		Paths:   make(map[string]map[string]item),
	}
	for _, o := range list {
		if d.Paths[o.Path] == nil {
			d.Paths[o.Path] = make(map[string]item)
		}
		d.Paths[o.Path][strings.ToLower(o.Method)] = w.item(o, refusal)
	}
	d.Components.Schemas = w.schemas
	return json.Marshal(d, json.Deterministic(true), jsontext.WithIndent("  "))
}

// writer collects the schemas of the types that it meets.
type writer struct {
	words   Words
	home    string // package of the interface
	schemas map[string]*schema
}

func (w *writer) item(o Operation, refusal reflect.Type) item {
	i := item{ID: o.Name, Summary: o.Words, Responses: map[string]answer{
		"200":     {Description: "done"},
		"default": {Description: "refused, with the reason", Content: w.content(refusal)},
	}}
	for part := range strings.SplitSeq(o.Path, "/") {
		if name, ok := strings.CutPrefix(part, "{"); ok {
			i.Parameters = append(i.Parameters, parameter{
				Name: strings.TrimSuffix(name, "}"), In: "path", Required: true, Schema: &schema{Type: "string"},
			})
		}
	}
	for _, q := range o.Query {
		i.Parameters = append(i.Parameters, parameter{Name: q.Name, In: "query", Description: q.Words, Schema: w.of(q.Type)})
	}
	if o.In != nil && o.Method != http.MethodGet {
		i.Body = &body{Content: w.content(o.In)}
	}
	if o.Out != nil {
		i.Responses["200"] = answer{Description: "done", Content: w.content(o.Out)}
	}
	return i
}

func (w *writer) content(t reflect.Type) map[string]media {
	return map[string]media{"application/json": {Schema: w.of(t)}}
}
