package cli

import (
	"context"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"mppsim/scenarios/acquirer"
	"mppsim/wallet/code/picture"
)

// ordering is what a shop wants a payer to come to.
type ordering struct {
	order, amount, product string
	device                 string // with its system: WEB, WAP/IOS, APP/ANDROID …
	wallet                 string
	validity               time.Duration
	look                   codeLook
}

// shopPage is where buyers come back to; nobody answers there.
const shopPage = "https://shop.example/thanks"

// devices are those that a buyer can sit at.
func devices() []string {
	return []string{"WEB", "WAP/IOS", "WAP/ANDROID", "APP/IOS", "APP/ANDROID", "MINI_APP"}
}

func (a *app) tillOrderCommand() *cobra.Command {
	var c counter
	var what ordering
	cmd := &cobra.Command{
		Use: "order ORDER AMOUNT", Short: "Make an order that the payer comes to: a code to scan, or a page of the cashier", Args: cobra.ExactArgs(2),
		Long: `Asks the acquirer for something that the shop shows to a payer: an order code, a code of the acquirer's own, or a page
of the cashier. What is shown is drawn, and its text is what mppsim payer scan takes.`,
		Example: `  mppsim till order ORDER-9 25.00 --out counter.png
  mppsim payer scan rich --picture counter.png
  mppsim payer confirm rich

  mppsim till order ORDER-10 25.00 --product cashier --device WAP/IOS`,
		RunE: func(cmd *cobra.Command, args []string) error {
			what.order, what.amount = args[0], args[1]
			return a.order(cmd.Context(), c, what)
		},
	}
	f := cmd.Flags()
	f.StringVar(&what.product, "product", acquirer.ProductOrderCode, "what the payer comes to: "+strings.Join(acquirer.FurtherProducts(), ", "))
	f.StringVar(&what.device, "device", "WEB", "what a buyer at the cashier uses: "+strings.Join(devices(), ", "))
	f.StringVar(&what.wallet, "wallet", "", "wallet that a buyer at the cashier has chosen in the shop, in the acquirer's words")
	f.DurationVar(&what.validity, "validity", 0, "how long the order shall be payable (default: as the acquirer thinks fit)")
	f.BoolVar(&what.look.plain, "plain", false, "print only the text of the code, or the address")
	f.StringVar(&what.look.out, "out", "", "file for the picture: .png or .svg")
	complete(cmd, "product", acquirer.FurtherProducts())
	complete(cmd, "device", devices())
	return c.flags(cmd)
}

func (a *app) order(ctx context.Context, c counter, what ordering) error {
	err := firstOf(oneOf("--product", what.product, acquirer.FurtherProducts()), oneOf("--device", what.device, devices()), drawable("--out", what.look.out))
	if err != nil {
		return err
	}
	if what.validity < 0 || what.validity%time.Second != 0 {
		return usagef("--validity %s: want whole seconds, such as 90s", what.validity)
	}
	driver, shop, err := a.openTill(ctx, c, acquirer.CreateVerb(what.product))
	if err != nil {
		return err
	}
	presenter, able := driver.(acquirer.Presenter)
	if !able {
		return internalf("the driver of %s presents nothing", c.profile)
	}
	amount, err := c.amount(shop, what.amount)
	if err != nil {
		return err
	}
	terminal, system, _ := strings.Cut(what.device, "/")
	p, err := presenter.Present(ctx, acquirer.Charge{
		Product: what.product, Shop: shop, Amount: amount, Currency: amount.Currency, Reference: what.order, Description: "order " + what.order,
		Validity: what.validity,
		Online: acquirer.Online{
			Device: acquirer.Device{Terminal: terminal, OS: system}, Wallet: what.wallet, Buyer: "buyer of " + what.order, Return: shopPage,
		},
	})
	if err == nil {
		p, err = shownSoon(ctx, driver, p, acquirer.PaymentRef{Payment: p.ID, Reference: what.order, Shop: shop, Amount: amount})
	}
	if err != nil {
		return a.unheard("order", err)
	}
	return a.showOrder(p, what.look)
}

// An acquirer may answer before Alipay+ does: then the shop asks until there is something to show.
const (
	longestPreparation = 15 * time.Second
	betweenQueries     = 200 * time.Millisecond
)

// shownSoon asks for an order until the payer can come to it, or never will.
func shownSoon(ctx context.Context, driver acquirer.Acquirer, p acquirer.Payment, ref acquirer.PaymentRef) (acquirer.Payment, error) {
	for late := time.After(longestPreparation); !p.Refused && p.State == acquirer.Pending && p.Shown.Code == "" && p.Shown.Address == ""; {
		if !driver.Offers(acquirer.VerbQuery) {
			return p, nil
		}
		select {
		case <-time.After(betweenQueries):
		case <-late:
			return p, nil
		case <-ctx.Done():
			return p, context.Cause(ctx)
		}
		now, err := driver.Query(ctx, ref)
		if err != nil {
			return p, err
		}
		p = now
	}
	return p, nil
}

// showOrder prints what the shop shows to the payer, with what the acquirer tells about it.
func (a *app) showOrder(p acquirer.Payment, look codeLook) error {
	text := firstText(p.Shown.Code, p.Shown.Address)
	if look.plain && text != "" {
		a.printf("%s\n", text)
	} else {
		a.showSale(p)
	}
	if text == "" && p.State == acquirer.Pending {
		return environmentf("the acquirer has told the shop nothing to show yet: `mppsim till query` asks again")
	}
	if p.Shown.Code == "" {
		return nil
	}
	symbol, err := picture.OrderCode(p.Shown.Code)
	if err != nil {
		return usagef("the acquirer's code cannot be drawn: %w", err)
	}
	if look.out == "" && !look.plain {
		a.printf("\n%s", symbol.Terminal(picture.Colour))
	}
	return savePicture(symbol, look.out)
}
