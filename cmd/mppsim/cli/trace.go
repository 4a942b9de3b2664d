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
	about, err := paymentOf(ctx, api, o.order)
	if err != nil {
		return err
	}
	list, err := api.Exchanges(ctx, control.ExchangeQuery{About: about, Wallet: true})
	if err != nil {
		return err
	}
	if len(list) == 0 && o.order != "" && !o.follow {
		return usagef("nothing is recorded about %q: give an order number, paymentRequestId, paymentId or refundRequestId", o.order)
	}
	if o.faults, err = faultNames(ctx, api); err != nil {
		return err
	}
	last, err := a.showExchanges(list, 0, o)
	if err == nil && !o.json && about != "" {
		err = a.showMoney(ctx, api, list)
	}
	if err != nil || !o.follow {
		return err
	}
	err = a.follow(ctx, api, control.ExchangeQuery{About: about, After: last, Wait: followWait, Wallet: true}, o)
	if ctx.Err() != nil {
		err = nil // interrupted, as following ends
	}
	return err
}

// follow shows what comes until it is interrupted.
func (a *app) follow(ctx context.Context, api control.API, q control.ExchangeQuery, o traceFlags) error {
	for {
		list, err := api.Exchanges(ctx, q)
		if err != nil {
			return err
		}
		if q.After, err = a.showExchanges(list, q.After, o); err != nil {
			return err
		}
	}
}

// paymentOf leads from whatever names an order to its paymentRequestId, under which all its messages are recorded.
func paymentOf(ctx context.Context, api control.API, order string) (string, error) {
	if order == "" {
		return "", nil
	}
	list, err := api.Exchanges(ctx, control.ExchangeQuery{About: order, Wait: firstWait, Wallet: true})
	if err != nil {
		return "", err
	}
	for _, e := range list {
		if e.PaymentRequestID != "" {
			return e.PaymentRequestID, nil
		}
	}
	return order, nil
}

func (a *app) showExchanges(list []trace.Exchange, last uint64, o traceFlags) (uint64, error) {
	slices.SortStableFunc(list, func(x, y trace.Exchange) int { return x.Received.Compare(y.Received) })
	for _, e := range list {
		last = max(last, e.Seq)
		if !o.json {
			a.showExchange(e, o)
			continue
		}
		line, err := json.Marshal(e)
		if err != nil {
			return last, internalf("exchange %d: %w", e.Seq, err)
		}
		a.printf("%s\n", line)
	}
	return last, nil
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

// showMoney lists what the payment has moved.
func (a *app) showMoney(ctx context.Context, api control.API, list []trace.Exchange) error {
	i := slices.IndexFunc(list, func(e trace.Exchange) bool { return e.PaymentRequestID != "" })
	if i < 0 {
		return nil
	}
	entries, err := api.Entries(ctx, list[i].Timeline)
	if err != nil {
		return err
	}
	entries = slices.DeleteFunc(entries, func(e control.Entry) bool { return e.Order != list[i].PaymentRequestID })
	if len(entries) == 0 {
		a.printf("\nNo money has moved.\n")
		return nil
	}
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
