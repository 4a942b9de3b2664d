package plan

import (
	"errors"
	"fmt"
)

// Book is what Match asks the step book.
type Book struct {
	Matches func(text string) int    // how many definitions fit a text
	Nearest func(text string) string // a phrase of the book that a text may have meant; "" if none is close
}

// Match checks every step against the step book. An error lists the undefined and the ambiguous steps with file, line
// and mend.
func Match(scripts []Script, book Book) error {
	var problems []error
	told := map[string]bool{}
	fitting := map[string]int{} // steps are written again and again
	for _, s := range scripts {
		for _, step := range s.Steps {
			n, known := fitting[step.Text]
			if !known {
				n = book.Matches(step.Text)
				fitting[step.Text] = n
			}
			if n == 1 {
				continue
			}
			place := fmt.Sprintf("%s:%d", s.Scenario.File, step.Line)
			if told[place+step.Text] {
				continue
			}
			told[place+step.Text] = true
			what, mend := "undefined", book.mend(step.Text)
			if n > 1 {
				what, mend = fmt.Sprintf("ambiguous (%d definitions)", n), "reword the step, or narrow one of the definitions"
			}
			problems = append(problems, fmt.Errorf("%s: step is %s: %s; %s", place, what, step.Text, mend))
		}
	}
	return errors.Join(problems...)
}

func (b Book) mend(text string) string {
	if near := b.Nearest(text); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	return "`mppsim steps` lists those that there are"
}
