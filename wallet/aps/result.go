// Package aps holds the messages of Alipay+ (the APS dialect): requests, answers,
// results and result codes, and the ports between network, wallet and acquirer.
// It does no I/O and knows no clock.
package aps

// Status is the status of a result: final success, final failure or unknown.
type Status string

// The three statuses of the APS dialect.
const (
	Success Status = "S"
	Failure Status = "F"
	Unknown Status = "U"
)

// Result is the outcome of a call or, inside an answer or notification, of a payment.
type Result struct {
	Code    string `json:"resultCode"`
	Status  Status `json:"resultStatus"`
	Message string `json:"resultMessage,omitzero"`
}

// Final reports whether the result decides something.
func (r Result) Final() bool { return r.Status == Success || r.Status == Failure }

// API names an operation of the protocol as the documentation spells it.
type API string

// The operations of payments.
const (
	Pay            API = "pay"
	InquiryPayment API = "inquiryPayment"
	CancelPayment  API = "cancelPayment"
	Refund         API = "refund"
	NotifyPayment  API = "notifyPayment"

	ConsultPayment   API = "consultPayment"
	UserInitiatedPay API = "userInitiatedPay"
)
