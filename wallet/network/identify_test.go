package network_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"mppsim/wallet/aps"
	"mppsim/wallet/code/identify"
	"mppsim/wallet/network"
)

func TestIdentifyCode(t *testing.T) {
	t.Parallel()
	rules, err := identify.Load("rules.yaml", []byte(`version: test
rules:
  - {name: order, match: {prefix: "https://order/"}, product: order-code, issuer: alipayplus, action: DECODE}
  - {name: page, match: {prefix: "https://page/"}, product: entry-code, issuer: acme, action: OPEN_URL, url: {direct: true}, userAgent: Acme}
  - {name: newer, match: {prefix: "https://newer/"}, product: order-code, issuer: alipayplus, action: DECODE, engine: 2, trust: false}
`))
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, network.RhythmOff)
	w.Identify = func(_ context.Context, text string) (identify.Outcome, error) { return rules.Identify(text), nil }
	success, illegal := aps.ResultOf("SUCCESS"), aps.CodeIdentity{Result: aps.ResultOf("PARAM_ILLEGAL")}
	tests := map[string]aps.CodeIdentity{
		"https://order/1":        {Result: success, Supported: true, Action: "DECODE", Code: "https://order/1"},
		"https://page/1":         {Result: success, Supported: true, Action: "OPEN_URL", Code: "https://page/1", RedirectURL: "https://page/1", UserAgent: "Acme"},
		"https://newer/1":        {Result: success, Supported: true, Action: "DECODE", Code: "https://newer/1"},
		"hello":                  {Result: success, Code: "hello"},
		"":                       illegal,
		strings.Repeat("é", 513): illegal,
	}
	for text, want := range tests {
		if got, err := w.IdentifyCode(t.Context(), aps.CodeQuestion{Code: text, CustomerID: "C"}); err != nil || got != want {
			t.Errorf("%q: %+v, %v", text, got, err)
		}
	}
	w.Identify = func(context.Context, string) (identify.Outcome, error) {
		return identify.Outcome{}, errors.New("no store")
	}
	if _, err := w.IdentifyCode(t.Context(), aps.CodeQuestion{Code: "a"}); err == nil {
		t.Error("an error was swallowed")
	}
	w.Identify = nil
	if got, err := w.IdentifyCode(t.Context(), aps.CodeQuestion{Code: "a"}); err != nil || got.Action != "DECODE" || got.Code != "a" {
		t.Errorf("without rules: %+v, %v", got, err)
	}
}
