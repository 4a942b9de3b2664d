package wallet

import (
	"context"
	"fmt"
	"maps"
	"net/url"

	"mppsim/wallet/aps"
	"mppsim/wallet/authorisation"
	"mppsim/wallet/catalogue"
	"mppsim/wallet/control"
)

// Addresses implements control.API.
func (s *Simulator) Addresses(context.Context) (control.Addresses, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.addresses, nil
}

// SetAddresses implements control.API. It replaces all addresses.
func (s *Simulator) SetAddresses(_ context.Context, a control.Addresses) (control.Addresses, error) {
	if err := s.checkAddresses(a); err != nil {
		return control.Addresses{}, control.Errorf(control.Invalid, "%v", err)
	}
	a.Of = maps.Clone(a.Of)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.addresses = a
	return a, nil
}

// checkAddresses refuses what is no address, and operations that the acquirer does not serve.
func (s *Simulator) checkAddresses(a control.Addresses) error {
	if a.Base != "" {
		if err := checkAddress("base", a.Base); err != nil {
			return err
		}
	}
	for api, address := range a.Of {
		op, err := s.operation(api)
		if err != nil {
			return fmt.Errorf("address of %w", err)
		}
		if op.Direction != catalogue.ToAcquirer {
			return fmt.Errorf("address of %s: the acquirer calls it and does not serve it", api)
		}
		if err := checkAddress(string(api), address); err != nil {
			return err
		}
	}
	return nil
}

func checkAddress(name, text string) error {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return fmt.Errorf("address of %s: %q is no http or https address", name, text)
	}
	return nil
}

// address finds where the acquirer serves an operation whose address stands in no message (authorisation.ErrAddress).
func (s *Simulator) address(api aps.API) (string, error) {
	op, err := s.operation(api)
	if err != nil {
		return "", err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	if found := s.addresses.Find(api, op.Path); found != "" {
		return found, nil
	}
	return "", fmt.Errorf("%s: %w", api, authorisation.ErrAddress)
}

// addressOf is address for those to whom an unknown one is no fault.
func (s *Simulator) addressOf(api aps.API) string {
	found, err := s.address(api)
	if err != nil {
		return ""
	}
	return found
}
