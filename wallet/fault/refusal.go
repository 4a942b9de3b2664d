package fault

// refuse answers without acting.
func (s *Script) refuse(shot Shot) {
	s.Skip = true
	s.tell(shot.Params)
}
