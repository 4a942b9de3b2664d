package jsontree

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/go-json-experiment/json/jsontext"
)

// MaxDepth is the deepest nesting that is read; a message of the protocol needs about eight levels.
const MaxDepth = 64

// ErrDepth says that a text is nested too deeply to be a message.
var ErrDepth = errors.New("nested too deeply")

// Parse reads exactly one JSON value. Duplicate names, invalid UTF-8 and trailing text are errors.
func Parse(text []byte) (*Node, error) {
	return parse(text)
}

// ParseLenient also reads duplicate names (the first one counts), invalid UTF-8 (replaced), a byte order
// mark and trailing text, and says which of them it met.
func ParseLenient(text []byte) (*Node, []string, error) {
	root, strictErr := parse(text)
	if strictErr == nil {
		return root, nil, nil
	}
	if errors.Is(strictErr, ErrDepth) {
		return nil, nil, strictErr
	}
	notes := []string{"JSON is not strict: " + strictErr.Error()}
	body := bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	if len(body) != len(text) {
		notes = append(notes, "body starts with a byte order mark")
	}
	dec := jsontext.NewDecoder(bytes.NewReader(body), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	root, err := readValue(dec, 0)
	if err != nil {
		return nil, nil, strictErr
	}
	return root, notes, nil
}

func parse(text []byte) (*Node, error) {
	if root := parsePlain(text); root != nil {
		return root, nil
	}
	return parseAny(text)
}

// parseAny reads every strict text and says what is wrong with the others.
func parseAny(text []byte) (*Node, error) {
	dec := jsontext.NewDecoder(bytes.NewReader(text))
	root, err := readValue(dec, 0)
	if err != nil {
		return nil, fmt.Errorf("jsontree: %w", err)
	}
	if _, err := dec.ReadToken(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("jsontree: text after the value at byte %d", dec.InputOffset())
	}
	return root, nil
}

func readValue(dec *jsontext.Decoder, depth int) (*Node, error) {
	if depth > MaxDepth {
		return nil, ErrDepth
	}
	tok, err := dec.ReadToken()
	if err != nil {
		return nil, err
	}
	switch tok.Kind() {
	case '{':
		return readObject(dec, depth)
	case '[':
		return readArray(dec, depth)
	case '"':
		return Of(tok.String()), nil
	case '0':
		return &Node{Kind: Number, Text: tok.String()}, nil
	case 't', 'f':
		return &Node{Kind: Bool, Text: tok.String()}, nil
	default:
		return &Node{Kind: Null}, nil
	}
}

func readObject(dec *jsontext.Decoder, depth int) (*Node, error) {
	n := &Node{Kind: Object}
	for dec.PeekKind() != '}' {
		name, err := dec.ReadToken()
		if err != nil {
			return nil, err
		}
		text := name.String()
		value, err := readValue(dec, depth+1)
		if err != nil {
			return nil, err
		}
		n.Members = append(n.Members, Member{Name: text, Value: value})
	}
	_, err := dec.ReadToken()
	return n, err
}

func readArray(dec *jsontext.Decoder, depth int) (*Node, error) {
	n := &Node{Kind: Array}
	for dec.PeekKind() != ']' {
		value, err := readValue(dec, depth+1)
		if err != nil {
			return nil, err
		}
		n.Items = append(n.Items, value)
	}
	_, err := dec.ReadToken()
	return n, err
}
