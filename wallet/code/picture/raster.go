package picture

import (
	"fmt"
	"image"
	"image/color"
	"math"
)

// Default sizes of the symbol itself, without its quiet zone, in millimetres: the middle of what the display
// rules of wallets allow (mpp-api §6.2: Code 128 45 to 65 mm, at least 14 mm high; QR 25.4 to 30.5 mm).
const (
	defaultMillimetres128 = 52
	defaultMillimetresQR  = 28
	defaultDPI            = 300
)

const millimetresPerInch = 25.4

// Widths in pixels of the order-code images that the public documents call SMALLIMAGE, MIDDLEIMAGE and BIGIMAGE. The
// documents give the names only; the numbers are ours (acqp-api §3, OrderCodeForm).
const (
	SmallImage  = 240
	MiddleImage = 480
	BigImage    = 960
)

// ImageWidth returns the width in pixels of an order-code image by its display type, and false for TEXT and for
// types that do not exist.
func ImageWidth(displayType string) (pixels int, ok bool) {
	pixels, ok = map[string]int{"SMALLIMAGE": SmallImage, "MIDDLEIMAGE": MiddleImage, "BIGIMAGE": BigImage}[displayType]
	return pixels, ok
}

// Size is how large a picture shall be. The zero value is the size of a payment code on a phone, at 300 dots per inch.
type Size struct {
	Pixels      int     // width of the whole picture with its quiet zone, 16 to 8,192; 0: by millimetres
	Millimetres float64 // width of the symbol without its quiet zone, 5 to 1,000; 0: 52 for Code 128, 28 for QR
	DPI         int     // dots per inch for Millimetres, 36 to 2,400; 0: 300
}

// captionGap is the number of dots below the caption, which stands under the quiet zone.
const captionGap = 3

// smallestModule is the number of pixels below which neighbouring modules flow into one another on screens.
const smallestModule = 2

// plan is where everything stands in the picture, in pixels.
type plan struct {
	module        int // side of a module
	left, top     int // of the symbol
	width, height int // of the picture
	glyph         int // side of a dot of the caption
}

// plan places the symbol (ErrSize).
func (s Symbol) plan(size Size) (plan, error) {
	if size.Pixels != 0 {
		return s.planPixels(size.Pixels)
	}
	mm, err := s.millimetres(size.Millimetres)
	if err != nil {
		return plan{}, err
	}
	dpi := size.DPI
	if dpi == 0 {
		dpi = defaultDPI
	}
	if dpi < 36 || dpi > 2400 {
		return plan{}, fmt.Errorf("%w: %d dots per inch instead of 36 to 2400", ErrSize, dpi)
	}
	module := int(math.Round(mm / millimetresPerInch * float64(dpi) / float64(s.width)))
	return s.planPixels((s.width + 2*s.quiet()) * module)
}

// planPixels fits the symbol into a width with modules of whole pixels; what is left over widens the quiet zone.
func (s Symbol) planPixels(width int) (plan, error) {
	module := width / (s.width + 2*s.quiet())
	if width > 8192 || module < smallestModule {
		return plan{}, fmt.Errorf("%w: %d pixels for %d modules instead of %d to 8192",
			ErrSize, width, s.width, smallestModule*(s.width+2*s.quiet()))
	}
	p := plan{module: module, width: width, left: (width - s.width*module) / 2}
	p.top = p.left
	if s.kind == Code128 {
		p.top = 2 * module
	}
	p.height = 2*p.top + s.height()*module
	if s.caption != "" {
		p.glyph = max(1, s.width*module*6/10/captionDots(s.caption))
		p.height += (glyphHeight + captionGap) * p.glyph
	}
	return p, nil
}

// millimetres returns the width of the symbol, or its default (ErrSize).
func (s Symbol) millimetres(wanted float64) (float64, error) {
	switch {
	case wanted == 0 && s.kind == Code128:
		return defaultMillimetres128, nil
	case wanted == 0:
		return defaultMillimetresQR, nil
	case !(wanted >= 5 && wanted <= 1000): // also refuses what is no number
		return 0, fmt.Errorf("%w: %g mm instead of 5 to 1000", ErrSize, wanted)
	}
	return wanted, nil
}

// Image paints the symbol with its quiet zone, caption and icon (ErrSize). Order codes and other codes
// without caption are square when drawn as QR.
func (s Symbol) Image(size Size) (*image.Paletted, error) {
	p, err := s.plan(size)
	if err != nil {
		return nil, fmt.Errorf("draw %s: %w", s.kind, err)
	}
	inks := color.Palette{color.White, color.Black, color.RGBA{R: 0x16, G: 0x5D, B: 0xD8, A: 0xFF}}
	img := image.NewPaletted(image.Rect(0, 0, p.width, p.height), inks)
	s.paintModules(img, p)
	if s.hole > 0 {
		offset := (s.width - s.hole) / 2 * p.module
		paintIcon(img, p.left+offset, p.top+offset, s.hole*p.module, p.module)
	}
	if s.caption != "" {
		left := (p.width - captionDots(s.caption)*p.glyph) / 2
		paintCaption(img, s.caption, left, 2*p.top+s.height()*p.module, p.glyph)
	}
	return img, nil
}

func (s Symbol) paintModules(img *image.Paletted, p plan) {
	for y := range s.height() * p.module {
		row := img.Pix[(p.top+y)*img.Stride+p.left:]
		for x := range s.width {
			if !s.Dark(x, min(y/p.module, s.rows-1)) {
				continue
			}
			for i := range p.module {
				row[x*p.module+i] = dark
			}
		}
	}
}
