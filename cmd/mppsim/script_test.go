package main_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"mppsim/scenarios/setup"
)

// scriptPatience is for what a busy machine does in a second or two.
const scriptPatience = 60 * time.Second

// processes are the programs that a script has started and not yet seen to end.
type processes struct {
	mu      sync.Mutex
	running map[string]*exec.Cmd
}

type processesKey struct{}

// prepare gives a script its addresses and its programs' environment.
func prepare(env *testscript.Env, free *ports) error {
	address := map[string]string{}
	for _, name := range []string{"SIM", "CONTROL", "ACQ", "WALLET", "HAND"} {
		one, err := free.address()
		if err != nil {
			return err
		}
		address[name] = one
		env.Setenv(name, one)
	}
	trial := filepath.Join(env.WorkDir, "trial")
	if err := listenAt(filepath.Join(trial, setup.ProfileFile), address["SIM"]); err != nil {
		return err
	}
	for name, value := range map[string]string{
		"TOKEN": "word", "URL": "http://" + address["ACQ"], "LISTEN": address["ACQ"], "NETWORK": "http://" + address["SIM"],
		"FACTOR": "0.05", "TEST_CLOCK": "true", "CLIENT_ID": "SANDBOX_5Y0000MPPSIM001", "ACQUIRER_ID": "1022188000000000001",
		"KEY": filepath.Join(trial, "keys", "acquirer.key"), "NETWORK_KEY": filepath.Join(trial, "keys", "alipayplus.pub"),
	} {
		env.Setenv("REFACQUIRER_"+name, value)
	}
	p := &processes{running: map[string]*exec.Cmd{}}
	env.Values[processesKey{}] = p
	env.Defer(p.killAll)
	return nil
}

// listenAt puts another address for the simulator into a profile.
func listenAt(profile, address string) error {
	text, err := os.ReadFile(profile)
	if err != nil {
		return err
	}
	return os.WriteFile(profile, bytes.Replace(text, []byte(setup.Listen), []byte(address), 1), 0o600)
}

// ports hands out addresses for programs that come and go at the same address, so that nobody can hold it for them.
// Each is handed out once, and stands outside the range from which outgoing connections take theirs.
type ports struct {
	first int
	given atomic.Int64
}

const portsEach = 10000 // of a test

// newPorts begins anywhere between first and first+portsEach: another run of the tests beside this one begins elsewhere.
func newPorts(first int) *ports {
	p := &ports{first: first}
	p.given.Store(rand.Int64N(portsEach))
	return p
}

func (p *ports) address() (string, error) {
	for range 100 {
		address := "127.0.0.1:" + strconv.Itoa(p.first+int(p.given.Add(1)%portsEach))
		if l, err := new(net.ListenConfig).Listen(context.Background(), "tcp", address); err == nil {
			return address, l.Close()
		}
	}
	return "", errors.New("no free port found")
}

func (p *processes) killAll() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, cmd := range p.running {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}
}

func (p *processes) take(ts *testscript.TestScript, name string) *exec.Cmd {
	p.mu.Lock()
	defer p.mu.Unlock()
	cmd, ok := p.running[name]
	if !ok {
		ts.Fatalf("%s was not started", name)
	}
	return cmd
}

func started(ts *testscript.TestScript) *processes {
	p, ok := ts.Value(processesKey{}).(*processes)
	if !ok {
		ts.Fatalf("the script was not prepared")
	}
	return p
}

// exits CODE PROGRAM ARGS... runs a program and expects its exit code; stdout and stderr look at its output.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM ARGS...")
	}
	check(ts, args[0], ts.Exec(args[1], args[2:]...), args[1])
}

func check(ts *testscript.TestScript, want string, err error, program string) {
	code := 0
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		code = exit.ExitCode()
	} else if err != nil {
		ts.Fatalf("%s: %v", program, err)
	}
	if strconv.Itoa(code) != want {
		ts.Fatalf("%s: exit code %d, want %s", program, code, want)
	}
}

// start NAME PROGRAM ARGS... runs a program beside the script; its output goes to NAME.out and NAME.err.
func start(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: start NAME PROGRAM ARGS...")
	}
	p := started(ts)
	path, err := exec.LookPath(args[1])
	ts.Check(err)
	cmd := exec.Command(path, args[2:]...)
	cmd.Args[0] = args[1]
	cmd.Dir = ts.MkAbs(".")
	cmd.Env = append(os.Environ(), scriptEnv(ts)...)
	out, err := os.Create(ts.MkAbs(args[0] + ".out"))
	ts.Check(err)
	complaints, err := os.Create(ts.MkAbs(args[0] + ".err"))
	ts.Check(err)
	cmd.Stdout, cmd.Stderr = out, complaints
	ts.Check(errors.Join(cmd.Start(), out.Close(), complaints.Close()))
	p.mu.Lock()
	defer p.mu.Unlock()
	p.running[args[0]] = cmd
}

