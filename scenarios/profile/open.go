package profile

import (
	"errors"
	"log/slog"

	"mppsim/scenarios/acquirer"
	httpdriver "mppsim/scenarios/acquirer/http"
	"mppsim/wallet/clock"
)

// Wiring is what the drivers get from outside. All of it is required.
type Wiring struct {
	Clock  clock.Clock
	IDs    func() string // ids of calls, and what {{uuid}} gives in templates
	Logger *slog.Logger
}

// Open makes the acquirer drivable. The result is safe for concurrent use; its Close drops idle
// connections.
func (p *Profile) Open(w Wiring) (*httpdriver.Driver, error) {
	plan, problems := httpdriver.Compile(p.config, httpdriver.Tools{
		Secret: p.secrets.Value, Conceal: p.secrets.Conceal, IDs: w.IDs,
	})
	if len(problems) > 0 {
		return nil, &Problems{File: p.File, List: problems}
	}
	if len(p.config.Verbs) == 0 {
		return nil, errors.New("profile " + p.File + ": no verb is mapped")
	}
	return httpdriver.New(plan, httpdriver.Wiring{Clock: w.Clock, IDs: w.IDs, Logger: w.Logger, Secrets: p.secrets}), nil
}

// trial compiles the templates with stand-ins for secrets, so that mistakes are found without them.
func trial(cfg httpdriver.Config) []acquirer.Problem {
	_, problems := httpdriver.Compile(cfg, httpdriver.Tools{
		Secret:  func(name string) (string, bool) { return "secret-" + name, true },
		Conceal: func(string, string) {},
		IDs:     func() string { return "00000000-0000-4000-8000-000000000000" },
	})
	return problems
}
