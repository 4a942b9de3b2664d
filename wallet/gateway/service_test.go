package gateway

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"mppsim/wallet/aps"
	"mppsim/wallet/jsontree"
	"mppsim/wallet/network"
	"mppsim/wallet/store"
	"mppsim/wallet/trace"
)

// echo answers with the id that it was sent.
func echo() Service {
	return Service{
		API: "prepare", Path: "/aps/api/v1/authorizations/prepare",
		Read: func(root *jsontree.Node) (aps.Marks, aps.Reading) {
			if root.Get("authState") == nil {
				return aps.Marks{}, aps.Reading{Problems: []string{"authState is missing"}}
			}
			return aps.Marks{}, aps.Reading{}
		},
		Serve: func(_ context.Context, _ aps.Subject, root *jsontree.Node) (*jsontree.Node, error) {
			answer := &jsontree.Node{Kind: jsontree.Object}
			answer.Members = append(answer.Members,
				jsontree.Member{Name: "result", Value: aps.ResultOf("SUCCESS").Node()},
				jsontree.Member{Name: "authState", Value: root.Get("authState")})
			return answer, nil
		},
	}
}

func TestServices(t *testing.T) {
	t.Parallel()
	g, _ := newGateway(t)
	g.Services = []Service{echo()}
	g.Network = network.New(network.Options{Store: store.NewMemory(), Wall: g.Wall, IDs: g.IDs, Logger: g.Logger})
	for _, tt := range []struct{ path, body, want, note string }{
		{"/aps/api/v1/authorizations/prepare", `{"authState":"s1"}`, `"authState":"s1"`, ""},
		{"/aps/api/v1/authorizations/Prepare/", `{"authState":"s1"}`, `"authState":"s1"`, "instead of /aps/api/v1/authorizations/prepare"},
		{"/aps/api/v1/authorizations/prepare", `{}`, `"PARAM_ILLEGAL"`, "authState is missing"},
		{"/aps/api/v1/authorizations/unknown", `{}`, `"NO_INTERFACE_DEF"`, "belongs to no operation"},
	} {
		w := httptest.NewRecorder()
		g.Handler().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodPost, tt.path, strings.NewReader(tt.body)))
		if !strings.Contains(w.Body.String(), tt.want) {
			t.Errorf("%s %s: %s", tt.path, tt.body, w.Body)
		}
		e, _ := g.Recorder.Latest(func(trace.Exchange) bool { return true })
		if notes := strings.Join(e.Notes, "\n"); !strings.Contains(notes, tt.note) {
			t.Errorf("%s: notes %s", tt.path, notes)
		}
	}
}

func TestCallsToTheAcquirer(t *testing.T) {
	t.Parallel()
	g, _ := newGateway(t)
	var path, signature string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path, signature = r.URL.Path, r.Header.Get("Signature")
		if strings.HasSuffix(r.URL.Path, "/broken") {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		_, _ = w.Write([]byte(`{"result":{"resultCode":"SUCCESS","resultStatus":"S"},"codeValue":"x"}`))
	}))
	t.Cleanup(server.Close)
	c := aps.Call{API: "userInitiatedPay", URL: server.URL + "/decode", Body: &jsontree.Node{Kind: jsontree.Object}}
	answer, err := g.Call(t.Context(), c)
	if err != nil || textAt(answer, "codeValue") != "x" || path != "/decode" || !strings.Contains(signature, "RSA256") {
		t.Errorf("answer %v, %v to %s signed %q", answer, err, path, signature)
	}
	e, found := g.Recorder.Latest(func(e trace.Exchange) bool { return e.API == "userInitiatedPay" })
	if !found || e.Leg != trace.NetworkToAcquirer || e.Result == nil || e.Result.Code != "SUCCESS" {
		t.Errorf("recorded %+v", e)
	}
	for _, address := range []string{server.URL + "/broken", "http://elsewhere.example/decode", "http://127.0.0.1:1/"} {
		c.URL = address
		if answer, err := g.Call(t.Context(), c); err == nil {
			t.Errorf("%s: %v", address, answer)
		}
	}
}
