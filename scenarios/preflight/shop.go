package preflight

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"mppsim/reports/journal"
	"mppsim/scenarios/acquirer"
	"mppsim/scenarios/netpath"
	"mppsim/wallet/control"
	"mppsim/wallet/trace"
)

// finder tells which mapped paths found nothing in an answer; the HTTP driver is one.
type finder interface {
	Finds(call journal.Call) []acquirer.Problem
}

// query asks for the probe payment until it is refused, and looks at the mapped paths.
func (v *visit) query(ctx context.Context, ref acquirer.PaymentRef, charged acquirer.Payment) {
	ctx, cancel := context.WithTimeout(ctx, decideWithin)
	defer cancel()
	p, err := v.Acquirer.Query(ctx, ref)
	last := p
	for err == nil && p.State == acquirer.Pending && ctx.Err() == nil {
		v.pause(ctx)
		if p, err = v.Acquirer.Query(ctx, ref); err == nil {
			last = p
		}
	}
	switch {
	case err != nil && last.State == "":
		v.add(itemQuery, Fail, "check verbs.query and states.payment", "%v", err)
	case last.Refused:
		v.add(itemQuery, Fail, "check the request of verbs.query and the payment path of verbs.charge_code", "the acquirer does not know the payment that it has just taken: %s", last.Reason)
	case last.State == acquirer.Pending:
		v.add(itemQuery, Warn, "", "the payment is still undecided after a second, although Alipay+ refused it")
	case last.State == acquirer.Failed || last.State == acquirer.Closed:
		v.add(itemQuery, OK, "", "the shop sees the payment as %s, reason %q", last.State, last.Reason)
	default:
		v.add(itemQuery, Fail, "check states.payment: the payer has no money, so this payment is refused", "the shop sees the payment as %q", last.State)
	}
	v.paths(charged.Call, last.Call)
}

// paths says which mapped paths found nothing. A refused payment lacks much, so that is only
// worth a warning where a member of nearly the same name is there.
func (v *visit) paths(calls ...journal.Call) {
	f, ok := v.Acquirer.(finder)
	if !ok {
		return
	}
	var absent, misspelt []string
	for _, call := range calls {
		for _, p := range f.Finds(call) {
			switch {
			case p.Mend != "":
				misspelt = append(misspelt, p.String())
			case !slices.Contains(absent, p.Place.Key):
				absent = append(absent, p.Place.Key)
			}
		}
	}
	switch {
	case len(misspelt) > 0:
		v.add(itemPaths, Warn, "correct the paths", "%s", strings.Join(misspelt, "; "))
	case len(absent) > 0:
		v.add(itemPaths, OK, "", "a refused payment does not tell %s; these are seen only in the run", strings.Join(absent, ", "))
	default:
		v.add(itemPaths, OK, "", "all of them find something")
	}
}

// callback delivers a genuine notification of the probe's refusal.
func (v *visit) callback(ctx context.Context, pay trace.Exchange, arrived bool) {
	switch {
	case !v.Profile.Has("notify"):
		v.add(itemCallback, Skipped, "", "notify is not declared")
		return
	case !arrived:
		v.skip("no pay call arrived", itemCallback, itemCallbackOK)
		return
	}
	if !namesAddress(pay) {
		v.add(itemCallback, Warn, "send paymentNotifyUrl with pay, or take notify out of the capabilities",
			"the probe charge names no paymentNotifyUrl, which it need not for payment codes: nothing about notifications will be judged")
		return
	}
	e, err := v.Sim.Notify(ctx, control.NotifySpec{PaymentRequestID: pay.PaymentRequestID})
	if err != nil {
		v.add(itemCallback, Fail, "send a paymentNotifyUrl that the simulator reaches, and allow its host: alipayplus.callback_hosts", "it cannot be delivered: %v", err)
		return
	}
	v.signs.notified = netpath.Signs(e.Response.Header)
	v.judgeCallback(e)
}

// namesAddress reports whether a pay call tells where notifications go.
func namesAddress(pay trace.Exchange) bool {
	var told struct {
		Address string `json:"paymentNotifyUrl"`
	}
	_ = json.Unmarshal(pay.Request.Body, &told) // what is wrong with it is another item's
	return told.Address != ""
}

// targetOf is where a call of Alipay+ went.
func targetOf(e trace.Exchange) string {
	if strings.Contains(e.Request.Target, "://") {
		return e.Request.Target
	}
	return e.Request.Host + e.Request.Target
}

func (v *visit) judgeCallback(e trace.Exchange) {
	target := targetOf(e)
	if e.Response.Status == 0 {
		v.add(itemCallback, Fail, "check paymentNotifyUrl, and alipayplus.callback_hosts if the host is refused", "no answer from %s: %s", target, e.Broken)
		v.skip("there is no answer", itemCallbackOK)
		return
	}
	result := "no result"
	if e.Result != nil {
		result = e.Result.Status + " " + e.Result.Code
	}
	v.add(itemCallback, OK, "", "%s answered: HTTP status %d, %s", target, e.Response.Status, result)
	switch {
	case e.Result != nil && e.Result.Code == "INVALID_SIGNATURE":
		v.add(itemCallbackOK, Fail, "give the acquirer the public key of Alipay+ that `mppsim serve` and `mppsim init` print",
			"the acquirer rejects the signature of a genuine notification: %s", result)
	case e.Result == nil || e.Result.Status != "S":
		v.add(itemCallbackOK, Warn, "a genuine notification is acknowledged with S SUCCESS", "the notification was not acknowledged: %s", result)
	case e.Signature.Verdict != "valid":
		v.add(itemCallbackOK, Warn, "sign the answer with the acquirer's key over its Response-Time and body", "the acknowledgement's signature is %s: %s", e.Signature.Verdict, e.Signature.Reason)
	default:
		v.add(itemCallbackOK, OK, "", "acknowledged and signed")
	}
}
