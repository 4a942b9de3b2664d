package scan

import (
	"fmt"
	"image"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/oned"
	"github.com/makiuchi-d/gozxing/qrcode"

	"mppsim/wallet/code/picture"
)

// rung is one treatment of a picture and what is looked for in the outcome.
type rung struct {
	name     string
	treat    func(*image.Gray) *image.Gray
	qr, bars bool
}

// workingSide is the longest side of pictures from the second rung on: enough for every code that fills a
// good part of the picture, and cheap enough for all the treatments.
const workingSide = 1400

// ladder lists the treatments, the cheap and likely ones first. The order and the numbers come from measurements with
// ten codes for each kind of damage.
func ladder() []rung {
	steps := []rung{
		both("as it is", func(g *image.Gray) *image.Gray { return g }),
		both("quarter turn", quarterTurn),
		both("stretched", stretched),
		both("threshold", threshold),
		both("inverted", func(g *image.Gray) *image.Gray { return inverted(stretched(g)) }),
	}
	for _, s := range turns("turned", func(g *image.Gray) *image.Gray { return shrunk(g, 1000) }) {
		s.qr = false // found at every angle by the steps above
		steps = append(steps, s)
	}
	steps = append(steps,
		both("smoothed", func(g *image.Gray) *image.Gray { return threshold(blurred(g, 1.2)) }),
		both("doubled", func(g *image.Gray) *image.Gray { return threshold(scaled(g, 2)) }),
		both("halved", func(g *image.Gray) *image.Gray { return scaled(g, 0.5) }),
	)
	for _, s := range []struct{ sigma, amount float64 }{{3, 3}, {5, 4}, {8, 6}} {
		steps = append(steps, both("sharpened", func(g *image.Gray) *image.Gray { return sharpened(flattened(g), s.sigma, s.amount) }))
	}
	steps = append(steps, turns("flattened and turned", flattened)...)
	for _, f := range []float64{2, 0.25} {
		steps = append(steps, both("scaled", func(g *image.Gray) *image.Gray { return scaled(g, f) }))
	}
	for _, sigma := range []float64{1, 2} {
		steps = append(steps, both("blurred", func(g *image.Gray) *image.Gray { return blurred(g, sigma) }))
	}
	steps = append(steps, turns("blurred and turned", func(g *image.Gray) *image.Gray { return threshold(blurred(g, 1.2)) })...)
	return append(steps, turns("inverted and turned", func(g *image.Gray) *image.Gray { return inverted(flattened(g)) })...)
}

func both(name string, treat func(*image.Gray) *image.Gray) rung {
	return rung{name: name, treat: treat, qr: true, bars: true}
}

// turns treats a picture and turns it. Bars are read along rows of pixels and stand some 12 degrees of slope, so that
// turns of 20 degrees find them all; a QR code is found at every angle, unless the pixels interfere with its modules.
func turns(name string, treat func(*image.Gray) *image.Gray) []rung {
	var steps []rung
	for _, degrees := range []float64{20, -20, 40, -40, 60, -60, 80, -80} {
		steps = append(steps, rung{
			name:  fmt.Sprintf("%s by %g°", name, degrees),
			treat: func(g *image.Gray) *image.Gray { return turned(treat(g), degrees) },
			qr:    degrees >= -20 && degrees <= 40, bars: true,
		})
	}
	return steps
}

// try treats the picture and looks for codes.
func (r rung) try(g *image.Gray) (Result, bool) {
	if r.name != "as it is" {
		g = shrunk(g, workingSide)
	}
	g = r.treat(g)
	if r.qr {
		if text, found := readQR(g); found {
			return Result{Text: text, Kind: picture.QRCode, How: r.name}, true
		}
	}
	if r.bars {
		if text, found := readBars(g); found {
			return Result{Text: text, Kind: picture.Code128, How: r.name}, true
		}
	}
	return Result{}, false
}

func hints() map[gozxing.DecodeHintType]any {
	return map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true}
}

func readQR(g *image.Gray) (string, bool) {
	source := sourceOf(g)
	for _, binarizer := range []gozxing.Binarizer{gozxing.NewHybridBinarizer(source), gozxing.NewGlobalHistgramBinarizer(source)} {
		if text, found := read(qrcode.NewQRCodeReader(), binarizer); found {
			return text, true
		}
	}
	return "", false
}

func readBars(g *image.Gray) (string, bool) {
	text, found := read(oned.NewCode128Reader(), gozxing.NewHybridBinarizer(sourceOf(g)))
	return text, found && len(text) >= shortestBars
}

func sourceOf(g *image.Gray) gozxing.LuminanceSource {
	size := g.Rect.Size()
	// The source refuses only a cut-out that is larger than the picture.
	source, err := gozxing.NewPlanarYUVLuminanceSource(g.Pix, size.X, size.Y, 0, 0, size.X, size.Y, false)
	if err != nil {
		return gozxing.NewLuminanceSourceFromImage(g)
	}
	return source
}

// read asks one reader. Damaged codes lead the library into paths that are little trodden: what it does not survive
// is a code that is not found.
func read(reader gozxing.Reader, binarizer gozxing.Binarizer) (text string, found bool) {
	defer func() {
		if recover() != nil {
			text, found = "", false
		}
	}()
	bitmap, err := gozxing.NewBinaryBitmap(binarizer)
	if err != nil {
		return "", false
	}
	result, err := reader.Decode(bitmap, hints())
	if err != nil || result.GetText() == "" {
		return "", false
	}
	return result.GetText(), true
}
