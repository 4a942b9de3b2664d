package picture

import "strings"

// Style is how a terminal shows a code.
type Style int

// The styles. A scanner wants dark modules on light ground whatever the terminal's colours are.
const (
	Colour  Style = iota // black on white by escape sequences: right on every terminal that knows 256 colours
	OnDark               // no escape sequences, for light text on dark ground
	OnLight              // no escape sequences, for dark text on light ground
)

// Escape sequences: black on white of the fixed part of the 256 colours, which themes do not change, and back.
const (
	paper = "\x1b[38;5;16;48;5;231m"
	plain = "\x1b[0m"
)

// barLines is the height of bars in lines of text.
const barLines = 6

// Terminal returns the symbol as lines of text with its quiet zone: a QR code two rows of modules to a line, bars two
// modules to a column. 24 digits take 94 columns as bars and 29 as a QR code.
func (s Symbol) Terminal(style Style) string {
	var lines []string
	if s.kind == Code128 {
		lines = s.barText(style)
	} else {
		lines = s.blockText(style)
	}
	if s.caption != "" {
		width := len([]rune(lines[0]))
		lines = append(lines, centred(s.caption, width))
	}
	var b strings.Builder
	for _, line := range lines {
		if style == Colour {
			line = paper + line + plain
		}
		b.WriteString(line + "\n")
	}
	return b.String()
}

// blockText draws the upper and lower half of each cell.
func (s Symbol) blockText(style Style) []string {
	cells := [2][2]string{{" ", "▄"}, {"▀", "█"}}
	var lines []string
	for y := -quietQR; y < s.rows+quietQR; y += 2 {
		var b strings.Builder
		for x := -quietQR; x < s.width+quietQR; x++ {
			b.WriteString(cells[s.inked(x, y, style)][s.inked(x, y+1, style)])
		}
		lines = append(lines, b.String())
	}
	return lines
}

// barText draws the left and right half of each cell.
func (s Symbol) barText(style Style) []string {
	cells := [2][2]string{{" ", "▐"}, {"▌", "█"}}
	var b strings.Builder
	for x := -quietCode128; x < s.width+quietCode128; x += 2 {
		b.WriteString(cells[s.inked(x, 0, style)][s.inked(x+1, 0, style)])
	}
	lines := make([]string, barLines)
	for i := range lines {
		lines[i] = b.String()
	}
	return lines
}

// inked returns 1 when the terminal's text colour must show at a module, else 0.
func (s Symbol) inked(x, y int, style Style) int {
	if (s.Dark(x, y) || s.plusAt(x, y)) != (style == OnDark) {
		return 1
	}
	return 0
}

// plusAt is the icon in modules: a cross in the hole with a light border.
func (s Symbol) plusAt(x, y int) bool {
	if !s.inHole(x, y) {
		return false
	}
	dx, dy := x-s.width/2, y-s.width/2
	reach := s.hole/2 - 1
	return (dx == 0 && dy >= -reach && dy <= reach) || (dy == 0 && dx >= -reach && dx <= reach)
}

func centred(text string, width int) string {
	left := max(0, (width-len(text))/2)
	return strings.Repeat(" ", left) + text + strings.Repeat(" ", max(0, width-left-len(text)))
}
