package fault

import "mppsim/wallet/aps"

// outcome changes what becomes of the order. undecided is not here: the network asks for it
// whenever it speaks of the order.
func (s *Script) outcome(shot Shot) {
	switch shot.Kind.ID {
	case "outcome-forced":
		s.Force = shot.Params.Result
	case "unknown-order":
		missing := aps.ResultOf("ORDER_NOT_EXIST")
		s.Skip, s.Result = true, &missing
	}
}
