package steps

import (
	"fmt"
	"strconv"
	"strings"

	"mppsim/wallet/aps"
	"mppsim/wallet/control"
)

// answered is the pattern of what Alipay+ answers instead of the truth: one group.
const answered = `(silence|a broken connection|server error \d+|an empty page|half an answer|an HTML page|` +
	`an answer without result|an answer without status|[SFU] [A-Z_]+)`

// An answerFault is the fault that gives a certain answer: one for a call that is executed first, one for a call
// that is not. An empty id says that there is no such fault.
type answerFault struct{ executed, undone string }

// faultOf finds the fault of an answer and its parameters.
func faultOf(answer string) (answerFault, control.Params, error) {
	switch answer {
	case "silence":
		return answerFault{"answer-lost", "request-lost"}, control.Params{}, nil
	case "a broken connection":
		return answerFault{"answer-reset", "request-reset"}, control.Params{}, nil
	case "an empty page":
		return answerFault{executed: "answer-empty"}, control.Params{}, nil
	case "half an answer":
		return answerFault{executed: "answer-truncated"}, control.Params{}, nil
	case "an HTML page":
		return answerFault{executed: "answer-html"}, control.Params{}, nil
	case "an answer without result":
		return answerFault{executed: "answer-without-result"}, control.Params{}, nil
	case "an answer without status":
		return answerFault{executed: "answer-without-status"}, control.Params{}, nil
	}
	if status, found := strings.CutPrefix(answer, "server error "); found {
		code, err := strconv.Atoi(status)
		if err != nil {
			return answerFault{}, control.Params{}, fmt.Errorf("answer %q: %w", answer, err)
		}
		return answerFault{"answer-http-status", "refused-http-status"}, control.Params{Status: code}, nil
	}
	result, err := parseResult(answer)
	if err != nil {
		return answerFault{}, control.Params{}, err
	}
	return answerFault{"answer-result", "refused-result"}, control.Params{Result: &result}, nil
}

// chooseFault returns the fault that answers so after, or without, executing the call.
func chooseFault(answer string, executed bool) (string, control.Params, error) {
	fault, params, err := faultOf(answer)
	if err != nil {
		return "", params, err
	}
	id := fault.undone
	if executed {
		id = fault.executed
	}
	if id == "" {
		return "", params, fmt.Errorf("answer with %s: only a call that is executed can be answered so", answer)
	}
	return id, params, nil
}

// parseResult reads a result such as "U PAYMENT_IN_PROCESS".
func parseResult(text string) (aps.Result, error) {
	status, code, found := strings.Cut(text, " ")
	switch s := aps.Status(status); s {
	case aps.Success, aps.Failure, aps.Unknown:
		if found && code != "" {
			return aps.Result{Code: code, Status: s, Message: sentence(code)}, nil
		}
	}
	return aps.Result{}, fmt.Errorf("result %q is not a status and a code, as in U UNKNOWN_EXCEPTION", text)
}

// sentence turns a result code into words for people.
func sentence(code string) string {
	return strings.ToLower(strings.ReplaceAll(code, "_", " "))
}
