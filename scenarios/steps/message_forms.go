package steps

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"mppsim/scenarios/world"
	"mppsim/wallet/aps"
	"mppsim/wallet/control"
	"mppsim/wallet/trace"
)

// formSteps are the legal forms in which Alipay+ may write its messages.
func formSteps() []Step {
	return []Step{
		step("Alipay+", `Alipay\+ writes its messages (.+)`, `Alipay+ writes its messages in another JSON layout`,
			"Every message of Alipay+ about the latest payer's payments has this form; what it says stays true. Forms: "+
				strings.Join(formNames(), ", ")+".", writeIn),
		step("Alipay+", `Alipay\+ notifies the payment's success in the same form`,
			`Alipay+ notifies the payment's success in the same form`,
			"The wallet takes the money, and a genuine notification says so, written as Alipay+ writes its messages.", notifyInForm),
		step("Alipay+", `Alipay\+ notifies the payment's outcome`, `Alipay+ notifies the payment's outcome`,
			"A genuine notification says what has become of the payment.", notifyOutcome),
		step("Alipay+", `Alipay\+ sends a notification that is (genuine|wrongly signed|broken JSON)`,
			`Alipay+ sends a notification that is wrongly signed`,
			"A notification of success that deserves an answer, whatever it is worth.", notifyAs),
	}
}

// formKey remembers how Alipay+ writes its messages in this scenario.
const formKey = "form of the messages of Alipay+"

// forms are the alterations of genuine messages, by their words in the features.
func forms() map[string]control.Alteration {
	return map[string]control.Alteration{
		"in another JSON layout":                          {Layout: "foreign"},
		"with header names in lower case":                 {Spelling: "lower"},
		"with blanks after the commas of Signature":       {Spelling: "spaced"},
		"without blanks in Signature":                     {Spelling: "unspaced"},
		"with lower-case percent escapes":                 {Spelling: "lower-hex"},
		"with times at an offset and without fraction":    {TimeForm: "offset"},
		"with times in Z and with two decimals":           {TimeForm: "z2"},
		"with times at an offset and with three decimals": {TimeForm: "offset3"},
		"with the mandatory members only":                 {Minimal: true},
		"with their optional members null":                {Null: true},
		"with members that nobody knows":                  {Set: unknownMembers()},
		"with unusual promotions":                         {Set: map[string]json.RawMessage{promoMember: json.RawMessage(unusualPromotions)}},
		"with the wallet named Kaleido Pay":               {Set: map[string]json.RawMessage{"walletBrandName": json.RawMessage(`"Kaleido Pay"`)}},
	}
}

func formNames() []string {
	names := []string{withAddresses}
	for name := range forms() {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// unknownMembers are members of all kinds, beside and inside the known ones.
func unknownMembers() map[string]json.RawMessage {
	return map[string]json.RawMessage{
		"addedText":                 json.RawMessage(`"a member of next year"`),
		"addedObject":               json.RawMessage(`{"status":"F","values":[{"resultStatus":"F"}]}`),
		"addedList":                 json.RawMessage(`["F",{"resultStatus":"F"},[]]`),
		"paymentAmount.addedText":   json.RawMessage(`"0"`),
		"paymentAmount.addedObject": json.RawMessage(`{"currency":"XXX","value":"0"}`),
		"paymentAmount.addedList":   json.RawMessage(`["0"]`),
	}
}

const promoMember = "paymentPromoInfo"

const unusualPromotions = `{"paymentPromoDetails":[` +
	`{"promoId":"promo-1","promoName":"New year 🧧 红包","promoType":"NEW_TYPE","savingsAmount":{"currency":"CNY","value":"888"}},` +
	`{"promoId":"promo-2","promoName":"Loyalty","promoType":"COUPON","savingsAmount":{"currency":"CNY","value":"100"}},` +
	`{"promoId":"promo-3","promoName":"Crédit d'été","promoType":"INSTANT_DISCOUNT","savingsAmount":{"currency":"EUR","value":"1"}}]}`

func writeIn(ctx context.Context, form string) error {
	alter, known := forms()[form]
	if form == withAddresses {
		var err error
		if alter, err = ownAddresses(ctx); err != nil {
			return err
		}
	} else if !known {
		return fmt.Errorf("messages %q: no such form; there are %s", form, strings.Join(formNames(), ", "))
	}
	return writeAs(ctx, alter)
}

// writeAs alters the answers to every call about the latest payer, and the notifications. Members that are
// set belong to a payment's outcome: a cancellation has none.
func writeAs(ctx context.Context, alter control.Alteration) error {
	w := world.From(ctx)
	w.Remember(formKey, alter)
	answers := []aps.API{aps.Pay, aps.InquiryPayment}
	if len(alter.Set) == 0 {
		answers = append(answers, aps.CancelPayment, aps.Refund)
	}
	for _, api := range answers {
		if err := armFor(ctx, "answer-altered", aim{api, 1, 0}, control.Params{Alter: alter}); err != nil {
			return err
		}
	}
	return armFor(ctx, "notification-altered", aim{aps.NotifyPayment, 1, 0}, control.Params{Alter: alter})
}

// notify delivers a notification about the latest payment now and remembers how it was answered.
func notify(ctx context.Context, spec control.NotifySpec) (trace.Exchange, error) {
	w := world.From(ctx)
	p, err := w.PaymentBy("")
	if err != nil {
		return trace.Exchange{}, err
	}
	if err := arrived(ctx, p); err != nil {
		return trace.Exchange{}, err
	}
	if err := notifiable(ctx, p); err != nil {
		return trace.Exchange{}, err
	}
	spec.PaymentRequestID = p.RequestIDs()[0]
	sent, err := w.Sim().Notify(ctx, spec)
	if err != nil {
		return sent, fmt.Errorf("notify %s: %w", spec.PaymentRequestID, err)
	}
	w.Remember(notifiedKey, sent)
	return sent, nil
}

// notifiable reports whether a charge names an address for notifications. For payment codes it may leave that out,
// except in the ams dialect (api_acq/pay, ams/upm); what asks for notifications then does not concern the acquirer.
func notifiable(ctx context.Context, p *world.Payment) error {
	w := world.From(ctx)
	switch {
	case p.NamesNotifyAddress():
		return nil
	case w.Facts().Dialect == "ams":
		return w.NotReached("the charge names no notification address", "ACQ-NTF-03")
	}
	return w.NotApplicable("charges of payment codes need not name a notification address, and the acquirer's do not")
}

func notifyInForm(ctx context.Context) error {
	alter, _ := world.From(ctx).Recall(formKey).(control.Alteration)
	_, err := notify(ctx, control.NotifySpec{Outcome: succeeded(), Pay: true, Alter: alter})
	return err
}

func notifyOutcome(ctx context.Context) error {
	_, err := notify(ctx, control.NotifySpec{})
	return err
}

func notifyAs(ctx context.Context, how string) error {
	spec := control.NotifySpec{Outcome: succeeded(), Pay: how == "genuine"}
	switch how {
	case "wrongly signed":
		spec.Alter.Signature = "wrong-key"
	case "broken JSON":
		broken := `{"paymentResult":{"resultCode":"SUCCESS","resultStatus":`
		spec.Alter.Body = &broken
	}
	_, err := notify(ctx, spec)
	return err
}

// succeeded is the outcome of a payment that is paid.
func succeeded() *aps.Result {
	return &aps.Result{Code: "SUCCESS", Status: aps.Success, Message: "success"}
}
