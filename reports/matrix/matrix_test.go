package matrix_test

import (
	"bytes"
	"io"
	"slices"
	"strings"
	"testing"

	"mppsim/reports/internal/golden"
	"mppsim/reports/journal"
	"mppsim/reports/matrix"
)

func good() matrix.Data {
	return matrix.Data{
		Title: "Kill matrix", Tool: "0.0.0-example", Catalogue: "1.0.0", Requirements: []string{"ACQ-UPM-03", "ACQ-UPM-10", "ACQ-SIG-01", "ACQ-INQ-03"},
		Defects: []matrix.Row{
			{
				Name: "never-cancels", About: "gives up after the last inquiry", Expected: []string{"ACQ-UPM-10"}, Blocked: []string{"ACQ-CAN-09"},
				Got: map[string]journal.Verdict{"ACQ-UPM-10": journal.Fail, "ACQ-CAN-09": journal.NotReached, "ACQ-UPM-03": journal.Pass},
			},
			{
				Name: "signs-with-crlf", About: "builds the signing string with CRLF | <b>", Expected: []string{"ACQ-SIG-01", "ACQ-UPM-03"},
				Got: map[string]journal.Verdict{"ACQ-SIG-01": journal.Fail, "ACQ-UPM-03": journal.Fail},
			},
			{Name: "asks-too-often", About: "leaves 20 ms between inquiries", Expected: []string{"ACQ-INQ-03"}, Got: map[string]journal.Verdict{"ACQ-INQ-03": journal.Warn}},
		},
		Habits: []matrix.Row{{Name: "slow-polls", About: "asks with growing gaps"}},
	}
}

func bad() matrix.Data {
	d := good()
	d.Defects[0].Got = map[string]journal.Verdict{"ACQ-UPM-03": journal.Fail, "ACQ-SIG-01": journal.Inconclusive}
	d.Defects[1].Broken = "the acquirer did not start"
	d.Habits[0].Got = map[string]journal.Verdict{"ACQ-INQ-03": journal.Warn}
	return d
}

func TestMatrix(t *testing.T) {
	t.Parallel()
	for name, d := range map[string]matrix.Data{"good": good(), "bad": bad()} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for format, write := range map[string]func(io.Writer, matrix.Data) error{"md": matrix.Markdown, "html": matrix.HTML} {
				var out bytes.Buffer
				if err := write(&out, d); err != nil {
					t.Fatal(err)
				}
				golden.Check(t, name+"."+format, out.Bytes())
				if !strings.Contains(out.String(), d.Sentence()) {
					t.Errorf("%s does not carry the sentence %q", format, d.Sentence())
				}
			}
		})
	}
}

func TestCells(t *testing.T) {
	t.Parallel()
	row := matrix.Row{Expected: []string{"E"}, Blocked: []string{"B"}}
	tests := []struct {
		id   string
		got  journal.Verdict
		want matrix.Cell
	}{
		{"E", journal.Fail, matrix.Killed},
		{"E", journal.Warn, matrix.Killed},
		{"E", journal.NoteVerdict, matrix.Killed},
		{"E", journal.NotTestable, matrix.Killed},
		{"E", journal.Pass, matrix.Missed},
		{"E", journal.Inconclusive, matrix.Missed},
		{"E", "", matrix.Missed},
		{"B", journal.NotReached, matrix.Blocked},
		{"B", journal.Inconclusive, matrix.Blocked},
		{"B", journal.Pass, matrix.Clean},
		{"B", journal.Fail, matrix.Accused},
		{"X", journal.Fail, matrix.Accused},
		{"X", journal.Warn, matrix.Accused},
		{"X", journal.NotReached, matrix.Open},
		{"X", journal.HarnessError, matrix.Open},
		{"X", journal.Pass, matrix.Clean},
		{"X", journal.NotApplicable, matrix.Clean},
		{"X", "", matrix.Clean},
	}
	for _, tt := range tests {
		row.Got = map[string]journal.Verdict{tt.id: tt.got}
		if got := row.Cell(tt.id); got != tt.want {
			t.Errorf("%s with %q: %s, want %s", tt.id, tt.got, got, tt.want)
		}
	}
}

func TestOnlyAnExactMatrixIsOK(t *testing.T) {
	t.Parallel()
	if d := good(); !d.OK() || len(d.Unkilled()) != 0 {
		t.Errorf("the good one: OK %v, unkilled %q", d.OK(), d.Unkilled())
	}
	tests := map[string]func(*matrix.Data){
		"a requirement that nothing kills": func(d *matrix.Data) { d.Requirements = append(d.Requirements, "ACQ-REF-02") },
		"a defect that was not found":      func(d *matrix.Data) { d.Defects[0].Got = nil },
		"one finding too many":             func(d *matrix.Data) { d.Defects[2].Got["ACQ-SIG-01"] = journal.Fail },
		"a habit that is accused":          func(d *matrix.Data) { d.Habits[0].Got = map[string]journal.Verdict{"ACQ-SIG-01": journal.Warn} },
		"a run without a result":           func(d *matrix.Data) { d.Habits[0].Broken = "no port" },
		"something open":                   func(d *matrix.Data) { d.Defects[2].Got["ACQ-SIG-01"] = journal.Inconclusive },
	}
	for name, spoil := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := good()
			spoil(&d)
			if d.OK() {
				t.Error("it counts as proved")
			}
		})
	}
}

func TestUnkilledIgnoresRunsWithoutAResult(t *testing.T) {
	t.Parallel()
	d := good()
	d.Defects[2].Broken = "the acquirer did not start"
	if got := d.Unkilled(); !slices.Equal(got, []string{"ACQ-INQ-03"}) {
		t.Errorf("unkilled %q", got)
	}
}

func TestColumnsStandByArea(t *testing.T) {
	t.Parallel()
	want := []string{"ACQ-CAN-09", "ACQ-INQ-03", "ACQ-SIG-01", "ACQ-UPM-03", "ACQ-UPM-10"}
	if got := good().Columns(); !slices.Equal(got, want) {
		t.Errorf("columns %q, want %q", got, want)
	}
	if areas := good().Areas(); len(areas) != 4 || areas[3].Name != "UPM" || len(areas[3].Requirements) != 2 {
		t.Errorf("areas %+v", areas)
	}
}
