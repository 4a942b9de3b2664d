package poster

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf16"

	"mppsim/wallet/code/picture"
)

// pdf is a page of PDF 1.4, drawn in millimetres from the lower left corner. It holds no fonts: Latin letters are set in
// Helvetica, which every reader has, and the others in the Chinese font for which readers have a substitute.
type pdf struct {
	paper page
	body  strings.Builder
}

// point is a millimetre in the unit of PDF.
const point = 72 / 25.4

func newPDF(paper page) *pdf {
	d := &pdf{paper: paper}
	fmt.Fprintf(&d.body, "%.6f 0 0 %.6f 0 0 cm\n", point, point)
	return d
}

// paint sets the colour, written #rrggbb, for what follows.
func (d *pdf) paint(colour string) {
	rgb, _ := strconv.ParseUint(colour[1:], 16, 32) // the colours are ours
	fmt.Fprintf(&d.body, "%.3f %.3f %.3f rg\n", float64(rgb>>16)/255, float64(rgb>>8&255)/255, float64(rgb&255)/255)
}

func (d *pdf) field(x, y, width, height float64, colour string) {
	d.paint(colour)
	fmt.Fprintf(&d.body, "%.4f %.4f %.4f %.4f re f\n", x, d.paper.height-y-height, width, height)
}

func (d *pdf) symbol(s picture.Symbol, x, y, module float64) {
	d.paint("#000000")
	for row := range s.Modules() {
		for column := range s.Modules() {
			if s.Dark(column, row) {
				fmt.Fprintf(&d.body, "%.4f %.4f %.4f %.4f re\n", x+float64(column)*module, d.paper.height-y-float64(row+1)*module, module, module)
			}
		}
	}
	d.body.WriteString("f\n")
}

func (d *pdf) line(x, y, size float64, colour, text string) {
	d.paint(colour)
	fmt.Fprintf(&d.body, "BT %.3f %.3f Td", x-widthOf(text)*size/2, d.paper.height-y)
	for _, r := range runsOf(text) {
		fmt.Fprintf(&d.body, " /%s %.3f Tf <%s> Tj", r.font(), size, r.hex())
	}
	d.body.WriteString(" ET\n")
}

// run is a part of a line in one font.
type run struct {
	latin bool
	text  []rune
}

func runsOf(text string) (runs []run) {
	for _, r := range text {
		latin := r < 0x80 || r >= 0xa0 && r <= 0xff
		if n := len(runs); n > 0 && runs[n-1].latin == latin {
			runs[n-1].text = append(runs[n-1].text, r)
		} else {
			runs = append(runs, run{latin, []rune{r}})
		}
	}
	return runs
}

func (r run) font() string {
	if r.latin {
		return "Latin"
	}
	return "Han"
}

// hex is the text in the encoding of its font: Windows' Latin, which is Unicode where it is used here, or UTF-16.
func (r run) hex() string {
	var b strings.Builder
	for _, letter := range r.text {
		if r.latin {
			fmt.Fprintf(&b, "%02x", letter)
			continue
		}
		for _, unit := range utf16.AppendRune(nil, letter) {
			fmt.Fprintf(&b, "%04x", unit)
		}
	}
	return b.String()
}

// width is in thousandths of the size. Letters with accents are as wide as most small letters are.
func (r run) width() (sum float64) {
	for _, letter := range r.text {
		switch {
		case !r.latin:
			sum += 1000
		case letter >= ' ' && letter <= '~':
			sum += float64(helvetica()[letter-' '])
		default:
			sum += 556
		}
	}
	return sum
}

// helvetica are the widths of the printable ASCII characters in Adobe's metrics of the font.
func helvetica() [95]int {
	return [95]int{
		278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278,
		556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556,
		1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778,
		667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556,
		333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556,
		556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
	}
}

// WriteTo implements io.WriterTo.
func (d *pdf) WriteTo(w io.Writer) (int64, error) {
	objects := []string{
		"<</Type/Catalog/Pages 2 0 R>>",
		"<</Type/Pages/Kids[3 0 R]/Count 1>>",
		fmt.Sprintf("<</Type/Page/Parent 2 0 R/MediaBox[0 0 %.3f %.3f]/Contents 4 0 R/Resources<</Font<</Latin 5 0 R/Han 6 0 R>>>>>>",
			d.paper.width*point, d.paper.height*point),
		fmt.Sprintf("<</Length %d>>\nstream\n%s\nendstream", d.body.Len(), d.body.String()),
		"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
		"<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UTF16-H/DescendantFonts[7 0 R]>>",
		"<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 4>>/DW 1000/FontDescriptor 8 0 R>>",
		"<</Type/FontDescriptor/FontName/STSong-Light/Flags 6/FontBBox[-25 -254 1000 880]/ItalicAngle 0/Ascent 880/Descent -120/CapHeight 880/StemV 93>>",
	}
	var file bytes.Buffer
	file.WriteString("%PDF-1.4\n")
	var offsets []int
	for i, object := range objects {
		offsets = append(offsets, file.Len())
		fmt.Fprintf(&file, "%d 0 obj\n%s\nendobj\n", i+1, object)
	}
	table := file.Len()
	fmt.Fprintf(&file, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, at := range offsets {
		fmt.Fprintf(&file, "%010d 00000 n \n", at)
	}
	fmt.Fprintf(&file, "trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, table)
	return file.WriteTo(w)
}
