package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"mppsim/wallet/control"
	"mppsim/wallet/trace"
)

// Waits for traffic. A call is recorded when it has ended, which may be a moment after the shop has its answer.
const (
	firstWait  = 3 * time.Second
	followWait = 20 * time.Second
)

func (a *app) traceCommand() *cobra.Command {
	var h hand
	var o traceFlags
	cmd := &cobra.Command{
		Use: "trace [ORDER]", Short: "Show what travelled: the messages and the money of an order, or of everything", Args: cobra.MaximumNArgs(1),
		Long: `Shows the recorded messages in order, with results, faults, and what is wrong with signatures. ORDER is an
order number, paymentRequestId, paymentId or refundRequestId; without it everything is shown, strays included.`,
		Example: `  mppsim trace ORDER-7
  mppsim trace ORDER-7 --messages           with headers and bodies
  mppsim trace --follow                     whatever comes, until interrupted
  mppsim trace ORDER-7 --json               one exchange per line, as recorded`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				o.order = args[0]
			}
			return h.steer(cmd.Context(), func(api control.API) error { return a.trace(cmd.Context(), api, o) })
		},
	}
	f := cmd.Flags()
	f.BoolVar(&o.follow, "follow", false, "go on with new messages until interrupted")
	f.BoolVar(&o.messages, "messages", false, "print headers and bodies")
	f.BoolVar(&o.json, "json", false, "print the exchanges as JSON, one per line")
	return h.reach(cmd)
}

// traceFlags are the flags of trace.
type traceFlags struct {
	order                  string
	follow, messages, json bool
	faults                 map[string]string // by the id under which they were armed
}

func faultNames(ctx context.Context, api control.API) (map[string]string, error) {
	armed, err := api.Armed(ctx, "")
	names := make(map[string]string, len(armed))
	for _, f := range armed {
		names[f.ID] = f.Spec.Fault
	}
	return names, err
}

func (a *app) trace(ctx context.Context, api control.API, o traceFlags) error {
	info, err := api.Info(ctx)
	if err != nil {
		return err
	}
	about, list, err := find(ctx, api, o.order)
	if err != nil {
		return err
	}
	if len(list) == 0 && o.order != "" && !o.follow {
		return usagef("nothing is recorded about %q: give an order number, paymentRequestId, paymentId or refundRequestId", o.order)
	}
	if o.faults, err = faultNames(ctx, api); err != nil {
		return err
	}
	if err := a.showFound(ctx, api, about, list, o); err != nil || !o.follow {
		return err
	}
	err = a.follow(ctx, api, about, info.LastSeq, list, o)
	if ctx.Err() != nil {
		err = nil // interrupted, as following ends
	}
	return err
}

// showFound shows the messages of each payment, and what it has moved.
func (a *app) showFound(ctx context.Context, api control.API, about *order, list []trace.Exchange, o traceFlags) error {
	if o.json || len(about.payments) == 0 {
		return a.showExchanges(list, o)
	}
	for _, part := range about.byPayment(list) {
		a.headPayment(about, part[0])
		if err := a.showExchanges(part, o); err != nil {
			return err
		}
		p := about.payment(&part[0])
		if p == nil {
			continue
		}
		if err := a.showMoney(ctx, api, p); err != nil {
			return err
		}
		if p.moved == 0 {
			a.printf("\nNo money has moved.\n")
		}
	}
	return nil
}

// headPayment tells which payment follows, where several have the order number.
func (a *app) headPayment(about *order, e trace.Exchange) {
	if len(about.payments) > 1 {
		a.printf("\nPayment %s\n", firstText(e.PaymentRequestID, "of no known order"))
	}
}

// follow shows what comes until it is interrupted; not again what was shown.
func (a *app) follow(ctx context.Context, api control.API, about *order, after uint64, shown []trace.Exchange, o traceFlags) error {
	old := map[string]bool{}
	for _, e := range shown {
		old[e.ID] = true
	}
	latest := ""
	for {
		list, err := api.Exchanges(ctx, control.ExchangeQuery{After: after, Wait: followWait, Wallet: true})
		if err != nil {
			return err
		}
		for _, e := range list {
			after = max(after, e.Seq)
		}
		list = slices.DeleteFunc(about.pick(list), func(e trace.Exchange) bool { return old[e.ID] })
		for _, part := range about.byPayment(list) {
			if id := part[0].PaymentRequestID; !o.json && id != latest {
				latest = id
				a.headPayment(about, part[0])
			}
			if err := a.showNew(ctx, api, about, part, &o); err != nil {
				return err
			}
		}
	}
}

// showNew shows messages that have come, and money that has moved since. A fault may have been armed after the start.
func (a *app) showNew(ctx context.Context, api control.API, about *order, list []trace.Exchange, o *traceFlags) error {
	unknown := func(id string) bool { return o.faults[id] == "" }
	if slices.ContainsFunc(list, func(e trace.Exchange) bool { return slices.ContainsFunc(e.Faults, unknown) }) {
		var err error
		if o.faults, err = faultNames(ctx, api); err != nil {
			return err
		}
	}
	if err := a.showExchanges(list, *o); err != nil || o.json {
		return err
	}
	if p := about.payment(&list[0]); p != nil {
		return a.showMoney(ctx, api, p)
	}
	return nil
}

