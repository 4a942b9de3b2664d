// Package poster draws red packet codes for print: stickers and posters from A6 to A3 as SVG, in millimetres
// (A5 for the window and A6 for the counter are the standard pack).
package poster

import (
	"errors"
	"fmt"
	"html"
	"io"
	"strings"

	"mppsim/wallet/code/picture"
)

// ErrSize says that a size is none of Sizes, for errors.Is.
var ErrSize = errors.New("unknown poster size")

// Sizes lists the sizes from the largest to the smallest.
func Sizes() []string { return []string{"A3", "A4", "A5", "A6"} }

// page is a paper size in millimetres, upright.
type page struct{ width, height float64 }

func pageOf(size string) (page, bool) {
	p, ok := map[string]page{"A3": {297, 420}, "A4": {210, 297}, "A5": {148, 210}, "A6": {105, 148}}[size]
	return p, ok
}

// Poster is what is printed.
type Poster struct {
	Size  string
	Title string // the campaign
	Text  string // what the code holds
	Code  string // printed below it
	Shop  string
	Terms string
}

// quietZone is the light border of a QR code in modules.
const quietZone = 4

// Write draws the poster (ErrSize, picture.ErrText).
func (p Poster) Write(w io.Writer) error {
	paper, ok := pageOf(p.Size)
	if !ok {
		return fmt.Errorf("%w: %q; there are %s", ErrSize, p.Size, strings.Join(Sizes(), ", "))
	}
	symbol, err := picture.QR(p.Text, picture.Highest)
	if err != nil {
		return fmt.Errorf("poster of %s: %w", p.Code, err)
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%gmm" height="%gmm" viewBox="0 0 %g %g">`,
		paper.width, paper.height, paper.width, paper.height)
	fmt.Fprintf(&b, `<rect width="%g" height="%g" fill="#c8161d"/>`, paper.width, paper.height)
	p.heading(&b, paper)
	drawSymbol(&b, symbol, paper)
	p.foot(&b, paper)
	b.WriteString("</svg>\n")
	_, err = io.WriteString(w, b.String())
	return err
}

// heading is the upper part: the campaign, and what to do.
func (p Poster) heading(b *strings.Builder, paper page) {
	line(b, paper, 0.11, 0.075, "#ffd98a", p.Title)
	line(b, paper, 0.17, 0.04, "#fff", "扫码领红包 · Scan with Alipay, pay less")
}

// foot is the lower part: code, shop and terms.
func (p Poster) foot(b *strings.Builder, paper page) {
	line(b, paper, 0.735, 0.035, "#fff", p.Code)
	line(b, paper, 0.775, 0.035, "#fff", p.Shop)
	const wide = 70
	for i, text := range wrap(p.Terms, wide) {
		line(b, paper, 0.82+0.03*float64(i), 0.022, "#ffd98a", text)
	}
}

// line is one centred line at a share of the height, as high as a share of the width.
func line(b *strings.Builder, paper page, at, size float64, colour, text string) {
	if text == "" {
		return
	}
	fmt.Fprintf(b, `<text x="%.2f" y="%.2f" font-family="Noto Sans CJK SC, Noto Sans, sans-serif" font-size="%.2f" fill="%s" text-anchor="middle">%s</text>`,
		paper.width/2, at*paper.height, size*paper.width, colour, html.EscapeString(text))
}

// wrap breaks a text at blanks.
func wrap(text string, width int) []string {
	var lines []string
	for word := range strings.FieldsSeq(text) {
		if n := len(lines); n > 0 && len([]rune(lines[n-1]))+1+len([]rune(word)) <= width {
			lines[n-1] += " " + word
		} else {
			lines = append(lines, word)
		}
	}
	return lines
}

// drawSymbol puts the code on a white field in the middle, seven tenths of the paper wide.
func drawSymbol(b *strings.Builder, s picture.Symbol, paper page) {
	field := 0.7 * paper.width
	module := field / float64(s.Modules()+2*quietZone)
	left, top := (paper.width-field)/2, 0.2*paper.height
	fmt.Fprintf(b, `<rect x="%.3f" y="%.3f" width="%.3f" height="%.3f" fill="#fff"/>`, left, top, field, field)
	fmt.Fprintf(b, `<path transform="translate(%.4f %.4f) scale(%.6f)" shape-rendering="crispEdges" d="`, left, top, module)
	for y := range s.Modules() {
		for x := range s.Modules() {
			if s.Dark(x, y) {
				fmt.Fprintf(b, "M%d %dh1v1h-1z", x+quietZone, y+quietZone)
			}
		}
	}
	b.WriteString(`"/>`)
}
