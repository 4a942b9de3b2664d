package sign

import (
	"fmt"
	"unicode/utf8"
)

// Difference says in one sentence where the string that was signed first differs from the expected one; empty if
// that is not known.
func (d Diagnosis) Difference() string {
	if d.FirstDifference < 0 {
		return ""
	}
	return fmt.Sprintf("the first difference is octet %d (%s): expected %s, signed %s",
		d.FirstDifference+1, d.Part, octetAt(d.Expected, d.FirstDifference), octetAt(d.Actual, d.FirstDifference))
}

// octetAt names the octet at an offset: its value, and what it is in print.
func octetAt(text string, offset int) string {
	if offset >= len(text) {
		return "the end"
	}
	c := text[offset]
	names := map[byte]string{'\n': "LF", '\r': "CR", '\t': "TAB", ' ': "blank", 0: "NUL"}
	switch name, ok := names[c]; {
	case ok:
		return fmt.Sprintf("%02X (%s)", c, name)
	case c < 0x20 || c >= utf8.RuneSelf || c == 0x7f:
		return fmt.Sprintf("%02X", c)
	}
	return fmt.Sprintf("%02X (%c)", c, c)
}
