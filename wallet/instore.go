package wallet

import (
	"context"

	"mppsim/wallet/ams"
	"mppsim/wallet/aps"
	"mppsim/wallet/gateway"
	"mppsim/wallet/jsontree"
)

// The door of Antom in-store payments: the same orders and registrations as at the acquirer's, in another dialect.

// openInStore makes the door's dialect and its operations beside payments.
func (s *Simulator) openInStore() ([]gateway.Service, error) {
	dialect, err := ams.New(s.protocol)
	if err != nil {
		return nil, err
	}
	s.inStore = dialect
	return []gateway.Service{
		s.inStoreService(aps.Registration, s.registerInStore),
		s.inStoreService(aps.InquiryRegistrationStatus, s.registry.Inquire),
		s.inStoreService(aps.InquiryRegistrationInfo, s.registry.Describe),
	}, nil
}

// inStoreService has the catalogue judge each message before it is served, and gives the answer the door's words.
func (s *Simulator) inStoreService(api aps.API, serve serving) gateway.Service {
	op, paths := s.inStore.Operation(api), s.inStore.Paths(api)
	return gateway.Service{
		Door: aps.InStore, API: api, Path: paths[0], Also: paths[1:],
		Read: func(root *jsontree.Node) (aps.Marks, aps.Reading) { return s.marksOf(root), aps.ReadingOf(op, root) },
		Serve: func(ctx context.Context, subject aps.Subject, root *jsontree.Node) (*jsontree.Node, error) {
			answer, err := serve(ctx, subject, root)
			if err != nil {
				return nil, err
			}
			return s.inStore.Answer(api, answer), nil
		},
	}
}

// registerInStore refuses what is registered already; at the acquirer's door that is an update.
func (s *Simulator) registerInStore(ctx context.Context, subject aps.Subject, root *jsontree.Node) (*jsontree.Node, error) {
	root = ams.Registration(root)
	known, err := s.registry.Registered(ctx, subject, root)
	if err != nil {
		return nil, err
	}
	if known {
		return s.inStore.RepeatedRegistration(), nil
	}
	return s.registry.Register(ctx, subject, root)
}
