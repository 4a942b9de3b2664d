package main_test

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// listed is what `go list` tells of a package.
type listed struct {
	ImportPath string
	Imports    []string
}

// rules say which rooms a room must not know. A room is a path prefix within the module.
var rules = []struct {
	rooms   []string
	not     []string
	because string
}{
	{
		[]string{"fixtures/refacquirer"},
		[]string{"wallet", "scenarios", "reports", "features"},
		"a shared bug must not certify itself",
	},
	{
		[]string{"wallet"},
		[]string{"scenarios", "reports", "features", "cmd", "fixtures/refacquirer"},
		"the simulator stands below the suite",
	},
	{
		[]string{"wallet/aps", "wallet/ams", "wallet/money", "wallet/sign", "wallet/catalogue", "wallet/trace", "wallet/code", "wallet/quote", "wallet/contract", "wallet/reconciliation", "wallet/cashier", "wallet/page", "wallet/limit", "wallet/clientid", "wallet/pace"},
		[]string{"wallet/network", "wallet/mpp", "wallet/gateway", "wallet/fault", "wallet/store", "wallet/ledger", "wallet/control"},
		"the pure rooms do no I/O and hold no state",
	},
	{
		[]string{"wallet/network"},
		[]string{"wallet/mpp", "wallet/gateway", "wallet/fault", "wallet/control"},
		"only package wallet wires network and wallet",
	},
	{
		[]string{"wallet/mpp"},
		[]string{"wallet/network", "wallet/gateway", "wallet/fault", "wallet/control"},
		"the wallet may as well be a remote URL",
	},
	{
		[]string{"wallet/promo", "wallet/risk"},
		[]string{"wallet/network", "wallet/mpp", "wallet/gateway", "wallet/fault", "wallet/control"},
		"network and wallet ask promotions and risk, never the other way round",
	},
	{
		[]string{"wallet/courier", "wallet/registration", "wallet/authorisation", "wallet/consent", "wallet/dispute", "wallet/customs", "wallet/push"},
		[]string{"wallet/network", "wallet/mpp", "wallet/gateway", "wallet/fault", "wallet/control"},
		"what stands beside payments is wired by package wallet alone",
	},
	{
		[]string{"wallet/control/document"},
		[]string{"wallet/control", "wallet/aps", "wallet/network", "wallet/mpp", "wallet/gateway"},
		"it describes whatever types it is given",
	},
	{[]string{"wallet/linear"}, []string{"wallet"}, "the model that answers are held against must not be what it judges"},
	{
		[]string{"wallet/testroot"},
		[]string{"wallet", "scenarios", "reports", "features", "fixtures", "cmd"},
		"a certificate authority knows nothing of payments",
	},
	{
		[]string{"scenarios"},
		[]string{"wallet/network", "wallet/mpp", "wallet/gateway", "wallet/fault", "wallet/ledger", "wallet/store", "cmd"},
		"certification never looks inside network or wallet",
	},
	{
		[]string{"scenarios/check", "scenarios/steps", "scenarios/world", "scenarios/verdict", "scenarios/plan"},
		[]string{"fixtures/refacquirer"},
		"the suite knows no particular acquirer",
	},
	{
		[]string{"reports"},
		[]string{"scenarios", "features", "cmd", "fixtures", "wallet/network", "wallet/mpp", "wallet/gateway", "wallet/control"},
		"reports know only the journal",
	},
	{[]string{"features"}, []string{"wallet", "scenarios", "reports", "fixtures", "cmd"}, "the catalogue and the features are data"},
}

func TestRoomsKeepTheirDirections(t *testing.T) {
	t.Parallel()
	packages := list(t)
	if len(packages) < 30 {
		t.Fatalf("only %d packages found", len(packages))
	}
	for _, rule := range rules {
		found := false
		for _, p := range packages {
			if !within(p.ImportPath, rule.rooms) {
				continue
			}
			found = true
			for _, imported := range p.Imports {
				if within(imported, rule.not) && !within(imported, rule.rooms) {
					t.Errorf("%s imports %s, but %s", p.ImportPath, imported, rule.because)
				}
			}
		}
		if !found && !slices.Contains(rule.rooms, "wallet/catalogue") {
			t.Errorf("no package in %v", rule.rooms)
		}
	}
}

// within reports whether a package lies in one of the rooms.
func within(path string, rooms []string) bool {
	inside, ok := strings.CutPrefix(path, "mppsim/")
	return ok && slices.ContainsFunc(rooms, func(room string) bool {
		return inside == room || strings.HasPrefix(inside, room+"/")
	})
}

func list(t *testing.T) []listed {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports", "mppsim/...")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var packages []listed
	for d := json.NewDecoder(out); ; {
		var p listed
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		packages = append(packages, p)
	}
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	return packages
}
