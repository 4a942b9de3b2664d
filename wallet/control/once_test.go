package control_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"mppsim/wallet/control"
)

// counter opens timelines and counts them.
type counter struct {
	control.API
	opened atomic.Int64
	refuse bool
}

func (c *counter) OpenTimeline(context.Context, control.TimelineSpec) (control.Timeline, error) {
	c.opened.Add(1)
	if c.refuse {
		return control.Timeline{}, control.Errorf(control.Conflict, "no room")
	}
	return control.Timeline{ID: "line"}, nil
}

// breaking is a server in front of a control API that ends a connection instead of answering its second request: before
// the API has seen the request, or after it has answered it. That is what a caller sees who uses an idle connection at
// the instant at which the other end gives it up.
func breaking(t *testing.T, api http.Handler, after bool) (address string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var broken atomic.Bool
	var serving sync.WaitGroup
	t.Cleanup(func() { _ = listener.Close(); serving.Wait() })
	serving.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			serving.Go(func() { serve(conn, api, after, &broken) })
		}
	})
	return "http://" + listener.Addr().String()
}

// serve answers the requests of a connection. Whichever connection is the first to bring a second request ends with it.
func serve(conn net.Conn, api http.Handler, after bool, broken *atomic.Bool) {
	defer func() { _ = conn.Close() }()
	in := bufio.NewReader(conn)
	for n := 1; ; n++ {
		r, err := http.ReadRequest(in)
		if err != nil {
			return
		}
		breaks := n == 2 && broken.CompareAndSwap(false, true)
		if breaks && !after {
			return
		}
		answer := httptest.NewRecorder()
		api.ServeHTTP(answer, r)
		if breaks {
			return
		}
		response := answer.Result()
		response.ContentLength = int64(answer.Body.Len())
		if response.Write(conn) != nil {
			return
		}
	}
}

func TestACallOnAConnectionThatIsGivenUpIsCarriedOutOnce(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ after, refuse bool }{
		"before it was seen":       {false, false},
		"after it was carried out": {true, false},
		"after it was refused":     {true, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			api := &counter{refuse: tt.refuse}
			transport := &http.Transport{MaxConnsPerHost: 1}
			defer transport.CloseIdleConnections()
			c := control.NewClient(breaking(t, control.Handler(api), tt.after), &http.Client{Transport: transport})
			const calls = 5
			for n := range calls {
				line, err := c.OpenTimeline(t.Context(), control.TimelineSpec{})
				var refused *control.Error
				if tt.refuse && errors.As(err, &refused) && refused.Code == control.Conflict {
					continue
				}
				if tt.refuse || err != nil || line.ID != "line" {
					t.Errorf("call %d: %+v, %v", n+1, line, err)
				}
			}
			if n := api.opened.Load(); n != calls {
				t.Errorf("%d calls were carried out as %d", calls, n)
			}
		})
	}
}

// TestKeysTellRequestsApart: the same text under another key, or under none, is another request.
func TestKeysTellRequestsApart(t *testing.T) {
	t.Parallel()
	api := &counter{}
	h := control.Handler(api)
	send := func(key string) string {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, control.Base+"/timelines", strings.NewReader("{}"))
		if key != "" {
			r.Header.Set(control.KeyHeader, key)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		text, _ := io.ReadAll(w.Result().Body)
		return w.Header().Get("Content-Type") + " " + string(text)
	}
	first := send("a")
	for _, tt := range []struct {
		key  string
		want int64
	}{{"a", 1}, {"b", 2}, {"", 3}, {"", 4}, {"a", 4}} {
		if again := send(tt.key); again != first || api.opened.Load() != tt.want {
			t.Errorf("after key %q %d timelines are open, want %d; answered %q, before %q", tt.key, api.opened.Load(), tt.want, again, first)
		}
	}
}

func TestACallWithoutAnAnswerSaysSo(t *testing.T) {
	t.Parallel()
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	c := control.NewClient(gone.URL, nil)
	if _, err := c.OpenTimeline(t.Context(), control.TimelineSpec{}); !errors.Is(err, control.ErrNoAnswer) {
		t.Errorf("nobody there: %v", err)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if _, err := c.OpenTimeline(ctx, control.TimelineSpec{}); errors.Is(err, control.ErrNoAnswer) || !errors.Is(err, context.Canceled) {
		t.Errorf("broken off: %v", err)
	}
	refusing := httptest.NewServer(control.Handler(&counter{refuse: true}))
	defer refusing.Close()
	if _, err := control.NewClient(refusing.URL, nil).OpenTimeline(t.Context(), control.TimelineSpec{}); err == nil || errors.Is(err, control.ErrNoAnswer) {
		t.Errorf("refused: %v", err)
	}
}
