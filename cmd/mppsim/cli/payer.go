package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"mppsim/wallet/control"
	"mppsim/wallet/money"
)

func (a *app) payerCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "payer",
		Short: "Hold the phone of a payer: show codes, scan, confirm, decline",
		Long: `Acts as a wallet user of a running serve. A payer has a name of your choice and time of its own;
the name of a kind of payer, such as rich or needs-password, makes one at its first use.`,
		Example: `  mppsim payer code rich                    a payment code, as a picture and as digits
  mppsim payer password needs-password      the payer enters the right password
  mppsim payer list`,
	}
	cmd.AddCommand(a.payerListCommand(), a.payerCreateCommand(), a.payerShowCommand(), a.payerCodeCommand(), a.payerScanCommand(),
		a.payerActCommand("confirm", "Confirm the order that the payer sees", control.API.Confirm),
		a.payerActCommand("password", "Confirm and enter the password", control.API.EnterPassword),
		a.payerActCommand("decline", "Decline the payment that waits", control.API.Decline), a.payerHistoryCommand(), a.payerTopUpCommand())
	return cmd
}

func (a *app) payerListCommand() *cobra.Command {
	var h hand
	var kinds bool
	cmd := &cobra.Command{
		Use: "list", Short: "List the payers, or the kinds of payers", Args: cobra.NoArgs,
		Example: "  mppsim payer list\n  mppsim payer list --kinds",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return h.steer(cmd.Context(), func(api control.API) error {
				if kinds {
					return a.listKinds(cmd.Context(), api)
				}
				return a.listPayers(cmd.Context(), api)
			})
		},
	}
	cmd.Flags().BoolVar(&kinds, "kinds", false, "list the kinds of payers that can be created")
	return h.reach(cmd)
}

func (a *app) listKinds(ctx context.Context, api control.API) error {
	kinds, err := api.PayerTemplates(ctx)
	if err != nil {
		return err
	}
	return a.columns(func(w io.Writer) error {
		for _, k := range kinds {
			_, _ = fmt.Fprintf(w, "%s\t%s\n", k.Name, k.Title)
		}
		return nil
	})
}

func (a *app) listPayers(ctx context.Context, api control.API) error {
	lines, err := api.Timelines(ctx)
	if err != nil {
		return err
	}
	return a.columns(func(w io.Writer) error {
		_, _ = fmt.Fprintf(w, "NAME\tKIND\tPERSON\tBALANCE\tPAYMENTS\tWAITING\tTIME (UTC+8)\n")
		for _, line := range append(lines, control.Timeline{}) {
			payers, err := api.Payers(ctx, line.ID)
			if err != nil {
				return err
			}
			if line.ID == "" {
				line.Now = time.Now()
			}
			for i, p := range payers {
				name := nameOf(line, i, p)
				_, _ = fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%d\t%d\t%s\n", name, p.Template, p.Name, balance(p), len(p.Payments), len(p.Waiting), clockText(line.Now))
			}
		}
		return nil
	})
}

func balance(p control.Payer) string {
	if p.Balance.Currency == "" {
		return "in whatever currency a shop has"
	}
	return p.Balance.String()
}

func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// columns writes aligned lines.
func (a *app) columns(write func(io.Writer) error) error {
	w := tabwriter.NewWriter(a.io.Out, 0, 0, 2, ' ', 0)
	if err := write(w); err != nil {
		return err
	}
	if err := w.Flush(); err != nil {
		return internalf("%w", err)
	}
	return nil
}

// clockText is a time as the protocol's days see it.
func clockText(t time.Time) string {
	return t.In(time.FixedZone("UTC+8", 8*3600)).Format("2006-01-02 15:04:05")
}

