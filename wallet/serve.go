package wallet

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"mppsim/wallet/fault"
	"mppsim/wallet/gateway"
)

// shutdownLimit is how long open calls may take to end when serving ends.
const shutdownLimit = 2 * time.Second

// Listeners are where a simulator is reached. All but Gateway may be nil.
type Listeners struct {
	Gateway net.Listener // the acquirer's door
	Control net.Listener // the control API; nil: at the door
	TLS     net.Listener // the acquirer's door over TLS, with HTTP/1.1 and HTTP/2
	Config  *tls.Config  // for TLS: certificate and protocols
}

// Serve answers on listener until ctx ends. With a second listener the control API stands there and
// nowhere else. It closes the listeners, but not the simulator.
func (s *Simulator) Serve(ctx context.Context, listener, controlListener net.Listener) error {
	return s.ServeAll(ctx, Listeners{Gateway: listener, Control: controlListener})
}

// ServeAll answers on all listeners until ctx ends or one of them fails. It closes the listeners, but not the simulator.
func (s *Simulator) ServeAll(ctx context.Context, l Listeners) error {
	s.nameURLs(l)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	servers := l.servers(s)
	ended := make(chan error, len(servers))
	for _, run := range servers {
		go func() {
			ended <- run(ctx)
			cancel()
		}()
	}
	var err error
	for range servers {
		err = errors.Join(err, <-ended)
	}
	return err
}

// servers are the parts that have to run.
func (l Listeners) servers(s *Simulator) []func(context.Context) error {
	door, limits := s.GatewayHandler(), s.options.Callers.WithDefaults()
	atDoor := door
	if l.Control == nil {
		atDoor = s.Handler()
	}
	at := func(l net.Listener, h http.Handler, secure *tls.Config) func(context.Context) error {
		d := s.plans.Door(l) // now, so that a fault can shut it from the start
		return func(ctx context.Context) error { return serve(ctx, d, h, secure, limits) }
	}
	list := []func(context.Context) error{at(l.Gateway, atDoor, nil)}
	if l.Control != nil {
		list = append(list, func(ctx context.Context) error { return serve(ctx, l.Control, s.ControlHandler(), nil, limits) })
	}
	if l.TLS != nil {
		list = append(list, at(l.TLS, door, l.Config))
	}
	return list
}

// nameURLs keeps addresses that were configured.
func (s *Simulator) nameURLs(l Listeners) {
	s.mu.Lock()
	defer s.mu.Unlock()
	at := func(url *string, scheme string, l net.Listener) {
		if *url == "" && l != nil {
			*url = scheme + l.Addr().String()
		}
	}
	at(&s.urls.gateway, "http://", l.Gateway)
	at(&s.urls.control, "http://", l.Control)
	at(&s.urls.control, "http://", l.Gateway)
	at(&s.urls.tls, "https://", l.TLS)
}

func serve(ctx context.Context, listener net.Listener, h http.Handler, secure *tls.Config, limits gateway.Limits) error {
	base, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	// Bodies and answers have limits of their own in the gateway, because an answer may be held back for minutes on purpose.
	server := &http.Server{
		Handler: h, ReadHeaderTimeout: limits.Header, IdleTimeout: limits.Idle, MaxHeaderBytes: limits.HeaderSize, TLSConfig: secure,
		BaseContext: func(net.Listener) context.Context { return base },
	}
	if door, watches := listener.(*fault.Door); watches {
		server.ConnState = door.Watch
	}
	done := make(chan error, 1)
	go func() {
		if secure != nil {
			done <- server.ServeTLS(listener, "", "")
			return
		}
		done <- server.Serve(listener)
	}()
	select {
	case err := <-done:
		return fmt.Errorf("serve %s: %w", listener.Addr(), err)
	case <-ctx.Done():
	}
	stop() // what waits on purpose must not hold the end
	limit, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownLimit)
	defer cancel()
	err := server.Shutdown(limit)
	if err != nil {
		err = errors.Join(server.Close(), ignoreDeadline(err))
	}
	if ended := <-done; !errors.Is(ended, http.ErrServerClosed) { // now the listener is closed, also if it had not begun to serve
		err = errors.Join(err, ended)
	}
	return err
}

// ignoreDeadline: a connection that is still open after the limit is cut, which is no fault.
func ignoreDeadline(err error) error {
	if errors.Is(err, context.DeadlineExceeded) {
		return nil
	}
	return err
}
