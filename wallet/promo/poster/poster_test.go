package poster_test

import (
	"encoding/xml"
	"errors"
	"fmt"
	"image"
	"image/color"
	"io"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"

	"mppsim/wallet/code/picture"
	"mppsim/wallet/promo/poster"
)

func sample(size string) poster.Poster {
	return poster.Poster{
		Size: size, Title: "支付宝红包 & more", Text: "https://redpacket.mppsim.example/RP0123456789", Code: "RP0123456789",
		Shop: "Tea <House>", Terms: strings.Repeat("Valid for seven days after collection. ", 5),
	}
}

func draw(t *testing.T, p poster.Poster) string {
	t.Helper()
	var b strings.Builder
	if err := p.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// The code on a poster of every size is read by a reader that sees only its dark squares.
func TestPostersAreRead(t *testing.T) {
	t.Parallel()
	for _, size := range poster.Sizes() {
		drawing := draw(t, sample(size))
		bitmap, err := gozxing.NewBinaryBitmapFromImage(squares(t, drawing))
		if err != nil {
			t.Fatal(err)
		}
		read, err := qrcode.NewQRCodeReader().Decode(bitmap, nil)
		if err != nil || read.GetText() != sample(size).Text {
			t.Errorf("%s: read %v, %v", size, read, err)
		}
	}
}

// squares paints the path of a drawing, four pixels a module.
func squares(t *testing.T, drawing string) image.Image {
	t.Helper()
	const pixels, modules = 4, 60 // the path begins without a quiet zone
	img := image.NewGray(image.Rect(0, 0, pixels*modules, pixels*modules))
	for i := range img.Pix {
		img.Pix[i] = 255
	}
	found := regexp.MustCompile(`M(\d+) (\d+)h1v1h-1z`).FindAllStringSubmatch(drawing, -1)
	if len(found) < 200 {
		t.Fatalf("%d dark modules", len(found))
	}
	for _, m := range found {
		x, _ := strconv.Atoi(m[1])
		y, _ := strconv.Atoi(m[2])
		x, y = x+4, y+4
		for i := range pixels * pixels {
			img.SetGray(x*pixels+i%pixels, y*pixels+i/pixels, color.Gray{})
		}
	}
	return img
}

func TestPaperSizesAndTexts(t *testing.T) {
	t.Parallel()
	for size, millimetres := range map[string][2]int{"A3": {297, 420}, "A4": {210, 297}, "A5": {148, 210}, "A6": {105, 148}} {
		drawing := draw(t, sample(size))
		if !strings.Contains(drawing, fmt.Sprintf(`width="%dmm" height="%dmm"`, millimetres[0], millimetres[1])) {
			t.Errorf("%s: %.80s", size, drawing)
		}
		for _, text := range []string{"支付宝红包 &amp; more", "Tea &lt;House&gt;", "RP0123456789", "Valid for seven days"} {
			if !strings.Contains(drawing, text) {
				t.Errorf("%s: %q is missing", size, text)
			}
		}
		for d := xml.NewDecoder(strings.NewReader(drawing)); ; {
			if _, err := d.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatalf("%s is no XML: %v", size, err)
			}
		}
	}
}

func TestLongTitlesFitThePaper(t *testing.T) {
	t.Parallel()
	p := sample("A6")
	p.Title = strings.Repeat("支付宝 red packet ", 6)
	size := regexp.MustCompile(`font-size="([\d.]+)" fill="#ffd98a"`).FindStringSubmatch(draw(t, p))
	if n, err := strconv.ParseFloat(size[1], 64); err != nil || n > 2 || n < 1 {
		t.Errorf("the title is %s mm high, %v", size[1], err)
	}
}

func TestPostersThatCannotBeDrawn(t *testing.T) {
	t.Parallel()
	if err := sample("A7").Write(io.Discard); !errors.Is(err, poster.ErrSize) {
		t.Errorf("A7: %v", err)
	}
	p := sample("A5")
	p.Text = ""
	if err := p.Write(io.Discard); !errors.Is(err, picture.ErrText) {
		t.Errorf("without text: %v", err)
	}
}
