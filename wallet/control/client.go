package control

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"

	"mppsim/wallet/trace"
)

// Client is the API of a simulator that runs elsewhere, over HTTP.
type Client struct {
	base  string
	http  *http.Client
	name  string // of this client among others, for the keys of requests
	calls atomic.Uint64
}

// ErrNoAnswer says that a call got no answer: nobody could be reached, the connection broke, or it took too long. Whether the
// operation was carried out is not known.
var ErrNoAnswer = errors.New("no answer")

var _ API = (*Client)(nil)

// NewClient reaches the simulator whose control API stands at address (http://host:port, with or
// without Base). With a nil client http.DefaultClient is used; its time-out must exceed every wait.
func NewClient(address string, client *http.Client) *Client {
	if client == nil {
		client = http.DefaultClient
	}
	return &Client{base: strings.TrimSuffix(strings.TrimRight(address, "/"), Base) + Base, http: client, name: rand.Text()}
}

// call makes one request and reads its answer. Refusals come back as *Error; each error names the operation.
func call[Out any](ctx context.Context, c *Client, operation, method, path string, in any) (out Out, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("simulator: %s: %w", operation, err)
		}
	}()
	var body bytes.Buffer
	if in != nil {
		if err := Encode(&body, in); err != nil {
			return out, err
		}
	}
	request, err := http.NewRequestWithContext(ctx, method, c.base+path, &body) //nolint:gosec // the address is the caller's choice
	if err != nil {
		return out, err
	}
	request.Header.Set("Content-Type", "application/json")
	if method != http.MethodGet { // it may be sent again when a connection that was idle turns out to be gone
		request.Header.Set(KeyHeader, c.name+"-"+strconv.FormatUint(c.calls.Add(1), 10))
	}
	response, err := c.http.Do(request) //nolint:gosec // see above
	if err != nil {
		return out, unanswered(ctx, err)
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return out, refusal(response)
	}
	return out, Decode(response.Body, &out)
}

// unanswered marks an error of the connection, unless the caller broke the call off.
func unanswered(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return err
	}
	return fmt.Errorf("%w: %w", ErrNoAnswer, err)
}

func refusal(response *http.Response) error {
	var body struct {
		Error *Error `json:"error"`
	}
	if err := Decode(response.Body, &body); err != nil || body.Error == nil {
		return fmt.Errorf("HTTP status %d without explanation", response.StatusCode)
	}
	return body.Error
}

func get[Out any](ctx context.Context, c *Client, operation, path string) (Out, error) {
	return call[Out](ctx, c, operation, http.MethodGet, path, nil)
}

func post[Out any](ctx context.Context, c *Client, operation, path string, in any) (Out, error) {
	return call[Out](ctx, c, operation, http.MethodPost, path, in)
}

func seg(id string) string { return url.PathEscape(id) }

func ofTimeline(path, timeline string) string {
	return path + "?" + url.Values{"timeline": {timeline}}.Encode()
}

// Info implements API. An address where something else answers is an error.
func (c *Client) Info(ctx context.Context) (Info, error) {
	info, err := get[Info](ctx, c, "info", "/info")
	if err == nil && info.ClientID == "" {
		err = fmt.Errorf("simulator: info: what answers at %s is no control API of a simulator", c.base)
	}
	return info, err
}

// OpenTimeline implements API.
func (c *Client) OpenTimeline(ctx context.Context, spec TimelineSpec) (Timeline, error) {
	return post[Timeline](ctx, c, "open timeline", "/timelines", spec)
}

// Timeline implements API.
func (c *Client) Timeline(ctx context.Context, id string) (Timeline, error) {
	return get[Timeline](ctx, c, "timeline "+id, "/timelines/"+seg(id))
}

// HoldTimeline implements API.
func (c *Client) HoldTimeline(ctx context.Context, id string, hold Hold) (Timeline, error) {
	return post[Timeline](ctx, c, "hold timeline "+id, "/timelines/"+seg(id)+"/hold", hold)
}

// MoveTimeline implements API.
func (c *Client) MoveTimeline(ctx context.Context, id string, move Move) (Timeline, error) {
	return post[Timeline](ctx, c, "move timeline "+id, "/timelines/"+seg(id)+"/move", move)
}

