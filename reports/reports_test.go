package reports_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"mppsim/reports"
	"mppsim/reports/example"
	"mppsim/reports/journal"
	"mppsim/reports/text"
)

func folder(t *testing.T, run example.Run) string {
	t.Helper()
	lines, err := example.Journal(run, time.Unix(1_600_000_000, 0))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, reports.Journal), lines, 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// formats are the files that every run gets.
func formats() []string {
	return []string{reports.HTML, reports.JUnit, reports.Markdown, reports.Result, reports.Text}
}

func content(t *testing.T, dir, name string) []byte {
	t.Helper()
	got, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestReportsAgree(t *testing.T) {
	t.Parallel()
	for _, run := range example.Runs() {
		t.Run(string(run), func(t *testing.T) {
			t.Parallel()
			dir := folder(t, run)
			m, err := reports.FromJournal(dir)
			if err != nil {
				t.Fatal(err)
			}
			for _, name := range formats() {
				if !strings.Contains(string(content(t, dir, name)), m.Summary.Verdict) {
					t.Errorf("%s does not carry the verdict %q", name, m.Summary.Verdict)
				}
			}
			checkNothingElse(t, dir)
		})
	}
}

func checkNothingElse(t *testing.T, dir string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	want := slices.Sorted(slices.Values(append(formats(), reports.Journal)))
	if !slices.Equal(names, want) {
		t.Errorf("the folder holds %q, want %q", names, want)
	}
}

func TestReportsAreTheSameWhenMadeAgain(t *testing.T) {
	t.Parallel()
	dir := folder(t, example.Failed)
	before := map[string][]byte{}
	for round := range 2 {
		if _, err := reports.FromJournal(dir); err != nil {
			t.Fatal(err)
		}
		for _, name := range formats() {
			got := content(t, dir, name)
			if round > 0 && !bytes.Equal(before[name], got) {
				t.Errorf("%s differs the second time", name)
			}
			before[name] = got
		}
	}
}

func TestFromJournalNamesWhatIsMissing(t *testing.T) {
	t.Parallel()
	if _, err := reports.FromJournal(t.TempDir()); err == nil || !strings.Contains(err.Error(), reports.Journal) {
		t.Errorf("error %v", err)
	}
}

func TestWriteNamesTheFolderThatCannotBe(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := reports.Write(filepath.Join(file, "run"), journal.NewModel()); err == nil || !strings.Contains(err.Error(), file) {
		t.Errorf("error %v", err)
	}
}

func TestTerminalNamesTheReport(t *testing.T) {
	t.Parallel()
	m, err := reports.FromJournal(folder(t, example.Failed))
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := reports.Terminal(&out, m, text.Options{Report: "out/index.html"}); err != nil {
		t.Fatal(err)
	}
	if !strings.HasSuffix(out.String(), "Report: out/index.html\n") {
		t.Errorf("summary ends with %q", out.String()[max(0, out.Len()-60):])
	}
}
