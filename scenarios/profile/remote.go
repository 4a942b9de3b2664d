package profile

import (
	"net"
	"net/url"
	"strings"
)

// Remote reports whether some driver calls the acquirer at an address that is not this machine's loopback.
func (p *Profile) Remote() bool {
	for _, conn := range p.config.Connections {
		if !Loopback(conn.Base) {
			return true
		}
	}
	return false
}

// Loopback reports whether an address, such as http://127.0.0.1:9100, is on the loopback of the machine that calls it.
// Names are not looked up: only localhost is taken for it.
func Loopback(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	host := u.Hostname()
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback() || strings.EqualFold(host, "localhost")
}
