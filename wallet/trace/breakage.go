package trace

import (
	"context"
	"errors"
	"io"
	"net"
	"syscall"
)

// Breakage names in few words, for Exchange.Broken, what happened to a connection that brought no answer.
func Breakage(err error) string {
	var timeout net.Error
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return "refused"
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, io.EOF), errors.Is(err, syscall.EPIPE):
		return "reset"
	case errors.As(err, &timeout) && timeout.Timeout():
		return "no answer in time"
	case errors.Is(err, context.Canceled):
		return "given up"
	}
	return err.Error()
}
