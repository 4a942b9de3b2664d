package mpp

import (
	"context"
	"fmt"
	"testing"
	"time"

	"mppsim/wallet/aps"
	"mppsim/wallet/clock"
	"mppsim/wallet/money"
	"mppsim/wallet/store"
)

func BenchmarkPay(b *testing.B) {
	ids := 0
	w, err := New(Options{Store: store.NewMemory(), Clock: clock.System(), IDs: func() string { ids++; return fmt.Sprint("id-", ids) }})
	if err != nil {
		b.Fatal(err)
	}
	ctx := context.Background()
	p, err := w.CreatePayer(ctx, PayerSpec{})
	if err != nil {
		b.Fatal(err)
	}
	req := aps.WalletPay{CustomerID: p.CustomerID, Order: new(aps.Order), Amount: money.Of("SGD", 1), PayTo: money.Of("SGD", 1)}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		req.PaymentRequestID = fmt.Sprint("pay-", i)
		req.Expiry = time.Now().Add(time.Minute)
		answer, err := w.Pay(ctx, req)
		if err != nil || answer.Result.Status != aps.Success {
			b.Fatal(answer, err)
		}
	}
}
