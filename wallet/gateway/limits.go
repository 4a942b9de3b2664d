package gateway

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"time"
)

// Limits keep slow and huge callers from holding others up. A field that is zero has its default.
type Limits struct {
	Header     time.Duration // from the start of a request, or of its connection, to the end of its header; also a TLS handshake
	Idle       time.Duration // between the requests of a connection
	Read       time.Duration // of a body
	Write      time.Duration // of an answer
	HeaderSize int           // octets of a header
	Large      int           // bodies of more than 64 KiB that are read at a time; others of them wait, for as long as Read
}

// The defaults of Limits, and what is no matter of choice.
const (
	headerLimit = 10 * time.Second
	idleLimit   = 2 * time.Minute
	readLimit   = 15 * time.Second
	writeLimit  = 10 * time.Second
	headerSize  = 64 << 10
	maxLarge    = 16

	maxBody   = 1 << 20
	largeBody = 64 << 10
)

// WithDefaults fills in what is zero.
func (l Limits) WithDefaults() Limits {
	return Limits{
		Header: cmp.Or(l.Header, headerLimit), Idle: cmp.Or(l.Idle, idleLimit), Read: cmp.Or(l.Read, readLimit), Write: cmp.Or(l.Write, writeLimit),
		HeaderSize: cmp.Or(l.HeaderSize, headerSize), Large: cmp.Or(l.Large, maxLarge),
	}
}

var errBusy = errors.New("too many large bodies at a time")

// readBody reads a body to its end. What its caller only announces takes no memory, and only so many large bodies are
// read at a time: their callers cannot fill the memory together.
func (g *Gateway) readBody(ctx context.Context, body io.Reader, length int64) ([]byte, error) {
	if length > 0 && length < largeBody {
		return readExactly(body, length)
	}
	buffer := new(bytes.Buffer)
	if _, err := buffer.ReadFrom(io.LimitReader(body, largeBody)); err != nil || buffer.Len() < largeBody {
		return buffer.Bytes(), err
	}
	ctx, cancel := context.WithTimeout(ctx, g.Limits.Read)
	defer cancel()
	select {
	case g.large <- struct{}{}:
		defer func() { <-g.large }()
	case <-ctx.Done():
		return buffer.Bytes(), errBusy
	}
	_, err := buffer.ReadFrom(body)
	return buffer.Bytes(), err
}

// readExactly reads a body that is as long as its caller announced. HTTP sees to it that none is longer.
func readExactly(body io.Reader, length int64) ([]byte, error) {
	octets := make([]byte, length)
	n, err := io.ReadFull(body, octets)
	return octets[:n], err
}
