// Package doctor examines one stored HTTP message whose signature is in doubt: it reads the raw text, finds out what
// should have been signed and what was, and reports it for people and for programs.
package doctor

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http/httputil"
	"net/url"
	"strconv"
	"strings"
)

// maxMessage bounds what is read of a message, in octets.
const maxMessage = 16 << 20

// ErrMessage means that a text is no HTTP message.
var ErrMessage = errors.New("no HTTP message")

// Message is a raw HTTP/1.1 request or answer as stored in a file.
type Message struct {
	Answer bool
	Method string // of a request
	Target string // path with query; of an absolute address only these
	Host   string // of the address or the Host header
	Status int    // of an answer
	Fields []Field
	Body   []byte

	Notes []string // oddities of the file
	rest  []byte   // all octets after the headers, when the body is only part of them or its length is not given
	open  bool     // the length of the body is not given
}

// Field is one header line.
type Field struct{ Name, Value string }

// Read reads a raw HTTP message. Lines may end in LF or CR LF; empty lines and comments (# or //) before the
// first line are skipped; the body is taken octet by octet.
func Read(r io.Reader) (Message, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxMessage+1))
	if err != nil {
		return Message{}, fmt.Errorf("message: %w", err)
	}
	if len(text) > maxMessage {
		return Message{}, fmt.Errorf("%w: longer than %d octets", ErrMessage, maxMessage)
	}
	s := &lines{rest: bytes.TrimPrefix(text, []byte("\ufeff"))}
	first, ok := s.first()
	if !ok {
		return Message{}, fmt.Errorf("%w: it is empty", ErrMessage)
	}
	var m Message
	if err := m.firstLine(first); err != nil {
		return Message{}, fmt.Errorf("%w: line %d: %w", ErrMessage, s.number, err)
	}
	if err := m.fields(s); err != nil {
		return Message{}, fmt.Errorf("%w: line %d: %w", ErrMessage, s.number, err)
	}
	if host := m.Get("Host"); host != "" {
		m.Host = host
	}
	m.body(s.rest)
	return m, nil
}

// lines takes lines from the head of a message.
type lines struct {
	rest   []byte
	number int
}

func (s *lines) next() (string, bool) {
	if len(s.rest) == 0 {
		return "", false
	}
	line, rest, _ := bytes.Cut(s.rest, []byte("\n"))
	s.rest = rest
	s.number++
	return string(bytes.TrimSuffix(line, []byte("\r"))), true
}

// first skips what may stand before the first line.
func (s *lines) first() (string, bool) {
	for {
		line, ok := s.next()
		if !ok {
			return "", false
		}
		if trimmed := strings.TrimSpace(line); trimmed != "" && !strings.HasPrefix(trimmed, "#") && !strings.HasPrefix(trimmed, "//") {
			return trimmed, true
		}
	}
}

func (m *Message) firstLine(line string) error {
	if strings.HasPrefix(line, "HTTP/") {
		m.Answer = true
		_, status, _ := strings.Cut(line, " ")
		code, _, _ := strings.Cut(status, " ")
		n, err := strconv.Atoi(code)
		if err != nil {
			return fmt.Errorf("%q is no status line", line)
		}
		m.Status = n
		return nil
	}
	method, target, found := strings.Cut(line, " ")
	if i := strings.LastIndex(target, " HTTP/"); i >= 0 {
		target = target[:i]
	}
	m.Target = strings.TrimSpace(target)
	if !found || m.Target == "" || strings.Trim(method, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") != "" {
		return fmt.Errorf("%q is neither a request line (POST /path HTTP/1.1) nor a status line (HTTP/1.1 200 OK)", line)
	}
	m.Method = method
	m.relative()
	return nil
}

// relative takes scheme and host from an absolute target.
func (m *Message) relative() {
	scheme, rest, found := strings.Cut(m.Target, "://")
	if !found || scheme == "" || rest == "" || strings.ContainsAny(scheme, "/?") {
		return
	}
	end := strings.IndexAny(rest, "/?")
	if end < 0 {
		m.Host, m.Target = rest, "/"
		return
	}
	m.Host, m.Target = rest[:end], rest[end:]
	if m.Target[0] == '?' {
		m.Target = "/" + m.Target
	}
}

func (m *Message) fields(s *lines) error {
	for {
		line, ok := s.next()
		if !ok || line == "" {
			return nil
		}
		if (line[0] == ' ' || line[0] == '\t') && len(m.Fields) > 0 {
			m.Notes = append(m.Notes, fmt.Sprintf("line %d continues the header before it; HTTP forbids that", s.number))
			m.Fields[len(m.Fields)-1].Value += " " + strings.TrimSpace(line)
			continue
		}
		name, value, found := strings.Cut(line, ":")
		if !found {
			return fmt.Errorf("%q is no header (name: value); an empty line must stand before the body", line)
		}
		m.Fields = append(m.Fields, Field{strings.TrimSpace(name), strings.TrimSpace(value)})
	}
}

// Get returns the first value of a header, whatever the letter case of its name.
func (m *Message) Get(name string) string {
	values := m.all(name)
	if len(values) == 0 {
		return ""
	}
	return values[0]
}

func (m *Message) all(name string) []string {
	var values []string
	for _, f := range m.Fields {
		if strings.EqualFold(f.Name, name) {
			values = append(values, f.Value)
		}
	}
	return values
}

func (m *Message) note(format string, args ...any) {
	m.Notes = append(m.Notes, fmt.Sprintf(format, args...))
}

// body takes the body from what stands after the headers.
func (m *Message) body(rest []byte) {
	m.Body = rest
	if strings.EqualFold(m.Get("Transfer-Encoding"), "chunked") {
		if whole, err := io.ReadAll(httputil.NewChunkedReader(bytes.NewReader(rest))); err == nil {
			m.Body = whole
			return
		}
		m.note("Transfer-Encoding says chunked, but the file holds no chunks: they may be joined already")
	}
	text := m.Get("Content-Length")
	length, err := strconv.Atoi(text)
	switch {
	case text == "":
		m.open = true
	case err != nil || length < 0:
		m.open = true
		m.note("Content-Length %q is no number", text)
	case length > len(rest):
		m.open = true
		m.note("Content-Length says %d octets, the file holds %d", length, len(rest))
	case length < len(rest):
		m.Body, m.rest = rest[:length], rest
		if len(bytes.TrimSpace(rest[length:])) > 0 {
			m.note("Content-Length says %d octets, the file holds %d", length, len(rest))
		}
	}
}

// withoutLastLineEnd returns the body without the line end that editors put at the end of a file, if its length is
// not given and it has one.
func (m *Message) withoutLastLineEnd() ([]byte, bool) {
	if !m.open || !bytes.HasSuffix(m.Body, []byte("\n")) {
		return nil, false
	}
	return bytes.TrimSuffix(bytes.TrimSuffix(m.Body, []byte("\n")), []byte("\r")), true
}

// ParseTarget reads a path or address as the target of a request.
func ParseTarget(text string) (string, error) {
	m := Message{Target: text}
	m.relative()
	if _, err := url.ParseRequestURI(m.Target); err != nil || m.Target[0] != '/' {
		return "", fmt.Errorf("%q is neither a path nor an address", text)
	}
	return m.Target, nil
}
