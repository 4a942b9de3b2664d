package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"mppsim/wallet/control"
)

func (a *app) reconcileCommand() *cobra.Command {
	var q control.ReportQuery
	var at, out string
	cmd := &cobra.Command{
		Use:   "reconcile",
		Short: "Write the clearing and settlement reports of a day of a running serve",
		Long: `Writes the reports that an acquirer compares its books with: transaction items, summary and fees of a day, and
the settlement in which the day is paid out, in folders and under names as Alipay+ puts them on its file server. The
README.txt beside them says what of them is documented and what is the simulator's own. Without --out they are only listed.

A payment belongs to the day (UTC+8) of the completion time that the acquirer was told, which is real time
also where a scenario let days pass; --calendar timeline sorts by the time of the scenario instead.`,
		Example: `  mppsim reconcile                          list today's reports
  mppsim reconcile --date 2026-11-22 --out reports
  mppsim reconcile --out reports --rows 2   several files, to try an importer on sequence numbers`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.reconcile(cmd.Context(), at, out, q) },
	}
	f := cmd.Flags()
	f.StringVar(&at, "at", "http://"+defaultControl, "control address of a running serve")
	f.StringVar(&out, "out", "", "folder to write the reports into")
	f.StringVar(&q.Date, "date", "", "day of the transactions in UTC+8, as YYYY-MM-DD (default: today)")
	f.StringVar(&q.Timeline, "timeline", "", "only the payments of one timeline")
	f.StringVar(&q.Calendar, "calendar", "wire", "whose days count: wire (real time, as the acquirer was told) or timeline")
	complete(cmd, "calendar", calendars())
	f.BoolVar(&q.Sandbox, "sandbox", false, "use the folders of the sandbox")
	f.IntVar(&q.Rows, "rows", 0, "detail rows of one file (default: as in the contract)")
	return cmd
}

func calendars() []string { return []string{"wire", "timeline"} }

func (a *app) reconcile(ctx context.Context, at, out string, q control.ReportQuery) error {
	if err := oneOf("--calendar", q.Calendar, calendars()); err != nil {
		return err
	}
	if _, err := dayOf(q.Date); err != nil {
		return err
	}
	api, _, err := attach(ctx, at)
	if err != nil {
		return err
	}
	q.Texts = out != ""
	list, err := api.Reports(ctx, q)
	if err != nil {
		if refused, ok := errors.AsType[*control.Error](err); ok && refused.Code != control.Internal {
			return usagef("%w", err)
		}
		return internalf("%w", err)
	}
	for _, r := range list {
		if err := keep(out, r); err != nil {
			return err
		}
	}
	return a.listReports(list)
}

// keep writes one report below a folder; none is named: nothing.
func keep(out string, r control.Report) error {
	if out == "" {
		return nil
	}
	local := filepath.FromSlash(r.Path)
	if !filepath.IsLocal(local) {
		return internalf("the simulator names a report %q, which would lie outside %s", r.Path, out)
	}
	path := filepath.Join(out, local)
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return usagef("--out: %w", err)
	}
	if err := os.WriteFile(path, []byte(r.Text), 0o600); err != nil {
		return usagef("--out: %w", err)
	}
	return nil
}

// listReports is one line per report. What can still grow is marked.
func (a *app) listReports(list []control.Report) error {
	w := tabwriter.NewWriter(a.io.Out, 0, 0, 2, ' ', 0)
	open := false
	for _, r := range list {
		if r.Currency == "" {
			continue
		}
		mark := ""
		if !r.Final {
			mark, open = "  *", true
		}
		_, _ = fmt.Fprintf(w, "%s\t%d\t%s%s\n", r.Path, r.Count, r.Net, mark)
	}
	if err := w.Flush(); err != nil {
		return internalf("%w", err)
	}
	if open {
		a.printf("* the day is not over, or another day that is settled with it\n")
	}
	return nil
}
