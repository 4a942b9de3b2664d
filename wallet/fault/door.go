package fault

import (
	"context"
	"net"
	"net/http"
	"sync"
	"time"

	"mppsim/wallet/clock"
)

// reopenPause is between two tries to open a door again whose address somebody else has for a moment.
const reopenPause = 20 * time.Millisecond

// Door is the listener of the acquirer's door. It can be shut, so that connections are refused, and it can reset those
// that come. A connection that waits for a call then is cut, or the acquirer would never notice; calls that are
// being answered go on.
type Door struct {
	plans *Plans
	wall  clock.Clock
	addr  net.Addr
	ctx   context.Context
	stop  context.CancelFunc

	mu     sync.Mutex
	inner  net.Listener
	opened chan struct{} // closed while the door is open
	shut   bool
	idle   map[net.Conn]bool
}

// Door takes over a listener, so that faults can be played at it.
func (p *Plans) Door(l net.Listener) *Door {
	ctx, stop := context.WithCancel(context.Background())
	d := &Door{
		plans: p, wall: p.wall, addr: l.Addr(), ctx: ctx, stop: stop, inner: l, opened: make(chan struct{}), idle: map[net.Conn]bool{},
	}
	close(d.opened)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.doors = append(p.doors, d)
	return d
}

// Accept implements net.Listener.
func (d *Door) Accept() (net.Conn, error) {
	for {
		l, opened := d.listener()
		select {
		case <-opened:
		case <-d.ctx.Done():
			return nil, net.ErrClosed
		}
		conn, err := l.Accept()
		switch {
		case err == nil && d.plans.turnsAway():
			reset(conn)
		case err == nil:
			return conn, nil
		case d.ctx.Err() != nil || d.current(l):
			return nil, err
		}
	}
}

// listener is the listener, once opened is closed.
func (d *Door) listener() (l net.Listener, opened <-chan struct{}) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.inner, d.opened
}

// current reports whether the door stands open with this listener: an error of it is a true one.
func (d *Door) current(l net.Listener) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return !d.shut && d.inner == l
}

// Close implements net.Listener.
func (d *Door) Close() error {
	d.stop()
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.shut {
		return nil
	}
	return d.inner.Close()
}

// Addr implements net.Listener.
func (d *Door) Addr() net.Addr { return d.addr }

// Watch learns which connections wait for a call; it is for http.Server.ConnState.
func (d *Door) Watch(conn net.Conn, state http.ConnState) {
	d.mu.Lock()
	delete(d.idle, conn)
	if state == http.StateIdle {
		d.idle[conn] = true
	}
	d.mu.Unlock()
	if state == http.StateIdle && d.plans.disturbed() {
		d.cut()
	}
}

// cut closes the connections that wait for a call.
func (d *Door) cut() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for conn := range d.idle {
		delete(d.idle, conn)
		_ = conn.Close() // it may be gone
	}
}

// refuse shuts the door until the hold has ended; over is called then.
func (d *Door) refuse(h *Hold, over func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.shut || d.ctx.Err() != nil {
		return
	}
	d.shut, d.opened = true, make(chan struct{})
	_ = d.inner.Close() // it listens no more in any case
	go func() {
		h.Wait(d.ctx, d.wall)
		over()
		d.reopen()
	}()
}

// reopen listens at the same address again, as soon as that is possible.
func (d *Door) reopen() {
	for d.ctx.Err() == nil {
		l, err := (&net.ListenConfig{}).Listen(d.ctx, d.addr.Network(), d.addr.String())
		if err == nil {
			d.stand(l)
			return
		}
		Hold{delay: reopenPause}.Wait(d.ctx, d.wall)
	}
}

func (d *Door) stand(l net.Listener) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.ctx.Err() != nil {
		_ = l.Close() // nobody has connected
		return
	}
	d.inner, d.shut = l, false
	close(d.opened)
}

// reset ends a connection without a farewell.
func reset(conn net.Conn) {
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0) // the end of the connection is what counts
	}
	_ = conn.Close()
}

// atDoors plays a fault that was just armed at the doors.
func (p *Plans) atDoors(x *plan) {
	p.mu.Lock()
	doors, h := p.doors, Hold{delay: x.fault.Spec.Params.Delay, released: x.released, lifted: x.lifted}
	shuts := x.kind.ID == refusesConnections
	if shuts && len(doors) > 0 {
		x.fault.Seen, x.fault.Fired = 1, 1
	}
	p.mu.Unlock()
	for _, d := range doors {
		if shuts {
			d.refuse(&h, func() { p.over(x) })
		}
		d.cut()
	}
}

func (p *Plans) over(x *plan) {
	p.mu.Lock()
	defer p.mu.Unlock()
	x.end()
	p.sweep()
}

// turnsAway counts a connection against the faults that reset connections and reports whether one hits it.
func (p *Plans) turnsAway() (hit bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, x := range p.armed {
		if !x.fault.Live || x.kind.ID != resetsConnections {
			continue
		}
		x.fault.Seen++
		if _, fires := x.fire(p.wall.Now()); fires {
			hit = true
		}
		if x.spent(p.wall.Now()) {
			x.end()
		}
	}
	p.sweep()
	return hit
}

// disturbed reports whether a fault is at work at the doors.
func (p *Plans) disturbed() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, x := range p.armed {
		if x.fault.Live && x.act.door {
			return true
		}
	}
	return false
}
