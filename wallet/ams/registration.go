package ams

import (
	"mppsim/wallet/aps"
	"mppsim/wallet/jsontree"
)

// Names of the member that only this door spells with a capital URL.
const (
	notifyURL    = "registrationNotifyURL"
	apsNotifyURL = "registrationNotifyUrl"
)

// Registration is a request for registration as Alipay+ spells it.
func Registration(root *jsontree.Node) *jsontree.Node {
	own := *root
	own.Members = nil
	for _, m := range root.Members {
		if m.Name == notifyURL {
			m.Name = apsNotifyURL
		}
		own.Members = append(own.Members, m)
	}
	return &own
}

// Answer is an answer of Alipay+ whose members are the same at this door, with its result in the words of the operation.
func (d *Dialect) Answer(api aps.API, answer *jsontree.Node) *jsontree.Node {
	own := *answer
	own.Members = nil
	for _, m := range answer.Members {
		if m.Name == "result" {
			m.Value = d.Result(api, aps.FieldsOf(answer).Result("result")).Node()
		}
		own.Members = append(own.Members, m)
	}
	return &own
}

// RepeatedRegistration refuses what is registered already (AMS registration).
func (d *Dialect) RepeatedRegistration() *jsontree.Node {
	return aps.NewAnswer(d.named(aps.Registration, "REPEAT_REGISTRATION")).Node()
}
