//go:build !windows

// The commands of README.md are written for a POSIX shell, which Windows need not have.

package main_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"mppsim/features"
	"mppsim/scenarios/plan"
)

const root = "../.."

// blocks are the fenced blocks of a language in README.md.
func blocks(t *testing.T, language string) []string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, m := range regexp.MustCompile("(?ms)^```"+language+"\n(.*?)^```$").FindAllStringSubmatch(string(text), -1) {
		found = append(found, m[1])
	}
	if len(found) == 0 {
		t.Fatalf("README.md has no %s block", language)
	}
	return found
}

// reader follows README.md line by line in an empty folder.
type reader struct {
	t       *testing.T
	dir     string
	env     []string
	replace *strings.Replacer
	listens map[string]string // program and its address
}

// newReader replaces the documented addresses by free ones, and lets each run do a small part of the suite.
func newReader(t *testing.T) *reader {
	t.Helper()
	r := &reader{t: t, dir: t.TempDir(), env: os.Environ(), listens: map[string]string{}}
	address, free := map[string]string{}, newPorts(20000)
	for _, name := range []string{"acquirer", "simulator", "control"} {
		one, err := free.address()
		if err != nil {
			t.Fatal(err)
		}
		address[name] = one
	}
	r.replace = strings.NewReplacer("127.0.0.1:9100", address["acquirer"], "127.0.0.1:8880", address["simulator"], "127.0.0.1:8881", address["control"])
	r.listens["refacquirer"], r.listens["mppsim"] = address["acquirer"], address["control"]
	r.env = append(r.env, "REFACQUIRER_URL=http://"+address["acquirer"])
	config := "only: [ACQ-UPM-03]\nserve:\n  listen: " + address["simulator"] + "\n  control-listen: " + address["control"] + "\n"
	if err := os.WriteFile(filepath.Join(r.dir, "mppsim.yaml"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	return r
}

// follow does what one line says: make's targets are only looked up, what ends in & goes on in the background.
func (r *reader) follow(line string) {
	r.t.Helper()
	line = r.replace.Replace(line)
	if name, value, ok := strings.Cut(strings.TrimPrefix(line, "export "), "="); ok && strings.HasPrefix(line, "export ") {
		r.env = append(r.env, name+"="+value)
		return
	}
	command, background := strings.CutSuffix(line, "&")
	if target, ok := strings.CutPrefix(command, "make "); ok {
		folder, err := filepath.Abs(root)
		if err != nil {
			r.t.Fatal(err)
		}
		command = "make -n -C '" + folder + "' " + target
	}
	cmd := exec.Command("sh", "-c", "exec "+command)
	cmd.Dir, cmd.Env = r.dir, r.env
	if !background {
		out, err := cmd.CombinedOutput()
		if err != nil {
			r.t.Errorf("%s: %v\n%s", line, err, out)
		}
		if strings.Contains(line, "till charge") && !strings.Contains(line, "--faults") && strings.Contains(string(out), "refused by the acquirer") {
			r.t.Errorf("%s: the example shows nothing:\n%s", line, out)
		}
		return
	}
	r.leave(cmd, strings.Fields(command)[0])
}

// leave starts a command that serves until the test ends.
func (r *reader) leave(cmd *exec.Cmd, program string) {
	r.t.Helper()
	if err := cmd.Start(); err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	for late := time.Now().Add(scriptPatience); !dial(r.listens[program]); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(late) {
			r.t.Fatalf("%s does not listen on %s", program, r.listens[program])
		}
	}
}

// TestReadmeCommands runs every command of README.md, in order.
func TestReadmeCommands(t *testing.T) {
	t.Parallel()
	r := newReader(t)
	for _, block := range blocks(t, "sh") {
		for line := range strings.Lines(strings.ReplaceAll(block, "\\\n", " ")) {
			if line = strings.TrimSpace(line); line != "" {
				r.follow(line)
			}
		}
	}
}

// TestReadmeChargesEachOrderOnce keeps one example from being refused because of another one.
func TestReadmeChargesEachOrderOnce(t *testing.T) {
	t.Parallel()
	seen := make(map[string]bool)
	for _, block := range blocks(t, "sh") {
		for _, charge := range regexp.MustCompile(`(?m)^mppsim till charge (\S+)`).FindAllStringSubmatch(block, -1) {
			if seen[charge[1]] {
				t.Errorf("order %s is charged twice", charge[1])
			}
			seen[charge[1]] = true
		}
	}
	if len(seen) < 10 {
		t.Errorf("%d orders are charged", len(seen))
	}
}

// TestReadmeProfile reads the profile that README.md shows.
func TestReadmeProfile(t *testing.T) {
	t.Parallel()
	r := newReader(t)
	r.follow("mppsim init --dir .")
	for _, block := range blocks(t, "yaml") {
		if err := os.WriteFile(filepath.Join(r.dir, "acquirer.yaml"), []byte(block), 0o600); err != nil {
			t.Fatal(err)
		}
		r.follow("mppsim list --profile acquirer.yaml")
		r.follow("env ACQUIRER_TOKEN=word mppsim certify --dry-run")
	}
}

// TestReadmeGo compares the Go of README.md with the example that is compiled and run.
func TestReadmeGo(t *testing.T) {
	t.Parallel()
	example, err := os.ReadFile(filepath.Join(root, "wallet", "example_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	code := strings.ReplaceAll(string(example), "\n\t", "\n")
	for _, block := range blocks(t, "go") {
		if !strings.Contains(code, block) {
			t.Errorf("wallet/example_test.go does not hold this:\n%s", block)
		}
	}
}

// TestReadmePictureExists keeps the picture beside the text, and small.
func TestReadmePictureExists(t *testing.T) {
	t.Parallel()
	info, err := os.Stat(filepath.Join(root, "reports", "report.png"))
	if err != nil {
		t.Fatal(err)
	}
	if info.Size() > 200<<10 {
		t.Errorf("reports/report.png has %d bytes, more than 200 KiB", info.Size())
	}
}

// TestBreakpointsOfTheReadmeExist keeps its examples of --break-at true: each stops before a step of what it selects.
func TestBreakpointsOfTheReadmeExist(t *testing.T) {
	t.Parallel()
	scripts, err := plan.Read(features.Files())
	if err != nil {
		t.Fatal(err)
	}
	examples := regexp.MustCompile(`--only (\S+) .*--break-at '([^']+)'`).FindAllStringSubmatch(strings.Join(blocks(t, "console"), ""), -1)
	if len(examples) == 0 {
		t.Fatal("README.md has no example")
	}
	for _, example := range examples {
		found := slices.ContainsFunc(scripts, func(s plan.Script) bool {
			return slices.Contains(s.Scenario.Requirements, example[1]) &&
				slices.ContainsFunc(s.Steps, func(step plan.Step) bool { return strings.Contains(step.Text, example[2]) })
		})
		if !found {
			t.Errorf("no step of %s holds %q", example[1], example[2])
		}
	}
}
