package progress_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mppsim/reports/journal"
	"mppsim/reports/progress"
	"mppsim/wallet/clock"
)

func manual() *clock.Manual { return clock.NewManual(time.UnixMilli(1_700_000_000_000)) }

// play is a run of eight scenarios of two seconds each, the last four still to come.
func play(s progress.Sink, c *clock.Manual) {
	s.Planned(8)
	for i, v := range []journal.Verdict{journal.Pass, journal.Fail, journal.Warn, journal.Inconclusive} {
		id := "flow/scenario-" + string(rune('a'+i))
		s.Started(id)
		c.Advance(2 * time.Second)
		s.Ended(id, v)
	}
	s.Started("flow/scenario-e")
	s.Note("the acquirer does not answer")
}

func TestPlainLines(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	c := manual()
	s := progress.Plain(&out, c)
	play(s, c)
	c.Advance(time.Minute) // nothing happens: only the time left may make news
	s.Close()
	s.Note("too late")
	s.Close()
	text := out.String()
	for _, want := range []string{
		"0 of 8 scenarios done\n",
		"2 of 8 scenarios done, 1 running, 1 failed\n",
		"FAIL         flow/scenario-b\n",
		"warn         flow/scenario-c\n",
		"inconclusive flow/scenario-d\n",
		"the acquirer does not answer\n",
		"4 of 8 scenarios done, 1 running, 1 failed, 1 with a warning, 1 without a verdict, about 1m8s left\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no line %q in\n%s", want, text)
		}
	}
	for _, forbidden := range []string{"\x1b", "\r", "too late", "scenario-a"} {
		if strings.Contains(text, forbidden) {
			t.Errorf("%q in\n%s", forbidden, text)
		}
	}
}

func TestPlainDoesNotRepeatItself(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	c := manual()
	s := progress.Plain(&out, c)
	s.Planned(2)
	c.Advance(time.Hour)
	s.Close()
	if want := "0 of 2 scenarios done\n"; out.String() != want {
		t.Errorf("wrote %q, want %q", out.String(), want)
	}
}

func TestLiveRepaintsOneLine(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	c := manual()
	s := progress.Live(&out, c, func() int { return 40 })
	play(s, c)
	before := out.Len()
	c.Advance(time.Second)
	if out.Len() == before {
		t.Error("the line does not move when nothing happens")
	}
	s.Close()
	text := out.String()
	if !strings.HasSuffix(text, "\n") || !strings.Contains(text, "\x1b[2KFAIL         flow/scenario-b\n") {
		t.Errorf("display:\n%q", text)
	}
	for line := range strings.SplitSeq(strings.ReplaceAll(text, "\r\x1b[2K", "\n"), "\n") {
		if n := len([]rune(line)); n > 39 && strings.Contains(line, "scenarios done") {
			t.Errorf("line of %d columns: %q", n, line)
		}
	}
}

func TestNewWritesPlainLinesToAFile(t *testing.T) {
	t.Parallel()
	file, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	s := progress.New(file, manual())
	s.Planned(1)
	s.Close()
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(file.Name())
	if err != nil || string(got) != "0 of 1 scenarios done\n" {
		t.Errorf("file holds %q, %v", got, err)
	}
}

// TestWhatAnInterruptionLeavesOutIsNotDone breaks off a run of six scenarios while the second and third are played.
func TestWhatAnInterruptionLeavesOutIsNotDone(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	c := manual()
	s := progress.Plain(&out, c)
	s.Planned(6)
	for _, id := range []string{"flow/a", "flow/b", "flow/c"} {
		s.Started(id)
	}
	s.Ended("flow/a", journal.Pass)
	for _, id := range []string{"flow/d", "flow/e", "flow/b"} {
		s.Ended(id, journal.NotRun)
	}
	c.Advance(time.Minute)
	for _, id := range []string{"flow/c", "flow/f"} {
		s.Ended(id, journal.NotRun)
	}
	s.Close()
	if want := "0 of 6 scenarios done\n1 of 6 scenarios done, 1 running, 3 not run\n1 of 6 scenarios done, 5 not run\n"; out.String() != want {
		t.Errorf("wrote\n%s\nwant\n%s", out.String(), want)
	}
}

// TestWithdrawnOutcomes plays a failed and an undecided scenario again: the last line agrees with the summary of the run.
func TestWithdrawnOutcomes(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	c := manual()
	s := progress.Plain(&out, c)
	s.Planned(2)
	for id, first := range map[string]journal.Verdict{"flow/scenario-a": journal.Fail, "flow/scenario-b": journal.NotReached} {
		s.Started(id)
		s.Ended(id, first)
		s.Withdrawn(id, first)
	}
	c.Advance(time.Minute)
	for _, id := range []string{"flow/scenario-a", "flow/scenario-b"} {
		s.Started(id)
		s.Ended(id, journal.Pass)
	}
	s.Close()
	if text := out.String(); !strings.HasSuffix(text, "\n2 of 2 scenarios done\n") {
		t.Errorf("the last line is not that both passed:\n%s", text)
	}
}
