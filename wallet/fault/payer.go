package fault

// What payers do with a payment that waits for them.
const (
	Declines  = "declines"
	Abandons  = "abandons"
	Mistypes  = "mistypes"
	PaysLate  = "pays late"
	ScanTwice = "twice"
)

// payer are the faults of the person with the phone.
func payer() map[string]act {
	does := func(what string) act { return act{call: func(s *Script, _ Shot) { s.Payer = what }} }
	return map[string]act{
		"payer-declines": does(Declines), "payer-abandons": does(Abandons), "payer-mistypes": does(Mistypes),
		"payer-pays-late": does(PaysLate), "payer-twice": does(ScanTwice),
	}
}
