package control

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"mppsim/wallet/money"
)

// ReportQuery asks for the clearing and settlement reports of one day (acqp-api §11).
type ReportQuery struct {
	Date     string // YYYY-MM-DD, a day of UTC+8; empty: today
	Timeline string // only its payments; empty: all
	// Calendar says whose days count. "wire" (default): a payment belongs to the day of the completion time that the
	// acquirer was told, which is real time; its books then agree. "timeline": the day on the payment's own timeline,
	// as the payer lived it; only for looking at one scenario.
	Calendar string
	Sandbox  bool   // in the folders of the sandbox
	Rows     int    // of one file; 0: as in the contract
	Path     string // only this file
	Texts    bool   // with the files' contents
}

// Report is one file of a day.
type Report struct {
	Path     string       `json:"path"` // below the root of the file server
	Kind     string       `json:"kind"` // transactionItems, summary, feeItems, settlement; readme
	Currency string       `json:"currency,omitempty"`
	Count    int          `json:"totalCount"`
	Net      money.Amount `json:"net"`   // what the acquirer gets, after fees
	Final    bool         `json:"final"` // the days in it are over; nothing can be added
	Text     string       `json:"text,omitempty"`
}

func (q ReportQuery) values() url.Values {
	v := url.Values{}
	for name, text := range map[string]string{"date": q.Date, "timeline": q.Timeline, "calendar": q.Calendar, "path": q.Path} {
		if text != "" {
			v.Set(name, text)
		}
	}
	for name, on := range map[string]bool{"sandbox": q.Sandbox, "texts": q.Texts} {
		if on {
			v.Set(name, "true")
		}
	}
	if q.Rows != 0 {
		v.Set("rows", strconv.Itoa(q.Rows))
	}
	return v
}

func reportQuery(r *http.Request) (ReportQuery, error) {
	q := ReportQuery{
		Date: r.FormValue("date"), Timeline: r.FormValue("timeline"), Calendar: r.FormValue("calendar"), Path: r.FormValue("path"),
	}
	for name, parse := range map[string]func(string) error{
		"sandbox": func(s string) (err error) { q.Sandbox, err = strconv.ParseBool(s); return err },
		"texts":   func(s string) (err error) { q.Texts, err = strconv.ParseBool(s); return err },
		"rows":    func(s string) (err error) { q.Rows, err = strconv.Atoi(s); return err },
	} {
		if text := r.FormValue(name); text != "" {
			if err := parse(text); err != nil {
				return q, Errorf(Invalid, "parameter %s: %v", name, err)
			}
		}
	}
	return q, nil
}

func reportRoutes(s routes, api API) {
	s.get("/reports", "reports", "List the clearing reports of a day, and the settlement report in which it is settled", read(func(r *http.Request) ([]Report, error) {
		q, err := reportQuery(r)
		if err != nil {
			return nil, err
		}
		return api.Reports(r.Context(), q)
	}, "date", "timeline", "calendar", "path", "sandbox", "texts", "rows"))
}

// Reports implements API.
func (c *Client) Reports(ctx context.Context, q ReportQuery) ([]Report, error) {
	return get[[]Report](ctx, c, "reports", "/reports?"+q.values().Encode())
}
