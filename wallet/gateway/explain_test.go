package gateway

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"mppsim/wallet/clientid"
	"mppsim/wallet/clock"
	"mppsim/wallet/sign"
	"mppsim/wallet/sign/inspect"
)

func TestTheTraceNamesTheSigningMistakeAndBothStrings(t *testing.T) {
	t.Parallel()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	network, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	m := sign.Message{Method: "POST", Target: "/aps/api/v1/payments/pay", ClientID: "C1", Time: "2031-03-05T10:00:00Z", Body: []byte(`{"a":"1"}`)}
	tests := []struct {
		name, signed string
		key          *rsa.PrivateKey
		mistake      string
		reason       []string
		found        bool
	}{
		{"line end", strings.Replace(string(m.Content()), "\n", "\r\n", 1), key, "crlf", []string{"octet 30", "LF", "CR"}, true},
		{"acquirer id", strings.Replace(string(m.Content()), "C1", "A2", 1), key, "other-client-id", []string{"A2"}, true},
		{"time of the request", strings.Replace(string(m.Content()), m.Time, "2031-03-05T09:59:00Z", 1), key, "other-time", []string{"09:59"}, true},
		{"key of the network", string(m.Content()), network, "swapped-keys", []string{"Alipay+"}, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var log bytes.Buffer
			clients, err := clientid.New("C1")
			if err != nil {
				t.Fatal(err)
			}
			o := Options{Wall: clock.System(), Key: network, Keys: func(string) sign.KeySet { return sign.KeySet{} }, Clients: clients, AcquirerID: "A2", Logger: slog.New(slog.NewTextHandler(&log, nil))}
			g := &Gateway{Options: o, inspector: &inspect.Inspector{Partner: "the acquirer", Wall: o.Wall, Logger: o.Logger}}
			signature, err := sign.Sign(test.key, []byte(test.signed))
			if err != nil {
				t.Fatal(err)
			}
			header := http.Header{"Signature": {sign.FormatHeader("1", signature)}}
			keys := sign.NewKeySet("1", &key.PublicKey)
			s := g.judged(sign.Judge(m, header.Get("Signature"), keys), m, header, heard{"", "gateway.example", keys}, "2031-03-05T09:59:00Z")
			if s.Verdict != "invalid" || s.Mistake != test.mistake || s.Signed != string(m.Content()) {
				t.Errorf("judged %+v", s)
			}
			for _, word := range test.reason {
				if !strings.Contains(s.Reason, word) {
					t.Errorf("reason %q does not say %q", s.Reason, word)
				}
			}
			if test.found && s.Found != test.signed || !test.found && s.Found != "" {
				t.Errorf("found %q", s.Found)
			}
			if !strings.Contains(log.String(), "mistake="+test.mistake) {
				t.Errorf("log %q", log.String())
			}
		})
	}
}
