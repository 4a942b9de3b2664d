// Package rig sets up what a certification needs: a simulator on free loopback ports, and an acquirer as a
// process of its own that is reached through its profile only. The demonstration, the proof of the suite and its
// tests start their acquirers here.
package rig

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"sync"
	"time"
)

// Starter says how an acquirer is started as a process.
type Starter struct {
	Command []string // program and arguments
	Env     []string // added to the environment, name=value
	Ready   string   // what the line begins with that tells the address on standard output
}

// Process is a running acquirer.
type Process struct {
	Address string // as its ready line tells

	cmd    *exec.Cmd
	cancel context.CancelFunc
	done   chan struct{} // closed when it has ended
	err    error         // how it ended; read after done
	stderr *tail
}

const (
	readyLimit = time.Minute // a machine that compiles beside it, and checks for races, needs many seconds
	stopLimit  = 3 * time.Second
	tailSize   = 8 << 10
)

// Start runs the process and waits for its ready line. The process ends with ctx at the latest.
func (s Starter) Start(ctx context.Context, environment []string) (*Process, error) {
	if len(s.Command) == 0 {
		return nil, errors.New("start the acquirer: no command")
	}
	ctx, cancel := context.WithCancel(ctx)
	cmd := exec.CommandContext(ctx, s.Command[0], s.Command[1:]...) //nolint:gosec // the caller's own command
	p := &Process{cmd: cmd, cancel: cancel, done: make(chan struct{}), stderr: &tail{limit: tailSize}}
	cmd.Env = append(append([]string(nil), environment...), s.Env...)
	cmd.Stderr = p.stderr
	gentle(cmd)
	cmd.WaitDelay = stopLimit
	// Nothing is ever written to it: it ends with us, so that an acquirer that watches it ends even if we are killed.
	_, inputErr := cmd.StdinPipe()
	out, err := cmd.StdoutPipe()
	if err := errors.Join(inputErr, err); err != nil {
		cancel()
		return nil, fmt.Errorf("start the acquirer: %w", err)
	}
	if err := cmd.Start(); err != nil {
		cancel()
		return nil, fmt.Errorf("start the acquirer: %w", err)
	}
	lines := make(chan string, 1)
	read := make(chan struct{})
	go func() {
		defer close(read)
		s.listen(out, lines)
	}()
	go func() {
		<-read
		p.err = cmd.Wait()
		close(p.done)
	}()
	return p, p.await(lines)
}

// listen reads standard output to its end and passes the address on.
func (s Starter) listen(out io.Reader, lines chan<- string) {
	scanner := bufio.NewScanner(out)
	for told := false; scanner.Scan(); {
		if address, ok := strings.CutPrefix(scanner.Text(), s.Ready); ok && !told {
			told = true
			lines <- strings.TrimSpace(address)
		}
	}
}

// await waits for the address.
func (p *Process) await(lines <-chan string) error {
	late := time.NewTimer(readyLimit)
	defer late.Stop()
	select {
	case p.Address = <-lines:
		return nil
	case <-p.done:
		p.cancel()
		return fmt.Errorf("start the acquirer: it ended at once (%w): %s", p.err, p.stderr)
	case <-late.C:
		p.Kill()
		return fmt.Errorf("start the acquirer: no address after %s: %s", readyLimit, p.stderr)
	}
}

// Stop ends the process: gently first, by force when it does not leave.
func (p *Process) Stop() {
	p.cancel()
	<-p.done
}

// Kill ends the process at once, as a crash would.
func (p *Process) Kill() {
	_ = p.cmd.Process.Kill() // it may have ended by itself
	p.cancel()
	<-p.done
}

// Complaints is the end of what the process has written to standard error.
func (p *Process) Complaints() string { return p.stderr.String() }

// tail keeps the end of a stream.
type tail struct {
	mu    sync.Mutex
	limit int
	kept  []byte
}

// Write keeps the last bytes.
func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.kept = append(t.kept, b...)
	if over := len(t.kept) - t.limit; over > 0 {
		t.kept = append([]byte(nil), t.kept[over:]...)
	}
	return len(b), nil
}

// String returns what was kept.
func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.TrimSpace(string(t.kept))
}
