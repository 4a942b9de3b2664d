package control

import (
	"context"
	"errors"
	"io"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/gorilla/mux"

	"mppsim/wallet/control/document"
)

// operation is what a path does, with what it takes and gives: from this the OpenAPI document is written.
type operation struct {
	http.Handler
	in, out reflect.Type // of the bodies; nil: none
	query   []document.Parameter
}

// routes are where operations are entered.
type routes struct {
	router *mux.Router
	list   *[]document.Operation
}

func (s routes) get(path, name, words string, o operation) {
	s.enter(http.MethodGet, path, name, words, o)
}

func (s routes) post(path, name, words string, o operation) {
	s.enter(http.MethodPost, path, name, words, o)
}

func (s routes) remove(path, name, words string, o operation) {
	s.enter(http.MethodDelete, path, name, words, o)
}

func (s routes) enter(method, path, name, words string, o operation) {
	*s.list = append(*s.list, document.Operation{Method: method, Path: path, Name: name, Words: words, Query: o.query, In: o.in, Out: o.out})
	s.router.Path(path).Methods(method).HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := o.knows(r); err != nil {
			fail(w, err)
			return
		}
		o.ServeHTTP(w, r)
	})
}

// knows refuses parameters that would have no effect, such as misspelled ones.
func (o operation) knows(r *http.Request) error {
	for name := range r.URL.Query() {
		if slices.ContainsFunc(o.query, func(p document.Parameter) bool { return p.Name == name }) {
			continue
		}
		if len(o.query) == 0 {
			return Errorf(Invalid, "parameter %q: %s %s takes none", name, r.Method, r.URL.Path)
		}
		var known []string
		for _, p := range o.query {
			known = append(known, p.Name)
		}
		return Errorf(Invalid, "parameter %q: %s %s takes %s", name, r.Method, r.URL.Path, strings.Join(known, ", "))
	}
	return nil
}

// none is an empty JSON object.
type none struct{}

func id(r *http.Request) string { return mux.Vars(r)["id"] }

// plain adapts an operation that needs nothing.
func plain[Out any](f func(context.Context) (Out, error)) operation {
	return read(func(r *http.Request) (Out, error) { return f(r.Context()) })
}

// of adapts an operation on what the path names.
func of[Out any](f func(context.Context, string) (Out, error)) operation {
	return read(func(r *http.Request) (Out, error) { return f(r.Context(), id(r)) })
}

// end adapts an operation without answer on what the path names.
func end(f func(context.Context, string) error) operation {
	return read(func(r *http.Request) (none, error) { return none{}, f(r.Context(), id(r)) })
}

// onTimeline adapts an operation that tells what there is on a timeline.
func onTimeline[Out any](f func(context.Context, string) (Out, error)) operation {
	return read(func(r *http.Request) (Out, error) { return f(r.Context(), r.FormValue("timeline")) }, "timeline")
}

// asked adapts an operation that needs nothing but its specification.
func asked[In, Out any](f func(context.Context, In) (Out, error)) operation {
	return write(func(r *http.Request, in In) (Out, error) { return f(r.Context(), in) })
}

// to adapts an operation that does something to what the path names.
func to[In, Out any](f func(context.Context, string, In) (Out, error)) operation {
	return write(func(r *http.Request, in In) (Out, error) { return f(r.Context(), id(r), in) })
}

// read makes an operation without body; names are those of its parameters.
func read[Out any](f func(*http.Request) (Out, error), names ...string) operation {
	o := operation{out: reflect.TypeFor[Out](), Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		out, err := f(r)
		respond(w, out, err)
	})}
	for _, name := range names {
		o.query = append(o.query, parameter(name))
	}
	return o
}

// write makes an operation with a body; an absent one is as good as an empty object.
func write[In, Out any](f func(*http.Request, In) (Out, error)) operation {
	return operation{in: reflect.TypeFor[In](), out: reflect.TypeFor[Out](), Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var in In
		if err := decodeStrictly(http.MaxBytesReader(w, r.Body, maxRequest), &in); err != nil && !errors.Is(err, io.EOF) {
			fail(w, Errorf(Invalid, "request body: %v", err))
			return
		}
		out, err := f(r, in)
		respond(w, out, err)
	})}
}

// parameter describes a part of the query by its name, which means the same everywhere.
func parameter(name string) document.Parameter {
	p := document.Parameter{Name: name, Type: reflect.TypeFor[string]()}
	switch name {
	case "timeline":
		p.Words = "only what belongs to this timeline; absent: to payments outside scenarios, or where all are listed, to any"
	case "after":
		p.Words, p.Type = "only exchanges with a higher seq", reflect.TypeFor[uint64]()
	case "about":
		p.Words = "only what names this id or order number"
	case "wait":
		p.Words, p.Type = "wait up to this long for the first one", reflect.TypeFor[Duration]()
	case "limit":
		p.Words, p.Type = "at most so many", reflect.TypeFor[int]()
	case "wallet":
		p.Words, p.Type = "also what passed between Alipay+ and wallets", reflect.TypeFor[bool]()
	case "date":
		p.Words = "a day in UTC+8 as YYYY-MM-DD; absent: today"
	case "calendar":
		p.Words = "whose days count: wire (default) or timeline"
	case "path":
		p.Words = "only this file"
	case "sandbox":
		p.Words, p.Type = "in the folders of the sandbox", reflect.TypeFor[bool]()
	case "texts":
		p.Words, p.Type = "with the files' contents", reflect.TypeFor[bool]()
	case "rows":
		p.Words, p.Type = "detail rows of one file; absent: as in the contract", reflect.TypeFor[int]()
	case "provider":
		p.Words = "id of the service provider"
	case "period":
		p.Words = "a month in UTC+8, such as 2031-03"
	case "paymentRequestId":
		p.Words = "only those of this payment"
	}
	return p
}
