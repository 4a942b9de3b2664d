package sequence

import (
	"fmt"
	"html/template"
	"strings"
	"time"
)

// Geometry in user units of the drawing.
const (
	left     = 70  // width of the column of times
	column   = 285 // between lifelines
	top      = 44  // height of the heads
	rowHigh  = 30
	letters  = 40 // of a label on an arrow
	boxWidth = 110
)

// SVG draws the diagram as one svg element. Colours and fonts come from the page's style sheet by class;
// every text is escaped. Meaning never hangs on colour: a fault is labelled, a lost answer ends in a
// cross, a decisive message carries a marker.
func (d Diagram) SVG(label string) template.HTML {
	var b strings.Builder
	width, height := left+column*len(d.Lifelines)-60, top+rowHigh*(len(d.Rows)+1)
	if d.Omitted > 0 {
		height += rowHigh
	}
	fmt.Fprintf(&b, `<svg class="seq" role="img" aria-label="%s" viewBox="0 0 %d %d" width="%d">`, esc(label), width, height, width)
	for i, l := range d.Lifelines {
		x := position(i)
		fmt.Fprintf(&b, `<path class="life" d="M%d %dV%d"/><rect class="head" x="%d" y="6" width="%d" height="26" rx="4"/><text class="name" x="%d" y="24">%s</text>`,
			x, top-12, height-6, x-boxWidth/2, boxWidth, x, esc(l.Name()))
	}
	for i, r := range d.Rows {
		d.row(&b, r, top+rowHigh*(i+1)-6)
	}
	if d.Omitted > 0 {
		fmt.Fprintf(&b, `<text class="time" x="4" y="%d">%d more are not drawn</text>`, height-8, d.Omitted)
	}
	b.WriteString("</svg>")
	return template.HTML(b.String()) //nolint:gosec // every text in it went through esc
}

// row draws one row with its base line at y.
func (d Diagram) row(b *strings.Builder, r Row, y int) {
	fmt.Fprintf(b, `<text class="time" x="4" y="%d">%s</text>`, y+4, seconds(r.After))
	if r.From == r.To {
		d.mark(b, r, y)
		return
	}
	x1, x2 := position(int(r.From)), position(int(r.To))
	direction := 1
	if x2 < x1 {
		direction = -1
	}
	class := "arrow " + string(r.Kind)
	if r.Fault != "" {
		class += " fault"
	}
	if r.Decisive {
		class += " decisive"
	}
	if r.Kind == Lost {
		middle := (x1 + x2) / 2
		fmt.Fprintf(b, `<g class="%s"><path d="M%d %dH%d"/><path class="cross" d="M%d %dl10 10m0 -10l-10 10"/>`, class, x1, y, middle, middle-5, y-5)
	} else {
		fmt.Fprintf(b, `<g class="%s"><path d="M%d %dH%d"/><path class="tip" d="M%d %dl%d -4v8z"/>`, class, x1, y, x2-6*direction, x2, y, -8*direction)
	}
	full := r.label()
	fmt.Fprintf(b, `<text x="%d" y="%d">%s<title>%s</title></text></g>`, (x1+x2)/2, y-5, esc(short(full, letters)), esc(full))
}

// mark draws a mark on one lifeline, with its text to the right of it, or to the left on the last one.
func (d Diagram) mark(b *strings.Builder, r Row, y int) {
	x := position(int(r.From))
	class := "mark " + string(r.Kind)
	if r.Decisive {
		class += " decisive"
	}
	anchor, at := "start", x+10
	if int(r.From) == len(d.Lifelines)-1 {
		anchor, at = "end", x-10
	}
	full := r.label()
	fmt.Fprintf(b, `<g class="%s"><path d="M%d %dl5 5l-5 5l-5 -5z"/><text style="text-anchor:%s" x="%d" y="%d">%s<title>%s</title></text></g>`,
		class, x, y-5, anchor, at, y+4, esc(short(full, letters)), esc(full))
}

// label is the text of a row with its marks in words.
func (r Row) label() string {
	text := r.Text
	if r.Kind == Lost {
		text = "lost: " + text
	}
	if r.Times > 1 {
		text = fmt.Sprintf("%d × %s", r.Times, text)
	}
	if r.Fault != "" {
		text += " ⚡ " + r.Fault
	}
	if r.Decisive {
		text = "▶ " + text
	}
	return text
}

func position(i int) int { return left + boxWidth/2 + column*i - 10 }

func seconds(d time.Duration) string { return fmt.Sprintf("%+.3f s", d.Seconds()) }

func short(text string, limit int) string {
	if runes := []rune(text); len(runes) > limit {
		return string(runes[:limit-1]) + "…"
	}
	return text
}

func esc(text string) string { return template.HTMLEscapeString(text) }
