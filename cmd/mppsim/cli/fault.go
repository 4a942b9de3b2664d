package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"mppsim/wallet/aps"
	"mppsim/wallet/control"
	"mppsim/wallet/fault"
)

func (a *app) faultCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "fault",
		Short: "Arm faults for one transaction of a running serve",
		Long: `Arms what no sandbox can do: lost, late, doubled and forged messages, lost answers, broken connections, payers who
walk away, time that passes between two messages, a line that is down. A fault is aimed at one payment code, order number or
payer and disturbs nothing else; those that hit everybody say so.`,
		Example: `  mppsim fault kinds
  mppsim fault arm answer-lost --payer rich --api pay
  mppsim fault list`,
	}
	cmd.AddCommand(a.faultKindsCommand(), a.faultArmCommand(), a.faultListCommand(),
		a.faultEndCommand("lift", "Lift a fault; what it kept back is told", control.API.Lift),
		a.faultEndCommand("release", "Let go what a fault holds back", control.API.Release))
	return cmd
}

func (a *app) faultKindsCommand() *cobra.Command {
	var h hand
	return h.reach(&cobra.Command{
		Use: "kinds", Short: "List the faults that there are", Args: cobra.NoArgs,
		Long:    "Lists the faults that this program knows, or with --at those of a running serve, which may be another version.",
		Example: "  mppsim fault kinds",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if cmd.Flags().Changed("at") {
				return h.steer(cmd.Context(), func(api control.API) error {
					kinds, err := api.Faults(cmd.Context())
					if err != nil {
						return err
					}
					return a.listFaultKinds(kinds)
				})
			}
			kinds, err := fault.Catalogue()
			if err != nil {
				return internalf("the catalogue of faults: %w", err)
			}
			return a.listFaultKinds(kinds)
		},
	})
}

func (a *app) listFaultKinds(kinds []control.FaultKind) error {
	return a.columns(func(w io.Writer) error {
		_, _ = fmt.Fprintf(w, "FAULT\tFAMILY\tPARAMETERS\tWHAT HAPPENS\n")
		for _, k := range kinds {
			_, _ = fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", k.ID, k.Family, strings.Join(k.Params, " "), k.Title)
		}
		return nil
	})
}

// faultFlags are the parameters of faults as flags.
type faultFlags struct {
	payer, result, outcome string
	set                    []string
	spec                   control.FaultSpec
}

func (a *app) faultArmCommand() *cobra.Command {
	var h hand
	var o faultFlags
	var api string
	cmd := &cobra.Command{
		Use: "arm FAULT", Short: "Arm a fault", Args: cobra.ExactArgs(1),
		Long: `Arms a fault (` + "`mppsim fault kinds`" + `) for the messages of one operation about one transaction: by payer, payment code, order
number or paymentRequestId. It hits the first message unless --from and --count say otherwise; then everything is normal.
Faults of the family link hit all operations and last as long as --delay says. Those of the family till are played by
` + "`mppsim till --faults`" + `; --api names its verb: charge_code, query, cancel or refund.`,
		Example: `  mppsim fault arm answer-lost --payer rich --api pay
  mppsim fault arm notification-delayed --payer rich --delay 30s
  mppsim fault arm refused-result --reference ORDER-7 --api refund --result "U UNKNOWN_EXCEPTION" --count 2`,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.spec.Fault, o.spec.Aim.API = args[0], aps.API(api)
			return h.steer(cmd.Context(), func(sim control.API) error { return a.arm(cmd.Context(), sim, o) })
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.payer, "payer", "", "payer whose transactions it hits; the name of a kind makes one")
	f.StringVar(&o.spec.Aim.Code, "code", "", "payment code of the transaction")
	f.StringVar(&o.spec.Aim.Reference, "reference", "", "order number of the transaction, anywhere in its messages")
	f.StringVar(&o.spec.Aim.PaymentRequestID, "payment", "", "paymentRequestId of the transaction")
	f.StringVar(&o.spec.Aim.Merchant, "merchant", "", "merchant id: hits a whole shop, whoever pays there")
	f.StringVar(&api, "api", "", "operation, such as pay or notifyPayment (default: the only one the fault can hit; of notifications notifyPayment; of a link all)")
	f.IntVar(&o.spec.Aim.From, "from", 1, "first message that it hits")
	f.IntVar(&o.spec.Aim.Count, "count", 1, "how many it hits; 0: until it is lifted")
	f.DurationVar(&o.spec.Params.Delay, "delay", 0, "how long something takes")
	f.IntVar(&o.spec.Params.Status, "status", 0, "HTTP status")
	f.IntVar(&o.spec.Params.Times, "times", 0, "how often a notification is delivered")
	f.StringVar(&o.spec.Params.Target, "target", "", "address of a redirect")
	f.StringVar(&o.spec.Params.Replay, "replay", "", "paymentRequestId whose recorded message is sent instead")
	f.StringVar(&o.result, "result", "", `result to answer, such as "F RISK_REJECT"`)
	f.StringVar(&o.outcome, "outcome", "", `payment result to tell, such as "S SUCCESS"`)
	f.StringArrayVar(&o.set, "set", nil, `member to change, such as paymentAmount.value="1"; the value is JSON; repeatable`)
	f.StringVar(&o.spec.Params.Alter.Signature, "signature", "", "wrong signature: missing, wrong-key, body, path, time, client …")
	return h.reach(cmd)
}

