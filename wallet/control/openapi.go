package control

import (
	"embed"
	"net/http"
	"reflect"

	"github.com/gorilla/mux"

	"mppsim/wallet/control/document"
)

// The document's words are the doc comments of this package, so that nobody has to keep two texts alike.
//
//go:embed *.go
var source embed.FS

// refused is the answer to everything that fails.
type refused struct {
	Error *Error `json:"error"`
}

// Operations lists the operations of the control API, related ones together.
func Operations() (list []document.Operation) {
	enter(routes{mux.NewRouter(), &list}, (*Client)(nil))
	return list
}

// OpenAPI returns the OpenAPI 3.1 document of the control API as indented JSON. version is that of the program.
func OpenAPI(version string) ([]byte, error) { return openAPI(Operations(), version) }

func openAPI(list []document.Operation, version string) ([]byte, error) {
	words, err := document.Read(source)
	if err != nil {
		return nil, err
	}
	return document.Write(document.Title{
		Name: "mppsim control API", Version: version, Base: Base,
		Words: "How people and programs steer a running simulator: payers and what they do, faults, time, promotions, and what was recorded. " +
			"Amounts are minor units as text, times are ISO 8601 with offset, durations are texts such as 1.5s. Unknown members and parameters are refused.",
	}, list, reflect.TypeFor[refused](), words)
}

func serveDocument(w http.ResponseWriter, list []document.Operation, version string) {
	text, err := openAPI(list, version)
	if err != nil {
		fail(w, err)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(text) // an error means that the caller is gone
}
