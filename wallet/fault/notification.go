package fault

import (
	"time"

	"mppsim/wallet/aps"
	"mppsim/wallet/control"
)

// notifyFirst lets the notification overtake the answer to pay.
func (s *Script) notifyFirst(shot Shot) {
	s.NotifyFirst = true
	running := aps.ResultOf("PAYMENT_IN_PROCESS")
	s.Result = &running
	s.tell(shot.Params)
}

// Notice is what a notification suffers.
type Notice struct {
	Faults  []string
	Lost    bool
	Delay   time.Duration
	Times   int
	Outcome *aps.Result
	Alter   control.Alteration
	Replay  string // the recorded notification of this payment is sent instead
}

// CompileNotice merges the faults that hit one notification.
func CompileNotice(shots []Shot) Notice {
	n := Notice{Times: 1}
	for _, shot := range shots {
		n.Faults = append(n.Faults, shot.ID)
		switch shot.Kind.ID {
		case "notification-lost":
			n.Lost = true
		case "notification-delayed":
			n.Delay = shot.Params.Delay
		case "notification-duplicated":
			n.Times = shot.Params.Times
		case "notification-replayed":
			n.Replay = shot.Params.Replay
		case "notification-altered":
			n.Alter = merge(n.Alter, shot.Params.Alter)
			if shot.Params.Outcome != nil {
				n.Outcome = shot.Params.Outcome
			}
		}
	}
	return n
}
