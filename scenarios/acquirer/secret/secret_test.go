package secret_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"mppsim/scenarios/acquirer/secret"
)

func TestRedact(t *testing.T) {
	t.Parallel()
	s := secret.New(map[string]string{"token": `a/b+"c" <d>`, "long": "sesame-open", "part": "sesame", "none": ""})
	tests := map[string]string{
		`x a/b+"c" <d> y`:                 "x [secret token] y",
		"/p/a%2Fb+%22c%22%20%3Cd%3E":      "/p/[secret token]",
		"t=a%2Fb%2B%22c%22+%3Cd%3E&u=1":   "t=[secret token]&u=1",
		`{"t":"a/b+\"c\" <d>"}`:           `{"t":"[secret token]"}`,
		`{"t":"a/b+\"c\" \u003cd\u003e"}`: `{"t":"[secret token]"}`,
		"sesame-open sesame":              "[secret long] [secret part]",
		"nothing to hide":                 "nothing to hide",
		"":                                "",
	}
	for text, want := range tests {
		if got := s.Redact(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
	if s.RedactBytes(nil) != nil {
		t.Error("no body is not an empty body")
	}
}

func TestConcealHidesWhatIsMadeOfSecrets(t *testing.T) {
	t.Parallel()
	s := secret.New(map[string]string{"token": "sesame"})
	s.Conceal("user:sesame", "dXNlcjpzZXNhbWU=")
	s.Conceal("plain", "cGxhaW4=")
	if got := s.Redact("Basic dXNlcjpzZXNhbWU= cGxhaW4="); got != "Basic [secret] cGxhaW4=" {
		t.Errorf("got %q", got)
	}
}

func TestPrintingShowsNamesOnly(t *testing.T) {
	t.Parallel()
	s := secret.New(map[string]string{"token": "sesame", "pin": "4711-0815"})
	encoded, err := json.Marshal(map[string]any{"s": s})
	if err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "s", s)
	shown := fmt.Sprintf("%v %+v %#v %s %s", s, s, s, encoded, &log)
	if strings.Contains(shown, "sesame") || strings.Contains(shown, "4711") || !strings.Contains(shown, "token") {
		t.Errorf("shown: %s", shown)
	}
}
