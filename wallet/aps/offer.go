package aps

import (
	"time"

	"mppsim/wallet/jsontree"
)

// Offer is what the answer to pay hands out so that the payer comes to the order (acqp-api §5.1). Which members
// there are depends on product and device.
type Offer struct {
	Form          *OrderCodeForm `json:"form,omitempty"`
	PaymentURL    string         `json:"paymentUrl,omitempty"`
	NormalURL     string         `json:"normalUrl,omitempty"`
	SchemeURL     string         `json:"schemeUrl,omitempty"`
	AppLinkURL    string         `json:"applinkUrl,omitempty"`
	AppIdentifier string         `json:"appIdentifier,omitempty"`
	PaymentData   string         `json:"paymentData,omitempty"` // for the wallet's library
}

// OrderCodeForm is an order code in its forms (acqp-api §3).
type OrderCodeForm struct {
	MethodType string       `json:"methodType"`
	Expiry     time.Time    `json:"expiry"` // real time
	Details    []CodeDetail `json:"details"`
}

// CodeDetail is one form of a code: the text to draw, or the address of a picture.
type CodeDetail struct {
	ValueType   string `json:"valueType"`   // BARCODE, QRCODE
	Value       string `json:"value"`       //
	DisplayType string `json:"displayType"` // TEXT, SMALLIMAGE, MIDDLEIMAGE, BIGIMAGE
}

// Texts are all texts and addresses that lead to the order.
func (f *Offer) Texts() []string {
	var list []string
	for _, text := range []string{f.PaymentURL, f.NormalURL, f.SchemeURL, f.AppLinkURL, f.PaymentData} {
		if text != "" {
			list = append(list, text)
		}
	}
	if f.Form != nil {
		for _, d := range f.Form.Details {
			if d.DisplayType == "TEXT" {
				list = append(list, d.Value)
			}
		}
	}
	return list
}

// write adds the offer's members to an answer.
func (f *Offer) write(o telling) {
	if f.Form != nil {
		o.add("orderCodeForm", f.Form.node())
	}
	o.text("paymentUrl", f.PaymentURL)
	o.text("normalUrl", f.NormalURL)
	o.text("schemeUrl", f.SchemeURL)
	o.text("applinkUrl", f.AppLinkURL)
	o.text("appIdentifier", f.AppIdentifier)
	o.text("paymentData", f.PaymentData)
}

func (f *OrderCodeForm) node() *jsontree.Node {
	o := newObject(4)
	o.text("paymentMethodType", f.MethodType)
	o.moment("expireTime", f.Expiry)
	list := &jsontree.Node{Kind: jsontree.Array}
	for _, d := range f.Details {
		item := newObject(4)
		item.text("codeValueType", d.ValueType)
		item.text("codeValue", d.Value)
		item.text("displayType", d.DisplayType)
		list.Items = append(list.Items, item.node)
	}
	o.add("codeDetails", list)
	return o.node
}
