// Package poster draws red packet codes for print: stickers and posters from A6 to A3 as SVG or PDF, in millimetres
// (A5 for the window and A6 for the counter are the standard pack).
package poster

import (
	"errors"
	"fmt"
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

// canvas is what a poster is drawn on, in millimetres from the upper left corner.
type canvas interface {
	field(x, y, width, height float64, colour string)
	symbol(s picture.Symbol, x, y, module float64)
	line(x, y, size float64, colour, text string) // in the middle of x, upon y
}

// Write draws the poster as SVG (ErrSize, picture.ErrText).
func (p Poster) Write(w io.Writer) error {
	return p.draw(w, func(paper page) sheet { return newSVG(paper) })
}

// WritePDF draws the poster as a PDF of one page (ErrSize, picture.ErrText). Chinese texts are set in a font of the reader's.
func (p Poster) WritePDF(w io.Writer) error {
	return p.draw(w, func(paper page) sheet { return newPDF(paper) })
}

// sheet is a canvas that is a file in the end.
type sheet interface {
	canvas
	io.WriterTo
}

func (p Poster) draw(w io.Writer, take func(page) sheet) error {
	paper, ok := pageOf(p.Size)
	if !ok {
		return fmt.Errorf("%w: %q; there are %s", ErrSize, p.Size, strings.Join(Sizes(), ", "))
	}
	symbol, err := picture.QR(p.Text, picture.Highest)
	if err != nil {
		return fmt.Errorf("poster of %s: %w", p.Code, err)
	}
	c := take(paper)
	c.field(0, 0, paper.width, paper.height, red)
	p.heading(c, paper)
	drawSymbol(c, symbol, paper)
	p.foot(c, paper)
	_, err = c.WriteTo(w)
	return err
}

// The colours of red packets.
const (
	red   = "#c8161d"
	gold  = "#ffd98a"
	white = "#ffffff"
)

// heading is the upper part: the campaign, and what to do.
func (p Poster) heading(c canvas, paper page) {
	line(c, paper, 0.11, 0.075, gold, p.Title)
	line(c, paper, 0.17, 0.04, white, "扫码领红包 · Scan with Alipay, pay less")
}

// foot is the lower part: code, shop and terms.
func (p Poster) foot(c canvas, paper page) {
	line(c, paper, 0.735, 0.035, white, p.Code)
	line(c, paper, 0.775, 0.035, white, p.Shop)
	const wide = 70
	for i, text := range wrap(p.Terms, wide) {
		line(c, paper, 0.82+0.03*float64(i), 0.022, gold, text)
	}
}

// line is one centred line at a share of the height, as high as a share of the width, or smaller where it would be too long.
func line(c canvas, paper page, at, size float64, colour, text string) {
	if text == "" {
		return
	}
	const most = 0.9
	size = min(size, most/widthOf(text))
	c.line(paper.width/2, at*paper.height, size*paper.width, colour, text)
}

// widthOf is the width of a text in multiples of its size.
func widthOf(text string) (ems float64) {
	for _, r := range runsOf(text) {
		ems += r.width() / 1000
	}
	return ems
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
func drawSymbol(c canvas, s picture.Symbol, paper page) {
	field := 0.7 * paper.width
	module := field / float64(s.Modules()+2*quietZone)
	left, top := (paper.width-field)/2, 0.2*paper.height
	c.field(left, top, field, field, white)
	c.symbol(s, left+quietZone*module, top+quietZone*module, module)
}
