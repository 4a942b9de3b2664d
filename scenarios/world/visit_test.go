package world_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"mppsim/scenarios/world"
	"mppsim/wallet/control"
)

// Info allows one host to be called back.
func (b *books) Info(context.Context) (control.Info, error) {
	return control.Info{CallbackHosts: []string{"staging.example"}}, nil
}

func TestVisits(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	asked := make(chan string, 1)
	page := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked <- r.Method + " " + r.RequestURI
		w.Header().Set("Location", "http://shop.example/elsewhere")
		w.WriteHeader(http.StatusFound)
	}))
	defer page.Close()
	call, err := s.Visit(t.Context(), page.URL+"/back/1?a=b%2Fc")
	if err != nil || call.Verb != "visit" || call.Response.Status != http.StatusFound || call.ID == "" {
		t.Errorf("%+v, %v", call, err)
	}
	if got := <-asked; got != "GET /back/1?a=b%2Fc" {
		t.Errorf("asked for %s", got)
	}
	if calls := s.Calls(); len(calls) != 1 || calls[0].ID != call.ID {
		t.Errorf("recorded %+v", calls)
	}
	page.Close()
	if call, err := s.Visit(t.Context(), page.URL); err == nil || call.Error == "" || errors.Is(err, world.ErrElsewhere) {
		t.Errorf("a page that does not open: %+v, %v", call, err)
	}
}

func TestNobodyIsSentElsewhere(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	for _, address := range []string{"https://shop.example/thanks", "shop://thanks", "file:///etc/hosts", "http://169.254.169.254/", "%"} {
		if _, err := s.Visit(t.Context(), address); !errors.Is(err, world.ErrElsewhere) {
			t.Errorf("%s: %v", address, err)
		}
	}
}
