package cli

import (
	"context"

	"github.com/spf13/cobra"

	"mppsim/wallet/control"
)

func (a *app) payerScanCommand() *cobra.Command {
	var h hand
	var photo string
	cmd := &cobra.Command{
		Use: "scan PAYER [TEXT]", Short: "Scan an order code, or open an address of the cashier", Args: cobra.RangeArgs(1, 2),
		Long: "Scans a code, given as its text or as a picture of it, or opens an address of the cashier.",
		Example: `  mppsim payer scan rich https://qr.example.com/281002010020ABCDEF
  mppsim payer scan rich --picture counter.jpg
  mppsim payer confirm rich`,
		RunE: func(cmd *cobra.Command, args []string) error {
			text, err := scannedText(cmd.Context(), args[1:], photo)
			if err != nil {
				return err
			}
			return h.steer(cmd.Context(), func(api control.API) error {
				p, err := knownOrNew(cmd.Context(), api, args[0])
				if err != nil {
					return err
				}
				seen, err := api.Scan(cmd.Context(), p.ID, control.ScanSpec{Text: text})
				if err != nil {
					return err
				}
				if photo != "" {
					a.printf("read      %s\n", text)
				}
				a.showScan(seen)
				return nil
			})
		},
	}
	cmd.Flags().StringVar(&photo, "picture", "", "PNG or JPEG file with the code, instead of its text")
	return h.reach(cmd)
}

// scannedText is what the payer scans: a text, or what stands in a picture.
func scannedText(ctx context.Context, texts []string, photo string) (string, error) {
	switch {
	case len(texts) == 1 && photo == "":
		return texts[0], nil
	case len(texts) == 1:
		return "", usagef("give the text of the code or --picture, not both")
	case photo == "":
		return "", usagef("give the text of the code, or a picture of it with --picture")
	}
	r, err := readPicture(ctx, photo)
	return r.Text, err
}

func (a *app) showScan(seen control.Scan) {
	a.printf("%s %s %s\n", seen.Result.Status, seen.Result.Code, seen.Result.Message)
	if seen.Page != "" {
		a.printf("page      %s\n", seen.Page)
	}
	if seen.Payment != nil {
		a.printf("to pay    %s\n", waiting(*seen.Payment))
	}
}
