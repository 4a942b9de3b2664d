package reports_test

import (
	"bytes"
	"testing"
	"time"

	"mppsim/reports"
	"mppsim/reports/example"
	"mppsim/reports/journal"
	"mppsim/reports/text"
)

// FuzzJournal reads whatever file is taken for a journal: it is refused, or it becomes a summary and a page. Runs that were
// killed leave journals of any shape, and stored ones may be of another version.
func FuzzJournal(f *testing.F) {
	for _, run := range example.Runs() {
		lines, err := example.Journal(run, time.Unix(1_600_000_000, 0))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(lines[:len(lines)/2])
		for n, line := range bytes.SplitAfter(lines, []byte("\n")) {
			if head := bytes.IndexByte(lines, '\n') + 1; n > 0 && n < 12 {
				f.Add(append(bytes.Clone(lines[:head]), line...))
			}
		}
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		m, err := journal.Read(bytes.NewReader(file))
		if err != nil {
			return
		}
		var out bytes.Buffer
		if err := reports.Terminal(&out, m, text.Options{}); err != nil || out.Len() == 0 {
			t.Fatalf("%d octets of summary, %v", out.Len(), err)
		}
		if err := reports.Write(t.TempDir(), m); err != nil {
			t.Fatal(err)
		}
	})
}
