package fault

// transport loses the request before anything is done.
func (s *Script) transport(shot Shot) {
	s.Skip = true
	switch shot.Kind.ID {
	case "request-lost":
		hold := shot.hold
		s.Ending, s.Silence = Silent, &hold
	case "request-reset":
		s.Ending = Reset
	case "request-delayed":
		s.Ending, s.Later = Reset, shot.Params.Delay
	case "refused-http-status":
		s.Status = shot.Params.Status
	}
}
