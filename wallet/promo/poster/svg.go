package poster

import (
	"fmt"
	"html"
	"io"
	"strings"

	"mppsim/wallet/code/picture"
)

// svg is a drawing for browsers and printers.
type svg struct{ body strings.Builder }

func newSVG(paper page) *svg {
	d := &svg{}
	fmt.Fprintf(&d.body, `<svg xmlns="http://www.w3.org/2000/svg" width="%gmm" height="%gmm" viewBox="0 0 %g %g">`,
		paper.width, paper.height, paper.width, paper.height)
	return d
}

func (d *svg) field(x, y, width, height float64, colour string) {
	fmt.Fprintf(&d.body, `<rect x="%.3f" y="%.3f" width="%.3f" height="%.3f" fill="%s"/>`, x, y, width, height, colour)
}

func (d *svg) symbol(s picture.Symbol, x, y, module float64) {
	fmt.Fprintf(&d.body, `<path transform="translate(%.4f %.4f) scale(%.6f)" shape-rendering="crispEdges" d="`, x, y, module)
	for row := range s.Modules() {
		for column := range s.Modules() {
			if s.Dark(column, row) {
				fmt.Fprintf(&d.body, "M%d %dh1v1h-1z", column, row)
			}
		}
	}
	d.body.WriteString(`"/>`)
}

func (d *svg) line(x, y, size float64, colour, text string) {
	fmt.Fprintf(&d.body, `<text x="%.2f" y="%.2f" font-family="Noto Sans CJK SC, Noto Sans, sans-serif" font-size="%.2f" fill="%s" text-anchor="middle">%s</text>`,
		x, y, size, colour, html.EscapeString(text))
}

// WriteTo implements io.WriterTo.
func (d *svg) WriteTo(w io.Writer) (int64, error) {
	n, err := io.WriteString(w, d.body.String()+"</svg>\n")
	return int64(n), err
}
