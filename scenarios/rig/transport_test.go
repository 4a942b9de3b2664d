package rig

import (
	"testing"

	"mppsim/wallet/gateway"
)

// The simulator ends a connection that was never used after the time for a header, and one that was used after the time
// between requests. A call that is sent at that instant is lost, so the harness has to be the first.
func TestIdleConnectionsEndHereFirst(t *testing.T) {
	t.Parallel()
	limits := gateway.Limits{}.WithDefaults()
	if here := transport().IdleConnTimeout; here <= 0 || here > min(limits.Header, limits.Idle)/2 {
		t.Errorf("the harness ends idle connections after %s, the simulator after %s and %s", here, limits.Header, limits.Idle)
	}
}
