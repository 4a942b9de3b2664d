package httpdriver

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"mppsim/reports/journal"
	"mppsim/scenarios/acquirer"
	"mppsim/wallet/trace"
)

// Shim is a program that starts the acquirer anew under another clock, such as one of faketime.
type Shim struct {
	Command []string // program and arguments
	Folder  string   // in which it runs
	Timeout time.Duration
}

// Variables of the environment that tell a shim the time: whole seconds ahead of real time, 0 for real time, and the time
// itself (RFC 3339).
const (
	ShimAhead = "MPPSIM_CLOCK_AHEAD"
	ShimTime  = "MPPSIM_CLOCK_TIME"
)

// ClockData is a time for the acquirer's clock.
type ClockData struct {
	Ahead string // whole seconds ahead of real time
	Time  string // RFC 3339
}

func (d *Driver) clockData(ahead time.Duration) ClockData {
	return ClockData{
		Ahead: strconv.FormatInt(int64(ahead/time.Second), 10),
		Time:  d.clock.Now().Add(ahead).UTC().Format(time.RFC3339),
	}
}

// SetClock sets the acquirer's clock ahead of real time, by the verb or the program that the profile names. A refusal is an
// error: nothing can be concluded then.
func (d *Driver) SetClock(ctx context.Context, ahead time.Duration) (journal.Call, error) {
	data := d.clockData(ahead)
	if d.plan.shim != nil {
		return d.shim(ctx, data)
	}
	a, err := d.call(ctx, acquirer.VerbSetClock, Data{Clock: data}, false)
	if err == nil && a.refused {
		err = fmt.Errorf("%s: %w: it refused with HTTP status %d", acquirer.VerbSetClock, acquirer.ErrServer, a.status)
	}
	return a.call, err
}

// shim runs the program, and keeps on record what it was told and what it said.
func (d *Driver) shim(ctx context.Context, data ClockData) (journal.Call, error) {
	s := d.plan.shim
	call := journal.Call{ID: d.ids(), Verb: acquirer.VerbSetClock, Started: d.clock.Now()}
	ctx, cancel := context.WithTimeout(ctx, orDefault(s.Timeout, time.Minute))
	defer cancel()
	cmd := exec.CommandContext(ctx, s.Command[0], s.Command[1:]...) //nolint:gosec // the profile names the program
	cmd.Dir, cmd.WaitDelay = s.Folder, time.Second
	told := []string{ShimAhead + "=" + data.Ahead, ShimTime + "=" + data.Time}
	cmd.Env = append(os.Environ(), told...)
	said, err := cmd.CombinedOutput()
	call.Ended = d.clock.Now()
	call.Request = d.record(trace.Message{Method: "RUN", Target: strings.Join(s.Command, " "), Body: []byte(strings.Join(told, "\n"))})
	call.Response = d.record(trace.Message{Body: said})
	if errors.Is(err, exec.ErrWaitDelay) {
		err = nil // what it has started keeps its output open
	}
	if err != nil {
		err = fmt.Errorf("%s: %s: %w", acquirer.VerbSetClock, s.Command[0], err)
		call.Error = d.hide.Redact(err.Error())
	}
	return call, err
}
