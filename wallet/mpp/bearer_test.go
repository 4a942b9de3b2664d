package mpp

import (
	"testing"

	"mppsim/wallet/aps"
	"mppsim/wallet/store"
)

// given are access tokens with the payers who gave them out.
type given map[string]string

func (g given) Bearer(_ store.Tx, token, _ string) (payerID, refusal string, err error) {
	if g[token] == "" {
		return "", "INVALID_TOKEN", nil
	}
	return g[token], "", nil
}

// TestATokenPaysForTheOneWhoGaveIt charges an agreement in the name of its payer, of nobody, and of somebody else.
func TestATokenPaysForTheOneWhoGaveIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner, other := w.payer("rich"), w.payer("rich")
	w.wallet.tokens = given{"token": owner.ID}
	for _, tt := range []struct{ what, token, customer, want string }{
		{"its payer", "token", owner.CustomerID, "SUCCESS"},
		{"nobody", "token", "", "SUCCESS"},
		{"somebody else", "token", other.CustomerID, "INVALID_TOKEN"},
		{"a customer whom nobody knows", "token", "stranger", "INVALID_TOKEN"},
		{"a token that nobody gave", "found", owner.CustomerID, "INVALID_TOKEN"},
	} {
		req := w.request(owner)
		req.Code, req.Product, req.Token, req.CustomerID = "", aps.ByAutoDebit, tt.token, tt.customer
		a := w.pay(req)
		if a.Result.Code != tt.want || tt.want == "SUCCESS" && a.CustomerID != owner.CustomerID {
			t.Errorf("%s: %+v, want %s", tt.what, a, tt.want)
		}
	}
	if w.spent(owner) != 2*1234 || w.spent(other) != 0 {
		t.Errorf("the owner paid %d, the other one %d", w.spent(owner), w.spent(other))
	}
}
