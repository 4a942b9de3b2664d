package wallet_test

import (
	"context"
	"fmt"
	"net/http/httptest"

	"mppsim/wallet"
	"mppsim/wallet/control"
)

func Example() {
	sim, err := wallet.New(wallet.Options{})    // Alipay+ and a wallet, with keys of their own
	server := httptest.NewServer(sim.Handler()) // server.URL is what the acquirer under test calls
	defer server.Close()

	ctx := context.Background()
	payer, err2 := sim.CreatePayer(ctx, control.PayerSpec{Template: "rich"})
	code, err3 := sim.IssueCode(ctx, payer.ID, control.CodeSpec{}) // what the payer shows at the till
	fmt.Println(len(code.Digits), err, err2, err3)
	// Output: 24 <nil> <nil> <nil>
}