func (a *app) payerCreateCommand() *cobra.Command {
	var h hand
	var name, with, funds string
	var traits map[string]string
	cmd := &cobra.Command{
		Use: "create KIND", Short: "Make a payer", Args: cobra.ExactArgs(1),
		Long: "Makes a payer of a kind (`mppsim payer list --kinds`), with a name and a timeline of the same name.",
		Example: `  mppsim payer create rich --name alice
  mppsim payer create needs-password --name bob --balance "SGD 20.00"
  mppsim payer create rich --name carol --trait risk=true
  mppsim payer create shared-phone --name dora --with carol`,
		RunE: func(cmd *cobra.Command, args []string) error {
			spec := control.PayerSpec{Template: args[0], Traits: traits}
			if funds != "" {
				amount, err := amountOf("--balance", funds)
				if err != nil {
					return err
				}
				spec.Balance = &amount
			}
			if name == "" {
				name = args[0]
			}
			return h.steer(cmd.Context(), func(api control.API) error {
				creating := createPayer
				if with != "" {
					creating = func(ctx context.Context, api control.API, name string, spec control.PayerSpec) (control.Payer, error) {
						return joinPayer(ctx, api, name, with, spec)
					}
				}
				p, err := creating(cmd.Context(), api, name, spec)
				if err == nil {
					a.printf("%s: %s, %s\n", name, p.Name, p.Template)
				}
				return err
			})
		},
	}
	cmd.Flags().StringVar(&name, "name", "", "name of the payer and of its timeline (default: the kind)")
	cmd.Flags().StringVar(&with, "with", "", "payer with whom it shares time, campaigns, and a phone of the same name (trait device); the name of a kind makes one")
	cmd.Flags().StringVar(&funds, "balance", "", `the only money the payer has, such as "SGD 20.00" (default: as the kind)`)
	cmd.Flags().StringToStringVar(&traits, "trait", nil, "trait to override, as in payers.yaml: name=value; repeatable")
	return h.reach(cmd)
}

// amountOf reads a currency and an amount in major units.
func amountOf(flag, text string) (money.Amount, error) {
	fields := strings.Fields(text)
	if len(fields) != 2 {
		return money.Amount{}, usagef(`%s %q: want a currency and an amount, such as "SGD 20.00"`, flag, text)
	}
	if strings.ContainsAny(fields[0][:1], "-+.0123456789") { // the amount came first
		fields[0], fields[1] = fields[1], fields[0]
	}
	amount, err := money.ParseMajor(strings.ToUpper(fields[0]), fields[1])
	if err != nil {
		return amount, usagef(`%s %q: want a currency and an amount, such as "SGD 20.00": %w`, flag, text, err)
	}
	if amount.Value < 0 {
		return amount, usagef("%s %q: it must not be below zero", flag, text)
	}
	return amount, nil
}

func (a *app) payerShowCommand() *cobra.Command {
	var h hand
	return h.reach(&cobra.Command{
		Use: "show PAYER", Short: "Show a payer: balance and what waits for the payer", Args: cobra.ExactArgs(1),
		Example: "  mppsim payer show alice",
		RunE: func(cmd *cobra.Command, args []string) error {
			return h.steer(cmd.Context(), func(api control.API) error {
				p, err := known(cmd.Context(), api, args[0])
				if err != nil {
					return err
				}
				a.printf("%s (%s), customer %s\nbalance   %s\npayments  %d\n", p.Name, p.Template, p.CustomerID, balance(p), len(p.Payments))
				for _, w := range p.Waiting {
					a.printf("waiting   %s\n", waiting(w))
				}
				return nil
			})
		},
	})
}

// waiting is a payment as its payer sees it on the phone.
func waiting(p control.Payment) string {
	text := p.Payable.String()
	if p.Payable.Currency == "" {
		text = p.Amount.String()
	}
	if p.Price.Currency != "" && p.Price != p.Payable {
		text += " for " + p.Price.String()
	}
	if !p.Quote.IsZero() {
		text += " at the rate " + p.Quote.Pair + " " + p.Quote.Price
	}
	for _, promotion := range p.Promotions {
		text += ", " + promotion.Name + " saves " + promotion.Savings.String()
	}
	if p.Order != nil {
		text += " to " + firstText(p.Order.DisplayName, p.Order.Merchant) + " (" + p.Order.Description + ")"
	}
	if p.Waits != "" {
		text += ", waits for the " + p.Waits
	}
	return text
}

