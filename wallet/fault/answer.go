package fault

// answer changes what the network says after it acted.
func (s *Script) answer(shot Shot) {
	switch shot.Kind.ID {
	case "answer-empty":
		s.Garbling = Empty
	case "answer-truncated":
		s.Garbling = Truncated
	case "answer-html":
		s.Garbling = HTML
	case "answer-without-result":
		s.Garbling = WithoutResult
	case "answer-without-status":
		s.Garbling = WithoutStatus
	case "answer-replayed":
		s.Replay = shot.Params.Replay
	case "answer-redirect":
		s.Status, s.Target = shot.Params.Status, shot.Params.Target
	default:
		s.tell(shot.Params)
	}
}
