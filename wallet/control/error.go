package control

import (
	"errors"
	"fmt"
	"net/http"

	"mppsim/wallet/store"
)

// Error is a refusal of the control API: a machine code and a text for people.
type Error struct {
	Code    string `json:"code"` // not-found, invalid, conflict, timeout, internal
	Message string `json:"message"`
}

// Codes of refusals.
const (
	NotFound = "not-found"
	Invalid  = "invalid"
	Conflict = "conflict" // nothing is in the state that the operation needs
	Internal = "internal"
)

// Error returns the text for people.
func (e *Error) Error() string { return e.Message }

// Errorf makes a refusal.
func Errorf(code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// IsNotFound reports whether an operation failed because something does not exist.
func IsNotFound(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && e.Code == NotFound
}

func statusOf(code string) int {
	switch code {
	case NotFound:
		return http.StatusNotFound
	case Invalid:
		return http.StatusBadRequest
	case Conflict:
		return http.StatusConflict
	default:
		return http.StatusInternalServerError
	}
}

// asError turns any error into a refusal.
func asError(err error) *Error {
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	if errors.Is(err, store.ErrKey) { // a name in the request that can name nothing
		return &Error{Code: Invalid, Message: err.Error()}
	}
	return &Error{Code: Internal, Message: err.Error()}
}
