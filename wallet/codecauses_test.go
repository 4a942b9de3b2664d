package wallet_test

import (
	"fmt"
	"maps"
	"testing"
	"time"

	"mppsim/wallet"
	"mppsim/wallet/aps"
	"mppsim/wallet/contract"
	"mppsim/wallet/control"
)

// allCauses are the causes that the simulator has, by operation and code.
func allCauses() map[string]producer {
	all := make(map[string]producer)
	for _, door := range []string{"aps", "ams"} {
		add := func(operation string, causes map[string]func(counter) aps.Fields) {
			for code, cause := range causes {
				all[door+"/"+operation+" "+code] = func(t *testing.T) aps.Fields { return cause(newCounter(t, door)) }
			}
		}
		cancel := map[string]string{"aps": "cancelPayment", "ams": "cancel"}[door]
		add("pay", payCauses(door))
		add("refund", refundCauses(door))
		add(cancel, cancelCauses())
		add("inquiryPayment", map[string]func(counter) aps.Fields{
			"SUCCESS":         func(c counter) aps.Fields { c.paid("P1"); return c.inquire("P1") },
			"ORDER_NOT_EXIST": func(c counter) aps.Fields { return c.inquire("P9") },
		})
	}
	maps.Copy(all, registeredCauses())
	maps.Copy(all, merchantsCauses())
	maps.Copy(all, besideCauses())
	maps.Copy(all, inStoreCauses())
	return all
}

// counter makes calls about payments at one of the doors.
type counter struct {
	till
	door string
}

func newCounter(t *testing.T, door string, change ...func(*wallet.Options)) counter {
	t.Helper()
	return counter{till: newRig(t, change...).till(), door: door}
}

// pay pays with a code; repeated, it pays the same order again.
func (c counter) pay(id, code, value string) aps.Fields {
	c.t.Helper()
	if c.door == "ams" {
		return c.till.pay(inStoreSale{id: id, code: code, value: value})
	}
	c.expect("order-" + id)
	return c.rig.ask(aps.Pay, c.payBody(id, code, value))
}

// paid is a payment of 1000 that has the money.
func (c counter) paid(id string) (paymentID string) {
	c.t.Helper()
	return c.pay(id, c.code(c.payer("rich")), "1000").Text("paymentId")
}

// say asks an operation that goes by two names.
func (c counter) say(api aps.API, inStore, body string) aps.Fields {
	c.t.Helper()
	if c.door == "ams" {
		return c.ask(inStore, body)
	}
	return c.rig.ask(api, body)
}

func (c counter) inquire(id string) aps.Fields {
	c.t.Helper()
	return c.say(aps.InquiryPayment, "inquiryPayment", fmt.Sprintf(`{"paymentRequestId":%q}`, id))
}

func (c counter) cancel(paymentID string) aps.Fields {
	c.t.Helper()
	return c.say(aps.CancelPayment, "cancel", fmt.Sprintf(`{"paymentId":%q}`, paymentID))
}

func (c counter) refund(paymentID, id, currency, value string) aps.Fields {
	c.t.Helper()
	return c.say(aps.Refund, "refund", fmt.Sprintf(`{"paymentId":%q,"refundRequestId":%q,"refundAmount":{"currency":%q,"value":%q}}`, paymentID, id, currency, value))
}

// decided repeats a payment until it is final.
func (c counter) decided(id, code, value string) (a aps.Fields) {
	c.t.Helper()
	c.moveUntil(10*time.Second, func() bool {
		a = c.pay(id, code, value)
		return a.Text("result.resultStatus") != "U"
	})
	return a
}

