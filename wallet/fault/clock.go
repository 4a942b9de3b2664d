package fault

import "time"

// What may have come before a message is processed.
const (
	Expired      = "the expiry"
	CutOff       = "the end of the cancel window"
	RefundWindow = "the end of the refund window"
)

// timing are the faults of time.
func timing() map[string]act {
	comes := func(what string) act { return act{call: func(s *Script, _ Shot) { s.Comes = what }} }
	return map[string]act{
		"clock-expired": comes(Expired), "clock-cutoff": comes(CutOff), "clock-refund-window": comes(RefundWindow),
		"clock-ahead":  {complete: delayOf(10 * time.Minute), call: shiftTime(1)},
		"clock-behind": {complete: delayOf(10 * time.Minute), call: shiftTime(-1)},
	}
}
