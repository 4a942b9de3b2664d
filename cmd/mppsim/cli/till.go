package cli

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"mppsim/reports/journal"
	"mppsim/scenarios/acquirer"
	"mppsim/scenarios/acquirer/till"
	"mppsim/scenarios/profile"
	"mppsim/wallet/clock"
	"mppsim/wallet/control"
	"mppsim/wallet/money"
)

func (a *app) tillCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "till",
		Short: "Act as a shop at an acquirer: charge, order, query, cancel, refund",
		Long: `Drives the acquirer's own merchant API through its profile, as the suite does, one call at a time. Together
with payer, fault and time it plays an edge case by hand; trace shows what travelled.`,
		Example: `  mppsim till charge ORDER-7 250.00 --payer rich
  mppsim till query ORDER-7 --profile acme/acquirer.yaml
  mppsim till refund ORDER-7 R-1 20.00`,
	}
	cmd.AddCommand(a.tillChargeCommand(), a.tillOrderCommand(), a.tillRefCommand("query", "Ask for the state of a payment", acquirer.VerbQuery, acquirer.Acquirer.Query),
		a.tillRefCommand("cancel", "Cancel a payment", acquirer.VerbCancel, acquirer.Acquirer.Cancel), a.tillRefundCommand())
	return cmd
}

// counter is what the commands of a till share.
type counter struct {
	hand
	profile, shop, currency string
	set                     []string
	faults                  bool
}

func (c *counter) flags(cmd *cobra.Command) *cobra.Command {
	f := cmd.Flags()
	f.StringVar(&c.profile, "profile", "acquirer.yaml", "profile of the acquirer")
	f.StringArrayVar(&c.set, "set", nil, "replace a value of the profile: path=value")
	f.StringVar(&c.shop, "shop", "", "shop of the profile (default: the first)")
	f.StringVar(&c.currency, "currency", "", "currency of the amount (default: the shop's)")
	f.BoolVar(&c.faults, "faults", false, "play the faults of tills that are armed at --at")
	return c.reach(cmd)
}

// open reads the profile and picks shop and currency.
func (a *app) openTill(ctx context.Context, c counter, verb string) (acquirer.Acquirer, acquirer.Shop, error) {
	p, err := a.loadProfile(ctx, c.profile, c.set, true)
	if err != nil {
		return nil, acquirer.Shop{}, err
	}
	shop := p.MainShop()
	if c.shop != "" {
		var found bool
		if shop, found = p.Shop(c.shop); !found {
			return nil, shop, usagef("--shop %q is not in %s; there are %s", c.shop, c.profile, strings.Join(p.Facts.Roles, ", "))
		}
	}
	logger, err := a.logger()
	if err != nil {
		return nil, shop, err
	}
	driver, err := p.Open(profile.Wiring{Clock: clock.System(), IDs: newID, Logger: logger})
	if err != nil {
		return nil, shop, withCode(ExitUsage, err)
	}
	if !driver.Offers(verb) {
		return nil, shop, usagef("%s maps no verb %s", c.profile, verb)
	}
	if !c.faults {
		return driver, shop, nil
	}
	disturbed, err := a.disturbed(ctx, c.at, driver)
	return disturbed, shop, err
}

