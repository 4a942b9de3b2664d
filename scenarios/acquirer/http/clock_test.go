package httpdriver_test

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"mppsim/scenarios/acquirer"
)

const year = 365 * 24 * time.Hour

func TestTheClockIsSetByACall(t *testing.T) {
	t.Parallel()
	server := &till{answers: map[string]string{"PUT /clock": "200 {}"}}
	d := open(t, strings.Replace(minorStyle, "\nverbs:", `
verbs:
  clock:
    set:
      by: api
      request: { method: PUT, path: /clock, json: { ahead: !number "{{.Clock.Ahead}}" } }`, 1), server)
	if !d.Offers(acquirer.VerbSetClock) {
		t.Fatal("it is mapped")
	}
	for ahead, want := range map[time.Duration]string{year: `{"ahead":31536000}`, 0: `{"ahead":0}`} {
		if _, err := d.SetClock(t.Context(), ahead); err != nil || !strings.HasSuffix(server.last(), want) {
			t.Errorf("%s: %v", server.last(), err)
		}
	}
	server.mu.Lock()
	server.answers["PUT /clock"] = "404 {}"
	server.mu.Unlock()
	if _, err := d.SetClock(t.Context(), year); err == nil || !strings.Contains(err.Error(), "refused with HTTP status 404") {
		t.Errorf("error %v", err)
	}
}

func TestTheClockIsSetByAProgram(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Log("the program of this test is a shell's")
		return
	}
	told := filepath.Join(t.TempDir(), "told")
	d := open(t, minorStyle+"\nclock: { command: [sh, -c, 'echo $MPPSIM_CLOCK_AHEAD $MPPSIM_CLOCK_TIME >"+told+"; echo done'] }\n", minorTill())
	if !d.Offers(acquirer.VerbSetClock) {
		t.Fatal("a program moves it")
	}
	call, err := d.SetClock(t.Context(), year)
	if err != nil || call.Verb != acquirer.VerbSetClock || strings.TrimSpace(string(call.Response.Body)) != "done" {
		t.Errorf("%+v: %v", call, err)
	}
	text, err := os.ReadFile(told)
	if fields := strings.Fields(string(text)); err != nil || len(fields) != 2 || fields[0] != "31536000" {
		t.Fatalf("%q: %v", text, err)
	} else if at, err := time.Parse(time.RFC3339, fields[1]); err != nil || time.Until(at) < year-time.Hour {
		t.Errorf("the time is %s: %v", fields[1], err)
	}
	failing := open(t, minorStyle+"\nclock: { command: [sh, -c, 'exit 3'], timeout: 1m }\n", minorTill())
	if call, err := failing.SetClock(t.Context(), 0); err == nil || !strings.Contains(call.Error, "exit status 3") {
		t.Errorf("%+v: %v", call, err)
	}
}
