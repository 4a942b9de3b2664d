// Package picture draws codes: QR and Code 128, as PNG, as SVG and for the terminal, in the sizes and with the quiet
// zones that scanners need (mpp-api §6.2, acqp-api §9.2). It writes to the writers it is given and knows no files.
package picture

import (
	"errors"
	"fmt"
	"strings"
	"unicode"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/oned"
	"github.com/makiuchi-d/gozxing/qrcode"
	"github.com/makiuchi-d/gozxing/qrcode/decoder"

	"mppsim/wallet/code"
)

// What can be wrong with what shall be drawn, for errors.Is.
var (
	ErrText = errors.New("text cannot be drawn as a code")
	ErrSize = errors.New("code does not fit the size")
)

// Symbology is a way to draw a text.
type Symbology string

// The symbologies that payments use.
const (
	QRCode  Symbology = "QR"       // ISO/IEC 18004
	Code128 Symbology = "Code 128" // ISO/IEC 15417
)

// Quiet zones in modules, on each side, as the standards of the symbologies demand.
const (
	quietQR      = 4
	quietCode128 = 10
)

// longestText is the longest code value in characters (mpp-api §4.6).
const longestText = 512

// barRatio is the height of the bars for a width of 1: it keeps a barcode of 45 to 65 mm at least 14 mm high.
const barRatio = 0.32

// Symbol is a code without a size: its dark and light modules. It is made by the functions below and never changes.
type Symbol struct {
	kind    Symbology
	width   int    // modules without the quiet zone
	rows    int    // rows of modules; 1 for bars
	dark    []bool // row by row
	caption string // digits, stars and blanks under the code
	hole    int    // modules kept free in the middle of each side for the plus icon; 0: no icon
}

// Level is how much of a QR code may be lost before it cannot be read any more.
type Level int

// The levels of error correction.
const (
	Medium  Level = iota // 15 %
	Highest              // 30 %
)

// QR makes a QR code of any text up to 512 characters, the longest code value (ErrText).
func QR(text string, level Level) (Symbol, error) {
	return drawQR(text, level, 0)
}

// OrderCode makes the QR code of an order code: with the plus icon in the middle, which Alipay+ demands, and
// the highest error correction, so that the icon costs no reading (acqp-api §9.2).
func OrderCode(text string) (Symbol, error) {
	s, err := drawQR(text, Highest, 0)
	if err == nil && roomier(s.version()) != s.version() {
		s, err = drawQR(text, Highest, roomier(s.version()))
	}
	if err != nil {
		return Symbol{}, fmt.Errorf("order code: %w", err)
	}
	s.hole = holeFor(s.width)
	return s, nil
}

// drawQR makes a QR code of a version, 1 to 40, or of the smallest one for 0.
func drawQR(text string, level Level, version int) (Symbol, error) {
	if text == "" || len([]rune(text)) > longestText {
		return Symbol{}, fmt.Errorf("QR code of %d characters instead of 1 to %d: %w", len([]rune(text)), longestText, ErrText)
	}
	hints := map[gozxing.EncodeHintType]any{
		gozxing.EncodeHintType_MARGIN:           0,
		gozxing.EncodeHintType_ERROR_CORRECTION: decoder.ErrorCorrectionLevel_M,
	}
	if level == Highest {
		hints[gozxing.EncodeHintType_ERROR_CORRECTION] = decoder.ErrorCorrectionLevel_H
	}
	if version != 0 {
		hints[gozxing.EncodeHintType_QR_VERSION] = version
	}
	if strings.ContainsFunc(text, func(r rune) bool { return r > unicode.MaxASCII }) {
		hints[gozxing.EncodeHintType_CHARACTER_SET] = "UTF-8"
	}
	matrix, err := qrcode.NewQRCodeWriter().Encode(text, gozxing.BarcodeFormat_QR_CODE, 0, 0, hints)
	if err != nil {
		return Symbol{}, fmt.Errorf("QR code: %w: %w", ErrText, err)
	}
	return symbolOf(QRCode, matrix, matrix.GetHeight()), nil
}

// version is the QR version: 21 modules are version 1, and each next one has four more.
func (s Symbol) version() int { return (s.width - 17) / 4 }

// roomier returns the next version without an alignment pattern in its middle. Readers find their way by these
// patterns: with an icon upon one, zbar 0.23 reads versions 10 to 12, 22 and 24 not once, whatever the error correction.
func roomier(version int) int {
	switch {
	case version >= 7 && version <= 13:
		return 14
	case version >= 21 && version <= 27:
		return 28
	}
	return version
}

// Bars makes a Code 128 of 1 to 80 printable ASCII characters (ErrText).
func Bars(text string) (Symbol, error) {
	printable := func(r rune) bool { return r >= ' ' && r <= '~' }
	if text == "" || len(text) > 80 || strings.ContainsFunc(text, func(r rune) bool { return !printable(r) }) {
		return Symbol{}, fmt.Errorf("bars of %d characters: %w: 1 to 80 printable ASCII characters are possible", len(text), ErrText)
	}
	hints := map[gozxing.EncodeHintType]any{gozxing.EncodeHintType_MARGIN: 0}
	matrix, err := oned.NewCode128Writer().Encode(text, gozxing.BarcodeFormat_CODE_128, 0, 0, hints)
	if err != nil {
		return Symbol{}, fmt.Errorf("bars: %w: %w", ErrText, err)
	}
	return symbolOf(Code128, matrix, 1), nil
}

// Number says how a payment code's digits stand under its picture.
type Number int

// The ways to show the number. Wallets mask it until the payer asks for it (mpp-api §6.2).
const (
	Masked Number = iota
	Full
	Hidden
)

// PaymentCode draws a payment code that a terminal must accept, as QR or as Code 128 (code.ErrInvalid).
func PaymentCode(digits string, kind Symbology, number Number) (Symbol, error) {
	if err := code.Validate(digits); err != nil {
		return Symbol{}, fmt.Errorf("payment code: %w", err)
	}
	draw := Bars
	if kind == QRCode {
		draw = func(text string) (Symbol, error) { return QR(text, Medium) }
	}
	s, err := draw(digits)
	switch {
	case err != nil:
		return Symbol{}, fmt.Errorf("payment code: %w", err)
	case number == Masked:
		s.caption = code.Grouped(code.Mask(digits))
	case number == Full:
		s.caption = code.Grouped(digits)
	}
	return s, nil
}

func symbolOf(kind Symbology, matrix *gozxing.BitMatrix, rows int) Symbol {
	s := Symbol{kind: kind, width: matrix.GetWidth(), rows: rows, dark: make([]bool, matrix.GetWidth()*rows)}
	for i := range s.dark {
		s.dark[i] = matrix.Get(i%s.width, i/s.width)
	}
	return s
}

// Symbology tells how the symbol is drawn.
func (s Symbol) Symbology() Symbology { return s.kind }

// Modules returns the width of the symbol in modules, without the quiet zone.
func (s Symbol) Modules() int { return s.width }

// Dark reports whether a module is dark. Modules outside the symbol, and those kept free for the icon, are light.
func (s Symbol) Dark(x, y int) bool {
	inside := x >= 0 && x < s.width && y >= 0 && y < s.rows
	return inside && !s.inHole(x, y) && s.dark[y*s.width+x]
}

// quiet is the width of the light border in modules.
func (s Symbol) quiet() int {
	if s.kind == Code128 {
		return quietCode128
	}
	return quietQR
}

// height is the height of the symbol in modules.
func (s Symbol) height() int {
	if s.kind == Code128 {
		return int(float64(s.width)*barRatio + 1)
	}
	return s.rows
}