// disturbed puts the acquirer behind a line on which the faults of tills are played that are armed in a running serve.
func (a *app) disturbed(ctx context.Context, at string, driver acquirer.Acquirer) (acquirer.Acquirer, error) {
	api, _, err := attach(ctx, at)
	if err != nil {
		return nil, err
	}
	return till.At(driver, till.Line{
		Strike: api.StrikeTill, Clock: clock.System(), NewNumber: newID,
		Live: func(ctx context.Context, id string) (bool, error) {
			armed, err := api.Armed(ctx, "")
			return slices.ContainsFunc(armed, func(f control.Fault) bool {
				return f.ID == id && (f.Live || f.Spec.Aim.Count > 0 && f.Fired >= f.Spec.Aim.Count)
			}), err
		},
		Unheard: func(verb string, _ journal.Call, _ time.Time, err error) {
			a.printf("%s: answered%s, and the shop does not hear it\n", verb, prefixed(" with an error: ", errorText(err)))
		},
	}), nil
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// unheard tells that a fault kept an answer from the shop, which is what was asked for; other errors are the environment's.
func (a *app) unheard(what string, err error) error {
	if errors.Is(err, till.ErrLost) {
		a.printf("the shop hears nothing: %v\n", err)
		return nil
	}
	return environmentf("%s: %w", what, err)
}

// amount reads major units in the currency of the till.
func (c counter) amount(shop acquirer.Shop, text string) (money.Amount, error) {
	currency := strings.ToUpper(c.currency)
	if currency == "" {
		currency = shop.Currencies[0]
	}
	if !slices.Contains(shop.Currencies, currency) {
		return money.Amount{}, usagef("--currency %s: shop %s takes %s", currency, shop.Role, strings.Join(shop.Currencies, ", "))
	}
	amount, err := money.ParseMajor(currency, text)
	if err != nil {
		return amount, usagef("AMOUNT: %w", err)
	}
	if amount.Value <= 0 {
		return amount, usagef("AMOUNT %s: an amount must be above zero", text)
	}
	return amount, nil
}

func (a *app) tillChargeCommand() *cobra.Command {
	var c counter
	var payer, digits string
	cmd := &cobra.Command{
		Use: "charge ORDER AMOUNT", Short: "Charge a payment code", Args: cobra.ExactArgs(2),
		Long: "Charges a payment code: one that is given, or a new one of a payer of a running serve, which --at names.",
		Example: `  mppsim till charge ORDER-7 250.00 --payer rich
  mppsim till charge ORDER-8 1.00 --code 281012345678901234567890 --profile acme/acquirer.yaml`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if (payer == "") == (digits == "") {
				return usagef("give --payer or --code")
			}
			return a.charge(cmd.Context(), c, charging{order: args[0], amount: args[1], payer: payer, code: digits})
		},
	}
	cmd.Flags().StringVar(&payer, "payer", "", "payer whose new code is charged; the name of a kind makes one")
	cmd.Flags().StringVar(&digits, "code", "", "payment code to charge")
	return c.flags(cmd)
}

// charging is what a shop wants to charge.
type charging struct{ order, amount, payer, code string }

func (a *app) charge(ctx context.Context, c counter, what charging) error {
	driver, shop, err := a.openTill(ctx, c, acquirer.VerbChargeCode)
	if err != nil {
		return err
	}
	amount, err := c.amount(shop, what.amount)
	if err != nil {
		return err
	}
	if what.payer != "" {
		if what.code, err = c.codeOf(ctx, what.payer); err != nil {
			return err
		}
	}
	p, err := driver.ChargeCode(ctx, acquirer.Charge{
		Shop: shop, Code: what.code, Amount: amount, Currency: amount.Currency, Reference: what.order, Description: "order " + what.order,
	})
	if err != nil {
		return a.unheard("charge", err)
	}
	a.showSale(p)
	return nil
}

// codeOf gets a new payment code of a payer.
func (h *hand) codeOf(ctx context.Context, payer string) (digits string, err error) {
	err = h.steer(ctx, func(api control.API) error {
		p, err := knownOrNew(ctx, api, payer)
		if err != nil {
			return err
		}
		c, err := api.IssueCode(ctx, p.ID, control.CodeSpec{})
		digits = c.Digits
		return err
	})
	return digits, err
}

// showSale prints what the acquirer tells the shop about a payment.
func (a *app) showSale(p acquirer.Payment) {
	a.showAnswer(p.Refused, p.State, p.Reason, []shown{
		{"payment", p.ID},
		{"wallet", p.Wallet},
		{"paid", worth(p.Paid)},
		{"refunded", worth(p.Refunded)},
		{"left", worth(p.Remaining)},
		{"code", p.Shown.Code},
		{"address", p.Shown.Address},
		{"until", p.Shown.Expires},
	})
}