// CloseTimeline implements API.
func (c *Client) CloseTimeline(ctx context.Context, id string) error {
	_, err := call[none](ctx, c, "close timeline "+id, http.MethodDelete, "/timelines/"+seg(id), nil)
	return err
}

// Expect implements API.
func (c *Client) Expect(ctx context.Context, id string, e Expectation) error {
	_, err := post[none](ctx, c, "expect on timeline "+id, "/timelines/"+seg(id)+"/expect", e)
	return err
}

// CreatePayer implements API.
func (c *Client) CreatePayer(ctx context.Context, spec PayerSpec) (Payer, error) {
	return post[Payer](ctx, c, "create payer", "/payers", spec)
}

// Payer implements API.
func (c *Client) Payer(ctx context.Context, id string) (Payer, error) {
	return get[Payer](ctx, c, "payer "+id, "/payers/"+seg(id))
}

// IssueCodes implements API.
func (c *Client) IssueCodes(ctx context.Context, payer string, spec CodesSpec) ([]PaymentCode, error) {
	return post[[]PaymentCode](ctx, c, "issue codes to payer "+payer, "/payers/"+seg(payer)+"/code-series", spec)
}

// IssueCode implements API.
func (c *Client) IssueCode(ctx context.Context, payer string, spec CodeSpec) (PaymentCode, error) {
	return post[PaymentCode](ctx, c, "issue code to payer "+payer, "/payers/"+seg(payer)+"/codes", spec)
}

// Faults implements API.
func (c *Client) Faults(ctx context.Context) ([]FaultKind, error) {
	return get[[]FaultKind](ctx, c, "faults", "/fault-kinds")
}

// Arm implements API.
func (c *Client) Arm(ctx context.Context, spec FaultSpec) (Fault, error) {
	return post[Fault](ctx, c, "arm "+spec.Fault, "/faults", spec)
}

// Armed implements API.
func (c *Client) Armed(ctx context.Context, timeline string) ([]Fault, error) {
	return get[[]Fault](ctx, c, "armed faults", ofTimeline("/faults", timeline))
}

// Lift implements API.
func (c *Client) Lift(ctx context.Context, id string) error {
	_, err := call[none](ctx, c, "lift fault "+id, http.MethodDelete, "/faults/"+seg(id), nil)
	return err
}

// Release implements API.
func (c *Client) Release(ctx context.Context, id string) error {
	_, err := post[none](ctx, c, "release fault "+id, "/faults/"+seg(id)+"/release", none{})
	return err
}

// StrikeTill implements API.
func (c *Client) StrikeTill(ctx context.Context, m TillMessage) ([]TillFault, error) {
	return post[[]TillFault](ctx, c, "till message "+m.Verb, "/till-messages", m)
}

// Orders implements API.
func (c *Client) Orders(ctx context.Context, timeline string) ([]Order, error) {
	return get[[]Order](ctx, c, "orders", ofTimeline("/orders", timeline))
}

// Notify implements API.
func (c *Client) Notify(ctx context.Context, spec NotifySpec) (trace.Exchange, error) {
	return post[trace.Exchange](ctx, c, "notify payment "+spec.PaymentRequestID, "/notifications", spec)
}

// Entries implements API.
func (c *Client) Entries(ctx context.Context, timeline string) ([]Entry, error) {
	return get[[]Entry](ctx, c, "entries", ofTimeline("/entries", timeline))
}

// Exchanges implements API.
func (c *Client) Exchanges(ctx context.Context, q ExchangeQuery) ([]trace.Exchange, error) {
	values := url.Values{"after": {strconv.FormatUint(q.After, 10)}, "timeline": {q.Timeline}, "about": {q.About}}
	if q.Wait > 0 {
		values.Set("wait", q.Wait.String())
	}
	if q.Limit > 0 {
		values.Set("limit", strconv.Itoa(q.Limit))
	}
	if q.Wallet {
		values.Set("wallet", "true")
	}
	return get[[]trace.Exchange](ctx, c, "exchanges", "/exchanges?"+values.Encode())
}
