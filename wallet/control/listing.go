package control

import (
	"context"
	"net/url"
)

// Listing shows what there is to steer.
type Listing interface {
	// Timelines lists the open timelines by name.
	Timelines(ctx context.Context) ([]Timeline, error)
	// Payers lists the payers of a timeline, oldest first.
	Payers(ctx context.Context, timeline string) ([]Payer, error)
	// PayerTemplates lists the kinds of payers by name.
	PayerTemplates(ctx context.Context) ([]PayerTemplate, error)
}

// PayerTemplate is a kind of payer with a fixed character.
type PayerTemplate struct {
	Name  string `json:"name"`
	Title string `json:"title"` // what it is, in plain words
}

func listingRoutes(s routes, api API) {
	s.get("/timelines", "timelines", "List the open timelines by name", plain(api.Timelines))
	s.get("/payers", "payers", "List the payers of a timeline, oldest first", onTimeline(api.Payers))
	s.get("/payer-templates", "payerTemplates", "List the kinds of payers by name", plain(api.PayerTemplates))
}

// Timelines implements API.
func (c *Client) Timelines(ctx context.Context) ([]Timeline, error) {
	return get[[]Timeline](ctx, c, "list timelines", "/timelines")
}

// Payers implements API.
func (c *Client) Payers(ctx context.Context, timeline string) ([]Payer, error) {
	return get[[]Payer](ctx, c, "list payers", "/payers?timeline="+url.QueryEscape(timeline))
}

// PayerTemplates implements API.
func (c *Client) PayerTemplates(ctx context.Context) ([]PayerTemplate, error) {
	return get[[]PayerTemplate](ctx, c, "list payer templates", "/payer-templates")
}
