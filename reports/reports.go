// Package reports writes everything that a run leaves behind beside its journal: one file for people,
// the others for programs, logs and job pages. All are made from the journal and nothing else, so they
// can be made again from it at any time.
package reports

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"mppsim/reports/digest"
	"mppsim/reports/journal"
	"mppsim/reports/junit"
	"mppsim/reports/page"
	"mppsim/reports/result"
	"mppsim/reports/text"
)

// Names of the files in a run's folder.
const (
	Journal  = "journal.jsonl"
	HTML     = "index.html"
	Result   = "result.json"
	JUnit    = "junit.xml"
	Markdown = "summary.md"
	Text     = "summary.txt"
)

// Write writes every report of a run into its folder, which it makes if need be. A file is replaced as a
// whole or not at all. The first error ends it and names the file.
func Write(dir string, m *journal.Model) error {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return fmt.Errorf("reports: %w", err)
	}
	d := digest.New(m)
	for _, f := range []struct {
		name  string
		write func(io.Writer, *digest.Digest) error
	}{
		{Result, result.Write}, {JUnit, junit.Write}, {HTML, page.Write}, {Markdown, text.Markdown}, {Text, plain},
	} {
		if err := writeFile(filepath.Join(dir, f.name), d, f.write); err != nil {
			return err
		}
	}
	return nil
}

// FromJournal reads the journal in a run's folder, writes all reports beside it and returns its model.
func FromJournal(dir string) (*journal.Model, error) {
	m, err := journal.ReadFile(filepath.Join(dir, Journal))
	if err != nil {
		return nil, fmt.Errorf("reports: %w", err)
	}
	return m, Write(dir, m)
}

// Terminal writes the summary of a run as people read it in a terminal.
func Terminal(out io.Writer, m *journal.Model, o text.Options) error {
	return text.Terminal(out, digest.New(m), o)
}

func plain(out io.Writer, d *digest.Digest) error { return text.Terminal(out, d, text.Options{}) }

// writeFile makes a report in memory, writes it beside its place and moves it there.
func writeFile(path string, d *digest.Digest, write func(io.Writer, *digest.Digest) error) error {
	var content bytes.Buffer
	if err := write(&content, d); err != nil {
		return fmt.Errorf("report %s: %w", path, err)
	}
	fresh := path + ".new"
	if err := os.WriteFile(fresh, content.Bytes(), 0o600); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	if err := os.Rename(fresh, path); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	return nil
}
