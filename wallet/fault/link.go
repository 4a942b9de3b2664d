package fault

import (
	"time"

	"mppsim/wallet/control"
)

// linkFamily hits every operation unless it is aimed at one: a broken line makes no difference between them.
const linkFamily = "link"

// link are the faults of the line between acquirer and Alipay+.
func link() map[string]act {
	lost := func(n *Notice, _ Shot) { n.Lost = true }
	silent := func(s *Script, shot Shot) { s.Ending, s.Silence = Silent, shot.held() }
	return map[string]act{
		"link-down":    {complete: delayOf(10 * time.Second), during: once, call: then(skip, silent), notice: lost},
		"link-one-way": {complete: delayOf(10 * time.Second), during: once, call: silent, notice: lost},
		"link-flapping": {
			complete: both(delayOf(2*time.Second), timesOf(3)), during: inTurns, call: then(skip, silent), notice: lost,
		},
	}
}

// inTurns is on for a delay, off for a delay, so many times.
func inTurns(p control.Params, since time.Duration) (hit bool, until time.Duration, over bool) {
	turn := since / p.Delay
	return turn%2 == 0, (turn + 1) * p.Delay, int(turn) >= 2*p.Times-1
}