// scriptEnv is the part of a script's environment that our programs read.
func scriptEnv(ts *testscript.TestScript) []string {
	var env []string
	for _, name := range []string{
		"TOKEN", "URL", "LISTEN", "NETWORK", "FACTOR", "TEST_CLOCK", "CLIENT_ID", "ACQUIRER_ID", "KEY", "NETWORK_KEY", "DEFECT", "HABIT",
	} {
		if value := ts.Getenv("REFACQUIRER_" + name); value != "" {
			env = append(env, "REFACQUIRER_"+name+"="+value)
		}
	}
	return env
}

// ended NAME [CODE] waits for the end of a started program and expects its exit code; without one, any will do.
func ended(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: ended NAME [CODE]")
	}
	p := started(ts)
	cmd := p.take(ts, args[0])
	late := time.AfterFunc(scriptPatience, func() { _ = cmd.Process.Kill() })
	err := cmd.Wait()
	late.Stop()
	p.mu.Lock()
	delete(p.running, args[0])
	p.mu.Unlock()
	if len(args) > 1 {
		ts.Logf("[stderr of %s]\n%s", args[0], ts.ReadFile(args[0]+".err"))
		check(ts, args[1], err, args[0])
	}
}

// send NAME INT|TERM|KILL sends a signal to a started program.
func send(ts *testscript.TestScript, _ bool, args []string) {
	signals := map[string]os.Signal{"INT": os.Interrupt, "TERM": syscall.SIGTERM, "KILL": os.Kill}
	if len(args) != 2 || signals[args[1]] == nil {
		ts.Fatalf("usage: signal NAME INT|TERM|KILL")
	}
	ts.Check(started(ts).take(ts, args[0]).Process.Signal(signals[args[1]]))
}

// await GLOB REGEXP waits until a file holds a text; its first group, if it has one, becomes $FOUND.
func await(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: await GLOB REGEXP")
	}
	wanted := regexp.MustCompile(args[1])
	until(ts, args[1]+" in "+args[0], func() bool {
		files, _ := filepath.Glob(ts.MkAbs(args[0]))
		return slices.ContainsFunc(files, func(file string) bool {
			text, _ := os.ReadFile(file)
			found := wanted.FindSubmatch(text)
			if len(found) > 1 {
				ts.Setenv("FOUND", string(found[1]))
			}
			return found != nil
		})
	})
}

// listening ADDRESS waits until somebody listens there.
func listening(ts *testscript.TestScript, _ bool, args []string) {
	until(ts, "somebody listening on "+args[0], func() bool { return dial(args[0]) })
}

// gone ADDRESS waits until nobody listens there.
func gone(ts *testscript.TestScript, _ bool, args []string) {
	until(ts, "nobody listening on "+args[0], func() bool { return !dial(args[0]) })
}

func dial(address string) bool {
	c, err := (&net.Dialer{Timeout: time.Second}).DialContext(context.Background(), "tcp", address)
	if err != nil {
		return false
	}
	return c.Close() == nil
}

// eventually PATTERN PROGRAM ARGS... runs a program until its output matches.
func eventually(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: eventually PATTERN PROGRAM ARGS...")
	}
	pattern, err := regexp.Compile(args[0])
	ts.Check(err)
	until(ts, args[0], func() bool {
		ts.Check(ts.Exec(args[1], args[2:]...))
		return pattern.MatchString(ts.ReadFile("stdout"))
	})
}

func until(ts *testscript.TestScript, what string, done func() bool) {
	for late := time.Now().Add(scriptPatience); !done(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(late) {
			ts.Fatalf("waited %s in vain for %s", scriptPatience, what)
		}
	}
}

// runDir VARIABLE FOLDER names the folder of the last run under FOLDER.
func runDir(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: rundir VARIABLE FOLDER")
	}
	runs, err := filepath.Glob(filepath.Join(ts.MkAbs(args[1]), "*-*"))
	ts.Check(err)
	if len(runs) == 0 {
		ts.Fatalf("no run in %s", args[1])
	}
	ts.Setenv(args[0], slices.Max(runs))
}

// verdicts RUN FILE writes the verdicts of a run's requirements to a file, one a line.
func verdicts(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: verdicts RUN FILE")
	}
	var result struct {
		Requirements []struct{ ID, Verdict string }
	}
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(filepath.Join(args[0], "result.json"))), &result))
	if len(result.Requirements) == 0 {
		ts.Fatalf("%s: no requirements", args[0])
	}
	var lines bytes.Buffer
	for _, r := range result.Requirements {
		fmt.Fprintf(&lines, "%s %s\n", r.ID, r.Verdict)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), lines.Bytes(), 0o600))
}
