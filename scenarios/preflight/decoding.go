package preflight

import (
	"context"
	"errors"
	"time"

	"mppsim/scenarios/acquirer"
	"mppsim/wallet/control"
	"mppsim/wallet/trace"
)

// decodeWithin is how long the acquirer may take to say that it does not know a code.
const decodeWithin = time.Second

// unknownCode is a text in the form of a code of the acquirer's own, which it has never issued.
func (v *visit) unknownCode() string {
	domain := "pay.example"
	if own := v.Profile.AlipayPlus.PrivateDomains; len(own) > 0 {
		domain = own[0]
	}
	return "https://" + domain + "/281002040000preflight" + v.IDs()
}

// decoding asks the acquirer about a code that is none of its own, as Alipay+ does when somebody scans one
// (userInitiatedPay). That it refuses it, correctly signed, is all that is wanted.
func (v *visit) decoding(ctx context.Context, payer string) {
	if !v.Profile.Has(acquirer.ProductPrivateOrderCode) {
		return
	}
	if ctx.Err() != nil {
		v.skip("there was no time left", itemDecoding)
		return
	}
	ctx, cancel := context.WithTimeout(ctx, decodeWithin)
	defer cancel()
	e, err := v.Sim.Decode(ctx, control.DecodeSpec{Text: v.unknownCode(), Payer: payer})
	const mend = "check alipayplus.addresses.userInitiatedPay (or acquirer_url), and alipayplus.callback_hosts if the host is refused"
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		v.add(itemDecoding, Fail, mend, "no answer to userInitiatedPay within %s", decodeWithin)
	case err != nil:
		v.add(itemDecoding, Fail, mend, "userInitiatedPay cannot be asked: %v", err)
	case e.Response.Status == 0:
		v.add(itemDecoding, Fail, mend, "no answer to userInitiatedPay from %s: %s", targetOf(e), e.Broken)
	default:
		v.judgeDecoding(e)
	}
}

func (v *visit) judgeDecoding(e trace.Exchange) {
	switch {
	case e.Result == nil:
		v.add(itemDecoding, Fail, "serve userInitiatedPay there, or name the address where it is served: alipayplus.addresses.userInitiatedPay",
			"%s answered userInitiatedPay with HTTP status %d and no result", targetOf(e), e.Response.Status)
	case e.Result.Code == "INVALID_SIGNATURE":
		v.add(itemDecoding, Fail, "give the acquirer the public key of Alipay+ that `mppsim serve` and `mppsim init` print",
			"the acquirer rejects the signature of a genuine userInitiatedPay")
	case e.Result.Status == "S":
		v.add(itemDecoding, Warn, "answer F INVALID_CODE", "the acquirer has an order behind a code that it never issued")
	case e.Signature.Verdict != "valid":
		v.add(itemDecoding, Warn, "sign the answer with the acquirer's key over its Response-Time and body",
			"the signature of the answer to userInitiatedPay is %s: %s", e.Signature.Verdict, e.Signature.Reason)
	default:
		v.add(itemDecoding, OK, "", "a code that it never issued is answered with %s %s, signed", e.Result.Status, e.Result.Code)
	}
}
