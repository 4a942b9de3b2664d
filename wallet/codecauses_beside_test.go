package wallet_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"mppsim/wallet"
	"mppsim/wallet/aps"
	"mppsim/wallet/catalogue"
	"mppsim/wallet/control"
	"mppsim/wallet/jsontree"
)

// besideCauses are the causes of codes at the operations of Alipay+ that stand beside payments.
func besideCauses() map[string]producer {
	return map[string]producer{
		"aps/consultPayment SUCCESS": func(t *testing.T) aps.Fields { return consulted(newRig(t)) },
		"aps/consultPayment MERCHANT_NOT_REGISTERED": func(t *testing.T) aps.Fields {
			return consulted(newRig(t, func(o *wallet.Options) { o.Registration.Required = true }))
		},
		"aps/registration SUCCESS":      func(t *testing.T) aps.Fields { return registered(newRig(t), "R1") },
		"aps/registration PROCESS_FAIL": registeredTwice,
		"aps/inquiryRegistrationStatus SUCCESS": func(t *testing.T) aps.Fields {
			r := newRig(t)
			registered(r, "R1")
			return r.ask(aps.InquiryRegistrationStatus, `{"registrationRequestId":"R1"}`)
		},
		"aps/inquiryRegistrationStatus PROCESS_FAIL": func(t *testing.T) aps.Fields {
			return newRig(t).ask(aps.InquiryRegistrationStatus, `{"registrationRequestId":"R9"}`)
		},
		"aps/prepare SUCCESS": func(t *testing.T) aps.Fields { return newRig(t).ask(aps.Prepare, prepareBody("A-1", "s1")) },
		"aps/prepare REPEAT_REQ_INCONSISTENT": func(t *testing.T) aps.Fields {
			r := newRig(t)
			r.ask(aps.Prepare, prepareBody("A-1", "s1"))
			return r.ask(aps.Prepare, prepareBody("A-1", "s2"))
		},
		"aps/applyToken SUCCESS": func(t *testing.T) aps.Fields {
			r, _, p := newAgreementRig(t)
			_, code := r.agreement(p, "A-1")
			return r.ask(aps.ApplyToken, applyBody("M-1", code))
		},
		"aps/applyToken PROCESS_FAIL": func(t *testing.T) aps.Fields { return newRig(t).ask(aps.ApplyToken, applyBody("M-1", "x")) },
		"aps/cancelToken SUCCESS": func(t *testing.T) aps.Fields {
			r, _, p := newAgreementRig(t)
			return r.ask(aps.CancelToken, fmt.Sprintf(`{"accessToken":%q}`, r.active(p, "A-1")))
		},
		"aps/cancelToken INVALID_TOKEN":      func(t *testing.T) aps.Fields { return newRig(t).ask(aps.CancelToken, `{"accessToken":"x"}`) },
		"aps/notifyPushPayment SUCCESS":      func(t *testing.T) aps.Fields { return pushNotified(t, "SUCCESS S") },
		"aps/notifyPushPayment PROCESS_FAIL": func(t *testing.T) aps.Fields { return pushNotified(t, "SUCCESS S", "RISK_REJECT F") },
		"aps/notifyPushPayment ORDER_NOT_EXIST": func(t *testing.T) aps.Fields {
			return newRig(t).ask(aps.NotifyPushPayment, notifyPushBody("x", "SUCCESS", "S"))
		},
		"aps/responseRetrieval SUCCESS":                  func(t *testing.T) aps.Fields { return retrievalAnswered(t, "") },
		"aps/responseRetrieval PROCESS_FAIL":             func(t *testing.T) aps.Fields { return retrievalAnswered(t, "x") },
		"aps/responseEscalation SUCCESS":                 func(t *testing.T) aps.Fields { return escalationAnswered(t, "", "300") },
		"aps/responseEscalation PROCESS_FAIL":            func(t *testing.T) aps.Fields { return escalationAnswered(t, "x", "300") },
		"aps/responseEscalation REPEAT_REQ_INCONSISTENT": func(t *testing.T) aps.Fields { return escalationAnswered(t, "", "300", "299") },
		"aps/declare SUCCESS":                            func(t *testing.T) aps.Fields { return declared(t, "rich", "P1") },
		"aps/declare ORDER_NOT_EXIST":                    func(t *testing.T) aps.Fields { return declared(t, "rich", "P9") },
		"aps/declare PROCESS_FAIL":                       func(t *testing.T) aps.Fields { return declared(t, "poor", "P1") },
		"aps/inquireDeclarationRequests SUCCESS": func(t *testing.T) aps.Fields {
			return newRig(t).ask(aps.InquireDeclarationRequests, `{"declarationRequestIds":["D1"]}`)
		},
	}
}

func consulted(r *rig) aps.Fields {
	r.t.Helper()
	return r.ask(aps.ConsultPayment, fmt.Sprintf(`{"paymentAmount":{"currency":"SGD","value":"0"},"paymentFactor":%s,"settlementStrategy":{"settlementCurrency":"SGD"},`+
		`"merchant":{"referenceMerchantId":"M-1","merchantName":"Corner","merchantMCC":"5411","merchantAddress":{"region":"SG"}}}`, tileFactor))
}

