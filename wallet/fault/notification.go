package fault

import (
	"time"

	"mppsim/wallet/aps"
	"mppsim/wallet/control"
)

// Notice is what a notification suffers.
type Notice struct {
	Faults  []string
	Lost    bool
	Delay   time.Duration
	Behind  *Hold // sent when another one has overtaken it
	Times   int
	Again   Again // unless it is acknowledged
	Outcome *aps.Result
	Then    *aps.Result // notified after a success
	Twists  []Twist
	Alter   control.Alteration
	Replay  string // the recorded notification of this payment is sent instead
}

// Again is how a notification is repeated.
type Again struct {
	Most int // deliveries in all; 0: no repetition
	Gap  time.Duration
}

// notification are the faults of what Alipay+ tells the acquirer of its own accord.
func notification() map[string]act {
	alter := func(a control.Alteration) act {
		return act{notice: func(n *Notice, _ Shot) { n.Alter = merge(n.Alter, a) }}
	}
	twist := func(t Twist) act { return act{notice: func(n *Notice, _ Shot) { n.Twists = append(n.Twists, t) }} }
	return map[string]act{
		"notification-lost": {notice: func(n *Notice, _ Shot) { n.Lost = true }},
		"notification-delayed": {
			complete: delayOf(10 * time.Second),
			notice:   func(n *Notice, shot Shot) { n.Delay = shot.Params.Delay },
		},
		"notification-duplicated": {complete: timesOf(2), notice: func(n *Notice, shot Shot) { n.Times = shot.Params.Times }},
		"notification-repeated": {
			complete: both(timesOf(10), delayOf(time.Second)),
			notice:   func(n *Notice, shot Shot) { n.Again = Again{Most: shot.Params.Times, Gap: shot.Params.Delay} },
		},
		"notification-reordered": {
			complete: delayOf(30 * time.Second), overtake: true,
			notice: func(n *Notice, shot Shot) { n.Behind = shot.held() },
		},
		"notification-before-answer":         {call: notifyFirst},
		"notification-altered":               {notice: alterNotice},
		"notification-replayed":              {complete: needReplay, notice: func(n *Notice, shot Shot) { n.Replay = shot.Params.Replay }},
		"notification-forged":                alter(control.Alteration{Signature: "wrong-key"}),
		"notification-unsigned":              alter(control.Alteration{Signature: "missing"}),
		"notification-stale-time":            {complete: delayOf(staleness), notice: staleNotice},
		"notification-of-other-order":        twist(otherIDs),
		"notification-of-other-acquirer":     {notice: foreignNotice},
		"notification-other-amount":          twist(otherAmounts),
		"notification-other-currency":        twist(otherCurrencies),
		"notification-failure-after-success": {complete: failureOutcome, notice: func(n *Notice, shot Shot) { n.Then = shot.Params.Outcome }},
		"notification-success-after-cancel": {call: func(s *Script, _ Shot) {
			paid := aps.ResultOf("SUCCESS")
			s.NotifyAfter = &paid
		}},
	}
}

func timesOf(standard int) func(*control.Params) error {
	return func(p *control.Params) error {
		p.Times = orDefault(p.Times, standard)
		return nil
	}
}

func both(a, b func(*control.Params) error) func(*control.Params) error {
	return func(p *control.Params) error {
		if err := a(p); err != nil {
			return err
		}
		return b(p)
	}
}

// notifyFirst lets the notification overtake the answer to pay.
func notifyFirst(s *Script, shot Shot) {
	s.NotifyFirst = true
	running := aps.ResultOf("PAYMENT_IN_PROCESS")
	s.Result = &running
	s.tell(shot.Params)
}

func alterNotice(n *Notice, shot Shot) {
	n.Alter = merge(n.Alter, shot.Params.Alter)
	if shot.Params.Outcome != nil {
		n.Outcome = shot.Params.Outcome
	}
}

func staleNotice(n *Notice, shot Shot) {
	n.Alter = merge(n.Alter, control.Alteration{Skew: -shot.Params.Delay})
}

// foreignNotice is genuine, but for somebody else.
func foreignNotice(n *Notice, _ Shot) {
	n.Twists = append(n.Twists, otherAcquirer)
	n.Alter = merge(n.Alter, control.Alteration{Signature: "client"})
}

// failureOutcome fills in what is notified after the success.
func failureOutcome(p *control.Params) error {
	if p.Outcome == nil {
		failed := aps.ResultOf("PROCESS_FAIL")
		p.Outcome = &failed
	}
	return nil
}

// CompileNotice merges the faults that hit one notification.
func CompileNotice(shots []Shot) Notice {
	n := Notice{Times: 1}
	for _, shot := range shots {
		n.Faults = append(n.Faults, shot.ID)
		if shot.act.notice != nil {
			shot.act.notice(&n, shot)
		}
	}
	return n
}
