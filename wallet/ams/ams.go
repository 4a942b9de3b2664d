// Package ams is the dialect of the Antom in-store door: it reads its messages into those of package aps and writes the
// network's answers in its words. Both doors lead to the same orders. The package does no I/O and keeps no state.
package ams

import (
	_ "embed"
	"fmt"

	"go.yaml.in/yaml/v4"

	"mppsim/wallet/aps"
	"mppsim/wallet/catalogue"
)

// Door is the name of the door in the catalogue.
const Door = string(aps.InStore)

//go:embed codes.yaml
var codeNames []byte

// Dialect knows the operations of the door.
type Dialect struct {
	operations map[aps.API]*catalogue.Operation
	codes      map[aps.API]map[string]string // names that results of Alipay+ have here
}

// names are the operations that acquirers call, by what they mean at the other door.
func names() map[aps.API]string {
	return map[aps.API]string{
		aps.Pay:                       "pay",
		aps.InquiryPayment:            "inquiryPayment",
		aps.CancelPayment:             "cancel",
		aps.Refund:                    "refund",
		aps.InquiryRefund:             "inquiryRefund",
		aps.Registration:              "registration",
		aps.InquiryRegistrationStatus: "inquiryRegistrationStatus",
		aps.InquiryRegistrationInfo:   "inquiryRegistrationInfo",
	}
}

// New makes the dialect from the catalogue. An error means that this build is broken.
func New(protocol *catalogue.Catalogue) (*Dialect, error) {
	d := &Dialect{operations: make(map[aps.API]*catalogue.Operation)}
	for api, name := range names() {
		op, found := protocol.Operation(Door, name)
		if !found {
			return nil, fmt.Errorf("door %s: operation %s is not in the catalogue", Door, name)
		}
		d.operations[api] = op
	}
	if err := yaml.Load(codeNames, &d.codes, yaml.WithKnownFields()); err != nil {
		return nil, fmt.Errorf("door %s: codes.yaml: %w", Door, err)
	}
	return d, d.checkCodes()
}

// checkCodes makes sure that results are translated into codes that the door has.
func (d *Dialect) checkCodes() error {
	for api, codes := range d.codes {
		op, found := d.operations[api]
		if !found {
			return fmt.Errorf("door %s: codes.yaml: there is no operation %s", Door, api)
		}
		for from, to := range codes {
			if _, known := op.Code(to); !known {
				return fmt.Errorf("door %s: codes.yaml: %s.%s: %s cannot answer %s", Door, api, from, op.Name, to)
			}
		}
	}
	return nil
}

// Paths are the addresses of an operation: the production one first, then that of the sandbox.
func (d *Dialect) Paths(api aps.API) []string {
	op := d.operations[api]
	return append([]string{op.Path}, op.Also...)
}

// Operation is the catalogue's word on an operation.
func (d *Dialect) Operation(api aps.API) *catalogue.Operation { return d.operations[api] }