func registered(r *rig, id string) aps.Fields {
	r.t.Helper()
	return r.ask(aps.Registration, registrationBody(id, "M-1", "S-1", "http://127.0.0.1/n"))
}

// registeredTwice updates a registration within half an hour.
func registeredTwice(t *testing.T) aps.Fields {
	r := newRig(t)
	r.open("off")
	r.expect("m-1")
	registered(r, "R1")
	return registered(r, "R2")
}

// pushNotified notifies outcomes of an undecided push, one after the other.
func pushNotified(t *testing.T, outcomes ...string) (last aps.Fields) {
	r, a, p := newPushRig(t)
	a.refuses(aps.PushPayment, "UNKNOWN_EXCEPTION")
	x := r.push(p, 1000)
	for _, outcome := range outcomes {
		code, status, _ := strings.Cut(outcome, " ")
		last = r.ask(aps.NotifyPushPayment, notifyPushBody(x.PaymentID, code, status))
	}
	return last
}

func retrievalAnswered(t *testing.T, id string) aps.Fields {
	r, _ := newDisputeRig(t)
	if d := r.dispute(control.DisputeSpec{Kind: "RETRIEVAL"}); id == "" {
		id = d.DisputeRequestID
	}
	return r.ask(aps.ResponseRetrieval, fmt.Sprintf(`{"disputeRequestId":%q,"responseCode":"ACCEPT","transactionReceipt":"slip"}`, id))
}

// escalationAnswered promises amounts in answer to an escalation, one after the other.
func escalationAnswered(t *testing.T, id string, amounts ...string) (last aps.Fields) {
	r, _ := newDisputeRig(t)
	if d := r.dispute(control.DisputeSpec{Kind: "ESCALATION"}); id == "" {
		id = d.DisputeRequestID
	}
	for _, value := range amounts {
		last = r.ask(aps.ResponseEscalation, fmt.Sprintf(`{"disputeRequestId":%q,"refundType":"PART","refundAmount":{"currency":"SGD","value":%q},`+
			`"plannedRefundTime":"2031-03-05T12:00:00+08:00","remarks":"sorry"}`, id, value))
	}
	return last
}

func declared(t *testing.T, payer, payment string) aps.Fields {
	r := newRig(t)
	r.open("off")
	r.pay("P1", r.code(r.payer(payer)), "1000")
	return r.ask(aps.Declare, declareBody("D1", payment, ""))
}

// inStoreCauses are those of codes that only the in-store door has.
func inStoreCauses() map[string]producer {
	all := map[string]producer{
		"ams/inquiryRefund SUCCESS": func(t *testing.T) aps.Fields {
			c := newCounter(t, "ams")
			c.refund(c.paid("P1"), "R1", "SGD", "1")
			return c.ask("inquiryRefund", `{"refundRequestId":"R1"}`)
		},
		"ams/inquiryRefund ORDER_NOT_EXIST": func(t *testing.T) aps.Fields {
			return newCounter(t, "ams").ask("inquiryRefund", `{"refundRequestId":"R9"}`)
		},
		"ams/registration SUCCESS":                   func(t *testing.T) aps.Fields { return inStoreRegistered(newRig(t).till(), "R1") },
		"ams/registration REGISTRATION_UNDER_REVIEW": func(t *testing.T) aps.Fields { return inStoreAgain(t, false) },
		"ams/registration REPEAT_REGISTRATION":       func(t *testing.T) aps.Fields { return inStoreAgain(t, true) },
	}
	const about = `{"referenceMerchantId":"M-7","referenceStoreId":"S-7"}`
	for _, name := range []string{"inquiryRegistrationStatus", "inquiryRegistrationInfo"} {
		all["ams/"+name+" RECORD_NOT_FOUND"] = func(t *testing.T) aps.Fields { return newRig(t).till().ask(name, about) }
		all["ams/"+name+" SUCCESS"] = func(t *testing.T) aps.Fields {
			c := newRig(t).till()
			inStoreRegistered(c, "R1")
			return c.ask(name, about)
		}
	}
	for _, name := range []string{"pay", "inquiryPayment", "cancel", "refund", "inquiryRefund", "registration", "inquiryRegistrationStatus", "inquiryRegistrationInfo"} {
		all["ams/"+name+" INVALID_ACCESS_TOKEN"] = func(t *testing.T) aps.Fields { return byAgent(t, name, "stolen") }
		all["ams/"+name+" ACCESS_DENIED"] = func(t *testing.T) aps.Fields { return byAgent(t, name, "token-2") }
	}
	return all
}

func inStoreRegistered(c till, id string) aps.Fields {
	c.t.Helper()
	c.expect("m-7")
	return c.ask("registration", inStoreRegistration(id))
}

