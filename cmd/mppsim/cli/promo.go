package cli

import (
	"context"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"mppsim/wallet/clock"
	"mppsim/wallet/control"
	"mppsim/wallet/money"
)

// place is whose campaigns a command is about.
type place struct {
	timeline string // empty: that of payments outside scenarios
	payer    string // id; empty: nobody in particular
}

// remoteCommand is a command about the campaigns of a payer, of a timeline, or of payments outside scenarios.
func (a *app) remoteCommand(cmd *cobra.Command, run func(ctx context.Context, api control.API, on place, args []string) error) *cobra.Command {
	var h hand
	var timeline, payer string
	cmd.Flags().StringVar(&timeline, "timeline", "", "timeline, by its name or id (default: the payer's, or that of payments outside scenarios)")
	cmd.Flags().StringVar(&payer, "payer", "", "payer whose campaigns it is about; the name of a kind makes one")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return h.steer(cmd.Context(), func(api control.API) error {
			on, err := placeOf(cmd.Context(), api, timeline, payer)
			if err != nil {
				return err
			}
			return run(cmd.Context(), api, on, args)
		})
	}
	return h.reach(cmd)
}

// placeOf finds payer and timeline by what people call them.
func placeOf(ctx context.Context, api control.API, timeline, payer string) (on place, err error) {
	if payer != "" {
		p, err := knownOrNew(ctx, api, payer)
		if err != nil {
			return on, err
		}
		on = place{timeline: p.Timeline, payer: p.ID}
	}
	if timeline != "" {
		line, err := timelineOf(ctx, api, timeline)
		if err != nil {
			return on, err
		}
		on.timeline = line.ID
	}
	return on, nil
}

// needsPayer is the error of commands that are about one payer.
func needsPayer(on place) error {
	if on.payer == "" {
		return usagef("--payer is missing: give the name of a payer, or of a kind of payers (`mppsim payer list --kinds`)")
	}
	return nil
}

// table writes aligned columns.
func (a *app) table(rows [][]string) error { return writeTable(a.io.Out, rows) }

func writeTable(out io.Writer, rows [][]string) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		_, _ = fmt.Fprintln(w, strings.TrimRight(strings.Join(row, "\t"), "\t"))
	}
	if err := w.Flush(); err != nil {
		return internalf("%w", err)
	}
	return nil
}

// moment is a time on a timeline as people at Alipay+ read it.
func moment(at time.Time) string { return at.In(clock.UTC8()).Format("2006-01-02 15:04") }

// traitsOf reads repeated field=value.
func traitsOf(list []string) (map[string]string, error) {
	traits := make(map[string]string)
	for _, text := range list {
		name, value, ok := strings.Cut(text, "=")
		if !ok || name == "" {
			return nil, usagef("--set %q: want field=value, such as budget=500", text)
		}
		traits[name] = value
	}
	return traits, nil
}

func (a *app) promoCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "promo",
		Short: "Open promotion campaigns in a running serve and see what they give",
		Example: `  mppsim promo templates
  mppsim promo open instant-discount --currency SGD --set budget=500 --payer alice
  mppsim promo list --payer alice
  mppsim promo consider 110.00 SGD --payer alice   what would be saved, and why not more`,
	}
	cmd.AddCommand(a.promoTemplates(), a.promoOpen(), a.promoList(), a.promoConsider())
	return cmd
}

func (a *app) promoTemplates() *cobra.Command {
	cmd := &cobra.Command{Use: "templates", Short: "List the templates of promotions and red packets", Args: cobra.NoArgs}
	return a.remoteCommand(cmd, func(ctx context.Context, api control.API, _ place, _ []string) error {
		list, err := api.CampaignTemplates(ctx)
		if err != nil {
			return err
		}
		var rows [][]string
		for _, t := range list {
			rows = append(rows, []string{t.Kind, t.Name, t.Title})
		}
		return a.table(rows)
	})
}

func (a *app) promoOpen() *cobra.Command {
	var currency string
	var set []string
	cmd := &cobra.Command{Use: "open TEMPLATE", Short: "Open a campaign that takes something off payments", Args: cobra.ExactArgs(1)}
	cmd.Flags().StringVar(&currency, "currency", "", "currency of the template's amounts, such as the shop's")
	cmd.Flags().StringArrayVar(&set, "set", nil, "replace a field of the template: field=value; repeatable")
	return a.remoteCommand(cmd, func(ctx context.Context, api control.API, on place, args []string) error {
		traits, err := traitsOf(set)
		if err != nil {
			return err
		}
		if currency != "" {
			traits["currency"] = strings.ToUpper(currency)
		}
		c, err := api.OpenPromotion(ctx, control.CampaignSpec{Timeline: on.timeline, Template: args[0], Traits: traits})
		if err != nil {
			return err
		}
		a.printf("%s  %s: %s\n", c.ID, c.Name, rule(c))
		return nil
	})
}

// rule says in short what a campaign gives.
func rule(c control.PromotionCampaign) string {
	text := c.Percent + "% off"
	if c.Off != nil {
		text = c.Off.String() + " off"
	}
	if c.Cap != nil {
		text += ", at most " + c.Cap.String()
	}
	if c.Threshold != nil {
		text += ", from " + c.Threshold.String()
	}
	if c.Budget != nil {
		text += ", budget " + c.Budget.String()
	}
	return text
}

func (a *app) promoList() *cobra.Command {
	cmd := &cobra.Command{Use: "list", Short: "List the campaigns in the order in which they are taken off, with what they gave", Args: cobra.NoArgs}
	return a.remoteCommand(cmd, func(ctx context.Context, api control.API, on place, _ []string) error {
		list, err := api.Promotions(ctx, on.timeline)
		if err != nil {
			return err
		}
		rows := [][]string{{"CAMPAIGN", "NAME", "RULE", "GIVEN", "USES"}}
		for _, c := range list {
			rows = append(rows, []string{c.ID, c.Name, rule(c), c.Taken.String(), fmt.Sprint(c.Uses)})
		}
		return a.table(rows)
	})
}

func (a *app) promoConsider() *cobra.Command {
	var p control.Purchase
	cmd := &cobra.Command{
		Use: "consider AMOUNT CURRENCY", Short: "Say what each campaign would take off a purchase, or why it would not", Args: cobra.ExactArgs(2),
	}
	f := cmd.Flags()
	f.StringVar(&p.Merchant, "merchant", "", "merchant id of the shop")
	f.StringVar(&p.Region, "region", "", "region of the shop")
	f.StringVar(&p.MCC, "mcc", "", "merchant category of the shop")
	f.BoolVar(&p.Online, "online", false, "the purchase is not made in a store")
	return a.remoteCommand(cmd, func(ctx context.Context, api control.API, on place, args []string) error {
		err := needsPayer(on)
		if err != nil {
			return err
		}
		p.Payer = on.payer
		if p.Amount, err = money.ParseMajor(strings.ToUpper(args[1]), args[0]); err != nil {
			return usagef("%w", err)
		}
		list, err := api.ConsiderPromotions(ctx, p)
		if err != nil {
			return err
		}
		left := p.Amount
		rows := [][]string{{"CAMPAIGN", "SAVES", "WHY NOT"}}
		for _, c := range list {
			left.Value -= c.Savings.Value
			rows = append(rows, []string{c.Name, c.Savings.String(), c.Why})
		}
		rows = append(rows, []string{"to pay", left.String()})
		return a.table(rows)
	})
}
