package cli

import (
	"errors"
	"fmt"
)

// Exit codes of every command.
const (
	ExitConformant   = 0   // done; for certify: no scored MUST failed among what was run
	ExitFailed       = 1   // a MUST failed, or a declared capability is not testable
	ExitUsage        = 2   // usage or invalid input
	ExitEnvironment  = 3   // such as an acquirer that cannot be reached at the start
	ExitInconclusive = 4   // a scored requirement is inconclusive
	ExitInternal     = 5   // our own fault
	ExitInterrupted  = 130 // broken off by the user
)

// coded is an error that knows its exit code.
type coded struct {
	code int
	err  error
}

func (c coded) Error() string { return c.err.Error() }
func (c coded) Unwrap() error { return c.err }

func exitCode(err error) (int, bool) {
	c, ok := errors.AsType[coded](err)
	return c.code, ok
}

func withCode(code int, err error) error {
	if err == nil {
		return nil
	}
	return coded{code: code, err: err}
}

func usagef(format string, args ...any) error {
	return coded{code: ExitUsage, err: fmt.Errorf(format, args...)}
}

func environmentf(format string, args ...any) error {
	return coded{code: ExitEnvironment, err: fmt.Errorf(format, args...)}
}

func internalf(format string, args ...any) error {
	return coded{code: ExitInternal, err: fmt.Errorf(format, args...)}
}