// payCauses are why a payment is answered with a code.
func payCauses(door string) map[string]func(counter) aps.Fields {
	by := func(template string) func(counter) aps.Fields {
		return func(c counter) aps.Fields { return c.pay("P1", c.code(c.payer(template)), "1000") }
	}
	causes := map[string]func(counter) aps.Fields{
		"SUCCESS":                     by("rich"),
		"PAYMENT_IN_PROCESS":          by("always-password"),
		"CURRENCY_NOT_SUPPORT":        by("wrong-currency"),
		"INVALID_CONTRACT":            by("without-contract"),
		"PAYMENT_AMOUNT_EXCEED_LIMIT": by("over-single-limit"),
		"PAYMENT_COUNT_EXCEED_LIMIT":  by("over-count"),
		"PROCESS_FAIL":                by("process-fail"),
		"RISK_REJECT":                 by("risky"),
		"USER_AMOUNT_EXCEED_LIMIT":    by("over-daily-amount"),
		"USER_BALANCE_NOT_ENOUGH":     by("poor"),
		"USER_KYC_NOT_QUALIFIED":      by("not-verified"),
		"USER_NOT_EXIST":              by("unknown"),
		"USER_STATUS_ABNORMAL":        by("blocked"),
		"USER_PAYMENT_VERIFICATION_FAILED": func(c counter) aps.Fields {
			return c.decided("P1", c.code(c.payerWith("fails-verification", map[string]string{"after": "1s"})), "1000")
		},
		"EXPIRED_CODE": func(c counter) aps.Fields {
			code := c.code(c.payer("rich"))
			c.move(61 * time.Second)
			return c.pay("P1", code, "1000")
		},
		"REPEAT_REQ_INCONSISTENT": func(c counter) aps.Fields {
			code := c.code(c.payer("rich"))
			c.pay("P1", code, "1000")
			return c.pay("P1", code, "1001")
		},
	}
	usedCode := func(c counter) aps.Fields {
		code := c.code(c.payer("rich"))
		c.pay("P1", code, "1000")
		return c.pay("P2", code, "1000")
	}
	expired := func(c counter) aps.Fields { return c.decided("P1", c.code(c.payer("always-password")), "1000") }
	if door == "ams" {
		causes["INVALID_PAYMENT_CODE"], causes["ORDER_IS_CLOSED"] = usedCode, expired
		causes["SETTLE_CONTRACT_NOT_MATCH"] = func(c counter) aps.Fields {
			return c.till.pay(inStoreSale{id: "P1", code: c.code(c.payer("rich")), value: "1000", settlement: "XCG"})
		}
		causes["PAYMENT_NOT_QUALIFIED"], causes["NO_PAY_OPTIONS"] = by("unsupported-business"), by("no-method")
		causes["ORDER_IS_CANCELED"] = func(c counter) aps.Fields {
			code := c.code(c.payer("rich"))
			c.cancel(c.pay("P1", code, "1000").Text("paymentId"))
			return c.pay("P1", code, "1000")
		}
		return causes
	}
	causes["INVALID_CODE"], causes["ORDER_IS_CLOSED"] = usedCode, expired
	causes["BUSINESS_NOT_SUPPORT"], causes["UNAVAILABLE_PAYMENT_METHOD"] = by("unsupported-business"), by("no-method")
	causes["REGULATION_RESTRICTION"] = by("restricted")
	causes["INVALID_TOKEN"] = func(c counter) aps.Fields {
		return c.sell(sale{id: "P1", value: "1000", factor: agreementFactor, token: "x"})
	}
	return causes
}

func refundCauses(door string) map[string]func(counter) aps.Fields {
	causes := map[string]func(counter) aps.Fields{
		"SUCCESS":              func(c counter) aps.Fields { return c.refund(c.paid("P1"), "R1", "SGD", "1000") },
		"ORDER_NOT_EXIST":      func(c counter) aps.Fields { return c.refund("nothing", "R1", "SGD", "1") },
		"CURRENCY_NOT_SUPPORT": func(c counter) aps.Fields { return c.refund(c.paid("P1"), "R1", "USD", "1") },
		"REFUND_AMOUNT_EXCEED": func(c counter) aps.Fields { return c.refund(c.paid("P1"), "R1", "SGD", "1001") },
		"REFUND_WINDOW_EXCEED": func(c counter) aps.Fields {
			id := c.paid("P1")
			c.move(367 * 24 * time.Hour)
			return c.refund(id, "R1", "SGD", "1")
		},
		"REPEAT_REQ_INCONSISTENT": func(c counter) aps.Fields {
			id := c.paid("P1")
			c.refund(id, "R1", "SGD", "1")
			return c.refund(id, "R1", "SGD", "2")
		},
	}
	// backTo asks for parts of a payment of 1000 back, one after the other.
	backTo := func(template string, values ...string) func(counter) aps.Fields {
		return func(c counter) (last aps.Fields) {
			id := c.pay("P1", c.code(c.payer(template)), "1000").Text("paymentId")
			for i, value := range values {
				last = c.refund(id, fmt.Sprintf("R%d", i), "SGD", value)
			}
			return last
		}
	}
	cancelled := func(c counter) aps.Fields {
		id := c.paid("P1")
		c.cancel(id)
		return c.refund(id, "R1", "SGD", "1")
	}
	open := func(c counter) aps.Fields {
		return c.refund(c.pay("P1", c.code(c.payer("always-password")), "1000").Text("paymentId"), "R1", "SGD", "1")
	}
	if door == "ams" {
		causes["REFUND_IN_PROCESS"], causes["REFUND_NOT_SUPPORTED"] = backTo("slow-refund", "1"), backTo("no-refunds", "1000")
		causes["PARTIAL_REFUND_NOT_SUPPORTED"], causes["MULTIPLE_REFUNDS_NOT_SUPPORTED"] = backTo("whole-refunds", "1"), backTo("one-refund", "1", "1")
		causes["ORDER_IS_CANCELED"], causes["ORDER_STATUS_INVALID"] = cancelled, open
		causes["ORDER_IS_CLOSED"] = func(c counter) aps.Fields {
			code := c.code(c.payer("always-password"))
			id := c.pay("P1", code, "1000").Text("paymentId")
			c.decided("P1", code, "1000")
			return c.refund(id, "R1", "SGD", "1")
		}
		return causes
	}
	causes["RISK_REJECT"], causes["USER_NOT_EXIST"], causes["UNKNOWN_EXCEPTION"] = backTo("risky-refund", "1"), backTo("leaves", "1"), backTo("slow-refund", "1")
	causes["ORDER_IS_CLOSED"], causes["PROCESS_FAIL"] = cancelled, open
	return causes
}

