package fault

import (
	"fmt"
	"time"

	"mppsim/wallet/aps"
	"mppsim/wallet/control"
)

// AnyOther stands for the latest other payment of the same timeline, as the one whose recorded message is sent.
const AnyOther = "*"

// staleness is how old a message looks whose time is long past.
const staleness = 24 * time.Hour

// answer are the faults of what an answer says. undecided has no code: the network asks for it whenever it speaks of
// an order.
func answer() map[string]act {
	tell := func(s *Script, shot Shot) { s.tell(shot.Params) }
	garble := func(g Garbling) act { return act{call: func(s *Script, _ Shot) { s.Garbling = g }} }
	twist := func(t ...Twist) act { return act{call: func(s *Script, _ Shot) { s.Twists = append(s.Twists, t...) }} }
	alter := func(a control.Alteration) act {
		return act{call: func(s *Script, _ Shot) { s.Alter = merge(s.Alter, a) }}
	}
	signed := func(how string) act { return alter(control.Alteration{Signature: how}) }
	replay := func(s *Script, shot Shot) { s.Replay = shot.Params.Replay }
	return map[string]act{
		"answer-result":                 {complete: needResult, call: tell},
		"answer-unknown":                {complete: unknownResult, call: tell},
		"answer-rate-limited":           {call: func(s *Script, _ Shot) { s.Result = limited() }},
		"answer-unlisted-code":          twist(unlistedCode),
		"answer-truncated":              garble(Truncated),
		"answer-without-result":         garble(WithoutResult),
		"answer-without-status":         garble(WithoutStatus),
		"answer-extra-members":          twist(extraMembers),
		"answer-minimal":                alter(control.Alteration{Minimal: true}),
		"answer-other-id":               twist(otherIDs),
		"answer-other-amount":           twist(otherAmounts),
		"answer-other-currency":         twist(otherCurrencies),
		"answer-stale-time":             {complete: delayOf(staleness), call: shiftTime(-1)},
		"answer-signature-missing":      signed("missing"),
		"answer-signature-wrong":        signed("garbage"),
		"answer-signature-other-key":    signed("wrong-key"),
		"answer-signature-other-path":   signed("path"),
		"answer-signature-unverifiable": signed("version"),
		"answer-of-other-request":       {call: func(s *Script, _ Shot) { s.Replay = AnyOther }},
		"answer-outcome":                {complete: needOutcome, call: tell},
		"answer-altered":                {call: tell},
		"answer-replayed":               {complete: needReplay, call: replay},
		"undecided":                     {standing: true},
		"unknown-order": {call: then(skip, func(s *Script, _ Shot) {
			missing := aps.ResultOf("ORDER_NOT_EXIST")
			s.Result = &missing
		})},
	}
}

// unknownResult wants a result that decides nothing.
func unknownResult(p *control.Params) error {
	if p.Result == nil {
		standard := aps.ResultOf("UNKNOWN_EXCEPTION")
		p.Result = &standard
	}
	if p.Result.Status != aps.Unknown {
		return fmt.Errorf("%w: result %s %s: want one with status U", ErrSpec, p.Result.Status, p.Result.Code)
	}
	return nil
}

// limited is the answer to those who call too often (acqp-api §4).
func limited() *aps.Result {
	r := aps.ResultOf("REQUEST_TRAFFIC_EXCEED_LIMIT")
	return &r
}

// shiftTime moves the time of an answer's header by the delay, forwards or back.
func shiftTime(direction time.Duration) func(*Script, Shot) {
	return func(s *Script, shot Shot) {
		s.Alter = merge(s.Alter, control.Alteration{Skew: direction * shot.Params.Delay})
	}
}
