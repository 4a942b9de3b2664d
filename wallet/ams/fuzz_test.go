package ams

import (
	"testing"

	"mppsim/wallet/jsontree"
)

// FuzzRead reads anything as every message: nothing crashes, and what has no problem has what it cannot do without.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		payText, `{}`, `[]`, `null`, `{"order":[],"paymentAmount":"1","paymentMethod":null,"paymentFactor":{"inStorePaymentScenario":true}}`,
		`{"refundRequestId":"R1","paymentId":"N1","refundAmount":{"currency":"SGD","value":1e2}}`, `{"paymentId":{"a":[1]}}`,
	} {
		f.Add([]byte(seed))
	}
	d := dialect(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		root, _, err := jsontree.ParseLenient(body)
		if err != nil {
			return
		}
		pay, reading := d.ReadPay(root)
		if len(reading.Problems) == 0 && (pay.PaymentRequestID == "" || pay.Amount.Value < 1 || pay.Product == "") {
			t.Errorf("%s is read as %+v", body, pay)
		}
		refund, reading := d.ReadRefund(root)
		if len(reading.Problems) == 0 && (refund.PaymentID == "" || refund.RefundRequestID == "" || refund.Amount.Value < 1) {
			t.Errorf("%s is read as %+v", body, refund)
		}
		inquiry, reading := d.ReadInquiry(root)
		if len(reading.Problems) == 0 && inquiry.PaymentID+inquiry.PaymentRequestID == "" {
			t.Errorf("%s is read as %+v", body, inquiry)
		}
		d.ReadCancel(root)
		d.ReadInquiryRefund(root)
		Registration(root)
	})
}