func cancelCauses() map[string]func(counter) aps.Fields {
	return map[string]func(counter) aps.Fields{
		"SUCCESS":         func(c counter) aps.Fields { return c.cancel(c.paid("P1")) },
		"ORDER_NOT_EXIST": func(c counter) aps.Fields { return c.cancel("nothing") },
		"CANCEL_WINDOW_EXCEED": func(c counter) aps.Fields {
			id := c.paid("P1")
			c.move(48 * time.Hour)
			return c.cancel(id)
		},
		"PROCESS_FAIL": func(c counter) aps.Fields {
			id := c.paid("P1")
			c.refund(id, "R1", "SGD", "1")
			return c.cancel(id)
		},
	}
}

// registeredCauses are the codes of payments to merchants who must be registered.
func registeredCauses() map[string]producer {
	all := make(map[string]producer)
	for _, door := range []string{"aps", "ams"} {
		for code, rejected := range map[string]bool{"MERCHANT_NOT_REGISTERED": false, "MERCHANT_KYB_NOT_QUALIFIED": true} {
			all[door+"/pay "+code] = func(t *testing.T) aps.Fields {
				c := newCounter(t, door, func(o *wallet.Options) { o.Registration.Required = true })
				c.expect("m-1")
				if rejected {
					c.rig.ask(aps.Registration, registrationBody("R1", "M-1", "S-1", "http://127.0.0.1/n"))
					must[control.Registration](t)(c.api.DecideRegistration(t.Context(), "R1", control.RegistrationVerdict{Reject: "papers are missing"}))
				}
				return c.pay("P1", c.code(c.payer("rich")), "1000")
			}
		}
	}
	return all
}

// merchantsCauses are the codes in store that are due to what the contract says of a merchant.
func merchantsCauses() map[string]producer {
	with := func(s contract.Standing, f func(counter) aps.Fields) producer {
		return func(t *testing.T) aps.Fields {
			return f(newCounter(t, "ams", func(o *wallet.Options) {
				o.Contract = agreed(t, contract.Contract{Merchants: map[string]contract.Standing{"M-1": s}})
			}))
		}
	}
	return map[string]producer{
		"ams/pay INVALID_MERCHANT_STATUS": with(contract.Suspended, func(c counter) aps.Fields {
			return c.pay("P1", c.code(c.payer("rich")), "1000")
		}),
		"ams/refund INVALID_MERCHANT_STATUS": with(contract.Suspended, func(c counter) aps.Fields {
			return c.refund(c.paid("P1"), "R1", "SGD", "1")
		}),
		"ams/refund MERCHANT_BALANCE_NOT_ENOUGH": with(contract.Penniless, func(c counter) aps.Fields {
			return c.refund(c.paid("P1"), "R1", "SGD", "1")
		}),
		"ams/cancel MERCHANT_BALANCE_NOT_ENOUGH": with(contract.Penniless, func(c counter) aps.Fields {
			return c.cancel(c.paid("P1"))
		}),
	}
}
