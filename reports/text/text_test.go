package text_test

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mppsim/reports/digest"
	"mppsim/reports/example"
	"mppsim/reports/internal/golden"
	"mppsim/reports/journal"
	"mppsim/reports/text"
)

func digested(t *testing.T, run example.Run) *digest.Digest {
	t.Helper()
	m, err := example.Model(run, time.Unix(1_600_000_000, 0))
	if err != nil {
		t.Fatal(err)
	}
	return digest.New(m)
}

func render(t *testing.T, write func(io.Writer) error) string {
	t.Helper()
	var out bytes.Buffer
	if err := write(&out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func terminal(t *testing.T, d *digest.Digest, o text.Options) string {
	t.Helper()
	return render(t, func(out io.Writer) error { return text.Terminal(out, d, o) })
}

func markdown(t *testing.T, d *digest.Digest) string {
	t.Helper()
	return render(t, func(out io.Writer) error { return text.Markdown(out, d) })
}

func TestText(t *testing.T) {
	t.Parallel()
	for _, run := range example.Runs() {
		t.Run(string(run), func(t *testing.T) {
			t.Parallel()
			d := digested(t, run)
			golden.Check(t, string(run)+".txt", []byte(terminal(t, d, text.Options{})))
			golden.Check(t, string(run)+".color.txt", []byte(terminal(t, d, text.Options{Color: true, Width: 80, Report: "reports/out/x/index.html"})))
			golden.Check(t, string(run)+".md", []byte(markdown(t, d)))
		})
	}
}

func TestLinesFitTheTerminal(t *testing.T) {
	t.Parallel()
	for _, width := range []int{60, 80, 100} {
		plain := terminal(t, digested(t, example.Failed), text.Options{Width: width})
		for line := range strings.SplitSeq(plain, "\n") {
			// Paths, ids and commands stay whole: they are copied.
			if n := len([]rune(line)); n > width && !strings.Contains(line, "/acq-") {
				t.Errorf("width %d: line of %d columns: %q", width, n, line)
			}
		}
	}
}

func TestColoursOnlyAddToThePlainText(t *testing.T) {
	t.Parallel()
	d := digested(t, example.Failed)
	coloured := terminal(t, d, text.Options{Color: true})
	for _, code := range []string{"\x1b[0m", "\x1b[1m", "\x1b[2m", "\x1b[1;31m", "\x1b[1;32m", "\x1b[1;33m", "\x1b[1;35m"} {
		if !strings.Contains(coloured, code) {
			t.Errorf("no %q in the coloured text", code)
		}
		coloured = strings.ReplaceAll(coloured, code, "")
	}
	if plain := terminal(t, d, text.Options{}); coloured != plain {
		t.Errorf("without its colours:\n%s\nplain:\n%s", coloured, plain)
	}
}

// hostile is a run in which every text tries to break out.
func hostile(t *testing.T, attack string) *digest.Digest {
	t.Helper()
	m := journal.NewModel()
	for _, e := range []journal.Entry{
		{Run: &journal.Run{Acquirer: attack, Profile: attack, Dialect: attack, Catalogue: attack}},
		{Planned: &journal.Scenario{ID: "s"}},
		{Scenario: "s", Finding: &journal.Finding{Requirement: "R", Expected: attack, Seen: attack, Detail: attack}},
		{Verdict: &journal.Requirement{ID: "R", Level: attack, Title: attack, Requirement: attack, Verdict: journal.Fail, Area: attack, AreaTitle: attack}},
		{Verdict: &journal.Requirement{ID: "Q", Verdict: journal.NotRun, Reason: attack, Title: attack}},
		{Stray: &journal.Stray{What: attack}},
		{Note: &journal.Note{Level: "error", Text: attack}},
		{Summary: &journal.Summary{Exit: 1, Verdict: attack, Reservations: []string{attack}}},
	} {
		if err := m.Add(e); err != nil {
			t.Fatal(err)
		}
	}
	m.Finish()
	return digest.New(m)
}

func TestHostileTextCannotDriveTheTerminal(t *testing.T) {
	t.Parallel()
	got := terminal(t, hostile(t, "a\x1b[2J\x07\u009b\rb"), text.Options{Report: "x\x1b"})
	if i := strings.IndexFunc(got, func(r rune) bool { return r != '\n' && (r < ' ' || r >= 0x7f && r < 0xa0) }); i >= 0 {
		t.Errorf("control character in %q", got[max(0, i-20):i+5])
	}
}

func TestHostileTextCannotBreakTheMarkdown(t *testing.T) {
	t.Parallel()
	got := markdown(t, hostile(t, "x\n# pwned\n```\n<script>|**b** @all [a](http://b)"))
	fence := ""
	for line := range strings.SplitSeq(got, "\n") {
		ticks := line[:len(line)-len(strings.TrimLeft(line, "`"))]
		switch {
		case fence == "" && len(ticks) >= 3:
			fence = ticks
		case fence != "" && len(ticks) >= len(fence):
			fence = ""
		case fence == "":
			checkLine(t, strings.NewReplacer(`\@`, "", `\|`, "", `\[`, "", `\]`, "", `\*`, "", `\#`, "").Replace(line))
		}
	}
	if fence != "" {
		t.Error("a code block does not end")
	}
}

// checkLine takes a line outside code blocks, without what is escaped.
func checkLine(t *testing.T, line string) {
	t.Helper()
	for _, forbidden := range []string{"<script", "@all", "](http", "**b**"} {
		if strings.Contains(line, forbidden) {
			t.Errorf("%q in %q", forbidden, line)
		}
	}
	if strings.HasPrefix(line, "# pwned") {
		t.Errorf("a text became a heading: %q", line)
	}
	if n := strings.Count(line, "|"); n > 4 {
		t.Errorf("a text became a column: %q", line)
	}
}

func TestOptionsForAFileArePlain(t *testing.T) {
	t.Parallel()
	file, err := os.Create(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = file.Close() })
	got := text.OptionsFor(file, func(string) (string, bool) { return "", false }, "r.html")
	if want := (text.Options{Report: "r.html"}); got != want {
		t.Errorf("options %+v, want %+v", got, want)
	}
}
