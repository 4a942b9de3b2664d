package aps

import (
	_ "embed"
	"strings"
	"sync"
)

//go:embed codes.txt
var codeTable string

// Code describes a result code of the acquirer's door (acqp-api §2.1).
type Code struct {
	Name    string
	Status  Status
	Calls   []API // operations that can answer it; nil: all
	Message string
}

// Codes lists the documented result codes in the order of the table.
func Codes() []Code { return parsedCodes() }

var parsedCodes = sync.OnceValue(func() []Code {
	var codes []Code
	for line := range strings.Lines(codeTable) {
		if c, ok := parseCode(line); ok {
			codes = append(codes, c)
		}
	}
	return codes
})

func parseCode(line string) (Code, bool) {
	fields := strings.Fields(line)
	if len(fields) < 4 || fields[0] == "#" {
		return Code{}, false
	}
	c := Code{Name: fields[0], Status: Status(fields[1]), Message: strings.Join(fields[3:], " ")}
	if fields[2] != "all" {
		for call := range strings.SplitSeq(fields[2], ",") {
			c.Calls = append(c.Calls, API(call))
		}
	}
	return c, true
}

// LookUp finds a documented code.
func LookUp(name string) (Code, bool) {
	for _, c := range parsedCodes() {
		if c.Name == name {
			return c, true
		}
	}
	return Code{}, false
}

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
