package aps

import (
	"slices"
	"sync"

	"mppsim/wallet/catalogue"
)

// Code describes a result code of the acquirer's door (acqp-api §2.1). The table is the catalogue's.
type Code struct {
	Name    string
	Status  Status
	Calls   []API // operations that can answer it; nil: all
	Message string
}

// Codes lists the documented result codes in the order of the table.
func Codes() []Code { return documentedCodes() }

// documentedCodes is empty only in a broken build, which the catalogue's tests would not pass.
var documentedCodes = sync.OnceValue(func() []Code {
	table, err := catalogue.Codes("aps")
	if err != nil {
		return nil
	}
	codes := make([]Code, len(table))
	for i, c := range table {
		codes[i] = Code{Name: c.Name, Status: Status(c.Status), Calls: calls(c), Message: c.Message}
	}
	return codes
})

func calls(c catalogue.Code) []API {
	if slices.Contains(c.Calls, "all") {
		return nil
	}
	apis := make([]API, len(c.Calls))
	for i, name := range c.Calls {
		apis[i] = API(name)
	}
	return apis
}

// LookUp finds a documented code.
func LookUp(name string) (Code, bool) {
	c, ok := codesByName()[name]
	return c, ok
}

var codesByName = sync.OnceValue(func() map[string]Code {
	byName := make(map[string]Code)
	for _, c := range documentedCodes() {
		byName[c.Name] = c
	}
	return byName
})

// ResultOf returns the result of a documented code; an undocumented name is a general failure.
func ResultOf(name string) Result {
	c, ok := LookUp(name)
	if !ok {
		return Result{Code: name, Status: Failure, Message: "The request failed."}
	}
	return Result{Code: c.Name, Status: c.Status, Message: c.Message}
}

// Complete fills the status and message of a result that names only its code.
func (r Result) Complete() Result {
	known := ResultOf(r.Code)
	if r.Status == "" {
		r.Status = known.Status
	}
	if r.Message == "" && r.Status == known.Status {
		r.Message = known.Message
	}
	return r
}
