package cli

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"mppsim/wallet/clock"
	"mppsim/wallet/code/picture"
	"mppsim/wallet/control"
	"mppsim/wallet/promo/poster"
)

func (a *app) redpacketCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "redpacket",
		Short: "Play red packet campaigns in a running serve: codes, claims, commissions",
		Long: `Plays red packet campaigns in a running serve. With --payer everything belongs to that payer, whose purchases
the coupons are taken off and whose time mppsim time moves; with --timeline to all payers there; else to payments outside
scenarios, in real time.`,
		Example: `  mppsim redpacket open summer --payer china-id --set currency=SGD
  mppsim redpacket provider "Posters Ltd" --payer china-id --id P --currency SGD
  mppsim redpacket code --payer china-id --provider P --merchant M-1 --region SG --poster sticker.pdf --size A6
  mppsim redpacket claim --payer china-id --amount 10
  mppsim time china-id 31d
  mppsim redpacket settle --payer china-id --csv statement.csv`,
	}
	cmd.AddCommand(a.redpacketOpen(), a.redpacketList(), a.redpacketProvider(), a.redpacketCode(), a.redpacketClaim(),
		a.redpacketCoupons(), a.redpacketStatement(), a.redpacketSettle())
	return cmd
}

func (a *app) redpacketOpen() *cobra.Command {
	var set []string
	cmd := &cobra.Command{Use: "open TEMPLATE", Short: "Open a campaign", Args: cobra.ExactArgs(1)}
	cmd.Flags().StringArrayVar(&set, "set", nil, "replace a field of the template: field=value; repeatable")
	return a.remoteCommand(cmd, func(ctx context.Context, api control.API, on place, args []string) error {
		traits, err := traitsOf(set)
		if err != nil {
			return err
		}
		c, err := api.OpenRedPackets(ctx, control.CampaignSpec{Timeline: on.timeline, Template: args[0], Traits: traits})
		if err != nil {
			return err
		}
		a.printf("%s  %s, %s to %s\n", c.ID, c.Name, moment(c.Start), moment(c.End))
		return nil
	})
}

func (a *app) redpacketList() *cobra.Command {
	cmd := &cobra.Command{Use: "list", Short: "List campaigns, providers and codes", Args: cobra.NoArgs}
	return a.remoteCommand(cmd, func(ctx context.Context, api control.API, on place, _ []string) error {
		campaigns, err := api.RedPackets(ctx, on.timeline)
		if err != nil {
			return err
		}
		providers, err := api.Providers(ctx, on.timeline)
		if err != nil {
			return err
		}
		codes, err := api.RedPacketCodes(ctx, on.timeline)
		if err != nil {
			return err
		}
		var rows [][]string
		for _, c := range campaigns {
			rows = append(rows, []string{"campaign", c.ID, c.Name, moment(c.Start) + " to " + moment(c.End)})
		}
		for _, p := range providers {
			rows = append(rows, []string{"provider", p.ID, p.Name, p.Currency, p.Unqualified})
		}
		for _, c := range codes {
			rows = append(rows, []string{"code", c.Code, c.Merchant + " " + c.ShopName, c.Region + ", provider " + c.Provider})
		}
		return a.table(rows)
	})
}

func (a *app) redpacketProvider() *cobra.Command {
	var spec control.ProviderSpec
	cmd := &cobra.Command{Use: "provider NAME", Short: "Register a service provider that places codes", Args: cobra.ExactArgs(1)}
	f := cmd.Flags()
	f.StringVar(&spec.ID, "id", "", "its id (default: a new one)")
	f.StringVar(&spec.Currency, "currency", "CNY", "currency in which it is paid")
	f.StringVar(&spec.BankAccount, "account", "", "its bank account")
	f.StringVar(&spec.Unqualified, "unqualified", "", "what it lacks: reputation, licences or finances; or prohibited")
	return a.remoteCommand(cmd, func(ctx context.Context, api control.API, on place, args []string) error {
		spec.Timeline, spec.Name = on.timeline, args[0]
		p, err := api.RegisterProvider(ctx, spec)
		if err != nil {
			return err
		}
		a.printf("%s\n", strings.TrimSpace(p.ID+"  "+p.Name+" "+p.Unqualified))
		return nil
	})
}

