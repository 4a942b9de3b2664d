package fault

// commit lets the network act and loses or holds what is said about it.
func (s *Script) commit(shot Shot) {
	hold := shot.hold
	switch shot.Kind.ID {
	case "request-held":
		s.HoldRequest = &hold
	case "answer-lost":
		s.Ending, s.Silence = Silent, &hold
	case "answer-reset":
		s.Ending = Reset
	case "answer-http-status":
		s.Status = shot.Params.Status
	case "answer-held":
		s.HoldAnswer = &hold
		s.tell(shot.Params)
	}
}
