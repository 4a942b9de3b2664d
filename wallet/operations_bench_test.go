package wallet_test

import (
	"fmt"
	"testing"
	"time"

	"mppsim/wallet/control"
)

// BenchmarkOperation measures what one operation takes of the processors, without signatures: the bar is a millisecond each.
// Payments have a promotion and a red packet to be looked for.
func BenchmarkOperation(b *testing.B) {
	ctx := b.Context()
	for _, operation := range []struct {
		name    string
		prepare func(w *town, p control.Payer) string
		do      func(w *town, p control.Payer, given string)
	}{
		{
			"claim",
			func(w *town, _ control.Payer) string {
				p, err := w.sim.CreatePayer(ctx, control.PayerSpec{Timeline: w.line, Template: "china-id"})
				w.check(err)
				return p.ID
			},
			func(w *town, _ control.Payer, claimant string) {
				claim, err := w.sim.ClaimRedPacket(ctx, claimant, control.ClaimSpec{Code: w.codes[0].Text})
				if w.check(err); claim.Coupon == nil {
					w.t.Fatal(claim.Rule)
				}
			},
		},
		{
			"code",
			nothing,
			func(w *town, p control.Payer, _ string) {
				_, err := w.sim.IssueCode(ctx, p.ID, control.CodeSpec{})
				w.check(err)
			},
		},
		{"pay", nothing, func(w *town, p control.Payer, _ string) { w.buy(p, 12000) }},
		{
			"refund",
			func(w *town, p control.Payer) string {
				w.buy(p, 12000)
				return fmt.Sprintf(`{"paymentRequestId":"P%d","refundRequestId":"R%[1]d","refundAmount":{"currency":"SGD","value":"4000"}}`, w.last)
			},
			func(w *town, _ control.Payer, body string) {
				if code := w.ask("refund", body); code != "SUCCESS" {
					w.t.Fatal(code)
				}
			},
		},
	} {
		b.Run(operation.name, func(b *testing.B) {
			w := newTown(b) //nolint:contextcheck // a town lives on a context of its own
			p, err := w.sim.CreatePayer(ctx, control.PayerSpec{Timeline: w.line, Template: "rich"})
			w.check(err)
			used, times := time.Duration(0), 0
			for b.Loop() {
				given := operation.prepare(w, p)
				start := processorTime(b)
				operation.do(w, p, given)
				used += processorTime(b) - start
				times++
			}
			b.ReportMetric(0, "ns/op") // elapsed time, also of what is only prepared
			b.ReportMetric(float64(used.Microseconds())/1000/float64(times), "cpu-ms/op")
			w.check(w.sim.Close())
		})
	}
}

func nothing(*town, control.Payer) string { return "" }