func (a *app) arm(ctx context.Context, api control.API, o faultFlags) error {
	if err := o.fill(); err != nil {
		return err
	}
	if err := soleAPI(ctx, api, &o.spec); err != nil {
		return err
	}
	if o.payer != "" {
		p, err := knownOrNew(ctx, api, o.payer)
		if err != nil {
			return err
		}
		o.spec.Aim.Payer = p.ID
	}
	armed, err := api.Arm(ctx, o.spec)
	if err != nil {
		return err
	}
	a.printf("%s armed as %s\n", armed.Spec.Fault, armed.ID)
	return nil
}

// fill reads the flags that are texts.
func (o *faultFlags) fill() error {
	for _, r := range []struct {
		flag, text string
		to         **aps.Result
	}{{"--result", o.result, &o.spec.Params.Result}, {"--outcome", o.outcome, &o.spec.Params.Outcome}} {
		if r.text == "" {
			continue
		}
		status, code, found := strings.Cut(r.text, " ")
		if !found || !slices.Contains([]string{"S", "F", "U"}, status) || code == "" {
			return usagef(`%s %q: want a status and a code, such as "F RISK_REJECT"`, r.flag, r.text)
		}
		*r.to = &aps.Result{Status: aps.Status(status), Code: code}
	}
	for _, text := range o.set {
		path, value, found := strings.Cut(text, "=")
		if !found || !json.Valid([]byte(value)) {
			return usagef(`--set %q: want a path and a JSON value, such as paymentAmount.value="1"`, text)
		}
		if o.spec.Params.Alter.Set == nil {
			o.spec.Params.Alter.Set = map[string]json.RawMessage{}
		}
		o.spec.Params.Alter.Set[path] = json.RawMessage(value)
	}
	return nil
}

// soleAPI fills in the operation where the fault can hit only one, or is one of notifications.
func soleAPI(ctx context.Context, api control.API, spec *control.FaultSpec) error {
	if spec.Aim.API != "" {
		return nil
	}
	kinds, err := api.Faults(ctx)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(kinds, func(k control.FaultKind) bool { return k.ID == spec.Fault })
	switch {
	case i < 0:
		return usagef("there is no fault %q: `mppsim fault kinds` lists them", spec.Fault)
	case slices.Contains(kinds[i].APIs, string(aps.NotifyPayment)) && kinds[i].Family == "notification":
		spec.Aim.API = aps.NotifyPayment
		return nil
	case kinds[i].Family == "link":
		return nil // it hits them all
	case len(kinds[i].APIs) != 1:
		return usagef("--api is missing: %s can hit %s", spec.Fault, strings.Join(kinds[i].APIs, ", "))
	}
	spec.Aim.API = aps.API(kinds[i].APIs[0])
	return nil
}

func (a *app) faultListCommand() *cobra.Command {
	var h hand
	return h.reach(&cobra.Command{
		Use: "list [PAYER]", Short: "List armed faults and how often they fired", Args: cobra.MaximumNArgs(1),
		Example: "  mppsim fault list\n  mppsim fault list rich",
		RunE: func(cmd *cobra.Command, args []string) error {
			return h.steer(cmd.Context(), func(api control.API) error { return a.listFaults(cmd.Context(), api, args) })
		},
	})
}

func (a *app) listFaults(ctx context.Context, api control.API, payer []string) error {
	var home control.Timeline // of all
	if len(payer) > 0 {
		var err error
		if home, err = timelineOf(ctx, api, payer[0]); err != nil {
			return err
		}
	}
	faults, err := api.Armed(ctx, home.ID)
	if err != nil {
		return err
	}
	whose, err := payerNames(ctx, api)
	if err != nil {
		return err
	}
	return a.columns(func(w io.Writer) error {
		_, _ = fmt.Fprintf(w, "ID\tFAULT\tOPERATION\tSEEN\tFIRED\tSTATE\tAIM\n")
		for _, f := range faults {
			_, _ = fmt.Fprintf(w, "%s\t%s\t%s\t%d\t%d\t%s\t%s\n", f.ID, f.Spec.Fault, firstText(string(f.Spec.Aim.API), "all"), f.Seen, f.Fired, faultState(f),
				aimText(f.Spec.Aim, whose))
		}
		return nil
	})
}

