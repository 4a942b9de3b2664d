package acquirer

import (
	"context"
	"time"

	"mppsim/reports/journal"
)

// Clocked is an acquirer whose clock can be moved. All its shops live in that time, so that scenarios which move it are
// played alone.
type Clocked interface {
	// SetClock sets the acquirer's clock ahead of real time by whole seconds; 0 sets it right again.
	SetClock(ctx context.Context, ahead time.Duration) (journal.Call, error)
}
