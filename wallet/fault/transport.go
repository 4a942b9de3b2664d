package fault

import (
	"time"

	"mppsim/wallet/control"
)

// The faults that are played where connections arrive.
const (
	refusesConnections = "connection-refused"
	resetsConnections  = "connection-reset"
)

// transport are the faults of connections, statuses and octets.
func transport() map[string]act {
	lose := func(s *Script, shot Shot) { s.Skip, s.Ending, s.Silence = true, Silent, shot.held() }
	page := func(s *Script, shot Shot) { s.Status = shot.Params.Status }
	octets := func(change func(*Script, Shot)) act { return act{call: change} }
	return map[string]act{
		refusesConnections: {door: true, complete: delayOf(5 * time.Second)},
		resetsConnections:  {door: true},
		"request-lost":     {call: lose},
		"request-reset":    {call: func(s *Script, _ Shot) { s.Skip, s.Ending = true, Reset }},
		"request-delayed": {
			complete: delayOf(15 * time.Second),
			call:     func(s *Script, shot Shot) { s.Skip, s.Ending, s.Later = true, Reset, shot.Params.Delay },
		},
		"refused-http-status": {complete: statusOf(503), call: then(skip, page)},
		"answer-http-status":  {complete: statusOf(502), call: page},
		"answer-redirect": {
			complete: func(p *control.Params) error {
				p.Status = orDefault(p.Status, 307)
				return need(p.Target != "", "target")
			},
			call: then(page, func(s *Script, shot Shot) { s.Target = shot.Params.Target }),
		},
		"answer-empty":        octets(func(s *Script, _ Shot) { s.Garbling = Empty }),
		"answer-html":         octets(func(s *Script, _ Shot) { s.Garbling = HTML }),
		"answer-wrong-type":   octets(func(s *Script, _ Shot) { s.ContentType = "text/html; charset=UTF-8" }),
		"answer-cut":          octets(func(s *Script, _ Shot) { s.Octets.Half = true }),
		"answer-stalled":      octets(func(s *Script, shot Shot) { s.Octets.Half, s.Octets.Stall = true, shot.held() }),
		"answer-length-short": octets(func(s *Script, _ Shot) { s.Octets.Announce = AnnounceHalf }),
		"answer-length-long":  octets(func(s *Script, _ Shot) { s.Octets.Announce = AnnounceMore }),
		"answer-slow": {
			complete: delayOf(5 * time.Second),
			call:     func(s *Script, shot Shot) { s.Octets.Pace = shot.Params.Delay },
		},
	}
}

// skip keeps the request from being processed.
func skip(s *Script, _ Shot) { s.Skip = true }
