package wallet_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"mppsim/wallet"
	"mppsim/wallet/aps"
	"mppsim/wallet/control"
)

// registrationBody registers a store; with more product codes also the merchant online.
func registrationBody(id, merchant, store, notifyURL string, products ...string) string {
	if len(products) == 0 {
		products = []string{"IN_STORE_PAYMENT"}
	}
	address := `{"region":"SG"}`
	return fmt.Sprintf(`{"registrationRequestId":%q,"productCodes":["%s"],"merchantInfo":{"referenceMerchantId":%q,"merchantDisplayName":"Corner",`+
		`"merchantMCC":"5411","registrationDetail":{"legalName":"Corner Pte","registrationType":"ENTERPRISE","registrationAddress":%s,"businessType":"RETAIL"}},`+
		`"storeInfo":{"referenceStoreId":%q,"storeName":"Corner","storeMCC":"5411","storeAddress":%s},"registrationNotifyUrl":%q,"passThroughInfo":"note"}`,
		id, strings.Join(products, `","`), merchant, address, store, address, notifyURL)
}

func twoWallets(o *wallet.Options) {
	o.Registration.Wallets = []string{"Kaleido Pay", "Other Pay"}
	o.Notification.Mode = "production"
}

func TestRegistrationIsDecidedByWallet(t *testing.T) {
	t.Parallel()
	r := newRig(t, twoWallets)
	r.open("production")
	r.expect("m-1")
	a := r.acquirer()
	body := registrationBody("R1", "M-1", "S-1", a.url(aps.NotifyRegistrationStatus))
	first := r.ask(aps.Registration, body)
	want(t, "registration", codeOf(first)+" "+first.Text("passThroughInfo"), "SUCCESS note")
	want(t, "the same again", codeOf(r.ask(aps.Registration, body)), "SUCCESS")
	state := r.ask(aps.InquiryRegistrationStatus, `{"registrationRequestId":"R1"}`)
	want(t, "overall", state.Text("registrationResult.registrationStatus"), "PROCESSING")
	want(t, "first wallet", state.Text("pspRegistrationResultList.0.registrationResult.registrationStatus"), "PROCESSING")

	decide := func(v control.RegistrationVerdict) control.Registration {
		return must[control.Registration](t)(r.api.DecideRegistration(t.Context(), "R1", v))
	}
	want(t, "after one wallet", decide(control.RegistrationVerdict{}).Status, "PROCESSING")
	n := a.await(aps.NotifyRegistrationStatus, 1)[0]
	want(t, "told", n.Text("referenceMerchantId")+n.Text("referenceStoreId")+n.Text("registrationRequestId"), "M-1S-1R1")
	want(t, "approval", n.Text("pspRegistrationResultList.0.registrationResult.registrationStatus"), "APPROVED")
	want(t, "open one", n.Text("pspRegistrationResultList.1.registrationResult.registrationStatus"), "PROCESSING")

	want(t, "after both", decide(control.RegistrationVerdict{Wallet: "Other Pay", Reject: "wrong MCC"}).Status, "COMPLETED")
	n = a.await(aps.NotifyRegistrationStatus, 2)[1]
	want(t, "overall", n.Text("registrationResult.registrationStatus"), "COMPLETED")
	want(t, "rejection", n.Text("pspRegistrationResultList.1.registrationResult.rejectionReason"), "wrong MCC")
	by := r.ask(aps.InquiryRegistrationStatus, `{"referenceMerchantId":"M-1","referenceStoreId":"S-1"}`)
	want(t, "inquiry by store", by.Text("pspRegistrationResultList.1.registrationResult.registrationStatus"), "REJECTED")
	want(t, "inquiry by merchant", codeOf(r.ask(aps.InquiryRegistrationStatus, `{"referenceMerchantId":"M-1"}`)), "SUCCESS")
	want(t, "inquiry by another store", codeOf(r.ask(aps.InquiryRegistrationStatus, `{"referenceMerchantId":"M-1","referenceStoreId":"S-2"}`)), "PROCESS_FAIL")
	want(t, "inquiry by an unknown id", codeOf(r.ask(aps.InquiryRegistrationStatus, `{"registrationRequestId":"R9"}`)), "PROCESS_FAIL")
	list := must[[]control.Registration](t)(r.api.Registrations(t.Context(), r.timeline))
	if len(list) != 1 || list[0].ID != "R1" || len(list[0].Wallets) != 2 {
		t.Errorf("listed %+v", list)
	}
}

