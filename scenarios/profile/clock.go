package profile

import (
	"strings"

	"mppsim/scenarios/acquirer"
	httpdriver "mppsim/scenarios/acquirer/http"
)

// shim reads how the acquirer is started anew under another clock.
func (n *node) shim(folder string) *httpdriver.Shim {
	if n == nil {
		return nil
	}
	keys := n.known("command", "timeout")
	if !n.need(keys, "command") {
		return nil
	}
	words := keys["command"].texts("[program, argument]")
	if len(words) == 0 || words[0] == "" {
		return nil
	}
	if len(words) == 1 && strings.Contains(words[0], " ") {
		keys["command"].fault("write a list: [program, argument]", "a command is run without a shell, so a line of words is one long program name")
		return nil
	}
	s := &httpdriver.Shim{Command: words, Folder: folder}
	if keys["timeout"] != nil {
		s.Timeout = keys["timeout"].duration()
	}
	return s
}

// movesClock reports whether something can move the acquirer's clock.
func (p *Profile) movesClock() bool {
	_, mapped := p.config.Verbs[acquirer.VerbSetClock]
	return mapped || p.config.Shim != nil
}

// ClockByRestart reports whether a program moves the acquirer's clock by starting the acquirer anew.
func (p *Profile) ClockByRestart() bool { return p.config.Shim != nil }
