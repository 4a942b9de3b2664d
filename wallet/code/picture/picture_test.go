package picture_test

import (
	"bytes"
	"encoding/binary"
	"encoding/xml"
	"errors"
	"image"
	"image/png"
	"io"
	"math"
	"math/rand/v2"
	"os/exec"
	"strings"
	"testing"

	"mppsim/wallet/code"
	"mppsim/wallet/code/picture"
)

const (
	digits   = "251001020123456789012345"
	orderURL = "https://qr.alipayplus.com/281666130412345678901234567890"
)

var types = map[picture.Symbology]string{picture.QRCode: "QR-Code", picture.Code128: "CODE-128"}

func drawn(t testing.TB) func(picture.Symbol, error) picture.Symbol {
	return func(s picture.Symbol, err error) picture.Symbol {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
}

func pngOf(t testing.TB, s picture.Symbol, size picture.Size) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := s.PNG(&b, size); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestEverySizeIsReadByAnotherReader(t *testing.T) {
	t.Parallel()
	a := newAlbum(t)
	sizes := []picture.Size{{}, {DPI: 150}, {DPI: 600}, {Millimetres: 45}, {Millimetres: 65, DPI: 203}, {Pixels: 600}}
	for _, kind := range []picture.Symbology{picture.QRCode, picture.Code128} {
		for _, number := range []picture.Number{picture.Masked, picture.Full, picture.Hidden} {
			for _, size := range sizes {
				s := drawn(t)(picture.PaymentCode(digits, kind, number))
				a.add(string(kind), pngOf(t, s, size), reading{types[kind], digits})
			}
		}
	}
	for _, width := range []int{picture.SmallImage, picture.MiddleImage, picture.BigImage} {
		s := drawn(t)(picture.OrderCode(orderURL))
		a.add("order code", pngOf(t, s, picture.Size{Pixels: width}), reading{"QR-Code", orderURL})
	}
	a.check()
}

// Every length of text makes another QR version, and with it another icon and other patterns under it.
func TestIconCostsNoReadingInAnyVersion(t *testing.T) {
	t.Parallel()
	a := newAlbum(t)
	for n := 1; n <= 512; n += 30 {
		text := ("https://qr.alipayplus.com/" + strings.Repeat("28166613041", 48))[:n]
		s := drawn(t)(picture.OrderCode(text))
		a.add("icon", pngOf(t, s, picture.Size{Pixels: picture.MiddleImage}), reading{"QR-Code", text})
	}
	a.check()
}

// zbarimg garbles such texts in its XML report, so that they are read as plain text.
func TestTextsOtherThanASCII(t *testing.T) {
	t.Parallel()
	program := independentReader(t)
	for _, text := range []string{"咖啡店 01", "café – crème", "ร้านกาแฟ"} {
		a := newAlbum(t)
		s := drawn(t)(picture.QR(text, picture.Medium))
		a.add("text", pngOf(t, s, picture.Size{}), reading{})
		out, err := exec.CommandContext(t.Context(), program, "--raw", "--quiet", "--nodbus", a.files[0]).Output()
		if got := strings.TrimSuffix(string(out), "\n"); got != text || err != nil {
			t.Errorf("zbarimg read %q (%v) instead of %q", got, err, text)
		}
	}
}

// The display rules of wallets: barcode 45 to 65 mm wide and at least 14 mm high, QR 25.4 to 30.5 mm.
func TestPrintedSizeKeepsTheDisplayRules(t *testing.T) {
	t.Parallel()
	tests := []struct {
		kind     picture.Symbology
		low, top float64
	}{{picture.Code128, 45, 65}, {picture.QRCode, 25.4, 30.5}}
	for _, test := range tests {
		for _, dpi := range []int{0, 203, 600} {
			s := drawn(t)(picture.PaymentCode(digits, test.kind, picture.Hidden))
			file := pngOf(t, s, picture.Size{DPI: dpi})
			perMM := float64(pixelsPerMetre(t, file)) / 1000
			img, err := png.Decode(bytes.NewReader(file))
			if err != nil {
				t.Fatal(err)
			}
			paletted, ok := img.(*image.Paletted)
			if !ok {
				t.Fatalf("the file is a %T", img)
			}
			box := darkBox(paletted)
			if mm := float64(box.Dx()) / perMM; mm < test.low || mm > test.top {
				t.Errorf("%s at %d dpi is %.1f mm wide", test.kind, dpi, mm)
			}
			if mm := float64(box.Dy()) / perMM; mm < 14 {
				t.Errorf("%s at %d dpi is %.1f mm high", test.kind, dpi, mm)
			}
		}
	}
}

// pixelsPerMetre reads the pHYs chunk.
func pixelsPerMetre(t *testing.T, file []byte) uint32 {
	t.Helper()
	_, chunk, found := bytes.Cut(file, []byte("pHYs"))
	if !found {
		t.Fatal("the file does not say how large it is")
	}
	return binary.BigEndian.Uint32(chunk)
}

// darkBox is the rectangle of what is not white.
func darkBox(img *image.Paletted) image.Rectangle {
	var box image.Rectangle
	for i, ink := range img.Pix {
		if x, y := i%img.Stride, i/img.Stride; ink != 0 {
			box = box.Union(image.Rect(x, y, x+1, y+1))
		}
	}
	return box
}

func TestQuietZone(t *testing.T) {
	t.Parallel()
	for kind, modules := range map[picture.Symbology]int{picture.QRCode: 4, picture.Code128: 10} {
		s := drawn(t)(picture.PaymentCode(digits, kind, picture.Hidden))
		for width := 420; width < 440; width++ {
			img, err := s.Image(picture.Size{Pixels: width})
			if err != nil {
				t.Fatal(err)
			}
			box := darkBox(img)
			module := box.Dx() / s.Modules()
			right := img.Rect.Dx() - box.Max.X
			if box.Min.X < modules*module || right < modules*module || img.Rect.Dx() != width {
				t.Errorf("%s %d pixels wide: %d and %d light pixels beside modules of %d", kind, width, box.Min.X, right, module)
			}
		}
	}
}

func TestIconStaysWithinItsShare(t *testing.T) {
	t.Parallel()
	s := drawn(t)(picture.OrderCode(orderURL))
	img, err := s.Image(picture.Size{Pixels: picture.BigImage})
	if err != nil {
		t.Fatal(err)
	}
	var icon image.Rectangle
	for y := range img.Rect.Dy() {
		for x := range img.Rect.Dx() {
			if img.ColorIndexAt(x, y) == 2 {
				icon = icon.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	middle := icon.Min.Add(icon.Max).Div(2)
	if share := float64(icon.Dx()) / float64(darkBox(img).Dx()); share < 0.08 || share > 0.15 {
		t.Errorf("the icon takes %.0f %% of the width", 100*share)
	}
	if half := img.Rect.Dx() / 2; math.Abs(float64(middle.X-half)) > 1 || math.Abs(float64(middle.Y-half)) > 1 {
		t.Errorf("the icon's middle is %v in a picture of %d", middle, img.Rect.Dx())
	}
	if img.ColorIndexAt(middle.X, middle.Y) != 0 {
		t.Error("the icon has no light plus in its middle")
	}
}

func TestCaptions(t *testing.T) {
	t.Parallel()
	for number, want := range map[picture.Number]string{
		picture.Masked: "2510 01** **** **** **** 2345",
		picture.Full:   "2510 0102 0123 4567 8901 2345",
		picture.Hidden: "",
	} {
		for _, kind := range []picture.Symbology{picture.QRCode, picture.Code128} {
			s := drawn(t)(picture.PaymentCode(digits, kind, number))
			lines := strings.Split(strings.TrimRight(s.Terminal(picture.OnLight), "\n"), "\n")
			last := strings.TrimSpace(lines[len(lines)-1])
			if want != "" && last != want || want == "" && strings.ContainsAny(last, "0123456789*") {
				t.Errorf("%s: %q below the code, want %q", kind, last, want)
			}
			var svg bytes.Buffer
			if err := s.SVG(&svg, 0); err != nil {
				t.Fatal(err)
			}
			if strings.Contains(svg.String(), "<text") != (want != "") || !strings.Contains(svg.String(), want) {
				t.Errorf("%s: drawing without %q", kind, want)
			}
		}
	}
}

// The caption's dots are what distinguishes a masked picture from a full one.
func TestCaptionIsPainted(t *testing.T) {
	t.Parallel()
	seen := make(map[string]picture.Number)
	for _, number := range []picture.Number{picture.Masked, picture.Full, picture.Hidden} {
		file := pngOf(t, drawn(t)(picture.PaymentCode(digits, picture.Code128, number)), picture.Size{})
		if other, twice := seen[string(file)]; twice {
			t.Errorf("numbers %d and %d look the same", number, other)
		}
		seen[string(file)] = number
	}
}

func TestWhatCannotBeDrawn(t *testing.T) {
	t.Parallel()
	failures := map[string]func() error{
		"empty QR":     func() error { _, err := picture.QR("", picture.Medium); return err },
		"long QR":      func() error { _, err := picture.QR(strings.Repeat("x", 513), picture.Medium); return err },
		"empty bars":   func() error { _, err := picture.Bars(""); return err },
		"bars of text": func() error { _, err := picture.Bars("café"); return err },
		"long bars":    func() error { _, err := picture.Bars(strings.Repeat("1", 81)); return err },
		"order code":   func() error { _, err := picture.OrderCode(""); return err },
	}
	for name, failure := range failures {
		if err := failure(); !errors.Is(err, picture.ErrText) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := picture.PaymentCode("2410", picture.QRCode, picture.Full); !errors.Is(err, code.ErrInvalid) {
		t.Errorf("a payment code that no terminal accepts: %v", err)
	}
	s := drawn(t)(picture.Bars(digits))
	for _, size := range []picture.Size{{Pixels: 373}, {Pixels: -1}, {Pixels: 8193}, {Millimetres: 4}, {Millimetres: 1001}, {Millimetres: math.NaN()}, {DPI: 35}, {DPI: 2401}, {DPI: 36}} {
		if err := s.PNG(io.Discard, size); !errors.Is(err, picture.ErrSize) {
			t.Errorf("%+v: %v", size, err)
		}
	}
	if err := s.PNG(io.Discard, picture.Size{Pixels: 374}); err != nil {
		t.Errorf("the smallest picture: %v", err)
	}
	if err := s.SVG(io.Discard, -1); !errors.Is(err, picture.ErrSize) {
		t.Errorf("a drawing of -1 mm: %v", err)
	}
}

func TestImageWidths(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]int{"SMALLIMAGE": 240, "MIDDLEIMAGE": 480, "BIGIMAGE": 960, "TEXT": 0, "": 0} {
		if got, ok := picture.ImageWidth(name); got != want || ok != (want > 0) {
			t.Errorf("%s: %d, %t", name, got, ok)
		}
	}
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestWriterThatFails(t *testing.T) {
	t.Parallel()
	s := drawn(t)(picture.Bars(digits))
	if err := s.PNG(brokenWriter{}, picture.Size{}); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("PNG: %v", err)
	}
	if err := s.SVG(brokenWriter{}, 0); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("SVG: %v", err)
	}
}

func TestDrawingsAreRead(t *testing.T) {
	t.Parallel()
	a := newAlbum(t)
	for _, kind := range []picture.Symbology{picture.QRCode, picture.Code128} {
		s := drawn(t)(picture.PaymentCode(digits, kind, picture.Masked))
		a.addImage("svg", rasterised(t, s, 0), reading{types[kind], digits})
	}
	a.addImage("svg", rasterised(t, drawn(t)(picture.OrderCode(orderURL)), 100), reading{"QR-Code", orderURL})
	a.check()
}

func TestTerminalPicturesAreRead(t *testing.T) {
	t.Parallel()
	a := newAlbum(t)
	for _, style := range []picture.Style{picture.Colour, picture.OnDark, picture.OnLight} {
		for _, kind := range []picture.Symbology{picture.QRCode, picture.Code128} {
			s := drawn(t)(picture.PaymentCode(digits, kind, picture.Masked))
			a.addImage("terminal", screen(t, s.Terminal(style), style == picture.OnDark), reading{types[kind], digits})
		}
		s := drawn(t)(picture.OrderCode(orderURL))
		a.addImage("terminal", screen(t, s.Terminal(style), style == picture.OnDark), reading{"QR-Code", orderURL})
	}
	a.check()
}

// What a reader of the terminal's text needs: no line is longer than the documented width.
func TestTerminalWidths(t *testing.T) {
	t.Parallel()
	for kind, want := range map[picture.Symbology]int{picture.QRCode: 29, picture.Code128: 94} {
		s := drawn(t)(picture.PaymentCode(digits, kind, picture.Hidden))
		for line := range strings.Lines(s.Terminal(picture.OnLight)) {
			if n := len([]rune(strings.TrimSuffix(line, "\n"))); n != want {
				t.Errorf("%s: line of %d columns instead of %d", kind, n, want)
			}
		}
	}
}

// FuzzQR draws whatever text fits into a code: at the usual size always, at a width of 300 pixels if its modules have room there.
func FuzzQR(f *testing.F) {
	f.Add(orderURL)
	for _, n := range []int{100, 250, 400, 512} {
		f.Add(strings.Repeat("咖", n))
	}
	f.Add("咖啡")
	f.Add("\x00\xff")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := picture.OrderCode(text)
		if err != nil {
			return
		}
		if _, err := s.Image(picture.Size{}); err != nil {
			t.Fatal(err)
		}
		const width, quiet, least = 300, 8, 2
		if _, err := s.Image(picture.Size{Pixels: width}); errors.Is(err, picture.ErrSize) != (least*(s.Modules()+quiet) > width) {
			t.Fatalf("%d modules: %v", s.Modules(), err)
		}
		if err := s.SVG(io.Discard, 0); err != nil || s.Terminal(picture.OnLight) == "" {
			t.Fatalf("%q cannot be drawn: %v", text, err)
		}
	})
}

func BenchmarkDraw(b *testing.B) {
	random := rand.NewChaCha8([32]byte{1})
	number, err := code.Mint(code.Format{}, random)
	if err != nil {
		b.Fatal(err)
	}
	for kind := range types {
		b.Run(strings.ReplaceAll(string(kind), " ", "")+"/PNG", func(b *testing.B) {
			for b.Loop() {
				if err := drawn(b)(picture.PaymentCode(number, kind, picture.Masked)).PNG(io.Discard, picture.Size{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("OrderCode/PNG", func(b *testing.B) {
		for b.Loop() {
			if err := drawn(b)(picture.OrderCode(orderURL)).PNG(io.Discard, picture.Size{Pixels: picture.MiddleImage}); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func TestDrawingIsXML(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if err := drawn(t)(picture.OrderCode(orderURL)).SVG(&b, 40); err != nil {
		t.Fatal(err)
	}
	if err := xml.Unmarshal(b.Bytes(), new(struct{ XMLName xml.Name })); err != nil {
		t.Error(err)
	}
}
