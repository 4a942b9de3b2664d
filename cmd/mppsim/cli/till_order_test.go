package cli

import (
	"context"
	"errors"
	"testing"

	"mppsim/scenarios/acquirer"
)

// hesitant is an acquirer that knows what to show only after some questions.
type hesitant struct {
	acquirer.Acquirer
	silent int // questions
	asked  int
	ends   acquirer.State
	err    error
}

func (h *hesitant) Offers(string) bool { return true }

func (h *hesitant) Query(context.Context, acquirer.PaymentRef) (acquirer.Payment, error) {
	h.asked++
	if h.asked <= h.silent {
		return acquirer.Payment{State: acquirer.Pending}, h.err
	}
	return acquirer.Payment{State: h.ends, Shown: acquirer.Shown{Code: "https://code"}}, nil
}

func TestAnOrderIsAskedForUntilThereIsSomethingToShow(t *testing.T) {
	t.Parallel()
	broken := errors.New("no line")
	for name, tt := range map[string]struct {
		first acquirer.Payment
		then  hesitant
		asked int
		err   error
	}{
		"at once":  {acquirer.Payment{State: acquirer.Pending, Shown: acquirer.Shown{Address: "https://page"}}, hesitant{}, 0, nil},
		"later":    {acquirer.Payment{State: acquirer.Pending}, hesitant{silent: 2, ends: acquirer.Pending}, 3, nil},
		"refused":  {acquirer.Payment{Refused: true}, hesitant{}, 0, nil},
		"failed":   {acquirer.Payment{State: acquirer.Pending}, hesitant{ends: acquirer.Failed}, 1, nil},
		"no line":  {acquirer.Payment{State: acquirer.Pending}, hesitant{silent: 1, err: broken}, 1, broken},
		"finished": {acquirer.Payment{State: acquirer.Paid}, hesitant{}, 0, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, err := shownSoon(t.Context(), &tt.then, tt.first, acquirer.PaymentRef{})
			if !errors.Is(err, tt.err) || tt.then.asked != tt.asked {
				t.Errorf("%+v, %v after %d questions", p, err, tt.then.asked)
			}
			if tt.asked > 0 && err == nil && p.Shown.Code == "" {
				t.Errorf("nothing to show: %+v", p)
			}
		})
	}
	ended, end := context.WithCancel(t.Context())
	end()
	if _, err := shownSoon(ended, &hesitant{silent: 9}, acquirer.Payment{State: acquirer.Pending}, acquirer.PaymentRef{}); !errors.Is(err, context.Canceled) {
		t.Errorf("interrupted: %v", err)
	}
}
