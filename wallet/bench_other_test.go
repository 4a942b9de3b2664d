//go:build !unix

package wallet_test

import (
	"testing"
	"time"
)

// processorTime is not known here: elapsed time has to do.
func processorTime(*testing.B) time.Duration { return time.Duration(time.Now().UnixNano()) }
