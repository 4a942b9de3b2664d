package cli

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"mppsim/wallet/control"
)

// hand is what the commands share that steer a running serve.
type hand struct {
	at string // --at
}

// reach adds --at to a command.
func (h *hand) reach(cmd *cobra.Command) *cobra.Command {
	cmd.Flags().StringVar(&h.at, "at", "http://"+defaultControl, "control address of a running serve")
	return cmd
}

// steer attaches to the running serve and does something there.
func (h *hand) steer(ctx context.Context, f func(api control.API) error) error {
	api, _, err := attach(ctx, h.at)
	if err != nil {
		return err
	}
	return refused(f(api))
}

// refused makes a refusal of the simulator a usage error: it says what is wrong with what was asked for.
func refused(err error) error {
	if r, ok := errors.AsType[*control.Error](err); ok {
		if r.Code == control.Internal {
			return internalf("%w", err)
		}
		return usagef("%s", r.Message)
	}
	return err
}

// known finds a payer by the name it was created with, or by its id.
func known(ctx context.Context, api control.API, name string) (control.Payer, error) {
	lines, err := api.Timelines(ctx)
	if err != nil {
		return control.Payer{}, err
	}
	named := slices.DeleteFunc(slices.Clone(lines), func(l control.Timeline) bool { return l.Name != name })
	if p, found, err := among(ctx, api, named, name); err != nil || found {
		return p, err
	}
	p, err := api.Payer(ctx, name)
	refusal, ok := errors.AsType[*control.Error](err)
	if !ok || refusal.Code != control.NotFound {
		return p, err
	}
	p, found, err := among(ctx, api, lines, name)
	if err == nil && !found {
		err = usagef("there is no payer %q: `mppsim payer list` shows those that exist, `mppsim payer create` makes one", name)
	}
	return p, err
}

// among finds a payer of some timelines by name.
func among(ctx context.Context, api control.API, lines []control.Timeline, name string) (found control.Payer, ok bool, err error) {
	for _, line := range lines {
		payers, err := api.Payers(ctx, line.ID)
		if err != nil {
			return found, false, err
		}
		for i, p := range payers {
			if nameOf(line, i, p) == name {
				return p, true, nil
			}
		}
	}
	return found, false, nil
}

// nameOf is what people call the i-th payer of a timeline: the first one by the timeline's name.
func nameOf(line control.Timeline, i int, p control.Payer) string {
	switch {
	case p.Alias != "":
		return p.Alias
	case i == 0 && line.Name != "":
		return line.Name
	}
	return p.ID
}

// knownOrNew is known, except that the name of a kind of payer makes one at its first use.
func knownOrNew(ctx context.Context, api control.API, name string) (control.Payer, error) {
	p, err := known(ctx, api, name)
	if err == nil {
		return p, nil
	}
	kinds, listErr := api.PayerTemplates(ctx)
	if listErr != nil {
		return p, listErr
	}
	if !slices.ContainsFunc(kinds, func(k control.PayerTemplate) bool { return k.Name == name }) {
		return p, err
	}
	return createPayer(ctx, api, name, control.PayerSpec{Template: name})
}

// joinPayer makes a payer on the timeline of another one: they share time, campaigns, and a phone of the same name.
func joinPayer(ctx context.Context, api control.API, name, with string, spec control.PayerSpec) (control.Payer, error) {
	other, err := knownOrNew(ctx, api, with)
	if err != nil {
		return other, err
	}
	if other.Timeline == "" {
		return other, usagef("--with %s: this payer lives in real time; name one that `mppsim payer create` made", with)
	}
	if _, err := known(ctx, api, name); err == nil {
		return other, usagef("%q exists already: give another --name", name)
	}
	if err := knownKind(ctx, api, spec.Template); err != nil {
		return other, err
	}
	spec.Timeline, spec.Alias = other.Timeline, name
	return api.CreatePayer(ctx, spec)
}

// createPayer gives a new payer a timeline of the same name, so that time can pass for this payer alone.
func createPayer(ctx context.Context, api control.API, name string, spec control.PayerSpec) (control.Payer, error) {
	lines, err := api.Timelines(ctx)
	if err != nil {
		return control.Payer{}, err
	}
	_, err = known(ctx, api, name)
	if err == nil || slices.ContainsFunc(lines, func(l control.Timeline) bool { return l.Name == name }) {
		return control.Payer{}, usagef("%q exists already: give another --name", name)
	}
	if err := knownKind(ctx, api, spec.Template); err != nil {
		return control.Payer{}, err
	}
	line, err := api.OpenTimeline(ctx, control.TimelineSpec{Name: name})
	if err != nil {
		return control.Payer{}, err
	}
	spec.Timeline = line.ID
	p, err := api.CreatePayer(ctx, spec)
	if err != nil {
		return p, errors.Join(err, api.CloseTimeline(ctx, line.ID))
	}
	return p, nil
}

func knownKind(ctx context.Context, api control.API, name string) error {
	kinds, err := api.PayerTemplates(ctx)
	if err != nil {
		return err
	}
	names := make([]string, 0, len(kinds))
	for _, k := range kinds {
		if k.Name == name {
			return nil
		}
		names = append(names, k.Name)
	}
	return usagef("there is no kind of payer %q; there are %s", name, strings.Join(names, ", "))
}

// timelineOf finds the timeline that a name, a payer's name or an id stands for.
func timelineOf(ctx context.Context, api control.API, name string) (control.Timeline, error) {
	lines, err := api.Timelines(ctx)
	if err != nil {
		return control.Timeline{}, err
	}
	for _, line := range lines {
		if line.Name == name || line.ID == name {
			return line, nil
		}
	}
	p, err := known(ctx, api, name)
	if err != nil {
		return control.Timeline{}, usagef("there is no timeline and no payer %q: `mppsim time` lists the timelines", name)
	}
	if p.Timeline == "" {
		return control.Timeline{}, usagef("payer %q lives in real time; `mppsim payer create` makes payers whose time can be moved", name)
	}
	return api.Timeline(ctx, p.Timeline)
}