func (a *app) redpacketCode() *cobra.Command {
	var spec control.RedPacketCodeSpec
	var file, size string
	cmd := &cobra.Command{Use: "code", Short: "Place a code at a shop, and print it", Args: cobra.NoArgs}
	f := cmd.Flags()
	f.StringVar(&spec.Campaign, "campaign", "", "campaign (default: the latest)")
	f.StringVar(&spec.Provider, "provider", "", "provider that places it (needed)")
	f.StringVar(&spec.Merchant, "merchant", "", "merchant id of the shop (needed)")
	f.StringVar(&spec.ShopName, "shop", "", "name of the shop, for the poster")
	f.StringVar(&spec.Region, "region", "", "region of the shop, such as SG (needed)")
	f.BoolVar(&spec.WithoutAlipay, "without-alipay", false, "the shop does not accept Alipay")
	f.BoolVar(&spec.Veteran, "veteran", false, "the shop had redemptions before")
	f.StringVar(&file, "poster", "", "file to draw a poster or sticker into: .svg or .pdf")
	f.StringVar(&size, "size", "A5", "size of the poster: "+strings.Join(poster.Sizes(), ", "))
	complete(cmd, "size", poster.Sizes())
	return a.remoteCommand(cmd, func(ctx context.Context, api control.API, on place, _ []string) error {
		if err := oneOf("--size", size, poster.Sizes()); err != nil {
			return err
		}
		if kind := strings.ToLower(filepath.Ext(file)); file != "" && kind != ".svg" && kind != ".pdf" {
			return usagef("--poster %s: want a name that ends in .svg or .pdf", file)
		}
		if err := firstOf(needed("provider", spec.Provider), needed("merchant", spec.Merchant), needed("region", spec.Region), writable("--poster", file)); err != nil {
			return err
		}
		spec.Timeline = on.timeline
		if spec.Campaign == "" {
			campaign, err := latestCampaign(ctx, api, on.timeline)
			if err != nil {
				return err
			}
			spec.Campaign = campaign
		}
		c, err := api.PlaceRedPacketCode(ctx, spec)
		if err != nil {
			return err
		}
		symbol, err := picture.QR(c.Text, picture.Medium)
		if err != nil {
			return internalf("%w", err)
		}
		a.printf("%s  %s\n%s", c.Code, c.Text, symbol.Terminal(picture.Colour))
		if file == "" {
			return nil
		}
		return a.print(ctx, api, c, file, size)
	})
}

// print draws the poster of a code into a file.
func (a *app) print(ctx context.Context, api control.API, c control.RedPacketCode, file, size string) error {
	p := poster.Poster{Size: size, Text: c.Text, Code: c.Code, Shop: c.ShopName}
	campaigns, err := api.RedPackets(ctx, c.Timeline)
	if err != nil {
		return err
	}
	for _, campaign := range campaigns {
		if campaign.ID == c.Campaign {
			p.Title, p.Terms = campaign.Name, campaign.Terms
		}
	}
	draw := p.Write
	if strings.EqualFold(filepath.Ext(file), ".pdf") {
		draw = p.WritePDF
	}
	var drawing bytes.Buffer
	if err := draw(&drawing); err != nil {
		return internalf("%w", err)
	}
	if err := os.WriteFile(file, drawing.Bytes(), 0o600); err != nil {
		return usagef("--poster: %w", err)
	}
	a.printf("%s poster in %s\n", size, file)
	return nil
}

func (a *app) redpacketClaim() *cobra.Command {
	var template, amount string
	cmd := &cobra.Command{Use: "claim [CODE]", Short: "Let a payer scan a code (default: the latest) and collect a coupon", Args: cobra.MaximumNArgs(1)}
	f := cmd.Flags()
	f.StringVar(&template, "new", "", "make another payer of this kind on the timeline, such as china-id or passport, who scans")
	f.StringVar(&amount, "amount", "", "amount of the coupon (default: drawn)")
	return a.remoteCommand(cmd, func(ctx context.Context, api control.API, on place, args []string) error {
		if on.payer == "" && template == "" {
			return usagef("give --payer NAME, or --new KIND for a new payer")
		}
		code, err := scanned(ctx, api, on.timeline, args)
		if err != nil {
			return err
		}
		if template != "" {
			p, err := api.CreatePayer(ctx, control.PayerSpec{Timeline: on.timeline, Template: template})
			if err != nil {
				return err
			}
			on.payer = p.ID
			a.printf("payer %s, %s\n", p.ID, p.Name)
		}
		claim, err := api.ClaimRedPacket(ctx, on.payer, control.ClaimSpec{Code: code, Amount: amount})
		if err != nil {
			return err
		}
		if claim.Coupon == nil {
			a.printf("refused by %s: %s\n", claim.Rule, claim.Reason)
			return nil
		}
		a.printf("coupon %s of %s, until %s\n%s\n", claim.Coupon.ID, claim.Coupon.Amount, moment(claim.Coupon.ExpiresAt), claim.Coupon.Terms)
		return nil
	})
}

// latestCampaign is the campaign that was opened last.
func latestCampaign(ctx context.Context, api control.API, timeline string) (string, error) {
	list, err := api.RedPackets(ctx, timeline)
	if err != nil {
		return "", err
	}
	if len(list) == 0 {
		return "", usagef("there is no red packet campaign; open one with `mppsim redpacket open summer`")
	}
	return slices.MaxFunc(list, func(x, y control.RedPacketCampaign) int { return strings.Compare(x.ID, y.ID) }).ID, nil
}

// scanned is the code that was named, or the one that was placed last.
func scanned(ctx context.Context, api control.API, timeline string, args []string) (string, error) {
	if len(args) > 0 {
		return args[0], nil
	}
	list, err := api.RedPacketCodes(ctx, timeline)
	if err != nil {
		return "", err
	}
	if len(list) == 0 {
		return "", usagef("there is no red packet code; place one with `mppsim redpacket code`")
	}
	return slices.MaxFunc(list, func(x, y control.RedPacketCode) int { return x.PlacedAt.Compare(y.PlacedAt) }).Code, nil
}

