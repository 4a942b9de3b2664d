package picture

import (
	"fmt"
	"io"
	"strings"
)

// SVG writes the symbol as a drawing of a width in millimetres, measured without the quiet zone; 0 is
// the default of Size. It is crisp at every scale (ErrSize).
func (s Symbol) SVG(w io.Writer, millimetres float64) error {
	mm, err := s.millimetres(millimetres)
	if err != nil {
		return fmt.Errorf("draw %s: %w", s.kind, err)
	}
	q := s.quiet()
	top, width, height := q, s.width+2*q, s.height()+2*q
	if s.kind == Code128 {
		top, height = 1, s.height()+2
	}
	baseline := float64(height)
	if s.caption != "" {
		baseline += 0.8 * s.fontSize()
		height += int(1.3 * s.fontSize())
	}
	scale := mm / float64(s.width)
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%.3fmm" height="%.3fmm" viewBox="0 0 %d %d">`,
		float64(width)*scale, float64(height)*scale, width, height)
	fmt.Fprintf(&b, `<rect width="%d" height="%d" fill="#fff"/>`, width, height)
	fmt.Fprintf(&b, `<path shape-rendering="crispEdges" d="%s"/>`, s.path(q, top))
	s.svgIcon(&b, q, top)
	if s.caption != "" {
		fmt.Fprintf(&b, `<text x="%.2f" y="%.2f" font-family="monospace" font-size="%.2f" text-anchor="middle">%s</text>`,
			float64(width)/2, baseline, s.fontSize(), s.caption)
	}
	b.WriteString("</svg>\n")
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("write drawing of %s: %w", s.kind, err)
	}
	return nil
}

// fontSize makes the caption as wide as eight tenths of the symbol: a monospaced character is 0.6 of its size wide.
func (s Symbol) fontSize() float64 {
	return 0.8 * float64(s.width) / 0.6 / float64(len(s.caption))
}

// path draws each run of dark modules as a rectangle.
func (s Symbol) path(left, top int) string {
	high := 1
	if s.kind == Code128 {
		high = s.height()
	}
	var b strings.Builder
	for y := range s.rows {
		for x := 0; x < s.width; x++ {
			start := x
			for s.Dark(x, y) {
				x++
			}
			if n := x - start; n > 0 {
				fmt.Fprintf(&b, "M%d %dh%dv%dh-%dz", left+start, top+y, n, high, n)
			}
		}
	}
	return b.String()
}

func (s Symbol) svgIcon(b *strings.Builder, left, top int) {
	if s.hole == 0 {
		return
	}
	half, radius := float64(s.width)/2, float64(s.hole-1)/2
	x, y := float64(left)+half, float64(top)+half
	arm := armLength * radius
	fmt.Fprintf(b, `<circle cx="%g" cy="%g" r="%g" fill="#165dd8"/>`, x, y, radius)
	fmt.Fprintf(b, `<path stroke="#fff" stroke-width="%.3f" d="M%.3f %.3fh%.3fM%.3f %.3fv%.3f"/>`,
		2*armHalf*radius, x-arm, y, 2*arm, x, y-arm, 2*arm)
}
