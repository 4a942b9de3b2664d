package preflight

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"mppsim/scenarios/acquirer"
	"mppsim/scenarios/netpath"
	"mppsim/wallet/aps"
	"mppsim/wallet/control"
	"mppsim/wallet/money"
	"mppsim/wallet/trace"
)

// probe makes one charge that the wallet must refuse, and looks at all that comes of it.
func (v *visit) probe(ctx context.Context, info control.Info) {
	timeline, payer, code, err := v.arrange(ctx)
	if err != nil {
		v.add(itemCharge, Fail, "look into the simulator's log", "the simulator cannot prepare it: %v", err)
		v.skip("there is no probe charge", itemArrival, itemSignature, itemQuery, itemCallback)
		return
	}
	defer v.close(ctx, timeline)
	shop := v.Profile.MainShop()
	reference := "preflight-" + v.IDs()
	amount, err := money.ParseMajor(shop.Currencies[0], "1")
	if err != nil {
		v.add(itemCharge, Fail, "check the currencies of the shop", "%v", err)
		return
	}
	_ = v.Sim.Expect(ctx, timeline, control.Expectation{References: []string{reference}}) // the code finds it as well
	charge := acquirer.Charge{
		Shop: shop, Code: code, Amount: amount, Currency: amount.Currency, Reference: reference, Description: "mppsim preflight",
	}
	started := make(chan acquirer.Payment, 1)
	go v.charge(ctx, charge, started)
	pay, arrived := v.arrival(ctx, timeline)
	v.signs.pay = netpath.Signs(pay.Request.Header)
	payment, charged := v.charged(ctx, started)
	v.signs.till = netpath.Signs(payment.Call.Response.Header)
	v.judgeArrival(pay, arrived, charged, payment, info)
	if charged {
		ref := acquirer.PaymentRef{Payment: payment.ID, Reference: reference, Shop: shop, Amount: amount}
		v.query(ctx, ref, payment)
	} else {
		v.skip("the probe charge had no answer", itemQuery, itemPaths)
	}
	v.callback(ctx, pay, arrived)
	v.decoding(ctx, payer)
}

// arrange opens a timeline with a payer who has no money, and a code. Notifications wait until they are asked for.
func (v *visit) arrange(ctx context.Context) (timeline, payer, code string, err error) {
	t, err := v.Sim.OpenTimeline(ctx, control.TimelineSpec{Name: "preflight", Notification: control.NotificationRhythm{Mode: "off"}})
	if err != nil {
		return "", "", "", err
	}
	p, err := v.Sim.CreatePayer(ctx, control.PayerSpec{Timeline: t.ID, Template: "poor"})
	if err != nil {
		v.close(ctx, t.ID)
		return "", "", "", err
	}
	minted, err := v.Sim.IssueCode(ctx, p.ID, control.CodeSpec{Length: v.codeLength()})
	if err != nil {
		v.close(ctx, t.ID)
		return "", "", "", err
	}
	return t.ID, p.ID, minted.Digits, nil
}

// codeLength is one that the acquirer takes; 0 is the simulator's own choice.
func (v *visit) codeLength() int {
	if lengths := v.Profile.Facts.CodeLengths; len(lengths) > 0 {
		return lengths[0]
	}
	return 0
}

// close gives the timeline up, also when the preflight's own time is over.
func (v *visit) close(ctx context.Context, timeline string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	_ = v.Sim.CloseTimeline(ctx, timeline) // an open timeline harms nobody
}

// charge puts the answer into a channel, which is closed without one when there is none. What
// went wrong is in the payment's Call.
func (v *visit) charge(ctx context.Context, c acquirer.Charge, started chan<- acquirer.Payment) {
	defer close(started)
	ctx, cancel := context.WithTimeout(ctx, chargeWithin)
	defer cancel()
	p, err := v.Acquirer.ChargeCode(ctx, c)
	if err != nil && p.Call.Error == "" {
		p.Call.Error = err.Error()
	}
	started <- p
}

// arrival waits for the pay call of the probe.
func (v *visit) arrival(ctx context.Context, timeline string) (trace.Exchange, bool) {
	ctx, cancel := context.WithTimeout(ctx, chargeWithin)
	defer cancel()
	for after := uint64(0); ctx.Err() == nil; {
		found, err := v.Sim.Exchanges(ctx, control.ExchangeQuery{Timeline: timeline, After: after, Wait: chargeWithin})
		if err != nil {
			return trace.Exchange{}, false
		}
		for _, e := range found {
			after = max(after, e.Seq)
			if e.Leg == trace.AcquirerToNetwork && e.API == string(aps.Pay) {
				return e, true
			}
		}
		v.pause(ctx)
	}
	return trace.Exchange{}, false
}

// pause keeps a poll from spinning.
func (v *visit) pause(ctx context.Context) {
	turn := make(chan struct{})
	stop := v.Clock.AfterFunc(sampleEvery, func() { close(turn) })
	select {
	case <-turn:
	case <-ctx.Done():
		stop()
	}
}