func (a *app) redpacketCoupons() *cobra.Command {
	cmd := &cobra.Command{Use: "coupons", Short: "List a payer's coupons", Args: cobra.NoArgs}
	return a.remoteCommand(cmd, func(ctx context.Context, api control.API, on place, _ []string) error {
		if err := needsPayer(on); err != nil {
			return err
		}
		list, err := api.Coupons(ctx, on.payer)
		if err != nil {
			return err
		}
		rows := [][]string{{"COUPON", "AMOUNT", "LEFT", "STATE", "CLAIMED", "EXPIRES"}}
		for _, c := range list {
			rows = append(rows, []string{c.ID, c.Amount.String(), c.Remaining.String(), c.State, moment(c.ClaimedAt), moment(c.ExpiresAt)})
		}
		return a.table(rows)
	})
}

func (a *app) redpacketStatement() *cobra.Command {
	var q control.StatementQuery
	var file string
	cmd := &cobra.Command{Use: "statement", Short: "Show what a provider earns in a month", Args: cobra.NoArgs}
	f := cmd.Flags()
	f.StringVar(&q.Provider, "provider", "", "provider (needed)")
	f.StringVar(&q.Period, "period", "", "month in UTC+8, such as 2026-11 (default: the present one)")
	f.StringVar(&file, "csv", "", "file to write the statement into, as CSV")
	return a.remoteCommand(cmd, func(ctx context.Context, api control.API, on place, _ []string) error {
		q.Timeline = on.timeline
		err := firstOf(needed("provider", q.Provider), writable("--csv", file))
		if err != nil {
			return err
		}
		if q.Period, err = monthOr(ctx, api, on, q.Period, 0); err != nil {
			return err
		}
		s, err := api.Statement(ctx, q)
		if err != nil {
			return err
		}
		a.printf("%s", s.Text)
		if file == "" {
			return nil
		}
		return writeText("--csv", file, s.CSV)
	})
}

func (a *app) redpacketSettle() *cobra.Command {
	var period, file string
	cmd := &cobra.Command{Use: "settle", Short: "Pay every provider for a month that is over; a second time changes nothing", Args: cobra.NoArgs}
	cmd.Flags().StringVar(&period, "period", "", "month in UTC+8, such as 2026-11 (default: the last one that is over)")
	cmd.Flags().StringVar(&file, "csv", "", "file to write the statements of all providers into, as CSV")
	return a.remoteCommand(cmd, func(ctx context.Context, api control.API, on place, _ []string) error {
		if err := writable("--csv", file); err != nil {
			return err
		}
		month, err := monthOr(ctx, api, on, period, -1)
		if err != nil {
			return err
		}
		list, err := api.SettleRedPackets(ctx, control.Settlement{Timeline: on.timeline, Period: month})
		if early, ok := errors.AsType[*control.Error](err); ok && early.Code == control.Conflict {
			return usagef("%s; `mppsim time` lets time pass for payers with time of their own", early.Message)
		}
		if err != nil {
			return err
		}
		for _, s := range list {
			a.printf("%s\n", s.Text)
		}
		if file == "" {
			return nil
		}
		return writeText("--csv", file, together(list))
	})
}

// monthOr is the month that was named, or one counted from the present one of the place.
func monthOr(ctx context.Context, api control.API, on place, named string, later int) (string, error) {
	if named != "" {
		return named, nil
	}
	line, err := api.Timeline(ctx, on.timeline)
	if on.timeline == "" {
		var info control.Info
		info, err = api.Info(ctx)
		line.Now = info.Now
	}
	now := line.Now.In(clock.UTC8())
	return now.AddDate(0, later, 1-now.Day()).Format("2006-01"), err
}

// together is one table of several statements, with one line of headings.
func together(list []control.Statement) string {
	var all strings.Builder
	for i, s := range list {
		text := s.CSV
		if i > 0 {
			_, text, _ = strings.Cut(text, "\n")
		}
		all.WriteString(text)
	}
	return all.String()
}

// needed is the error of a command without one of its flags.
func needed(flag, value string) error {
	if value == "" {
		return usagef("--%s is missing", flag)
	}
	return nil
}

// writable is the error of a flag with a file that cannot be written, told before anything is done; without a file there is
// none. What stands in the file stays.
func writable(flag, file string) error {
	if file == "" {
		return nil
	}
	_, err := os.Lstat(file)
	fresh := errors.Is(err, fs.ErrNotExist)
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE, 0o600) //nolint:gosec // the user names the file
	if err != nil {
		return usagef("%s: %w", flag, err)
	}
	if err := f.Close(); err != nil || !fresh {
		return err
	}
	return os.Remove(file)
}

// writeText writes a text into the file of a flag.
func writeText(flag, file, text string) error {
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		return usagef("%s: %w", flag, err)
	}
	return nil
}
