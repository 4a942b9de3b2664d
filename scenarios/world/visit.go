package world

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"time"

	"mppsim/reports/journal"
	"mppsim/wallet/trace"
)

// ErrElsewhere means that an address leads to a host that may not be called.
var ErrElsewhere = errors.New("the host is not among the allowed callback hosts")

// pageTimeout bounds how long a page may take, and pageLimit how much of it is kept.
const (
	pageTimeout = 10 * time.Second
	pageLimit   = 64 << 10
)

// Visit opens an address as a buyer's browser does, without following where the page leads on. Addresses on hosts that
// may not be called back are ErrElsewhere; a page that does not open is another error.
func (w *World) Visit(ctx context.Context, address string) (journal.Call, error) {
	if err := w.callable(ctx, address); err != nil {
		return journal.Call{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, pageTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return journal.Call{}, fmt.Errorf("open %s: %w", address, err)
	}
	request.Header.Set("Accept", "text/html,*/*;q=0.8")
	started := w.setup.Clock.Now()
	call := journal.Call{Verb: "visit", Request: trace.Message{
		Method: request.Method, Target: request.URL.RequestURI(), Host: request.URL.Host, Header: request.Header,
	}}
	call.Response, err = browse(request)
	call = w.finish(call, "visit", started, nil)
	if err != nil {
		call.Error = err.Error()
	}
	w.keep(call)
	return call, err
}

func browse(request *http.Request) (trace.Message, error) {
	transport := &http.Transport{DisableKeepAlives: true}
	browser := http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	response, err := browser.Do(request)
	if err != nil {
		return trace.Message{}, fmt.Errorf("open the page: %w", err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(response.Body, pageLimit))
	if err != nil {
		return trace.Message{}, fmt.Errorf("read the page: %w", err)
	}
	return trace.Message{Status: response.StatusCode, Header: response.Header, Body: body}, nil
}

// callable allows this machine's loopback and the hosts to which Alipay+ may send notifications.
func (w *World) callable(ctx context.Context, address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" {
		return fmt.Errorf("open %s: %w", address, ErrElsewhere)
	}
	host := u.Hostname()
	if ip := net.ParseIP(host); host == "localhost" || ip != nil && ip.IsLoopback() {
		return nil
	}
	info, err := w.setup.Sim.Info(ctx)
	if err != nil {
		return fmt.Errorf("read the callback hosts: %w", err)
	}
	if !slices.Contains(info.CallbackHosts, host) {
		return fmt.Errorf("open %s: %w", address, ErrElsewhere)
	}
	return nil
}