// showRefund prints what the acquirer tells the shop about a refund. Its amount has moved only in the state REFUNDED.
func (a *app) showRefund(r acquirer.Refund) {
	a.showAnswer(r.Refused, r.State, r.Reason, []shown{{"refund", r.ID}, {"amount", worth(r.Amount)}})
}

// shown is a line of an answer; one without text is left out.
type shown struct{ name, text string }

func (a *app) showAnswer(refused bool, status acquirer.State, reason string, lines []shown) {
	state := string(status)
	if refused {
		state = "refused by the acquirer"
	}
	a.printf("%s%s\n", state, prefixed(": ", reason))
	for _, line := range lines {
		if line.text != "" {
			a.printf("  %-9s %s\n", line.name, line.text)
		}
	}
}

func worth(a *money.Amount) string {
	if a == nil {
		return ""
	}
	return a.String()
}

// paymentOfShop finds a payment by the shop's order number, where the acquirer lists payments; other texts are its own id.
func paymentOfShop(ctx context.Context, driver acquirer.Acquirer, shop acquirer.Shop, name string) (acquirer.PaymentRef, error) {
	ref := acquirer.PaymentRef{Payment: name, Shop: shop}
	if !driver.Offers(acquirer.VerbList) {
		return ref, nil
	}
	list, err := driver.List(ctx, shop)
	if err != nil {
		return ref, environmentf("list: %w", err)
	}
	for _, p := range list {
		if p.Reference == name {
			return acquirer.PaymentRef{Payment: p.ID, Reference: name, Shop: shop}, nil
		}
	}
	return ref, nil
}

// tillRefCommand is a verb about a payment that exists.
func (a *app) tillRefCommand(
	name, short, verb string, do func(acquirer.Acquirer, context.Context, acquirer.PaymentRef) (acquirer.Payment, error),
) *cobra.Command {
	var c counter
	cmd := &cobra.Command{
		Use: name + " PAYMENT", Short: short, Args: cobra.ExactArgs(1),
		Long:    short + ". PAYMENT is the order number, where the profile maps list, or the acquirer's own id, which charge prints.",
		Example: "  mppsim till " + name + " ORDER-7\n  mppsim till " + name + " sl-0199c7a2",
		RunE: func(cmd *cobra.Command, args []string) error {
			driver, shop, err := a.openTill(cmd.Context(), c, verb)
			if err != nil {
				return err
			}
			ref, err := paymentOfShop(cmd.Context(), driver, shop, args[0])
			if err != nil {
				return err
			}
			p, err := do(driver, cmd.Context(), ref)
			if err != nil {
				return a.unheard(name, err)
			}
			a.showSale(p)
			return nil
		},
	}
	return c.flags(cmd)
}

func (a *app) tillRefundCommand() *cobra.Command {
	var c counter
	cmd := &cobra.Command{
		Use: "refund PAYMENT NUMBER AMOUNT", Short: "Refund a payment, or a part of it", Args: cobra.ExactArgs(3),
		Long:    "Refunds AMOUNT of a payment. NUMBER is the shop's own number for this refund: the same number again is the same refund.",
		Example: "  mppsim till refund ORDER-7 R-1 20.00",
		RunE: func(cmd *cobra.Command, args []string) error {
			driver, shop, err := a.openTill(cmd.Context(), c, acquirer.VerbRefund)
			if err != nil {
				return err
			}
			amount, err := c.amount(shop, args[2])
			if err != nil {
				return err
			}
			ref, err := paymentOfShop(cmd.Context(), driver, shop, args[0])
			if err != nil {
				return err
			}
			ref.Amount = amount
			r, err := driver.Refund(cmd.Context(), acquirer.RefundOrder{PaymentRef: ref, Number: args[1], Refund: amount, Currency: amount.Currency})
			if err != nil {
				return a.unheard("refund", err)
			}
			a.showRefund(r)
			return nil
		},
	}
	return c.flags(cmd)
}