func firstText(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

// payerActCommand is something that a payer does with a payment that waits.
func (a *app) payerActCommand(
	verb, short string, do func(control.API, context.Context, string, control.PayerAct) (control.Payment, error),
) *cobra.Command {
	var h hand
	var act control.PayerAct
	cmd := &cobra.Command{
		Use: verb + " PAYER", Short: short, Args: cobra.ExactArgs(1),
		Example: "  mppsim payer " + verb + " alice\n  mppsim payer " + verb + " alice --wait 30s      wait for the payment to appear",
		RunE: func(cmd *cobra.Command, args []string) error {
			return h.steer(cmd.Context(), func(api control.API) error {
				p, err := known(cmd.Context(), api, args[0])
				if err != nil {
					return err
				}
				payment, err := do(api, cmd.Context(), p.ID, act)
				if none, ok := errors.AsType[*control.Error](err); ok && none.Code == control.Conflict && act.WaitFor <= 0 {
					return usagef("%s: no payment waits for the payer; --wait 30s waits until one does, `mppsim payer history %s` tells what became of others", args[0], args[0])
				}
				if err != nil {
					return err
				}
				a.printf("%s %s, debited %s\n", payment.State, payment.Code, payment.Debited)
				return nil
			})
		},
	}
	cmd.Flags().DurationVar(&act.WaitFor, "wait", 0, "wait so long for a payment that waits for the payer")
	cmd.Flags().StringVar(&act.PaymentRequestID, "payment", "", "payment of the wallet, when several wait (default: the oldest)")
	if verb != "decline" {
		cmd.Flags().BoolVar(&act.Late, "late", false, "the wallet overlooks that the order has expired, and Alipay+ gives the money back")
	}
	if verb == "password" {
		cmd.Flags().StringVar(&act.Password, "password", "", "what the payer enters (default: the right one)")
	}
	return h.reach(cmd)
}

func (a *app) payerHistoryCommand() *cobra.Command {
	var h hand
	return h.reach(&cobra.Command{
		Use: "history PAYER", Short: "List the payments of a payer", Args: cobra.ExactArgs(1),
		Example: "  mppsim payer history alice",
		RunE: func(cmd *cobra.Command, args []string) error {
			return h.steer(cmd.Context(), func(api control.API) error {
				p, err := known(cmd.Context(), api, args[0])
				if err != nil {
					return err
				}
				return a.history(p)
			})
		},
	})
}

// history writes a payer's payments, and below each what the wallet shows of it: rate, promotions, refunds, why it failed.
func (a *app) history(p control.Payer) error {
	if len(p.Payments) == 0 {
		a.printf("%s has no payments yet\n", p.Name)
		return nil
	}
	rows := [][]string{{"STATE", "RESULT", "PRICE", "DEBITED", "REFUNDED", "WALLET'S PAYMENT"}}
	for _, x := range p.Payments {
		rows = append(rows, []string{x.State, x.Code, x.Price.String(), x.Debited.String(), x.Refunded.String(), x.ID})
	}
	var table bytes.Buffer
	if err := writeTable(&table, rows); err != nil {
		return err
	}
	lines := strings.SplitAfter(table.String(), "\n")
	a.printf("%s", lines[0])
	for i, x := range p.Payments {
		a.printf("%s", lines[i+1])
		for _, detail := range details(x) {
			a.printf("  %s\n", detail)
		}
	}
	return nil
}

// details are what the payer sees of a payment beside the amounts.
func details(p control.Payment) (list []string) {
	if p.Reason != "" {
		list = append(list, p.Reason)
	}
	if !p.Quote.IsZero() {
		list = append(list, "rate "+p.Quote.Pair+" "+p.Quote.Price)
	}
	for _, promotion := range p.Promotions {
		list = append(list, promotion.Name+" saved "+promotion.Savings.String())
	}
	for _, r := range p.Refunds {
		parts := []string{"refunded " + r.Credited.String() + " on " + moment(r.Time)}
		for _, promotion := range r.Promotions {
			parts = append(parts, "and "+promotion.Savings.String()+" of "+promotion.Name)
		}
		list = append(list, strings.Join(parts, ", "))
	}
	return list
}

func (a *app) payerTopUpCommand() *cobra.Command {
	var h hand
	return h.reach(&cobra.Command{
		Use: "topup PAYER AMOUNT CURRENCY", Short: "Add money to a payer's balance", Args: cobra.RangeArgs(2, 3),
		Example: `  mppsim payer topup alice 50.00 SGD`,
		RunE: func(cmd *cobra.Command, args []string) error {
			amount, err := amountOf("amount", strings.Join(args[1:], " "))
			if err != nil {
				return err
			}
			return h.steer(cmd.Context(), func(api control.API) error {
				p, err := known(cmd.Context(), api, args[0])
				if err != nil {
					return err
				}
				if p, err = api.TopUp(cmd.Context(), p.ID, control.TopUpSpec{Amount: amount}); err == nil {
					a.printf("balance   %s\n", balance(p))
				}
				return err
			})
		},
	})
}