// aimText says whose messages a fault hits, and which of them.
func aimText(aim control.Aim, whose map[string]string) string {
	var words []string
	for _, part := range []struct{ name, value string }{
		{"shop", aim.Merchant},
		{"payer", firstText(whose[aim.Payer], aim.Payer)},
		{"order", aim.Reference},
		{"payment", aim.PaymentRequestID},
		{"code", aim.Code},
	} {
		if part.value != "" {
			words = append(words, part.name+" "+part.value)
		}
	}
	if len(words) == 0 {
		words = append(words, firstText(prefixed("timeline ", aim.Timeline), "everybody"))
	}
	if aim.From > 1 {
		words = append(words, fmt.Sprintf("from message %d", aim.From))
	}
	if aim.Count > 1 {
		words = append(words, fmt.Sprintf("%d times", aim.Count))
	}
	return strings.Join(words, ", ")
}

// payerNames are what people call the payers, by id.
func payerNames(ctx context.Context, api control.API) (map[string]string, error) {
	lines, err := api.Timelines(ctx)
	if err != nil {
		return nil, err
	}
	names := map[string]string{}
	for _, line := range lines {
		payers, err := api.Payers(ctx, line.ID)
		if err != nil {
			return nil, err
		}
		for i, p := range payers {
			names[p.ID] = nameOf(line, i, p)
		}
	}
	return names, nil
}

// faultState says what may be overlooked: a fault that was armed and has done nothing.
func faultState(f control.Fault) string {
	switch {
	case f.Fired == 0 && !f.Live:
		return "over, never fired"
	case f.Fired == 0:
		return "waiting, has not fired yet"
	case f.Live:
		return "live"
	}
	return "over"
}

func (a *app) faultEndCommand(verb, short string, do func(control.API, context.Context, string) error) *cobra.Command {
	var h hand
	return h.reach(&cobra.Command{
		Use: verb + " ID", Short: short, Args: cobra.ExactArgs(1),
		Example: "  mppsim fault " + verb + " 0199c7a2-5f0e-7c3a-9d5b-0d1f6a3b7c11",
		RunE: func(cmd *cobra.Command, args []string) error {
			return h.steer(cmd.Context(), func(api control.API) error { return do(api, cmd.Context(), args[0]) })
		},
	})
}

func (a *app) timeCommand() *cobra.Command {
	var h hand
	cmd := &cobra.Command{
		Use: "time [NAME [MOVE]]", Short: "Show the timelines of a running serve, or let time pass on one", Args: cobra.MaximumNArgs(2),
		Long: `Each payer made from the command line has time of its own, which moves its orders, codes, expiries and notifications
at once and disturbs nobody else. MOVE is a duration (3m, 366d) or a time of day in UTC+8 (00:16), which leads to the next such time.`,
		Example: `  mppsim time
  mppsim time alice 3m
  mppsim time alice 00:16                   the next 00:16 UTC+8: the cancel window of yesterday's payments is over
  mppsim time alice 366d                    the refund window is over`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return h.steer(cmd.Context(), func(api control.API) error { return a.passTime(cmd.Context(), api, args) })
		},
	}
	return h.reach(cmd)
}

func (a *app) passTime(ctx context.Context, api control.API, args []string) error {
	if len(args) == 0 {
		lines, err := api.Timelines(ctx)
		if err != nil {
			return err
		}
		return a.columns(func(w io.Writer) error {
			_, _ = fmt.Fprintf(w, "NAME\tTIME (UTC+8)\tID\n")
			for _, line := range lines {
				_, _ = fmt.Fprintf(w, "%s\t%s\t%s\n", line.Name, clockText(line.Now), line.ID)
			}
			return nil
		})
	}
	line, err := timelineOf(ctx, api, args[0])
	if err != nil {
		return err
	}
	if len(args) == 2 {
		move, err := moveOf(args[1])
		if err != nil {
			return err
		}
		if line, err = api.MoveTimeline(ctx, line.ID, move); err != nil {
			return err
		}
	}
	a.printf("%s: %s (UTC+8)\n", line.Name, clockText(line.Now))
	return nil
}

// moveOf reads a duration, a number of days or a time of day.
func moveOf(text string) (control.Move, error) {
	if days, found := strings.CutSuffix(text, "d"); found {
		var n int
		if _, err := fmt.Sscanf(days, "%d", &n); err == nil && n > 0 && fmt.Sprint(n) == days {
			return control.Move{Days: n}, nil
		}
	}
	if strings.Contains(text, ":") {
		return control.Move{ToTime: text}, nil
	}
	d, err := time.ParseDuration(text)
	if err != nil || d <= 0 {
		return control.Move{}, usagef("time %q: want a duration such as 3m or 366d, or a time of day such as 00:16", text)
	}
	return control.Move{By: d}, nil
}