// charged waits for the merchant API's answer to the probe charge.
func (v *visit) charged(ctx context.Context, started <-chan acquirer.Payment) (acquirer.Payment, bool) {
	select {
	case p := <-started:
		return p, v.judgeCharge(p)
	case <-ctx.Done():
		v.add(itemCharge, Fail, "a preflight waits two seconds; look into the acquirer's log", "the acquirer did not answer the probe charge in time")
		return acquirer.Payment{}, false
	}
}

func (v *visit) judgeCharge(p acquirer.Payment) bool {
	switch {
	case p.Call.Error != "":
		v.add(itemCharge, Fail, "check address, credentials, request and response of verbs.charge_code", "%s", p.Call.Error)
		return false
	case p.Refused:
		v.add(itemCharge, Fail, "check the request of verbs.charge_code and the shop's facts: the code itself is sound",
			"the acquirer refused it before Alipay+ was asked: %s", p.Reason)
		return false
	case p.State == acquirer.Paid:
		v.add(itemCharge, Fail, "check states.payment: the payer has no money, so this payment is refused", "the acquirer's word for it is mapped to PAID")
		return true
	}
	v.add(itemCharge, OK, "", "the acquirer took it as payment %s", p.ID)
	return true
}

// judgeArrival looks at the pay call itself.
func (v *visit) judgeArrival(pay trace.Exchange, arrived, charged bool, p acquirer.Payment, info control.Info) {
	if !arrived {
		mend := "set the acquirer's Alipay+ address to the simulator's and let it through to there"
		if info.GatewayURL != "" {
			mend = fmt.Sprintf("set the acquirer's Alipay+ address to %s and let it through to there", info.GatewayURL)
		}
		v.add(itemArrival, Fail, mend, "no pay call of the probe charge arrived")
		v.skip("no pay call arrived", itemSignature, itemClient, itemTime)
		return
	}
	if !charged && p.Refused {
		v.replaceLastCharge()
	}
	if door := pay.Door; door != "" && door != v.Profile.Dialect {
		v.add(itemArrival, Fail, "write the dialect that the acquirer speaks, or give it the other address: "+addressOf(v.Profile.Dialect),
			"pay arrived at %s, the door of dialect %s; the profile says %s", pay.Request.Target, door, v.Profile.Dialect)
	} else {
		v.add(itemArrival, OK, "", "pay arrived as %s", pay.PaymentRequestID)
	}
	v.signature(pay)
	v.client(pay, info)
	v.time(pay)
}

// addressOf is the path under which a dialect's payment operations stand.
func addressOf(dialect string) string { return "/" + dialect + "/api/v1/payments/" }

// replaceLastCharge forgives a merchant API that tells the wallet's refusal as a refusal of the call:
// the pay call has arrived, so the request was good.
func (v *visit) replaceLastCharge() {
	for i, item := range v.report.Items {
		if item.Name == itemCharge {
			v.report.Items[i] = Item{Name: itemCharge, State: OK, Detail: "the acquirer sent it to Alipay+ and told the refusal at once"}
		}
	}
}

func (v *visit) signature(pay trace.Exchange) {
	switch pay.Signature.Verdict {
	case "valid":
		v.add(itemSignature, OK, "", "it verifies with the acquirer's key")
	case "unchecked":
		v.add(itemSignature, Warn, "give alipayplus.acquirer_public_key in the profile, and --profile to a serve that is attached to", "it was not checked: %s", pay.Signature.Reason)
	default:
		v.add(itemSignature, Fail, "correct what is named; mppsim keys shows how both sides must be set", "%s: %s", pay.Signature.Verdict, pay.Signature.Reason)
	}
}

func (v *visit) client(pay trace.Exchange, info control.Info) {
	sent := pay.Request.Header.Get("Client-Id")
	switch {
	case info.ClientID != v.Profile.Facts.Client:
		v.add(itemClient, Fail, "use one of them on both sides", "the profile says %s, the simulator has assigned %s", v.Profile.Facts.Client, info.ClientID)
	case sent != info.ClientID:
		v.add(itemClient, Fail, "configure the acquirer with "+info.ClientID, "the acquirer sends %q", sent)
	default:
		v.add(itemClient, OK, "", "%s", sent)
	}
}

// time compares the Request-Time of the probe with its arrival.
func (v *visit) time(pay trace.Exchange) {
	text := pay.Request.Header.Get("Request-Time")
	sent, err := wireTime(text)
	if err != nil {
		v.add(itemTime, Warn, "send ISO 8601 with a zone", "Request-Time %q cannot be read", text)
		return
	}
	v.compare(itemTime, sent, pay.Received)
}

// wireTime reads the forms of times in headers (acqp-api §1.2).
func wireTime(text string) (time.Time, error) {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999Z0700"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, nil
		}
	}
	millis, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return time.Time{}, errors.New("no known form of a time")
	}
	return time.UnixMilli(millis), nil
}
