package wallet

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"

	"mppsim/wallet/code/picture"
	consentpage "mppsim/wallet/consent/page"
	"mppsim/wallet/network"
	"mppsim/wallet/page"
)

// noAddress stands in for the gateway's address where nobody has told it.
const noAddress = "http://mppsim.invalid"

// pageURL is the address under which pages and pictures are reached.
func (s *Simulator) pageURL() string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.urls.gateway == "" {
		return noAddress
	}
	return strings.TrimRight(s.urls.gateway, "/")
}

// withPages serves the pages of Alipay+ beside its door.
func (s *Simulator) withPages(door http.Handler) http.Handler {
	agreements := consentpage.Handler(s.consents)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, AgreementPages) {
			agreements.ServeHTTP(w, r)
			return
		}
		for _, prefix := range page.Prefixes() {
			if strings.HasPrefix(r.URL.Path, prefix) {
				s.pages.ServeHTTP(w, r)
				return
			}
		}
		door.ServeHTTP(w, r)
	})
}

func (s *Simulator) newPages() (http.Handler, error) {
	return page.Handler(page.Options{
		Order: s.pageOrder, Brand: s.cashier().BrandOf,
		Picture: drawOrderCode,
	})
}

// drawOrderCode draws an order code as PNG in one of the documented sizes: small, middle or big.
func drawOrderCode(text, size string) ([]byte, error) {
	pixels, known := picture.ImageWidth(strings.ToUpper(size) + "IMAGE")
	if !known {
		return nil, fmt.Errorf("size %q: %w", size, picture.ErrSize)
	}
	symbol, err := picture.OrderCode(text)
	if err != nil {
		return nil, err
	}
	var png bytes.Buffer
	err = symbol.PNG(&png, picture.Size{Pixels: pixels})
	return png.Bytes(), err
}

// pageOrder is what a browser is shown of an order.
func (s *Simulator) pageOrder(r *http.Request, token string) (page.Order, bool, error) {
	o, found, err := s.network.Behind(r.Context(), token)
	if err != nil || !found {
		return page.Order{}, found, err
	}
	view := page.Order{
		Merchant: o.Request().Order.Merchant.Name, Description: o.Request().Order.Description, Price: o.Request().Amount.String(),
		State: "closed", Expiry: s.timelineClock(o.Timeline).ToBase(o.Expiry),
	}
	switch o.State {
	case network.Processing:
		view.State, view.Code = "open", orderCodeOf(o)
	case network.Success:
		view.State, view.Redirect = "paid", o.Request().RedirectURL
	default:
	}
	return view, true, nil
}

// orderCodeOf is the text of an order's code, also where it is one of several ways to the order.
func orderCodeOf(o network.Order) string {
	if o.Offer == nil || o.Offer.Form == nil {
		return ""
	}
	return o.Offer.Form.Details[0].Value
}
