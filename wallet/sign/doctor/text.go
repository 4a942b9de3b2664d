package doctor

import (
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"

	"mppsim/wallet/sign"
)

// Widths of the text form.
const (
	longestShown = 6000 // octets of a string that are printed
	nearby       = 28   // octets on both sides of the first difference
)

// WriteText writes the report for people.
func (r Report) WriteText(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n%s\n", r.headline(), r.explanation())
	r.strings(&b)
	for _, note := range r.Notes {
		fmt.Fprintf(&b, "\nNote: %s", note)
	}
	if len(r.Notes) > 0 {
		b.WriteString("\n")
	}
	fmt.Fprintf(&b, "\n%s\n", r.checkedWith())
	_, err := io.WriteString(w, b.String())
	return err
}

func (r Report) headline() string {
	switch {
	case r.Documented():
		return "The signature of " + r.Message + " verifies."
	case r.Verifies:
		return "The signature of " + r.Message + " verifies, but it is not in the documented form: " + string(r.Mistake)
	}
	return "The signature of " + r.Message + " does not verify: " + string(r.Mistake)
}

func (r Report) explanation() string {
	if r.Documented() {
		return "What was signed is what is expected.\n"
	}
	var b strings.Builder
	b.WriteString("What is wrong   " + r.Text + "\n")
	label := "What to change  "
	for _, m := range append([]sign.Mistake{r.Mistake}, r.Also...) {
		if cure := change(m); cure != "" {
			b.WriteString(label + cure + "\n")
			label = strings.Repeat(" ", len(label))
		}
	}
	if r.Difference != nil {
		b.WriteString("Where           " + r.Difference.Sentence + "\n")
	}
	return b.String()
}

// strings prints what should have been signed and what was.
func (r Report) strings(b *strings.Builder) {
	if r.Verifies {
		fmt.Fprintf(b, "Signed string, %d octets:\n%s\n", len(r.Expected), block(r.Expected))
		return
	}
	fmt.Fprintf(b, "Expected string to sign, %d octets:\n%s\n", len(r.Expected), block(r.Expected))
	switch {
	case r.Actual == nil:
		b.WriteString("\nThe string that was signed could not be found.\n")
	case r.Difference == nil:
		b.WriteString("\nThis is the string that was signed; the mistake lies elsewhere.\n")
	default:
		fmt.Fprintf(b, "\nString that was signed, %d octets:\n%s\n\n%s", len(*r.Actual), block(*r.Actual), r.window())
	}
}

// window shows both strings around their first difference, one above the other.
func (r Report) window() string {
	at := r.Difference.Octet - 1
	from := max(0, at-nearby)
	for from > 0 && from < at && !utf8.RuneStart(r.Expected[from]) {
		from--
	}
	before := oneLine(r.Expected[from:at])
	cut := func(t Text) string { return before + oneLine(t[min(at, len(t)):min(at+nearby, len(t))]) }
	return fmt.Sprintf("  expected  %s\n  signed    %s\n            %s^ octet %d\n", cut(r.Expected), cut(*r.Actual), strings.Repeat(" ", columns(before)), at+1)
}

func (r Report) checkedWith() string {
	if r.Key == nil {
		return "The signature was not checked with a key."
	}
	return fmt.Sprintf("Checked with key version %s: RSA, %d bits, SHA-256 of its SPKI form %s…", r.Key.Version, r.Key.Bits, r.Key.SHA256[:min(16, len(r.Key.SHA256))])
}

// block shows octets in lines, indented, with what is invisible made visible.
func block(t Text) string {
	tail := ""
	if len(t) > longestShown {
		tail = fmt.Sprintf("\n  … and %d octets more", len(t)-longestShown)
		t = t[:longestShown]
	}
	return "  " + strings.TrimSuffix(strings.ReplaceAll(oneLine(t), "␊", "␊\n  "), "\n  ") + tail
}

// columns is how wide a text is in a terminal.
func columns(text string) int {
	n := 0
	for _, r := range text {
		n++
		if kind := width.LookupRune(r).Kind(); kind == width.EastAsianWide || kind == width.EastAsianFullwidth {
			n++
		}
	}
	return n
}

// oneLine makes everything visible that does not print: control characters as their pictures, others as ⟨hex⟩.
func oneLine(t []byte) string {
	var b strings.Builder
	for len(t) > 0 {
		r, size := utf8.DecodeRune(t)
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, "⟨%02X⟩", t[0])
		case r < 0x20:
			b.WriteRune('␀' + r)
		case r == 0x7f:
			b.WriteRune('␡')
		case r == '\ufeff':
			b.WriteString("⟨BOM⟩")
		case r != ' ' && !unicode.IsPrint(r):
			fmt.Fprintf(&b, "⟨U+%04X⟩", r)
		default:
			b.WriteRune(r)
		}
		t = t[size:]
	}
	return b.String()
}