func TestRegistrationNotificationIsRepeated(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.open("production")
	r.expect("m-1")
	a := r.acquirer()
	a.refuses(aps.NotifyRegistrationStatus, "UNKNOWN_EXCEPTION")
	r.ask(aps.Registration, registrationBody("R1", "M-1", "S-1", a.url(aps.NotifyRegistrationStatus)))
	must[control.Registration](t)(r.api.DecideRegistration(t.Context(), "R1", control.RegistrationVerdict{}))
	a.await(aps.NotifyRegistrationStatus, 1)
	r.moveUntil(2*time.Minute, func() bool { return len(a.took(aps.NotifyRegistrationStatus)) == 2 })
	a.refuses(aps.NotifyRegistrationStatus, "SUCCESS")
	r.moveUntil(10*time.Minute, func() bool { return len(a.took(aps.NotifyRegistrationStatus)) == 3 })
	r.move(24 * time.Hour)
	if n := len(a.took(aps.NotifyRegistrationStatus)); n != 3 {
		t.Errorf("%d notifications, want 3: the third was acknowledged", n)
	}
}

func TestRegistrationOfSeveralProducts(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.open("off")
	r.expect("m-1")
	r.ask(aps.Registration, registrationBody("R1", "M-1", "S-1", "http://127.0.0.1/n", "IN_STORE_PAYMENT", "CASHIER_PAYMENT"))
	reg := must[control.Registration](t)(r.api.DecideRegistration(t.Context(), "R1", control.RegistrationVerdict{ProductCodes: []string{"CASHIER_PAYMENT"}}))
	want(t, "overall", reg.Status, "PROCESSING")
	f := r.ask(aps.InquiryRegistrationStatus, `{"registrationRequestId":"R1"}`)
	want(t, "first entry", f.Text("pspRegistrationResultList.0.productCodes.0")+" "+f.Text("pspRegistrationResultList.0.registrationResult.registrationStatus"), "IN_STORE_PAYMENT PROCESSING")
	want(t, "second entry", f.Text("pspRegistrationResultList.1.productCodes.0")+" "+f.Text("pspRegistrationResultList.1.registrationResult.registrationStatus"), "CASHIER_PAYMENT APPROVED")
}

func TestRegistrationUpdatesWaitHalfAnHour(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.open("off")
	r.expect("m-1")
	register := func(id, store string) string {
		return codeOf(r.ask(aps.Registration, registrationBody(id, "M-1", store, "http://127.0.0.1/n")))
	}
	want(t, "first", register("R1", "S-1"), "SUCCESS")
	r.move(29 * time.Minute)
	want(t, "update within 30 minutes", register("R2", "S-1"), "PROCESS_FAIL")
	want(t, "another store", register("R3", "S-2"), "SUCCESS")
	r.move(time.Minute)
	want(t, "the refused id again", register("R2", "S-1"), "PROCESS_FAIL")
	want(t, "update after 30 minutes", register("R4", "S-1"), "SUCCESS")
	must[control.Registration](t)(r.api.DecideRegistration(t.Context(), "R4", control.RegistrationVerdict{}))
	want(t, "update of a processed one", register("R5", "S-1"), "SUCCESS")
	want(t, "the newest counts", r.ask(aps.InquiryRegistrationStatus, `{"referenceMerchantId":"M-1","referenceStoreId":"S-1"}`).Text("registrationResult.registrationStatus"), "PROCESSING")
	_, err := r.api.DecideRegistration(t.Context(), "R2", control.RegistrationVerdict{})
	if refused := asRefusal(err); refused == nil || refused.Code != control.Invalid {
		t.Errorf("decision on a refused request: %v", err)
	}
}

func TestRegistrationWithoutItsFields(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	whole := registrationBody("R1", "M-1", "S-1", "http://127.0.0.1/n")
	for name, cut := range map[string][2]string{
		"no id":       {`"registrationRequestId":"R1",`, ""},
		"no store":    {`"storeInfo"`, `"shopInfo"`},
		"no detail":   {`"registrationDetail"`, `"detail"`},
		"odd product": {"IN_STORE_PAYMENT", "PAYMENT"},
		"no address":  {"http://127.0.0.1/n", "somewhere"},
	} {
		if got := codeOf(r.blurt(aps.Registration, strings.Replace(whole, cut[0], cut[1], 1))); got != "PARAM_ILLEGAL" {
			t.Errorf("%s: %s", name, got)
		}
	}
	want(t, "whole", codeOf(r.ask(aps.Registration, whole)), "SUCCESS")
}

