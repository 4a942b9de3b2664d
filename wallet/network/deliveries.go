package network

import (
	"time"

	"mppsim/wallet/clock"
)

// Deliveries tells how messages of a timeline other than notifications of payments are delivered: on which clock,
// and with which pause before each delivery until one is acknowledged.
func (n *Network) Deliveries(timeline string) (clock.Clock, []time.Duration) {
	line := n.lines.of(timeline)
	switch line.Rhythm.Mode {
	case RhythmCertify:
		if n.lines.isClosed(line.ID) {
			return n.Wall, []time.Duration{0}
		}
		return n.Wall, []time.Duration{line.Rhythm.Delay}
	case RhythmSandbox:
		return n.Wall, []time.Duration{0}
	case RhythmProduction:
		return line.Clock, productionGaps()
	default:
		return line.Clock, nil
	}
}
