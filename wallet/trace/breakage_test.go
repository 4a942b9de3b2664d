package trace_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"syscall"
	"testing"

	"mppsim/wallet/trace"
)

func TestBreakageInWords(t *testing.T) {
	t.Parallel()
	for err, want := range map[error]string{
		&net.OpError{Err: syscall.ECONNREFUSED}: "refused", fmt.Errorf("read: %w", syscall.ECONNRESET): "reset", io.EOF: "reset",
		syscall.EPIPE: "reset", &url.Error{Op: "Post", Err: context.DeadlineExceeded}: "no answer in time", context.Canceled: "given up",
		errors.New("odd"): "odd",
	} {
		if got := trace.Breakage(err); got != want {
			t.Errorf("%v: %s, want %s", err, got, want)
		}
	}
}