func TestRequiredRegistration(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(o *wallet.Options) { o.Registration.Required = true })
	r.open("off")
	r.expect("m-1")
	p := r.payer("rich")
	pay := func(id string) string { return r.pay(id, r.code(p), "1000").code() }
	decide := func(id, reason string) {
		must[control.Registration](t)(r.api.DecideRegistration(t.Context(), id, control.RegistrationVerdict{Reject: reason}))
	}
	want(t, "unknown merchant", pay("P1"), "MERCHANT_NOT_REGISTERED")
	r.ask(aps.Registration, registrationBody("R0", "M-1", "S-2", "http://127.0.0.1/n"))
	decide("R0", "")
	r.ask(aps.Registration, registrationBody("R1", "M-1", "S-1", "http://127.0.0.1/n"))
	want(t, "open registration", pay("P2"), "MERCHANT_NOT_REGISTERED")
	decide("R1", "papers are missing")
	want(t, "rejected registration", pay("P3"), "MERCHANT_KYB_NOT_QUALIFIED")
	decide("R1", "")
	want(t, "approved registration", pay("P4"), "SUCCESS")
	r.ask(aps.Registration, registrationBody("R2", "M-1", "S-1", "http://127.0.0.1/n"))
	want(t, "while an update runs", pay("P5"), "SUCCESS")
	decide("R2", "wrong update")
	want(t, "after a rejected update", pay("P6"), "SUCCESS")
	decide("R1", "")
	decide("R1", "closed down")
	want(t, "after the approval was taken back", pay("P7"), "MERCHANT_KYB_NOT_QUALIFIED")
}

func TestRegistrationOutsideTimelinesIsApprovedByItself(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(o *wallet.Options) {
		twoWallets(o)
		o.Registration.After = 10 * time.Millisecond
	})
	a := r.acquirer()
	want(t, "registration", codeOf(r.ask(aps.Registration, registrationBody("R1", "M-1", "S-1", a.url(aps.NotifyRegistrationStatus)))), "SUCCESS")
	last := a.await(aps.NotifyRegistrationStatus, 2)[1]
	want(t, "overall", last.Text("registrationResult.registrationStatus"), "COMPLETED")
}

func TestRegistrationRefusals(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.open("off")
	r.expect("m-1")
	r.ask(aps.Registration, registrationBody("R1", "M-1", "S-1", "http://127.0.0.1/n"))
	for id, code := range map[string]string{"R1": control.Invalid, "R9": control.NotFound} {
		_, err := r.api.DecideRegistration(t.Context(), id, control.RegistrationVerdict{ProductCodes: []string{"CASHIER_PAYMENT"}})
		if refused := asRefusal(err); refused == nil || refused.Code != code {
			t.Errorf("%s: %v, want %s", id, err, code)
		}
	}
}

func TestAddressesAreChecked(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for name, a := range map[string]control.Addresses{
		"no address":      {Base: "shop"},
		"other scheme":    {Of: map[aps.API]string{aps.PushPayment: "ftp://127.0.0.1/x"}},
		"own operation":   {Of: map[aps.API]string{aps.Pay: "http://127.0.0.1/x"}},
		"no operation":    {Of: map[aps.API]string{"dance": "http://127.0.0.1/x"}},
		"nothing but one": {Of: map[aps.API]string{aps.PushPayment: ""}},
	} {
		if _, err := r.api.SetAddresses(t.Context(), a); asRefusal(err) == nil || asRefusal(err).Code != control.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	set := control.Addresses{Base: "http://127.0.0.1:1/x/", Of: map[aps.API]string{aps.AuthNotify: "http://127.0.0.1:2/y"}}
	must[control.Addresses](t)(r.api.SetAddresses(t.Context(), set))
	got := must[control.Addresses](t)(r.api.Addresses(t.Context()))
	want(t, "operation of its own", got.Find(aps.AuthNotify, "/z"), "http://127.0.0.1:2/y")
	want(t, "others", got.Find(aps.PushPayment, "/z"), "http://127.0.0.1:1/x/z")
	if _, err := wallet.New(wallet.Options{NetworkKey: testKey(), Addresses: control.Addresses{Base: "shop"}}); err == nil {
		t.Error("a simulator was made with a wrong address")
	}
}

func TestConsultationsOfUnregisteredShops(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(o *wallet.Options) { o.Registration.Required = true })
	r.open("off")
	r.expect("m-1")
	consult := func(merchant string) string {
		return codeOf(r.ask(aps.ConsultPayment, fmt.Sprintf(`{"paymentAmount":{"currency":"SGD","value":"0"},"paymentFactor":%s,`+
			`"settlementStrategy":{"settlementCurrency":"SGD"}%s}`, tileFactor, merchant)))
	}
	shop := `,"merchant":{"referenceMerchantId":"M-1","merchantName":"Corner","merchantMCC":"5411","merchantAddress":{"region":"SG"}}`
	want(t, "before", consult(shop), "MERCHANT_NOT_REGISTERED")
	want(t, "no shop named", consult(""), "SUCCESS")
	r.ask(aps.Registration, registrationBody("R1", "M-1", "S-1", "http://127.0.0.1/n", "CASHIER_PAYMENT"))
	want(t, "open registration", consult(shop), "MERCHANT_NOT_REGISTERED")
	must[control.Registration](t)(r.api.DecideRegistration(t.Context(), "R1", control.RegistrationVerdict{}))
	want(t, "approved", consult(shop), "SUCCESS")
}
