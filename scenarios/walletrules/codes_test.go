package walletrules_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"strings"

	"mppsim/wallet/code"
	"mppsim/wallet/code/picture"
	"mppsim/wallet/control"
)

func (w *world) codeSteps() map[string]any {
	return map[string]any{
		`the payer fetches a code`:                                  func(ctx context.Context) error { return w.fetch(ctx, w.payer(), control.CodesSpec{}) },
		`the first payer fetches a code`:                            func(ctx context.Context) error { return w.fetch(ctx, w.payers[0], control.CodesSpec{}) },
		`the payer fetches (\d+) codes`:                             w.fetchMany,
		`the payer cannot fetch (-?\d+) codes`:                      w.cannotFetch,
		`the payer cannot fetch a code`:                             w.noneLeft,
		`the payer fetches a code for ([A-Z]{2})`:                   w.fetchFor,
		`the payer fetches a code of (\d+) digits from (\d+)`:       w.fetchOf,
		`the code has (\d+) digits of .* are (\d+) and .* is (\d+)`: w.codeConsistsOf,
		`the bars are (\d+) to (\d+) mm wide and at least (\d+) mm high`: func(low, high, least int) error {
			return w.measures(picture.Code128, float64(low), float64(high), float64(least))
		},
		`the QR code is ([\d.]+) to ([\d.]+) mm wide`: func(low, high float64) error { return w.measures(picture.QRCode, low, high, low) },
		`both show the number masked`:                 w.masked,
		`the shop scans the code for ([\d.]+)`:        func(ctx context.Context, price string) error { return w.chargeNth(ctx, 1, price, "SG") },
		`the shop scans code (\d+) for ([\d.]+)`:      func(ctx context.Context, n int, price string) error { return w.chargeNth(ctx, n, price, "SG") },
		`the shop in ([A-Z]{2}) scans the code for ([\d.]+)`: func(ctx context.Context, region, price string) error {
			return w.chargeNth(ctx, 1, price, region)
		},
		`the shop scans the code (\d{16,}) for ([\d.]+)`: func(ctx context.Context, digits, price string) error {
			return w.charge(ctx, price, "SG", digits)
		},
	}
}

func (w *world) fetch(ctx context.Context, p control.Payer, spec control.CodesSpec) (err error) {
	w.codes, err = w.sim.IssueCodes(ctx, p.ID, spec)
	return err
}

func (w *world) fetchMany(ctx context.Context, n int) error {
	err := w.fetch(ctx, w.payer(), control.CodesSpec{Quantity: n})
	if err == nil && len(w.codes) != n {
		err = fmt.Errorf("%d codes came", len(w.codes))
	}
	return err
}

func (w *world) cannotFetch(ctx context.Context, n int) error {
	return refused(w.fetch(ctx, w.payer(), control.CodesSpec{Quantity: n}))
}

// noneLeft passes when the phone has no code to show, and no network to get one.
func (w *world) noneLeft(ctx context.Context) error {
	return w.cannot(control.Payment{}, w.fetch(ctx, w.payer(), control.CodesSpec{}))
}

func (w *world) fetchFor(ctx context.Context, region string) error {
	return w.fetch(ctx, w.payer(), control.CodesSpec{CodeSpec: control.CodeSpec{Region: region}})
}

func (w *world) fetchOf(ctx context.Context, digits int, prefix string) error {
	return w.fetch(ctx, w.payer(), control.CodesSpec{CodeSpec: control.CodeSpec{Length: digits, Prefix: prefix}})
}

func (w *world) codeConsistsOf(digits int, issuer, kind string) error {
	c := w.codes[0].Digits
	if len(c) != digits || !strings.HasPrefix(c, issuer+kind) || code.Classify(c) != code.Standard || strings.Contains(c, w.payer().CustomerID) {
		return fmt.Errorf("the code is %s", c)
	}
	return nil
}

// measures looks at the ink of the picture, which has 300 dots per inch.
func (w *world) measures(kind picture.Symbology, low, high, least float64) error {
	s, err := picture.PaymentCode(w.codes[0].Digits, kind, picture.Hidden)
	if err != nil {
		return err
	}
	img, err := s.Image(picture.Size{})
	if err != nil {
		return err
	}
	ink := inked(img)
	const perMM = 300 / 25.4
	width, height := float64(ink.Dx())/perMM, float64(ink.Dy())/perMM
	if width < low || width > high || height < least {
		return fmt.Errorf("the %s is %.1f mm wide and %.1f mm high", kind, width, height)
	}
	if quiet := float64(ink.Min.X) / perMM; quiet < 2 {
		return fmt.Errorf("the %s has %.1f mm of quiet zone", kind, quiet)
	}
	return nil
}

// inked is the rectangle of what is not white.
func inked(img *image.Paletted) (box image.Rectangle) {
	for i, ink := range img.Pix {
		if r, _, _, _ := img.Palette[ink].RGBA(); r < 0x8000 {
			x, y := i%img.Stride, i/img.Stride
			box = box.Union(image.Rect(x, y, x+1, y+1))
		}
	}
	return box
}

func (w *world) masked() error {
	var problems []error
	for _, kind := range []picture.Symbology{picture.Code128, picture.QRCode} {
		s, err := picture.PaymentCode(w.codes[0].Digits, kind, picture.Masked)
		if err != nil {
			return err
		}
		var svg bytes.Buffer
		if err := s.SVG(&svg, 0); err != nil {
			return err
		}
		shown, middle := strings.ReplaceAll(svg.String(), " ", ""), w.codes[0].Digits[6:20]
		if !strings.Contains(shown, "251001**************"+w.codes[0].Digits[20:]) || strings.Contains(shown, middle) {
			problems = append(problems, fmt.Errorf("the %s is not masked", kind))
		}
	}
	return errors.Join(problems...)
}

func (w *world) chargeNth(ctx context.Context, n int, price, region string) error {
	return w.charge(ctx, price, region, w.codes[n-1].Digits)
}
