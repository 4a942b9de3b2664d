package fault

import (
	"net/http"
	"time"

	"mppsim/wallet/control"
)

// load are the faults of a network with too much to do.
func load() map[string]act {
	refuse := then(skip, func(s *Script, _ Shot) { s.Result = limited() })
	return map[string]act{
		"load-rate-limited": {call: refuse},
		"load-too-many-requests": {call: then(skip, func(s *Script, _ Shot) {
			s.Status, s.RetryAfter = http.StatusTooManyRequests, time.Second
		})},
		"load-burst": {complete: delayOf(2 * time.Second), during: once, call: refuse},
		"load-slow": {
			complete: delayOf(3 * time.Second),
			call:     func(s *Script, shot Shot) { s.HoldAnswer = shot.held() },
		},
	}
}

// once is a spell of one delay.
func once(p control.Params, since time.Duration) (hit bool, until time.Duration, over bool) {
	return since < p.Delay, p.Delay, since >= p.Delay
}
