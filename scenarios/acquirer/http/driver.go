package httpdriver

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"mppsim/reports/journal"
	"mppsim/scenarios/acquirer"
	"mppsim/scenarios/acquirer/secret"
	"mppsim/wallet/clock"
)

// Wiring is what a driver gets from outside.
type Wiring struct {
	Clock   clock.Clock
	IDs     func() string // ids of calls
	Logger  *slog.Logger
	Secrets *secret.Store
}

// Driver drives an acquirer by a plan. It implements acquirer.Acquirer, acquirer.Prober and
// acquirer.Clock and is safe for concurrent use.
type Driver struct {
	plan   *Plan
	client *http.Client
	limits map[string]*limiter
	clock  clock.Clock
	ids    func() string
	log    *slog.Logger
	hide   *secret.Store
}

var (
	_ acquirer.Acquirer   = (*Driver)(nil)
	_ acquirer.Presenter  = (*Driver)(nil)
	_ acquirer.Offerer    = (*Driver)(nil)
	_ acquirer.Reconciler = (*Driver)(nil)
	_ acquirer.Prober     = (*Driver)(nil)
	_ acquirer.Versioned  = (*Driver)(nil)
	_ acquirer.Namer      = (*Driver)(nil)
	_ acquirer.Limited    = (*Driver)(nil)
	_ acquirer.Filler     = (*Driver)(nil)
	_ acquirer.Teller     = (*Driver)(nil)
	_ acquirer.Clock      = (*Driver)(nil)
	_ acquirer.Clocked    = (*Driver)(nil)
)

