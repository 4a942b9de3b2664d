package main_test

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
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
		[]string{"wallet/aps", "wallet/ams", "wallet/money", "wallet/sign", "wallet/catalogue", "wallet/trace", "wallet/code", "wallet/quote", "wallet/contract", "wallet/reconciliation", "wallet/cashier", "wallet/page", "wallet/limit", "wallet/trait", "wallet/clientid", "wallet/pace", "wallet/turn", "wallet/collector"},
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
	{[]string{"scenarios/acquirer"}, []string{"scenarios/world", "scenarios/steps", "scenarios/check", "scenarios/profile"}, "a driver knows nothing of scenarios"},
	{
		[]string{"wallet/bridge"},
		[]string{"wallet/network", "wallet/mpp", "wallet/gateway", "wallet/fault", "wallet/control", "wallet/store", "wallet/ledger"},
		"the bridge carries the ports between Alipay+ and wallet and knows neither",
	},
	{
		[]string{"wallet/bridge/message", "wallet/sign/inspect"},
		[]string{"wallet/network", "wallet/mpp", "wallet/gateway", "wallet/fault", "wallet/control", "wallet/store", "wallet/ledger", "wallet/bridge"},
		"what messages look like and how signatures are judged is pure",
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

// edges are the rooms that may read the wall clock: the system clock itself and HTTP. What stands outside wallet is the
// harness, which lives in real time.
var edges = []string{"wallet/clock", "wallet/gateway", "wallet/control"}

// TestDomainPackagesNeitherReadTheClockNorSleep holds the rule that .golangci.yml states, also where no linter runs.
func TestDomainPackagesNeitherReadTheClockNorSleep(t *testing.T) {
	t.Parallel()
	root := os.DirFS("../..")
	files := 0
	err := fs.WalkDir(root, "wallet", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || path.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go") {
			return err
		}
		if within("mppsim/"+path.Dir(name), edges) {
			return nil
		}
		text, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		files++
		for _, call := range wallClock(t, text) {
			t.Errorf("%s: time.%s: domain packages take a clock (see wallet/clock)", name, call)
		}
		return nil
	})
	if err != nil || files < 100 {
		t.Fatalf("%d files read: %v", files, err)
	}
}

func TestTheWallClockIsFoundWhereverItHides(t *testing.T) {
	t.Parallel()
	const violation = `package p
import (
	sys "time"
)
var now = sys.Now
func f() { sys.Sleep(sys.Second); _ = sys.Date }
`
	if got := wallClock(t, []byte(violation)); !slices.Equal(got, []string{"Now", "Sleep"}) {
		t.Errorf("found %v", got)
	}
}

// wallClock lists what a file uses of package time that reads the wall clock or waits on it.
func wallClock(t *testing.T, text []byte) (uses []string) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "", text, 0)
	if err != nil {
		t.Fatal(err)
	}
	name := ""
	for _, i := range file.Imports {
		if i.Path.Value == `"time"` {
			if name = "time"; i.Name != nil {
				name = i.Name.Name
			}
		}
	}
	forbidden := []string{"Now", "Sleep", "After", "AfterFunc", "NewTimer", "NewTicker", "Tick", "Since", "Until"}
	ast.Inspect(file, func(n ast.Node) bool {
		s, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if from, plain := s.X.(*ast.Ident); plain && name != "" && from.Name == name && slices.Contains(forbidden, s.Sel.Name) {
			uses = append(uses, s.Sel.Name)
		}
		return true
	})
	return uses
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
