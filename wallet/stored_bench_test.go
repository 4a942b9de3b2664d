package wallet

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"testing"
	"time"

	"mppsim/wallet/aps"
	"mppsim/wallet/control"
	"mppsim/wallet/money"
	"mppsim/wallet/store"
)

// timedPayments are the last payments of a benchmark, whose times count.
const timedPayments = 1000

// BenchmarkStored keeps many payments in one simulator, as a server that runs for weeks does, and reports what each
// takes of the memory and how long the slowest one in a hundred of the last thousand took. It goes past HTTP and
// signatures, which cost the same however much is stored.
func BenchmarkStored(b *testing.B) {
	for _, n := range storedCounts() {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				benchStored(b, n)
			}
		})
	}
}

func benchStored(b *testing.B, n int) {
	records, err := store.NewSpilling(store.Spill{Dir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	sim, err := New(Options{Notification: control.NotificationRhythm{Mode: "off"}, Store: records})
	if err != nil {
		b.Fatal(err)
	}
	payer, err := sim.CreatePayer(b.Context(), control.PayerSpec{})
	if err != nil {
		b.Fatal(err)
	}
	before := heap()
	took := make([]time.Duration, 0, timedPayments)
	for i := range n {
		began := time.Now()
		payOnce(b, sim, payer.ID, i)
		if i >= n-timedPayments {
			took = append(took, time.Since(began))
		}
	}
	slices.Sort(took)
	b.ReportMetric(float64(heap()-before)/float64(n), "B/payment")
	b.ReportMetric(float64(took[len(took)/2].Microseconds()), "median-us")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-us")
	if err := sim.Close(); err != nil {
		b.Error(err)
	}
}

// heap returns the bytes in use after a collection.
func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// payOnce pays, from the payer's screen to the shop's receipt.
func payOnce(b *testing.B, sim *Simulator, payer string, i int) {
	ctx := context.Background()
	code, err := sim.IssueCode(ctx, payer, control.CodeSpec{})
	if err != nil {
		b.Fatal(err)
	}
	req := stored(code.Digits, i)
	subject, err := sim.network.Locate(ctx, aps.Marks{
		PaymentRequestID: req.PaymentRequestID, Code: req.Code, Amount: req.Amount, Texts: req.Texts,
	})
	if err != nil {
		b.Fatal(err)
	}
	answer, err := sim.network.Pay(ctx, subject, &req, nil)
	if err != nil || answer.Result.Status != aps.Success {
		b.Fatalf("payment %d: %s %v", i, answer.Result.Code, err)
	}
}

// stored is a request of a usual size.
func stored(code string, i int) aps.PayRequest {
	id := fmt.Sprintf("20310305-0001-%08d", i)
	amount := money.Of("SGD", int64(100+i%9900))
	return aps.PayRequest{
		PaymentRequestID: id, Amount: amount, MethodType: "CONNECT_WALLET", Code: code, Settlement: "SGD",
		Factor:    aps.Factor{InStore: "true", Cashier: "false", Scenario: "PaymentCode"},
		Expiry:    time.Now().Add(time.Minute),
		NotifyURL: "http://127.0.0.1:9100/alipay/notify",
		Order: aps.Order{
			ReferenceOrderID: "order-" + id, Description: "tea and two biscuits", Amount: amount,
			Merchant: aps.Merchant{
				ReferenceMerchantID: "M-1001", Name: "Corner Shop Pte Ltd", DisplayName: "Corner Shop", MCC: "5411", Region: "SG",
				Store: &aps.Store{ReferenceStoreID: "S-1", Name: "Corner Shop Orchard Road", MCC: "5411", TerminalID: "T-1"},
			},
			Env: aps.Env{TerminalType: "APP", OSType: "IOS", UserAgent: "till/3.1", ClientIP: "10.0.0.7"},
		},
		Texts: aps.ListTexts(
			id, "SGD", fmt.Sprint(amount.Value), "CONNECT_WALLET", code, "SGD", "true", "false", "PaymentCode",
			"http://127.0.0.1:9100/alipay/notify", "order-"+id, "tea and two biscuits", "SGD", fmt.Sprint(amount.Value),
			"M-1001", "Corner Shop Pte Ltd", "Corner Shop", "5411", "SG", "S-1", "Corner Shop Orchard Road", "5411", "T-1",
			"APP", "IOS", "till/3.1", "10.0.0.7",
		),
	}
}
