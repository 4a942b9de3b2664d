package control

import (
	"fmt"
	"io"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// options are the rules of the control API's JSON: durations are Go duration text ("1.5s").
func options() json.Options {
	return json.JoinOptions(
		json.Deterministic(true),
		json.WithMarshalers(json.MarshalToFunc(func(enc *jsontext.Encoder, d time.Duration) error {
			return enc.WriteToken(jsontext.String(d.String()))
		})),
		json.WithUnmarshalers(json.UnmarshalFromFunc(func(dec *jsontext.Decoder, d *time.Duration) error {
			var text string
			if err := json.UnmarshalDecode(dec, &text); err != nil {
				return fmt.Errorf("a duration is a text such as \"1.5s\": %w", err)
			}
			value, err := time.ParseDuration(text)
			*d = value
			return err
		})),
	)
}

// Encode writes a value of the control API.
func Encode(w io.Writer, v any) error { return json.MarshalWrite(w, v, options()) }

// Decode reads a value of the control API and ignores members that it does not know.
func Decode(r io.Reader, v any) error { return json.UnmarshalRead(r, v, options()) }

// decodeStrictly refuses unknown members: a misspelled one would have no effect.
func decodeStrictly(r io.Reader, v any) error {
	return json.UnmarshalRead(r, v, options(), json.RejectUnknownMembers(true))
}
