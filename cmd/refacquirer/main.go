// Command refacquirer runs the reference acquirer as a process.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"mppsim/fixtures/refacquirer"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := refacquirer.Main(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}