func inStoreRegistration(id string) string {
	return strings.Replace(registrationBody(id, "M-7", "S-7", "http://127.0.0.1/n"), "registrationNotifyUrl", "registrationNotifyURL", 1)
}

// inStoreAgain registers a store a second time, before or after the first registration is decided.
func inStoreAgain(t *testing.T, decided bool) aps.Fields {
	c := newRig(t).till()
	inStoreRegistered(c, "R1")
	if decided {
		must[control.Registration](t)(c.api.DecideRegistration(t.Context(), "R1", control.RegistrationVerdict{}))
	}
	return inStoreRegistered(c, "R2")
}

// byAgent makes a call about merchant M-1 or M-7 as a service provider who may act for neither.
func byAgent(t *testing.T, name, token string) aps.Fields {
	c := newCounter(t, "ams", func(o *wallet.Options) { o.Agents = map[string]string{"token-2": "M-2"} })
	id := c.paid("P1")
	c.refund(id, "R1", "SGD", "1")
	c.header = http.Header{"Agent-Token": {token}}
	switch name {
	case "pay":
		return c.pay("P2", c.code(c.payer("rich")), "5")
	case "inquiryPayment":
		return c.inquire("P1")
	case "cancel":
		return c.cancel(id)
	case "refund":
		return c.refund(id, "R2", "SGD", "1")
	case "inquiryRefund":
		return c.ask(name, `{"refundRequestId":"R1"}`)
	case "registration":
		return c.ask(name, inStoreRegistration("R1"))
	}
	return c.ask(name, `{"referenceMerchantId":"M-7","referenceStoreId":"S-7"}`)
}

// answeredByAcquirer has the acquirer answer a call with a code, and returns the answer as Alipay+ recorded it.
func answeredByAcquirer(t *testing.T, op catalogue.Operation, code catalogue.Code) aps.Fields {
	t.Helper()
	r, api := newRig(t), aps.API(op.Name)
	r.open("certify")
	a := r.acquirer()
	a.on(aps.UserInitiatedPay, storeCode)
	a.on(api, func(aps.Fields) *jsontree.Node {
		return aps.NewAnswer(aps.Result{Code: code.Name, Status: aps.Status(code.Status), Message: code.Message}).Node()
	})
	r.ackCode = code.Name
	provoke(r, op)
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if e := r.last(api); e.Result != nil {
			return aps.FieldsOf(aps.NewAnswer(aps.Result{Code: e.Result.Code, Status: aps.Status(e.Result.Status)}).Node())
		}
	}
	t.Fatalf("no answer to %s was recorded", api)
	return aps.Fields{}
}

// provoke has Alipay+ call an operation of the acquirer. Whether Alipay+ likes the answer does not matter.
func provoke(r *rig, op catalogue.Operation) {
	r.t.Helper()
	ctx, p := r.t.Context(), r.payer("rich")
	push := control.PushSpec{Code: shopCode, Amount: sgd(1000)}
	switch op.FullName() {
	case "aps/notifyPayment":
		r.pay("P1", r.code(p), "1000")
	case "ams/notifyPayment":
		till{rig: r}.pay(inStoreSale{id: "P1", value: "1000", code: r.code(p)})
	case "aps/notifyRegistrationStatus", "ams/notifyRegistrationStatus":
		r.expect("m-1")
		r.ask(aps.Registration, registrationBody("R1", "M-1", "S-1", r.addressOf(aps.NotifyRegistrationStatus)))
		must[control.Registration](r.t)(r.api.DecideRegistration(ctx, "R1", control.RegistrationVerdict{}))
	case "aps/authNotify":
		r.agreement(p, "A-1")
	case "aps/consultUnbinding":
		r.active(p, "A-1")
		_, _ = r.api.Unbind(ctx, p.ID, control.UnbindSpec{Agreement: "A-1"})
	case "aps/initiateRetrieval", "aps/initiateEscalation":
		r.pay("P1", r.code(p), "1000")
		_, _ = r.api.OpenDispute(ctx, control.DisputeSpec{Kind: strings.ToUpper(strings.TrimPrefix(op.Name, "initiate")), PaymentRequestID: "P1"})
	case "aps/placeOrder":
		_, _ = r.api.PlaceOrder(ctx, p.ID, push)
	case "aps/inquiryPushPayment":
		_, _ = r.api.InquirePush(ctx, control.PushInquiry{PaymentID: must[control.Push](r.t)(r.api.Push(ctx, p.ID, push)).PaymentID})
	case "aps/pushPayment":
		_, _ = r.api.Push(ctx, p.ID, push)
	case "aps/userInitiatedPay":
		_, _ = r.api.Scan(ctx, p.ID, control.ScanSpec{Text: privateCode})
	default:
		r.t.Fatalf("nothing provokes %s", op.FullName())
	}
}

// addressOf is where the acquirer of the rig serves an operation.
func (r *rig) addressOf(api aps.API) string {
	r.t.Helper()
	return must[control.Addresses](r.t)(r.api.Addresses(r.t.Context())).Find(api, operation(r.t, api).Path)
}
