package control_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mppsim/wallet/control"
	"mppsim/wallet/money"
	"mppsim/wallet/trace"
)

// echo remembers what it was called with and answers with fixed values.
type echo struct {
	control.API
	arm    control.FaultSpec
	query  control.ExchangeQuery
	moved  control.Move
	failed error
}

func (e *echo) Arm(_ context.Context, spec control.FaultSpec) (control.Fault, error) {
	e.arm = spec
	return control.Fault{ID: "f1", Spec: spec, Live: true}, e.failed
}

func (e *echo) MoveTimeline(_ context.Context, id string, move control.Move) (control.Timeline, error) {
	e.moved = move
	return control.Timeline{ID: id}, e.failed
}

func (e *echo) Info(context.Context) (control.Info, error) {
	return control.Info{Version: "9.9"}, e.failed
}

func (e *echo) Lift(context.Context, string) error { return e.failed }

func (e *echo) Exchanges(_ context.Context, q control.ExchangeQuery) ([]trace.Exchange, error) {
	e.query = q
	return []trace.Exchange{{Seq: 7, Request: trace.Message{Body: []byte{0xff, 0}, Header: http.Header{"A": {"b"}}}}}, e.failed
}

func (e *echo) Entries(context.Context, string) ([]control.Entry, error) {
	return []control.Entry{{Amount: money.Of("SGD", -5)}}, e.failed
}

func start(t *testing.T, e *echo) (*control.Client, string) {
	t.Helper()
	server := httptest.NewServer(control.Handler(e))
	t.Cleanup(server.Close)
	return control.NewClient(server.URL+"/", server.Client()), server.URL
}

func TestValuesSurviveTheWire(t *testing.T) {
	t.Parallel()
	e := &echo{}
	client, _ := start(t, e)
	spec := control.FaultSpec{
		Fault: "answer-altered", Aim: control.Aim{Code: "28", API: "pay", Count: 2},
		Params: control.Params{Delay: 1500 * time.Millisecond, Alter: control.Alteration{Set: map[string]json.RawMessage{"a.b": json.RawMessage(`{"c":[1]}`)}, Null: true}},
	}
	f, err := client.Arm(t.Context(), spec)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(spec, e.arm) + cmp.Diff(spec, f.Spec); diff != "" {
		t.Error(diff)
	}
	if _, err := client.MoveTimeline(t.Context(), "a b?", control.Move{By: time.Hour, ToTime: "00:16", Days: 1}); err != nil || e.moved.By != time.Hour {
		t.Errorf("moved %+v, error %v", e.moved, err)
	}
	q := control.ExchangeQuery{After: 6, Timeline: "t", Wait: time.Second, Limit: 3}
	list, err := client.Exchanges(t.Context(), q)
	if err != nil || len(list) != 1 || !bytes.Equal(list[0].Request.Body, []byte{0xff, 0}) || list[0].Request.Header.Get("A") != "b" {
		t.Errorf("exchanges %+v, error %v", list, err)
	}
	if diff := cmp.Diff(q, e.query); diff != "" {
		t.Error(diff)
	}
	entries, err := client.Entries(t.Context(), "t")
	if err != nil || entries[0].Amount != money.Of("SGD", -5) {
		t.Errorf("entries %+v, error %v", entries, err)
	}
}

func TestDurationsAreText(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	if err := control.Encode(&out, control.Move{By: 90 * time.Second}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), `"by":"1m30s"`) {
		t.Errorf("written %s", out.String())
	}
	var move control.Move
	if err := control.Decode(strings.NewReader(`{"by":5}`), &move); err == nil {
		t.Error("a number was taken as a duration")
	}
}

func TestErrorsKeepTheirCodeAndNameTheOperation(t *testing.T) {
	t.Parallel()
	for code, status := range map[string]int{control.NotFound: 404, control.Invalid: 400, control.Conflict: 409, control.Internal: 500} {
		e := &echo{failed: control.Errorf(code, "no fault f9")}
		client, url := start(t, e)
		err := client.Lift(t.Context(), "f9")
		var refused *control.Error
		if !errors.As(err, &refused) || refused.Code != code || !strings.Contains(err.Error(), "lift fault f9") || !strings.Contains(err.Error(), "no fault f9") {
			t.Errorf("%s: %v", code, err)
		}
		if control.IsNotFound(err) != (code == control.NotFound) {
			t.Errorf("%s: not found is %v", code, control.IsNotFound(err))
		}
		request, _ := http.NewRequestWithContext(t.Context(), http.MethodDelete, url+"/sim/v1/faults/f9", nil)
		resp, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if resp.StatusCode != status || string(body) != `{"error":{"code":"`+code+`","message":"no fault f9"}}` {
			t.Errorf("%d %s", resp.StatusCode, body)
		}
	}
	if _, err := control.NewClient("http://127.0.0.1:1", nil).Info(t.Context()); err == nil || !strings.Contains(err.Error(), "simulator: info") {
		t.Errorf("nobody listens: %v", err)
	}
}

func TestBadRequests(t *testing.T) {
	t.Parallel()
	_, url := start(t, &echo{})
	for _, c := range []struct {
		method, path, body string
		status             int
	}{
		{"POST", "/sim/v1/faults", "{", 400},
		{"POST", "/sim/v1/faults", `{"fualt":"x"}`, 400},
		{"POST", "/sim/v1/faults", `{"fault":"x","params":{"delay":3}}`, 400},
		{"PUT", "/sim/v1/faults", `{}`, 404},
		{"GET", "/sim/v1/nothing", "", 404},
		{"GET", "/sim/v1/exchanges?after=x", "", 400},
		{"GET", "/sim/v1/exchanges?wait=5", "", 400},
	} {
		request, err := http.NewRequestWithContext(t.Context(), c.method, url+c.path, strings.NewReader(c.body))
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if resp.StatusCode != c.status || !strings.HasPrefix(string(body), `{"error":{"code":`) {
			t.Errorf("%s %s %s: %d %s", c.method, c.path, c.body, resp.StatusCode, body)
		}
	}
}
