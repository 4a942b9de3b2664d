package fault

// commit are the faults that part what is done from what is heard of it.
func commit() map[string]act {
	tell := func(s *Script, shot Shot) { s.tell(shot.Params) }
	return map[string]act{
		"request-held":   {call: func(s *Script, shot Shot) { s.HoldRequest = shot.held() }},
		"refused-result": {complete: needResult, call: then(skip, tell)},
		"outcome-forced": {complete: needResult, call: func(s *Script, shot Shot) { s.Force = shot.Params.Result }},
		"answer-lost":    {call: func(s *Script, shot Shot) { s.Ending, s.Silence = Silent, shot.held() }},
		"answer-reset":   {call: func(s *Script, _ Shot) { s.Ending = Reset }},
		"answer-held":    {call: then(tell, func(s *Script, shot Shot) { s.HoldAnswer = shot.held() })},
	}
}
