package gateway

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"slices"
	"strconv"
	"time"

	"mppsim/wallet/fault"
	"mppsim/wallet/trace"
)

// announcedMore is by how much a Content-Length that is too large is too large.
const announcedMore = 16

// oddly is an answer that does not go out as a server would send it.
type oddly struct {
	status  int
	header  map[string][]string
	body    []byte
	octets  fault.Octets
	told    string // what the record says of the connection; empty: it is in order
	whole   bool   // the caller can read all of it
	content int    // Content-Length
	sent    int    // how much of the body goes out
}

func oddAnswer(m sealed, o fault.Octets) oddly {
	a := oddly{status: http.StatusOK, header: m.header, body: m.body, octets: o, content: len(m.body), sent: len(m.body), whole: true}
	switch o.Announce {
	case fault.AnnounceHalf:
		a.content, a.whole = len(m.body)/2, false
	case fault.AnnounceMore:
		a.content, a.whole, a.told = len(m.body)+announcedMore, false, "cut"
	case fault.AnnounceTruth:
	}
	if o.Half {
		a.sent, a.whole, a.told = len(m.body)/2, false, "cut"
	}
	if o.Stall != nil {
		a.told = "stalled"
	}
	return a
}

// read is the part of the body that a caller can take for the answer.
func (a oddly) read() []byte { return a.body[:min(a.sent, a.content)] }

// sendOddly sends an answer octet by octet over the bare connection, and records what the caller could read.
func (g *Gateway) sendOddly(ctx context.Context, w http.ResponseWriter, c *call, m sealed, o fault.Octets) {
	a := oddAnswer(m, o)
	c.ex.Response, c.ex.Broken = trace.Message{Status: a.status, Header: a.header, Body: a.read()}, a.told
	if !a.whole {
		c.told = &telling{} // nothing that could be relied on
	}
	conn, _, err := http.NewResponseController(w).Hijack()
	if errors.Is(err, http.ErrNotSupported) {
		g.streamOddly(ctx, w, c, a)
		return
	}
	if err != nil {
		g.loseCaller(c)
		return
	}
	defer func() { ignore(conn.Close()) }()
	err = g.drip(ctx, c, a, append(a.head(), a.body[:a.sent]...), func(part []byte) error {
		ignore(conn.SetWriteDeadline(time.Now().Add(g.Limits.Write)))
		_, err := conn.Write(part)
		return err
	})
	if err == nil {
		g.linger(ctx, conn, a)
	}
}

// loseCaller records that a caller did not wait for the answer.
func (g *Gateway) loseCaller(c *call) {
	c.ex.Response, c.ex.Broken = trace.Message{}, "caller gone"
	g.conclude(c)
}

// head is the start of the answer as it goes over HTTP/1.1.
func (a oddly) head() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "HTTP/1.1 %d %s\r\n", a.status, http.StatusText(a.status))
	for _, name := range slices.Sorted(maps.Keys(a.header)) {
		for _, value := range a.header[name] {
			fmt.Fprintf(&b, "%s: %s\r\n", name, value)
		}
	}
	fmt.Fprintf(&b, "Content-Length: %d\r\nConnection: close\r\n\r\n", a.content)
	return b.Bytes()
}

// drip writes an answer, in one piece or its body byte by byte. It is on record when its last byte goes out.
func (g *Gateway) drip(ctx context.Context, c *call, a oddly, text []byte, write func([]byte) error) error {
	head := len(text) - a.sent
	if a.octets.Pace > 0 && a.sent > 1 {
		pace := a.octets.Pace / time.Duration(a.sent)
		if err := write(text[:head]); err != nil {
			g.loseCaller(c)
			return err
		}
		for text = text[head:]; len(text) > 1; text = text[1:] {
			err := write(text[:1])
			if err != nil || !g.pause(ctx, pace) {
				g.loseCaller(c)
				return errors.Join(err, context.Cause(ctx))
			}
		}
	}
	g.conclude(c)
	return write(text)
}

// linger keeps a stalled connection open. The caller's leaving ends it, which only a read notices.
func (g *Gateway) linger(ctx context.Context, conn net.Conn, a oddly) {
	if a.octets.Stall == nil {
		return
	}
	ctx, left := context.WithCancel(ctx)
	defer left()
	go func() {
		defer left()
		for buffer := make([]byte, 512); ; {
			if _, err := conn.Read(buffer); err != nil {
				return
			}
		}
	}()
	a.octets.Stall.Wait(ctx, g.Wall)
}

// streamOddly does the same as far as HTTP/2 lets it: a stream is reset where a connection would be closed.
func (g *Gateway) streamOddly(ctx context.Context, w http.ResponseWriter, c *call, a oddly) {
	maps.Copy(w.Header(), a.header)
	w.Header().Set("Content-Length", strconv.Itoa(a.content))
	w.WriteHeader(a.status)
	control := http.NewResponseController(w)
	err := g.drip(ctx, c, a, a.body[:a.sent], func(part []byte) error {
		if len(part) == 0 {
			return nil
		}
		if _, err := w.Write(part); err != nil {
			return err
		}
		return control.Flush()
	})
	if err == nil && a.octets.Stall != nil {
		a.octets.Stall.Wait(ctx, g.Wall)
	}
	if !a.whole || err != nil {
		panic(http.ErrAbortHandler) //nolint:forbidigo // the only way to end a stream of HTTP/2 early: the server resets it
	}
}
