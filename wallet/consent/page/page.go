// Package page shows the wallet's page on which a payer agrees to auto debit: the address that prepare returns leads to it.
package page

import (
	_ "embed"
	"errors"
	"html/template"
	"net/http"
	"strings"
	"sync"

	"mppsim/wallet/consent"
)

//go:embed page.html
var text string

var parsed = sync.OnceValues(func() (*template.Template, error) { return template.New("agreement").Parse(text) })

// maxForm bounds what a browser sends.
const maxForm = 4 << 10

// view is what the page tells.
type view struct {
	consent.Agreement
	Problem string
}

// Handler serves the pages under a path that ends with the agreement's ID. A form with the members payer (its id) and answer
// (agree or decline) is the payer's word; the browser is then sent back to the merchant.
func Handler(agreements *consent.Agreements) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a, err := agreements.Find(r.Context(), r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:])
		switch {
		case errors.Is(err, consent.ErrUnknown):
			show(w, http.StatusNotFound, view{Problem: "There is no such agreement."})
		case err != nil:
			show(w, http.StatusInternalServerError, view{Problem: err.Error()})
		case r.Method == http.MethodPost:
			answer(w, r, agreements, a)
		default:
			show(w, http.StatusOK, view{Agreement: a})
		}
	})
}

func answer(w http.ResponseWriter, r *http.Request, agreements *consent.Agreements, a consent.Agreement) {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	act := agreements.Consent
	if r.FormValue("answer") == "decline" {
		act = agreements.Decline
	}
	_, back, err := act(r.Context(), strings.TrimSpace(r.FormValue("payer")), a.ID)
	if err != nil {
		show(w, http.StatusConflict, view{Agreement: a, Problem: err.Error()})
		return
	}
	http.Redirect(w, r, back, http.StatusSeeOther)
}

func show(w http.ResponseWriter, status int, v view) {
	page, err := parsed()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=UTF-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	// An error here means that the browser is gone.
	_ = page.Execute(w, v)
}