// New makes a driver of a plan. Redirects are not followed; connections are kept alive.
func New(plan *Plan, w Wiring) *Driver {
	d := &Driver{
		plan: plan, limits: map[string]*limiter{}, clock: w.Clock, ids: w.IDs, log: w.Logger, hide: w.Secrets,
		client: &http.Client{
			Transport:     newTransport(),
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
	for name, c := range plan.connections {
		d.limits[name] = newLimiter(w.Clock, c.rate)
	}
	return d
}

// newTransport keeps enough idle connections for 16 scenarios that sample all the time. One that waits for a call is closed
// before an acquirer's server does so, many after five seconds: a charge that meets the end of its connection is lost.
func newTransport() *http.Transport {
	dialer := &net.Dialer{Timeout: 5 * time.Second, KeepAlive: 30 * time.Second}
	return &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		DialContext:         dialer.DialContext,
		MaxIdleConns:        256,
		MaxIdleConnsPerHost: 128,
		IdleConnTimeout:     4 * time.Second,
		TLSHandshakeTimeout: 10 * time.Second,
	}
}

// Close drops the idle connections.
func (d *Driver) Close() { d.client.CloseIdleConnections() }

// Offers reports whether the profile maps a verb.
func (d *Driver) Offers(verb string) bool {
	return d.plan.verbs[verb] != nil || verb == acquirer.VerbSetClock && d.plan.shim != nil
}

// ChargeCode charges a payment code.
func (d *Driver) ChargeCode(ctx context.Context, c acquirer.Charge) (acquirer.Payment, error) {
	a, err := d.call(ctx, acquirer.VerbChargeCode, ofCharge(c), c.Blank)
	return d.payment(a, c.Amount.Currency, err)
}

// Present creates a payment of a further product.
func (d *Driver) Present(ctx context.Context, c acquirer.Charge) (acquirer.Payment, error) {
	a, err := d.call(ctx, acquirer.CreateVerb(c.Product), ofCharge(c), c.Blank)
	return d.payment(a, c.Amount.Currency, err)
}

// Query asks for the state of a payment.
func (d *Driver) Query(ctx context.Context, ref acquirer.PaymentRef) (acquirer.Payment, error) {
	a, err := d.call(ctx, acquirer.VerbQuery, ofPayment(ref), false)
	return d.payment(a, ref.Amount.Currency, err)
}

// Cancel asks for the cancellation of a payment.
func (d *Driver) Cancel(ctx context.Context, ref acquirer.PaymentRef) (acquirer.Payment, error) {
	a, err := d.call(ctx, acquirer.VerbCancel, ofPayment(ref), false)
	return d.payment(a, ref.Amount.Currency, err)
}

// Refund asks for a refund.
func (d *Driver) Refund(ctx context.Context, r acquirer.RefundOrder) (acquirer.Refund, error) {
	a, err := d.call(ctx, acquirer.VerbRefund, ofRefund(r), r.Blank)
	return d.refund(a, r.Refund.Currency, err)
}

// QueryRefund asks for the state of a refund. Where the profile maps no such verb, the refund is
// looked up among those that query tells, by its id or number.
func (d *Driver) QueryRefund(ctx context.Context, ref acquirer.RefundRef) (acquirer.Refund, error) {
	if d.Offers(acquirer.VerbQueryRefund) {
		a, err := d.call(ctx, acquirer.VerbQueryRefund, ofRefundRef(ref), false)
		return d.refund(a, ref.Amount.Currency, err)
	}
	p, err := d.Query(ctx, ref.PaymentRef)
	if err != nil {
		return acquirer.Refund{Call: p.Call}, err
	}
	for _, r := range p.Refunds {
		if (ref.Refund != "" && r.ID == ref.Refund) || (ref.Number != "" && r.Number == ref.Number) {
			r.Call = p.Call
			return r, nil
		}
	}
	return acquirer.Refund{Refused: true, Reason: "the payment shows no such refund", Call: p.Call}, nil
}

// List lists a shop's payments.
func (d *Driver) List(ctx context.Context, shop acquirer.Shop) ([]acquirer.Payment, error) {
	a, err := d.call(ctx, acquirer.VerbList, Data{Shop: shop}, false)
	if err != nil {
		return nil, err
	}
	if a.refused {
		return nil, fmt.Errorf("list: %w: it refused with HTTP status %d", acquirer.ErrServer, a.status)
	}
	r := newReader(a, d.plan.words, firstOf(shop.Currencies))
	var payments []acquirer.Payment
	for _, found := range r.list(a.verb.response.List) {
		one := r.item(found)
		p := one.payment(a.verb.response)
		p.Call = a.call
		if one.err != nil {
			return nil, fmt.Errorf("list: %w", one.err)
		}
		payments = append(payments, p)
	}
	return payments, r.err
}

func firstOf(texts []string) string {
	if len(texts) == 0 {
		return ""
	}
	return texts[0]
}

// Receipt fetches the receipt of a payment.
func (d *Driver) Receipt(ctx context.Context, ref acquirer.PaymentRef) (acquirer.Receipt, error) {
	a, err := d.call(ctx, acquirer.VerbReceipt, ofPayment(ref), false)
	if err != nil || a.refused {
		return acquirer.Receipt{Call: a.call}, err
	}
	r := newReader(a, d.plan.words, ref.Amount.Currency)
	text := r.need("text", a.verb.response.Text)
	receipt := acquirer.Receipt{Text: text, Call: d.finish(a.call, r)}
	return receipt, r.err
}

// NeedsID reports whether a verb's request names the payment by the acquirer's own id.
func (d *Driver) NeedsID(verb string) bool {
	v := d.plan.verbs[verb]
	return v == nil || v.named
}

// Probe reports whether the acquirer is alive: by the health verb where it is mapped, else by
// opening a connection to the address of the query verb.
func (d *Driver) Probe(ctx context.Context) error {
	_, err := d.Alive(ctx)
	return err
}

// Alive is Probe, and tells the version that the health verb names, where the profile says where it stands. A version
// that cannot be found there is none: it must not make a living acquirer look dead.
func (d *Driver) Alive(ctx context.Context) (version string, err error) {
	if !d.Offers(acquirer.VerbHealth) {
		return "", d.knock(ctx)
	}
	a, err := d.call(ctx, acquirer.VerbHealth, Data{}, false)
	if err != nil || a.refused {
		return "", err
	}
	return newReader(a, d.plan.words, "").text("version", a.verb.response.Version), nil
}

// knock opens a connection to the address of the query verb.
func (d *Driver) knock(ctx context.Context) error {
	v := d.plan.verbs[acquirer.VerbQuery]
	if v == nil {
		return fmt.Errorf("probe: %w", acquirer.ErrNotOffered)
	}
	address, err := hostPort(v.conn.base)
	if err != nil {
		return fmt.Errorf("probe: %w", err)
	}
	conn, err := (&net.Dialer{Timeout: v.timeout}).DialContext(ctx, "tcp", address)
	if err != nil {
		return fmt.Errorf("probe: %w: %w", acquirer.ErrUnreachable, err)
	}
	return conn.Close()
}

func hostPort(base string) (string, error) {
	u, err := url.Parse(base)
	if err != nil {
		return "", err
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return net.JoinHostPort(u.Hostname(), port), nil
}

// Time reads the acquirer's clock from its health verb (ErrNoClock where it tells no time):
// RFC 3339, or seconds or milliseconds since 1970.
func (d *Driver) Time(ctx context.Context) (time.Time, error) {
	v := d.plan.verbs[acquirer.VerbHealth]
	if v == nil || v.response.Time.Text == "" {
		return time.Time{}, acquirer.ErrNoClock
	}
	a, err := d.call(ctx, acquirer.VerbHealth, Data{}, false)
	if err != nil {
		return time.Time{}, err
	}
	r := newReader(a, d.plan.words, "")
	text := r.need("time", v.response.Time)
	if r.err != nil {
		return time.Time{}, r.err
	}
	return parseTime(text, v.response.Time)
}

func parseTime(text string, p Path) (time.Time, error) {
	if t, err := time.Parse(time.RFC3339Nano, text); err == nil {
		return t, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return time.Time{}, fmt.Errorf("%w: %s: %q is no time", acquirer.ErrUnreadable, p.Place, text)
	}
	if n > 1e11 {
		return time.UnixMilli(n), nil
	}
	return time.Unix(n, 0), nil
}

// payment reads a payment from an answer.
func (d *Driver) payment(a answer, currency string, err error) (acquirer.Payment, error) {
	if err != nil {
		return acquirer.Payment{Call: a.call}, err
	}
	r := newReader(a, d.plan.words, currency)
	p := r.payment(a.verb.response)
	if a.refused {
		p.Refused, p.Reason = true, r.refusalReason(a, p.Reason)
	}
	if r.err != nil {
		err = fmt.Errorf("%s: %w", a.verb.name, r.err)
		a.call.Error = err.Error()
	}
	p.Call = d.finish(a.call, r)
	return p, err
}

// refund reads a refund from an answer.
func (d *Driver) refund(a answer, currency string, err error) (acquirer.Refund, error) {
	if err != nil {
		return acquirer.Refund{Call: a.call}, err
	}
	r := newReader(a, d.plan.words, currency)
	out := r.refund(a.verb.response)
	if a.refused {
		out.Refused, out.Reason = true, r.refusalReason(a, out.Reason)
	}
	if r.err != nil {
		err = fmt.Errorf("%s: %w", a.verb.name, r.err)
		a.call.Error = err.Error()
	}
	out.Call = d.finish(a.call, r)
	return out, err
}

// finish puts the mapped values on record.
func (d *Driver) finish(call journal.Call, r *reader) journal.Call {
	call.Mapped = maps.Clone(r.mapped)
	for name, value := range call.Mapped {
		call.Mapped[name] = d.hide.Redact(value)
	}
	return call
}

func (r *reader) refusalReason(a answer, otherwise string) string {
	if reason := r.text("reason", a.verb.refused.Reason); reason != "" {
		return reason
	}
	if otherwise != "" {
		return otherwise
	}
	return fmt.Sprintf("HTTP status %d", a.status)
}

func (r *reader) payment(m Response) acquirer.Payment {
	p := acquirer.Payment{
		ID:        r.need("payment", m.Payment),
		State:     r.state(m.State, r.words.Payment, r.words.PaymentPlace),
		Reason:    r.text("reason", m.Reason),
		Paid:      r.amount("paid", m.Paid),
		Refunded:  r.amount("refunded", m.Refunded),
		Remaining: r.amount("remaining", m.Remaining),
		Wallet:    r.text("wallet", m.Wallet),
		NetworkID: r.text("network_id", m.NetworkID),
		Time:      r.text("time", m.Time),
		Reference: r.text("reference", m.Reference),
		Shown: acquirer.Shown{
			Code: r.text("code", m.Code), Image: r.text("code_image", m.Image),
			Expires: r.text("code_expires", m.Expires), Address: r.text("address", m.Address),
			Addresses: r.text("addresses", m.Addresses),
		},
	}
	if m.Refunds != nil {
		p.Refunds = r.refunds(*m.Refunds)
	}
	return p
}

func (r *reader) refunds(m Response) []acquirer.Refund {
	var refunds []acquirer.Refund
	for _, found := range r.list(m.List) {
		one := r.item(found)
		one.lenient = r.lenient
		refunds = append(refunds, one.refund(m))
		if one.err != nil && r.err == nil {
			r.err = one.err
		}
	}
	return refunds
}

func (r *reader) refund(m Response) acquirer.Refund {
	return acquirer.Refund{
		ID:        r.text("refund", m.Refund),
		Number:    r.text("number", m.Number),
		State:     r.state(m.State, r.words.Refund, r.words.RefundPlace),
		Reason:    r.text("reason", m.Reason),
		Amount:    r.amount("amount", m.Amount),
		NetworkID: r.text("network_id", m.NetworkID),
		Time:      r.text("time", m.Time),
	}
}
