package ams

import "mppsim/wallet/aps"

// Result is a result of the network in the words of an operation.
func (d *Dialect) Result(api aps.API, r aps.Result) aps.Result {
	if name, translated := d.codes[api][r.Code]; translated {
		return d.named(api, name)
	}
	return d.Forced(api, r)
}

// Forced is a result that somebody wants the operation to have: it keeps its name if the door knows it, or if nobody
// does.
func (d *Dialect) Forced(api aps.API, r aps.Result) aps.Result {
	op := d.operations[api]
	if code, known := op.Code(r.Code); known {
		if string(r.Status) == code.Status {
			r.Message = code.Message
		}
		return r
	}
	if _, elsewhere := aps.LookUp(r.Code); !elsewhere {
		return r
	}
	if name, translated := d.codes[api][r.Code]; translated {
		return d.named(api, name)
	}
	switch r.Status {
	case aps.Success:
		return d.named(api, "SUCCESS")
	case aps.Unknown:
		return d.named(api, "UNKNOWN_EXCEPTION")
	default:
		return d.named(api, "PROCESS_FAIL")
	}
}

func (d *Dialect) named(api aps.API, name string) aps.Result {
	code, _ := d.operations[api].Code(name)
	return aps.Result{Code: code.Name, Status: aps.Status(code.Status), Message: code.Message}
}

// outcome is the result of a payment as pay would tell it. Cancellation has a name of its own here.
func (d *Dialect) outcome(r aps.Result, p aps.Payment) aps.Result {
	if p.State == aps.Cancelled && r.Status == aps.Failure {
		return d.named(aps.Pay, "ORDER_IS_CANCELED")
	}
	if r.Status == aps.Failure && d.knows(aps.Pay, p.Reason) {
		return d.named(aps.Pay, p.Reason)
	}
	return d.Result(aps.Pay, r)
}

// knows reports whether an operation has a code.
func (d *Dialect) knows(api aps.API, code string) bool {
	_, known := d.operations[api].Code(code)
	return code != "" && known
}

// status is the word for a payment's outcome: SUCCESS, FAIL, PROCESSING or CANCELLED (AMS paymentri).
func status(r aps.Result, p aps.Payment) string {
	switch {
	case r.Status == aps.Success:
		return "SUCCESS"
	case r.Status == aps.Unknown:
		return "PROCESSING"
	case p.State == aps.Cancelled:
		return "CANCELLED"
	}
	return "FAIL"
}

// refundOutcome names why a payment cannot be refunded by where it stood when the refund came (AMS refund).
func (d *Dialect) refundOutcome(a aps.RefundAnswer) aps.Result {
	if a.Result.Status != aps.Success && d.knows(aps.Refund, a.Reason) {
		return d.named(aps.Refund, a.Reason)
	}
	if a.Result.Code == "PROCESS_FAIL" || a.Result.Code == "ORDER_IS_CLOSED" {
		switch a.Found {
		case aps.Running, aps.Refused:
			return d.named(aps.Refund, "ORDER_STATUS_INVALID")
		case aps.Cancelled:
			return d.named(aps.Refund, "ORDER_IS_CANCELED")
		default:
		}
	}
	return d.Result(aps.Refund, a.Result)
}
