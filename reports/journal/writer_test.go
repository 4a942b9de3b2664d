package journal_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"mppsim/reports/journal"
	"mppsim/wallet/clock"
	"mppsim/wallet/trace"
)

func at() clock.Clock { return clock.NewManual(time.UnixMilli(1_700_000_000_000).UTC()) }

func write(t *testing.T, redact journal.Redactor, entries ...journal.Entry) string {
	t.Helper()
	var out bytes.Buffer
	w := journal.NewWriter(&out, at(), redact)
	for _, e := range entries {
		if err := w.Write(e); err != nil {
			t.Fatalf("write %+v: %v", e, err)
		}
	}
	return out.String()
}

func TestWriteNumbersDatesAndNames(t *testing.T) {
	t.Parallel()
	later := at().Now().Add(time.Hour)
	out := write(t, nil,
		journal.Entry{Run: &journal.Run{ID: "r"}},
		journal.Entry{Note: &journal.Note{Text: "hello"}, At: later},
	)
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if len(lines) != 2 {
		t.Fatalf("%d lines, want 2:\n%s", len(lines), out)
	}
	for i, want := range []struct {
		kind string
		at   time.Time
	}{{"run", at().Now()}, {"note", later}} {
		var e journal.Entry
		if err := json.Unmarshal([]byte(lines[i]), &e); err != nil {
			t.Fatal(err)
		}
		if e.Seq != i+1 || e.Kind != want.kind || !e.At.Equal(want.at) {
			t.Errorf("line %d: seq %d kind %q at %v, want %d %q %v", i+1, e.Seq, e.Kind, e.At, i+1, want.kind, want.at)
		}
	}
}

func TestWriteRefusesEntriesThatSayNothingOrTwoThings(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		entry journal.Entry
		want  string
	}{
		"nothing":    {journal.Entry{}, "no content"},
		"two things": {journal.Entry{Run: &journal.Run{}, Note: &journal.Note{}}, `both "note" and "run"`},
		"wrong kind": {journal.Entry{Kind: "run", Note: &journal.Note{}}, `says "run" and holds "note"`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			err := journal.NewWriter(&out, at(), nil).Write(tt.entry)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want one with %q", err, tt.want)
			}
			if out.Len() != 0 {
				t.Errorf("wrote %q", out.String())
			}
		})
	}
}

func TestWriteFromManyGoroutinesKeepsLinesWhole(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	w := journal.NewWriter(&out, at(), nil)
	if err := w.Write(journal.Entry{Run: &journal.Run{}}); err != nil {
		t.Fatal(err)
	}
	var wait sync.WaitGroup
	for i := range 50 {
		wait.Go(func() {
			if err := w.Write(journal.Entry{Note: &journal.Note{Text: fmt.Sprint(i)}}); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	for i, line := range strings.Split(strings.TrimSpace(out.String()), "\n") {
		var e journal.Entry
		if err := json.Unmarshal([]byte(line), &e); err != nil || e.Seq != i+1 {
			t.Fatalf("line %d: seq %d, error %v", i+1, e.Seq, err)
		}
	}
}

func TestWriteCutsLongBodiesAndKeepsTheOriginal(t *testing.T) {
	t.Parallel()
	body := bytes.Repeat([]byte{'x'}, journal.MaxBody+10)
	x := &trace.Exchange{ID: "e1", Request: trace.Message{Body: body}, Response: trace.Message{Body: []byte("short")}}
	out := write(t, nil, journal.Entry{Exchange: x})
	var e journal.Entry
	if err := json.Unmarshal([]byte(out), &e); err != nil {
		t.Fatal(err)
	}
	if got := len(e.Exchange.Request.Body); got != journal.MaxBody {
		t.Errorf("kept %d bytes, want %d", got, journal.MaxBody)
	}
	if string(e.Exchange.Response.Body) != "short" {
		t.Errorf("response is %q", e.Exchange.Response.Body)
	}
	if want := "request body: the first 65536 of 65546 bytes are kept"; len(e.Exchange.Notes) != 1 || e.Exchange.Notes[0] != want {
		t.Errorf("notes %q, want %q", e.Exchange.Notes, want)
	}
	if len(x.Request.Body) != len(body) || len(x.Notes) != 0 {
		t.Error("the caller's exchange was changed")
	}
}

func TestSecretsNeverReachTheFile(t *testing.T) {
	t.Parallel()
	secret := `p&ss "word"/1`
	call := &journal.Call{
		ID: "c1", Error: "refused " + secret,
		Request: trace.Message{
			Target: "/x?key=p%26ss+%22word%22%2F1",
			Header: http.Header{"Authorization": {"Bearer other"}, "X-Note": {secret}},
			Body:   []byte(`{"token":"p\u0026ss \"word\"/1","again":"p&ss \"word\"/1"}`),
		},
		Mapped: map[string]string{"state": secret},
	}
	out := write(t, journal.Secrets(secret, "abc"), journal.Entry{Call: call})
	var e journal.Entry
	if err := json.Unmarshal([]byte(out), &e); err != nil {
		t.Fatal(err)
	}
	got := fmt.Sprintf("%+v %s", *e.Call, e.Call.Request.Body)
	for _, forbidden := range []string{"ss ", "Bearer other", "word"} {
		if strings.Contains(got, forbidden) {
			t.Errorf("%q is in the journal: %s", forbidden, got)
		}
	}
	if want := `{"token":"[secret]","again":"[secret]"}`; string(e.Call.Request.Body) != want {
		t.Errorf("body %s, want %s", e.Call.Request.Body, want)
	}
	if call.Error != "refused "+secret || call.Request.Header.Get("Authorization") != "Bearer other" {
		t.Error("the caller's call was changed")
	}
}

type brokenDisk struct{ after int }

func (b *brokenDisk) Write(p []byte) (int, error) {
	if b.after--; b.after < 0 {
		return 0, errors.New("no space left")
	}
	return len(p), nil
}

func TestWriteStopsAfterAFailure(t *testing.T) {
	t.Parallel()
	w := journal.NewWriter(&brokenDisk{after: 1}, at(), nil)
	note := journal.Entry{Note: &journal.Note{Text: "x"}}
	if err := w.Write(note); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := w.Write(note); err == nil || !strings.Contains(err.Error(), "no space left") {
			t.Fatalf("error %v, want the disk's", err)
		}
	}
}

func TestCreate(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "journal.jsonl")
	w, err := journal.Create(path, at(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(journal.Entry{Run: &journal.Run{ID: "r1"}}); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Write(journal.Entry{Note: &journal.Note{}}); !errors.Is(err, journal.ErrClosed) {
		t.Errorf("write after close: %v", err)
	}
	if _, err := journal.Create(path, at(), nil); !errors.Is(err, os.ErrExist) {
		t.Errorf("second journal in the same file: %v", err)
	}
	m, err := journal.ReadFile(path)
	if err != nil || m.Run.ID != "r1" {
		t.Errorf("read back %+v, %v", m, err)
	}
}
