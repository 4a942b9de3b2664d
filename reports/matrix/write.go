package matrix

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"
)

//go:embed matrix.tmpl
var files embed.FS

// Markdown writes the matrix as tables: the rows with what they kill, then one table per area.
func Markdown(out io.Writer, d Data) error {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n%s\n", d.Title, d.Sentence())
	rows(&b, "Defects", d.Defects)
	rows(&b, "Correct in other ways", d.Habits)
	for _, a := range d.Areas() {
		grid(&b, d, a)
	}
	b.WriteString("\n✗ failed as declared, · not reached as declared. A wrong cell says MISSED, ACCUSED or OPEN.\n")
	if _, err := io.WriteString(out, b.String()); err != nil {
		return fmt.Errorf("matrix: %w", err)
	}
	return nil
}

// Sentence is the outcome in words.
func (d Data) Sentence() string {
	wrong := 0
	for _, r := range slices.Concat(d.Defects, d.Habits) {
		if len(r.Wrong()) > 0 {
			wrong++
		}
	}
	text := fmt.Sprintf("Defects: %d, habits: %d, requirements: %d. ", len(d.Defects), len(d.Habits), len(d.Requirements))
	if d.OK() {
		return text + "Each defect fails exactly its declared set, each habit fails nothing, and each requirement is killed."
	}
	text += fmt.Sprintf("Not as declared: %d.", wrong)
	if ids := d.Unkilled(); len(ids) > 0 {
		text += " Killed by no defect: " + strings.Join(ids, ", ") + "."
	}
	return text
}

// rows lists acquirers with the sets that they were declared and seen to fail.
func rows(b *strings.Builder, title string, list []Row) {
	if len(list) == 0 {
		return
	}
	fmt.Fprintf(b, "\n## %s\n\n| name | what it does | fails | not reached | as declared |\n|---|---|---|---|---|\n", title)
	for _, r := range list {
		state := "yes"
		if wrong := r.Wrong(); len(wrong) > 0 {
			state = "**no:** " + strings.Join(wrong, ", ")
		}
		fmt.Fprintf(b, "| %s | %s | %s | %s | %s |\n", r.Name, cell(r.About), strings.Join(r.Expected, ", "), strings.Join(r.Blocked, ", "), cell(state))
	}
}

// grid is the part of the matrix that concerns one area, with the rows that say something there.
func grid(b *strings.Builder, d Data, a Area) {
	fmt.Fprintf(b, "\n### ACQ-%s\n\n| defect |", a.Name)
	for _, id := range a.Requirements {
		fmt.Fprintf(b, " %s |", Short(id))
	}
	b.WriteString("\n|---|" + strings.Repeat("---|", len(a.Requirements)) + "\n")
	for _, r := range slices.Concat(d.Defects, d.Habits) {
		if line, speaks := gridRow(r, a); speaks {
			fmt.Fprintf(b, "| %s |%s\n", r.Name, line)
		}
	}
}

func gridRow(r Row, a Area) (line string, speaks bool) {
	for _, id := range a.Requirements {
		sign := r.Cell(id).Sign()
		line += " " + sign + " |"
		speaks = speaks || sign != ""
	}
	return line, speaks
}

// cell keeps a text within its cell.
func cell(text string) string {
	return strings.NewReplacer("|", `\|`, "\n", " ", "<", "&lt;").Replace(text)
}

// HTML writes the matrix as one self-contained page with all columns.
func HTML(out io.Writer, d Data) error {
	parsed, err := template.New("matrix").Funcs(template.FuncMap{"short": Short, "pair": pair}).ParseFS(files, "matrix.tmpl")
	if err != nil {
		return fmt.Errorf("matrix template: %w", err)
	}
	var whole bytes.Buffer
	if err := parsed.ExecuteTemplate(&whole, "matrix", d); err != nil {
		return fmt.Errorf("matrix template: %w", err)
	}
	if _, err := whole.WriteTo(out); err != nil {
		return fmt.Errorf("matrix: %w", err)
	}
	return nil
}

// line is a row with the columns that it is shown in.
type line struct {
	Row   Row
	Areas []Area
}

func pair(r Row, areas []Area) line { return line{r, areas} }
