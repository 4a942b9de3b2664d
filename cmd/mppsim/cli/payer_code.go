package cli

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"mppsim/wallet/code/picture"
	"mppsim/wallet/control"
)

// codeLook says how payment codes are shown.
type codeLook struct {
	bars, plain bool
	out         string
}

func (a *app) payerCodeCommand() *cobra.Command {
	var h hand
	var spec control.CodesSpec
	var look codeLook
	cmd := &cobra.Command{
		Use: "code PAYER", Short: "Show a payment code, which is good for one payment within a minute", Args: cobra.ExactArgs(1),
		Long: `Shows a payment code, which is good for one payment within a minute. With --count it shows the codes of a phone
that will be offline: each is valid for the minute that begins when that of the one before ends.`,
		Example: `  mppsim payer code rich
  mppsim payer code rich --plain            only the digits, for scripts
  mppsim payer code rich --bars --out code.png
  mppsim payer code rich --count 10 --plain for the next ten minutes`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if spec.Quantity < 1 {
				return usagef("--count %d: want 1 to 10", spec.Quantity)
			}
			if err := drawable("--out", look.out); err != nil {
				return err
			}
			return h.steer(cmd.Context(), func(api control.API) error {
				p, err := knownOrNew(cmd.Context(), api, args[0])
				if err != nil {
					return err
				}
				list, err := api.IssueCodes(cmd.Context(), p.ID, spec)
				if err != nil {
					return err
				}
				return a.showCodes(list, look)
			})
		},
	}
	f := cmd.Flags()
	f.BoolVar(&look.bars, "bars", false, "draw a Code 128 instead of a QR code")
	f.BoolVar(&look.plain, "plain", false, "print only the digits")
	f.StringVar(&look.out, "out", "", "file for the picture: .png or .svg; of several codes, each gets its number into the name")
	f.StringVar(&spec.Prefix, "prefix", "", "first digits of the code, 25 to 30")
	f.IntVar(&spec.Length, "length", 0, "digits of the code: 17, 18, 19, 24 or 32 (default 24)")
	f.IntVar(&spec.Quantity, "count", 1, "number of codes, 1 to 10, for minutes that follow one another")
	f.StringVar(&spec.Region, "region", "", "region, such as SG, in which alone the codes pay (default: wherever the shop is)")
	return h.reach(cmd)
}

func (a *app) showCodes(list []control.PaymentCode, look codeLook) error {
	out := look.out
	for i, c := range list {
		if out != "" && len(list) > 1 {
			ending := filepath.Ext(out)
			look.out = fmt.Sprintf("%s-%d%s", strings.TrimSuffix(out, ending), i+1, ending)
		}
		if err := a.showCode(c, look); err != nil {
			return err
		}
	}
	return nil
}

func (a *app) showCode(c control.PaymentCode, look codeLook) error {
	kind := picture.QRCode
	if look.bars {
		kind = picture.Code128
	}
	s, err := picture.PaymentCode(c.Digits, kind, picture.Full)
	if err != nil {
		return internalf("%w", err)
	}
	if err := savePicture(s, look.out); err != nil {
		return err
	}
	if look.plain {
		a.printf("%s\n", c.Digits)
		return nil
	}
	if look.out == "" {
		a.printf("%s\n", s.Terminal(picture.Colour))
	}
	a.printf("%s\nvalid from %s until %s (UTC+8)\n", c.Digits, clockText(c.Start), clockText(c.Expiry))
	return nil
}
