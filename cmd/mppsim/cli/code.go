package cli

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"mppsim/wallet/code"
	"mppsim/wallet/code/emv"
	"mppsim/wallet/code/identify"
	"mppsim/wallet/code/merchant"
	"mppsim/wallet/code/picture"
)

func (a *app) codeCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "code",
		Short: "Read codes, also from pictures, and draw them",
		Long: `Tells what a code is to a wallet, and draws codes. Nothing needs to run for it. To show a payment code
with which someone can pay, see mppsim payer code.`,
		Example: `  mppsim code read counter.jpg
  mppsim code draw https://qr.alipayplus.com/281666130000123456 --order --out code.png`,
	}
	cmd.AddCommand(a.codeReadCommand(), a.codeDrawCommand())
	return cmd
}

// codeRules say by which rules a code is identified.
type codeRules struct {
	file           string // --code-rules
	private, entry []string
}

func (a *app) codeReadCommand() *cobra.Command {
	var from codeRules
	cmd := &cobra.Command{
		Use: "read FILE|TEXT", Short: "Tell what a code is: product, acquirer, checksum", Args: cobra.ExactArgs(1),
		Long: `Reads the code in a picture (PNG or JPEG), or takes a text for it, and tells what it is to a wallet: a payment
code, or the product, the issuer and the acquirer by the rules for identifying codes, and what the wallet does with it.
A code of EMVCo is taken apart; the exit code is 2 if its checksum or another tag is wrong.`,
		Example: `  mppsim code read counter.jpg
  mppsim code read 281006020000000000125733
  mppsim code read https://pay.example/281002040000777 --private-code-domain pay.example`,
		RunE: func(cmd *cobra.Command, args []string) error {
			rules, err := from.load()
			if err != nil {
				return err
			}
			text, err := a.readCode(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			return a.tellCode(rules, text)
		},
	}
	f := cmd.Flags()
	f.StringVar(&from.file, "code-rules", "", "file with the rules by which wallets identify what they scan (default: built in)")
	f.StringSliceVar(&from.private, "private-code-domain", nil, "domain that the acquirer registered for private order codes, such as pay.example; repeatable")
	f.StringSliceVar(&from.entry, "entry-code-domain", nil, "domain that the acquirer registered for entry codes; repeatable")
	return cmd
}

// load reads the rules and adds the registered domains.
func (c codeRules) load() (rules *identify.Rules, err error) {
	if c.file != "" {
		rules, err = parsed("--code-rules", c.file, identify.Load)
	} else {
		rules, err = identify.Default()
	}
	if err != nil {
		return nil, err
	}
	for product, domains := range map[identify.Product][]string{identify.PrivateOrderCode: c.private, identify.EntryCode: c.entry} {
		for _, domain := range domains {
			rules, err = rules.With(identify.Registration{Acquirer: "the acquirer of " + domain, Product: product, Domain: domain})
			if err != nil {
				return nil, usagef("code domains: %w", err)
			}
		}
	}
	return rules, nil
}

// readCode takes the code out of a picture, if the argument names one, and the argument for the code if not.
func (a *app) readCode(ctx context.Context, arg string) (string, error) {
	_, err := os.Stat(arg)
	isPicture := slices.Contains([]string{".png", ".jpg", ".jpeg"}, strings.ToLower(filepath.Ext(arg)))
	if err != nil && (!isPicture || strings.Contains(arg, "://")) {
		return arg, nil
	}
	r, err := readPicture(ctx, arg)
	if err != nil {
		return "", err
	}
	a.printf("picture   %s\n", r.Kind)
	return r.Text, nil
}

// tellCode prints what a text is to a wallet.
func (a *app) tellCode(rules *identify.Rules, text string) error {
	a.printf("text      %s\n", text)
	what := rules.Identify(text)
	layout, err := code.Split(what.CodeValue)
	switch {
	case what.Supported:
		a.tellOutcome(what)
	case err == nil:
		a.tellPaymentCode(layout)
	default:
		a.printf("product   none of Alipay+: wallets try their own codes\n")
	}
	if head := headOf(what.CodeValue); head != "" && what.Supported {
		a.printf("head      %s of code issuer %s\n", head, head.Issuer())
	}
	return a.tellEMV(what.CodeValue)
}

func (a *app) tellOutcome(what identify.Outcome) {
	a.printf("product   %s (rule %s)\nacquirer  %s\naction    %s\n", what.Product, what.Rule, what.Issuer, what.Action)
	if what.URL != "" {
		a.printf("page      %s\nbrowser   %s\n", what.URL, what.UserAgent)
	}
	if what.Ask {
		a.printf("doubt     only Alipay+ can tell: the wallet asks with identifyCode\n")
	}
}

func (a *app) tellPaymentCode(l code.Layout) {
	a.printf("product   payment code of a payer (%s), for the shop to scan\n", l.Kind)
	if l.Issuer != "" {
		a.printf("issuer    %s, routed by %s\n", l.Issuer, l.Routing)
	}
	if l.BusinessType != "" {
		a.printf("business  %s\n", l.BusinessType)
	}
}

// headOf is the head of an order code in its URL form; empty for others.
func headOf(text string) merchant.Head {
	order, err := merchant.ParseOrder(text)
	if err != nil {
		return ""
	}
	return order.Head
}

// tellEMV prints the data objects of a code of EMVCo, and what is wrong with it.
func (a *app) tellEMV(text string) error {
	if !strings.HasPrefix(text, emv.TagFormat+"0201") {
		return nil
	}
	payload, err := emv.Parse(text)
	for _, o := range payload {
		a.printf("tag %s    %s\n", o.Tag, o.Value)
	}
	if err != nil {
		return usagef("code of EMVCo: %w", err)
	}
	a.printf("checksum  right\n")
	if amount, found, err := payload.Amount(); err == nil && found {
		a.printf("asks for  %s\n", amount)
	}
	if err := payload.Check(); err != nil {
		return usagef("code of EMVCo: %w", err)
	}
	return nil
}

func (a *app) codeDrawCommand() *cobra.Command {
	var out string
	var bars, order bool
	cmd := &cobra.Command{
		Use: "draw TEXT", Short: "Draw a text as a QR code or as bars", Args: cobra.ExactArgs(1),
		Long: "Draws a text as a QR code, in the terminal or into a picture.",
		Example: `  mppsim code draw https://qr.alipayplus.com/281666130000123456 --order --out code.png
  mppsim code draw 281006020000000000125733 --bars --out code.svg`,
		RunE: func(_ *cobra.Command, args []string) error {
			s, err := drawn(args[0], bars, order)
			if err != nil {
				return err
			}
			if out == "" {
				a.printf("%s\n", s.Terminal(picture.Colour))
			}
			return savePicture(s, out)
		},
	}
	f := cmd.Flags()
	f.StringVar(&out, "out", "", "file for the picture: .png or .svg (default: draw in the terminal)")
	f.BoolVar(&bars, "bars", false, "draw a Code 128 instead of a QR code")
	f.BoolVar(&order, "order", false, "draw as order codes are: with the plus icon and the highest error correction")
	return cmd
}

// drawn is the symbol that the flags ask for.
func drawn(text string, bars, order bool) (s picture.Symbol, err error) {
	switch {
	case bars && order:
		return s, usagef("--bars and --order: an order code is a QR code, give one of them")
	case bars:
		s, err = picture.Bars(text)
	case order:
		s, err = picture.OrderCode(text)
	default:
		s, err = picture.QR(text, picture.Medium)
	}
	if err != nil {
		return s, usagef("%w", err)
	}
	return s, nil
}
