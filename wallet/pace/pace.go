// Package pace bounds how many calls somebody may make in a stretch of time.
package pace

import (
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Rate is how many calls a client may make in a stretch of time. The zero Rate is any number.
type Rate struct {
	Calls int
	Per   time.Duration
}

// Parse reads a rate such as 50/s, 600/m or 20/500ms; the empty text is any number.
func Parse(text string) (Rate, error) {
	if text == "" {
		return Rate{}, nil
	}
	count, unit, found := strings.Cut(text, "/")
	calls, err := strconv.Atoi(count)
	if found && err == nil && calls > 0 && calls <= 1_000_000 {
		if strings.Trim(unit, "0123456789") == unit {
			unit = "1" + unit
		}
		if per, err := time.ParseDuration(unit); err == nil && per >= time.Millisecond {
			return Rate{calls, per}, nil
		}
	}
	return Rate{}, fmt.Errorf("%q is no rate: write a number of calls from 1 to 1000000 and a time, such as 50/s or 600/m", text)
}

// String is the rate in words.
func (r Rate) String() string { return fmt.Sprintf("%d calls in %s", r.Calls, r.Per) }

// Pace admits calls up to a rate. After a pause, as many may come at once as the rate counts. It must not be copied.
type Pace struct {
	Rate
	mu   sync.Mutex
	used time.Time // when all admitted calls would have come if they had come evenly
}

// Admit reports whether one more call may pass.
func (p *Pace) Admit(now time.Time) bool {
	if p.Calls <= 0 {
		return true
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	step := p.Per / time.Duration(p.Calls)
	if p.used.Before(now) {
		p.used = now
	}
	if p.used.Add(step).Sub(now) > p.Per {
		return false
	}
	p.used = p.used.Add(step)
	return true
}
