package httpdriver_test

import (
	"context"
	"errors"
	"net/http"
	"sync/atomic"
	"testing"

	"mppsim/scenarios/acquirer"
)

// FuzzAnswer lets a merchant API answer anything: it is understood, or the error says that it cannot be read, or that the
// acquirer failed. A harness that breaks down here would end a run.
func FuzzAnswer(f *testing.F) {
	for _, answer := range minorTill().answers {
		f.Add(200, answer[4:])
	}
	f.Add(200, `{"id":"p","status":"PAID","amount_paid":1e400,"refunds":[null,{}]}`)
	f.Add(200, `{"result":{"code":"OK"},"data":{"order":{"id":77,"state":2},"sum":{"paid":250.00,"left":"247.0","ccy":"sgd"}}}`)
	f.Add(422, `{"error":{"code":"DECLINED"}}`)
	f.Add(302, "\xff\x00")
	var status atomic.Int64
	var body atomic.Value
	server := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(int(status.Load()))
		text, _ := body.Load().(string)
		_, _ = w.Write([]byte(text))
	})
	minor, major := open(f, minorStyle, server), open(f, majorStyle, server)
	f.Fuzz(func(t *testing.T, code int, answer string) {
		status.Store(int64(200 + uint(code)%400))
		body.Store(answer)
		for _, d := range []acquirer.Acquirer{minor, major} {
			ctx := context.Background()
			_, charged := d.ChargeCode(ctx, charge())
			_, asked := d.Query(ctx, ref())
			_, refunded := d.Refund(ctx, acquirer.RefundOrder{PaymentRef: ref(), Number: "1", Refund: charge().Amount, Currency: "SGD"})
			_, listed := d.List(ctx, shop())
			_, shown := d.Receipt(ctx, ref())
			for _, err := range []error{charged, asked, refunded, listed, shown} {
				if err != nil && !errors.Is(err, acquirer.ErrUnreadable) && !errors.Is(err, acquirer.ErrServer) && !errors.Is(err, acquirer.ErrNotOffered) {
					t.Fatal(err)
				}
			}
		}
	})
}
