package wallet

import (
	"context"
	"fmt"
	"sync"

	"mppsim/wallet/ams"
	"mppsim/wallet/aps"
	"mppsim/wallet/authorisation"
	"mppsim/wallet/catalogue"
	"mppsim/wallet/clock"
	"mppsim/wallet/consent"
	"mppsim/wallet/courier"
	"mppsim/wallet/customs"
	"mppsim/wallet/dispute"
	"mppsim/wallet/gateway"
	"mppsim/wallet/jsontree"
	"mppsim/wallet/push"
	"mppsim/wallet/registration"
)

// The operations beside payments: registration and the like. What their messages look like is the catalogue's
// word; what becomes of them stands in a package for each noun.

// loadCatalogue reads the catalogue once for all simulators; none changes it.
var loadCatalogue = sync.OnceValues(catalogue.Load)

// rooms are where the operations beside payments are at home.
type rooms struct {
	courier      *courier.Courier
	registry     *registration.Registry
	grants       *authorisation.Authorisations
	consents     *consent.Agreements
	disputes     *dispute.Disputes
	declarations *customs.Declarations
	pushes       *push.Pushes
	inStore      *ams.Dialect
}

// serving is what becomes of a message.
type serving func(ctx context.Context, s aps.Subject, root *jsontree.Node) (*jsontree.Node, error)

// services builds the rooms of the operations beside payments and enters them at the acquirer's door.
func (s *Simulator) services() ([]gateway.Service, error) {
	protocol, err := loadCatalogue()
	if err != nil {
		return nil, err
	}
	s.protocol = protocol
	if err := s.checkAddresses(s.addresses); err != nil {
		return nil, err
	}
	s.courier = courier.New(courier.Options{Acquirer: acquirerPort{s}, Lines: s.line, Logger: s.options.Logger})
	var list []gateway.Service
	for _, room := range []func() map[aps.API]serving{s.registrations, s.consultations, s.authorisations, s.disputed, s.declared, s.pushed} {
		for api, serve := range room() {
			service, err := s.service(api, serve)
			if err != nil {
				return nil, err
			}
			list = append(list, service)
		}
	}
	inStore, err := s.openInStore()
	return append(list, inStore...), err
}

func (s *Simulator) line(timeline string) courier.Line {
	c, gaps := s.network.Deliveries(timeline)
	return courier.Line{Clock: c, Gaps: gaps}
}

// timelineClock is the clock of a timeline, or of the strays' where there is none.
func (s *Simulator) timelineClock(timeline string) *clock.Timeline {
	line, err := s.network.Timeline(timeline)
	if err != nil {
		line, _ = s.network.Timeline("")
	}
	return line.Clock
}

// service has the catalogue judge each message before it is served.
func (s *Simulator) service(api aps.API, serve serving) (gateway.Service, error) {
	op, err := s.operation(api)
	if err != nil {
		return gateway.Service{}, err
	}
	return gateway.Service{
		API: api, Path: op.Path, Serve: serve,
		Read: func(root *jsontree.Node) (aps.Marks, aps.Reading) { return s.marksOf(root), aps.ReadingOf(op, root) },
	}, nil
}

func (s *Simulator) operation(api aps.API) (*catalogue.Operation, error) {
	op, found := s.protocol.Operation("aps", string(api))
	if !found {
		return nil, fmt.Errorf("operation %s: not in the catalogue", api)
	}
	return op, nil
}

// marksOf are the traits that any message may have. A message that follows another one belongs to its timeline.
//
//nolint:contextcheck // a message is read to its end, whoever has left
func (s *Simulator) marksOf(root *jsontree.Node) aps.Marks {
	f := aps.FieldsOf(root)
	m := aps.Marks{PaymentRequestID: f.Text("paymentRequestId"), PaymentID: f.Text("paymentId"), Texts: aps.TextsOf(root)}
	ctx := context.Background()
	if c, err := s.disputes.Find(ctx, f.Text("disputeRequestId")); err == nil {
		m.PaymentRequestID, m.Timeline = c.Payment, c.Timeline
	}
	if reg, err := s.registry.Find(ctx, f.Text("registrationRequestId")); err == nil {
		m.Timeline = reg.Timeline
	}
	if a, found, err := s.grants.Concerned(ctx, f); err == nil && found {
		m.Timeline = a.Timeline
	}
	for _, id := range f.Texts("declarationRequestIds") {
		if x, err := s.declarations.Find(ctx, id); err == nil {
			m.Timeline = x.Timeline
		}
	}
	return m
}
