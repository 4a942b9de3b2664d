package wallet_test

import (
	"fmt"
	"testing"

	"mppsim/wallet"
	"mppsim/wallet/aps"
)

// TestServiceProvidersAtTheAcquirersDoor calls in the name of merchants whose token is another one, or none: at this door no
// answer to that is documented, so all are served, and the token stands in the record, unsigned.
func TestServiceProvidersAtTheAcquirersDoor(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(o *wallet.Options) { o.Agents = map[string]string{"token-1": "M-1", "token-2": "M-2"} })
	r.open("off")
	p := r.payer("rich")
	for i, token := range []string{"token-1", "token-2", "stolen"} {
		id := fmt.Sprintf("P%d", i)
		req := r.request("pay", r.payBody(id, r.code(p), "1000"))
		req.Header.Set("Agent-Token", token)
		a := must[answer](t)(r.do(req))
		want(t, token, a.code(), "SUCCESS")
		e := r.last(aps.Pay)
		want(t, "recorded", e.Request.Header.Get("Agent-Token"), token)
		want(t, "signature", e.Signature.Verdict, "valid")
	}
}
