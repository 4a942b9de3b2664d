package profile

import (
	"slices"
	"strconv"
	"strings"

	"mppsim/scenarios/netpath"
)

// networkPath reads what stands between acquirer and simulator.
func (n *node) networkPath() netpath.Path {
	if n == nil {
		return netpath.Path{}
	}
	legs := n.known(netpath.ToNetwork, netpath.ToAcquirer, netpath.Till)
	return netpath.Path{
		ToNetwork: legs[netpath.ToNetwork].leg(), ToAcquirer: legs[netpath.ToAcquirer].leg(), Till: legs[netpath.Till].leg(),
	}
}

// leg reads one leg. What is told of a proxy says that there is one.
func (n *node) leg() netpath.Leg {
	if n == nil {
		return netpath.Leg{}
	}
	keys := n.known("proxy", "carries", "retries", "max_body")
	l := netpath.Leg{Proxy: len(keys) > 0, Retries: keys["retries"].yes()}
	if proxy := keys["proxy"]; proxy != nil {
		if l.Proxy = proxy.yes(); !l.Proxy && len(keys) > 1 {
			proxy.fault("write proxy: yes, or remove what is told of it", "there is no proxy, and this leg tells more of it")
		}
	}
	if carries := keys["carries"]; carries != nil {
		l.Carries = carries.traits()
	}
	if most := keys["max_body"]; most != nil {
		l.MaxBody = most.bytes()
	}
	return l
}

func (n *node) traits() []netpath.Trait {
	var known []string
	for _, t := range netpath.Traits() {
		known = append(known, string(t))
	}
	var list []netpath.Trait
	for _, text := range n.texts("[late, status]") {
		if text != "" && !slices.Contains(known, text) {
			n.fault("write some of "+strings.Join(known, ", "), "%q is nothing that a proxy could let through", text)
		}
		list = append(list, netpath.Trait(text))
	}
	return list
}

// bytes reads a size: 1000, 64KB, 1MB, with kilobytes of 1024.
func (n *node) bytes() int64 {
	text := n.text()
	number, shift := text, 0
	for unit, by := range map[string]int{"KB": 10, "MB": 20} {
		if left, ok := strings.CutSuffix(text, unit); ok {
			number, shift = strings.TrimSpace(left), by
		}
	}
	size, err := strconv.ParseInt(number, 10, 32)
	if err != nil || size <= 0 {
		n.fault("write bytes, such as 65536, 64KB or 1MB", "%q is no size above zero", text)
		return 0
	}
	return size << shift
}
