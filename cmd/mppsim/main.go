// Command mppsim plays the Alipay+ network and a mobile wallet behind an acquirer's
// connection, and certifies the acquirer against them.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"mppsim/cmd/mppsim/cli"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second Ctrl-C does not wait for the report
	code := cli.Main(ctx, os.Args[1:], cli.IO{Name: os.Args[0], In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Env: os.LookupEnv})
	stop()
	os.Exit(code)
}
