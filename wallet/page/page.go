// Package page serves what people and browsers see of Alipay+ at the gateway's address: the checkout page to which
// orders of entry codes and of the cashier lead, pictures of order codes, and the logos of wallets. Nothing can be
// changed through it: payers act in their wallets.
package page

import (
	"embed"
	"html/template"
	"net/http"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/gorilla/mux"
)

//go:embed checkout.html limit.html logo.svg
var files embed.FS

// Order is what a page shows of an order.
type Order struct {
	Merchant    string
	Description string
	Price       string // with currency
	State       string // open, paid, closed
	Code        string // order code; empty where there is none, or it must not be shown any more
	Expiry      time.Time
	Redirect    string // where the shop wants its buyer back; empty unless the order is paid
}

// Options are what the pages show.
type Options struct {
	// Order finds the order behind the token of an address.
	Order func(r *http.Request, token string) (o Order, found bool, err error)
	// Brand is the brand of a wallet by its name.
	Brand func(walletName string) string
	// Picture draws an order code as PNG in a size: small, middle or big.
	Picture func(text, size string) ([]byte, error)
}

// sizes are the sizes of code pictures; the first one stands for a size that is not named.
func sizes() []string { return []string{"middle", "small", "big"} }

type pages struct {
	Options
	checkout, logo, limit *template.Template
}

// Prefixes are the beginnings of the paths that Handler serves.
func Prefixes() []string { return []string{"/checkout/", "/app/", "/code/", "/logo/", "/limit/"} }

// Handler serves the pages.
func Handler(o Options) (http.Handler, error) {
	parsed, err := template.ParseFS(files, "*")
	if err != nil {
		return nil, err
	}
	p := pages{Options: o, checkout: parsed.Lookup("checkout.html"), logo: parsed.Lookup("logo.svg"), limit: parsed.Lookup("limit.html")}
	r := mux.NewRouter()
	get := func(path string, h http.HandlerFunc) {
		r.Path(path).Methods(http.MethodGet, http.MethodHead).Handler(h)
	}
	get("/checkout/{token}", func(w http.ResponseWriter, r *http.Request) { p.serveCheckout(w, r, mux.Vars(r)["token"]) })
	get("/app/pay", func(w http.ResponseWriter, r *http.Request) { p.serveCheckout(w, r, r.FormValue("order")) })
	get("/code/{token}.png", p.serveCode)
	get("/logo/{name}.svg", p.serveLogo)
	get("/limit/{region}/{limit}", p.serveLimit)
	return r, nil
}

// serveLimit is what a wallet's user sees instead of an order above a limit.
func (p pages) serveLimit(w http.ResponseWriter, r *http.Request) {
	v := mux.Vars(r)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
	_ = p.limit.Execute(w, struct{ Region, Limit string }{v["region"], v["limit"]})
}

func (p pages) serveCheckout(w http.ResponseWriter, r *http.Request, token string) {
	o, found, err := p.Order(r, token)
	switch {
	case err != nil:
		http.Error(w, "The order cannot be read.", http.StatusInternalServerError)
	case !found:
		http.Error(w, "There is no such order.", http.StatusNotFound)
	default:
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'")
		_ = p.checkout.Execute(w, struct { // an error means that the browser is gone
			Order
			Token string
		}{o, token})
	}
}

// serveCode draws the code of an open order; that of a closed one is no longer shown.
func (p pages) serveCode(w http.ResponseWriter, r *http.Request) {
	size := r.FormValue("size")
	if size == "" {
		size = sizes()[0]
	}
	o, found, err := p.Order(r, mux.Vars(r)["token"])
	switch {
	case !slices.Contains(sizes(), size):
		http.Error(w, "size: want small, middle or big.", http.StatusBadRequest)
		return
	case err != nil:
		http.Error(w, "The order cannot be read.", http.StatusInternalServerError)
		return
	case !found, o.Code == "":
		http.Error(w, "There is no open order with this code.", http.StatusNotFound)
		return
	}
	picture, err := p.Picture(o.Code, size)
	if err != nil {
		http.Error(w, "The code cannot be drawn.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "image/png")
	_, _ = w.Write(picture) // an error means that the browser is gone
}

func (p pages) serveLogo(w http.ResponseWriter, r *http.Request) {
	brand := p.Brand(mux.Vars(r)["name"])
	initial, _ := utf8.DecodeRuneInString(brand)
	w.Header().Set("Content-Type", "image/svg+xml")
	_ = p.logo.Execute(w, struct{ Brand, Initial string }{brand, string(initial)})
}
