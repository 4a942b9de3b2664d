package gateway

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"
)

func TestBodiesAreReadToTheirEnd(t *testing.T) {
	t.Parallel()
	g, _ := newGateway(t)
	for _, size := range []int{0, 1, largeBody - 1, largeBody, largeBody + 1, maxBody} {
		body := strings.Repeat("x", size)
		for _, told := range []int64{-1, int64(size)} {
			got, err := g.readBody(t.Context(), strings.NewReader(body), told)
			if err != nil || string(got) != body {
				t.Errorf("%d octets, told %d: %d octets, %v", size, told, len(got), err)
			}
		}
	}
}

// TestAnnouncedBodiesTakeNoMemory: a thousand callers who announce the longest body and send none cost little.
func TestAnnouncedBodiesTakeNoMemory(t *testing.T) {
	t.Parallel()
	g, _ := newGateway(t)
	got, err := g.readBody(t.Context(), strings.NewReader("{}"), maxBody)
	if err != nil || cap(got) > 2*largeBody {
		t.Errorf("%d octets, %v", cap(got), err)
	}
}

// endless is a caller who has sent so much that its body is a large one, and then neither sends more nor ends until it is told
// to. It says when somebody waits for more.
type endless struct {
	sent          int
	awaited, stop chan struct{}
}

func (e *endless) Read(p []byte) (int, error) {
	if e.sent >= largeBody {
		e.awaited <- struct{}{}
		<-e.stop
		return 0, io.EOF
	}
	n := min(len(p), largeBody-e.sent)
	e.sent += n
	return n, nil
}

func TestLargeBodiesWaitForEachOtherButNotTheOthers(t *testing.T) {
	t.Parallel()
	g, _ := newGateway(t)
	awaited, stop := make(chan struct{}), make(chan struct{})
	ended := make(chan error, g.Limits.Large)
	for range g.Limits.Large {
		go func() {
			_, err := g.readBody(t.Context(), &endless{awaited: awaited, stop: stop}, -1)
			ended <- err
		}()
	}
	for range g.Limits.Large {
		<-awaited
	}
	if got, err := g.readBody(t.Context(), strings.NewReader("{}"), 2); err != nil || string(got) != "{}" {
		t.Errorf("a small body: %q, %v", got, err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	large := strings.Repeat("x", maxBody)
	if _, err := g.readBody(ctx, strings.NewReader(large), maxBody); !errors.Is(err, errBusy) {
		t.Errorf("one more large body: %v", err)
	}
	close(stop)
	for range g.Limits.Large {
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
	if got, err := g.readBody(t.Context(), strings.NewReader(large), maxBody); err != nil || len(got) != maxBody {
		t.Errorf("afterwards: %d octets, %v", len(got), err)
	}
}