func (a *app) showExchanges(list []trace.Exchange, o traceFlags) error {
	slices.SortStableFunc(list, func(x, y trace.Exchange) int { return x.Received.Compare(y.Received) })
	for _, e := range list {
		if !o.json {
			a.showExchange(e, o)
			continue
		}
		line, err := json.Marshal(e)
		if err != nil {
			return internalf("exchange %d: %w", e.Seq, err)
		}
		a.printf("%s\n", line)
	}
	return nil
}

func (a *app) showExchange(e trace.Exchange, o traceFlags) {
	a.printf("%s  %-20s %-16s %s  %s\n", e.Received.UTC().Format("15:04:05.000"), arrow(e.Leg), firstText(e.API, e.Request.Target), told(e),
		e.Answered.Sub(e.Received).Round(time.Millisecond))
	if e.Signature.Verdict != "valid" && e.Signature.Verdict != "" {
		a.printf("    signature %s%s\n", e.Signature.Verdict, prefixed(": ", e.Signature.Reason))
	}
	if e.Match == "" && e.Leg == trace.AcquirerToNetwork {
		a.printf("    a stray: it belongs to no payer's timeline\n")
	}
	for _, id := range e.Faults {
		a.printf("    fault %s\n", firstText(o.faults[id], id))
	}
	for _, note := range e.Notes {
		a.printf("    note %s\n", note)
	}
	if o.messages {
		a.showMessage("→", e.Request)
		a.showMessage("←", e.Response)
	}
}

func arrow(leg trace.Leg) string {
	from, to, _ := strings.Cut(string(leg), "-")
	return from + " → " + to
}

// told is what an exchange said in few words.
func told(e trace.Exchange) string {
	var words []string
	switch {
	case e.Lost:
		words = append(words, "never sent: "+e.Broken)
	case e.Response.Status == 0:
		words = append(words, "no answer: "+firstText(e.Broken, "silence"))
	case e.Result == nil:
		words = append(words, fmt.Sprintf("HTTP %d", e.Response.Status))
	default:
		words = append(words, e.Result.Status+" "+e.Result.Code)
	}
	if e.Outcome != nil {
		words = append(words, "payment "+e.Outcome.Status+" "+e.Outcome.Code)
	}
	if e.Local {
		words = append(words, "(inside)")
	}
	if e.Leg == trace.AcquirerToNetwork && !e.Executed {
		words = append(words, "(not executed)")
	}
	return strings.Join(words, ", ")
}

func prefixed(prefix, text string) string {
	if text == "" {
		return ""
	}
	return prefix + text
}

func (a *app) showMessage(direction string, m trace.Message) {
	if m.Method != "" {
		a.printf("    %s %s %s\n", direction, m.Method, m.Target)
	} else {
		a.printf("    %s HTTP %d\n", direction, m.Status)
	}
	names := make([]string, 0, len(m.Header))
	for name := range m.Header {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		a.printf("      %s: %s\n", name, strings.Join(m.Header[name], ", "))
	}
	var pretty bytes.Buffer
	if json.Indent(&pretty, m.Body, "      ", "  ") != nil {
		pretty.Reset()
		pretty.Write(m.Body)
	}
	if pretty.Len() > 0 {
		a.printf("      %s\n", pretty.String())
	}
}

// showMoney lists what a payment has moved since that was last shown.
func (a *app) showMoney(ctx context.Context, api control.API, p *payment) error {
	entries, err := api.Entries(ctx, p.timeline)
	if err != nil {
		return err
	}
	entries = slices.DeleteFunc(entries, func(e control.Entry) bool { return e.Order != p.id })
	if len(entries) <= p.moved {
		return nil
	}
	entries, p.moved = entries[p.moved:], len(entries)
	a.printf("\n")
	return a.columns(func(w io.Writer) error {
		_, _ = fmt.Fprintf(w, "MONEY\tACCOUNT\tAMOUNT\n")
		for _, e := range entries {
			_, _ = fmt.Fprintf(w, "%s\t%s\t%s\n", e.Kind, e.Account, e.Amount)
		}
		return nil
	})
}

func (a *app) ordersCommand() *cobra.Command {
	var h hand
	return h.reach(&cobra.Command{
		Use: "orders [NAME]", Short: "List the orders in the network's books", Args: cobra.MaximumNArgs(1),
		Long:    "Lists the orders of a payer or timeline, or all of them, as the network's books have them.",
		Example: "  mppsim orders\n  mppsim orders alice",
		RunE: func(cmd *cobra.Command, args []string) error {
			return h.steer(cmd.Context(), func(api control.API) error { return a.listOrders(cmd.Context(), api, args) })
		},
	})
}

func (a *app) listOrders(ctx context.Context, api control.API, name []string) error {
	var lines []control.Timeline
	if len(name) > 0 {
		line, err := timelineOf(ctx, api, name[0])
		if err != nil {
			return err
		}
		lines = append(lines, line)
	} else {
		open, err := api.Timelines(ctx)
		if err != nil {
			return err
		}
		lines = append(open, control.Timeline{Name: "-"})
	}
	return a.columns(func(w io.Writer) error {
		_, _ = fmt.Fprintf(w, "ORDER\tPAYMENT REQUEST\tAMOUNT\tSTATE\tRESULT\tREFUNDED\tPAYER\n")
		for _, line := range lines {
			orders, err := api.Orders(ctx, line.ID)
			if err != nil {
				return err
			}
			for _, o := range orders {
				_, _ = fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", o.ReferenceOrderID, o.PaymentRequestID, o.Amount, o.State, o.Outcome.Code, o.Refunded, line.Name)
			}
		}
		return nil
	})
}
