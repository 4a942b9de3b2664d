package profile

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"mppsim/scenarios/acquirer/secret"
	"mppsim/scenarios/acquirer/spelling"
)

// profile reads the whole file.
func (r *reader) profile() *Profile {
	root := r.root()
	if root == nil {
		return nil
	}
	top := root.known("name", "dialect", "capabilities", "facts", "time", "alipayplus", "secrets", "drivers", "verbs",
		"network_path", "states", "attestations", "known_failing", "clock")
	if !root.need(top, "name", "capabilities", "facts", "drivers", "verbs") && len(top) == 0 {
		return nil
	}
	p := &Profile{File: r.source.Name, Name: top["name"].some(), Dialect: top["dialect"].dialect(), Factor: top["time"].factor()}
	p.Capabilities = top["capabilities"].capabilities()
	p.Facts = top["facts"].facts()
	p.AlipayPlus = top["alipayplus"].alipayPlus()
	p.Path = top["network_path"].networkPath()
	p.Attestations = top["attestations"].attestations()
	p.KnownFailing = top["known_failing"].knownFailing()
	p.secrets = secret.New(top["secrets"].secrets())
	p.config.Secrets = p.declaredSecrets(top["secrets"])
	p.config.Extras = p.extras()
	p.config.Connections = top["drivers"].connections()
	p.config.Words = top["states"].words()
	p.config.Verbs = top["verbs"].verbs(top["drivers"])
	p.config.Shim = top["clock"].shim(r.source.Dir)
	r.problems = append(r.problems, trial(p.config)...)
	r.consistent(p, top)
	return p
}

func (p *Profile) declaredSecrets(n *node) []string {
	if n == nil || p.secrets == nil {
		return nil
	}
	var names []string
	for i := 0; i+1 < len(n.y.Content); i += 2 {
		names = append(names, n.y.Content[i].Value)
	}
	return names
}

// extras lists the names of all extra facts of shops.
func (p *Profile) extras() []string {
	names := map[string]bool{}
	for _, shop := range p.Facts.Shops {
		for name := range shop.Extra {
			names[name] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

func (n *node) dialect() string {
	if n == nil {
		return "aps"
	}
	dialect := n.some()
	if dialect != "" && dialect != "aps" && dialect != "ams" {
		n.fault("write aps (Alipay+ ACQP) or ams (Antom in-store)", "dialect %q is not known", dialect)
	}
	return dialect
}

// factor reads time.factor; 1 where it is not told.
func (n *node) factor() float64 {
	if n == nil {
		return 1
	}
	factor := n.known("factor")["factor"]
	if factor == nil {
		return 1
	}
	text := factor.text()
	value, err := strconv.ParseFloat(text, 64)
	if err != nil || !(value > 0 && value <= 1) {
		factor.fault("write how much shorter the acquirer's timers run than in production, such as 0.05; production timers are 1",
			"factor %q is not above 0 and at most 1", text)
		return 1
	}
	return value
}

func (n *node) capabilities() []string {
	if n == nil {
		return nil
	}
	known := slices.Sorted(maps.Keys(n.catalogue.Capabilities))
	var list []string
	for _, item := range n.items("[upm, notify, refund]") {
		name := item.some()
		switch {
		case name == "":
		case n.catalogue.Capabilities[name] == "":
			item.fault(spelling.Hint(name, known), "capability %q is not known", name)
		case slices.Contains(list, name):
			item.fault("remove one of them", "capability %s stands here twice", name)
		default:
			list = append(list, name)
		}
	}
	if len(n.y.Content) == 0 {
		n.fault("name at least one, such as upm", "no capability is declared: nothing could be certified")
	}
	return list
}

func (n *node) attestations() map[string]Attestation {
	if n == nil {
		return nil
	}
	list := map[string]Attestation{}
	for _, m := range n.members("requirement ids with answers") {
		m.requirement(m.name)
		keys := m.known("answer", "role", "time", "evidence")
		m.need(keys, "answer", "role")
		list[m.name] = Attestation{
			Answer: keys["answer"].yes(), Role: keys["role"].some(), Time: keys["time"].text(), Evidence: keys["evidence"].text(),
		}
	}
	return list
}

// requirement reports an id that is not in the catalogue.
func (n *node) requirement(id string) {
	if _, ok := n.catalogue.Find(id); ok {
		return
	}
	ids := make([]string, 0, len(n.catalogue.Requirements))
	for _, r := range n.catalogue.Requirements {
		ids = append(ids, r.ID)
	}
	mend := "mppsim list shows the requirements"
	if near := spelling.Nearest(id, ids); near != "" {
		mend = fmt.Sprintf("did you mean %s? %s", near, mend)
	}
	n.fault(mend, "requirement %q is not in the catalogue", id)
}

// yes reads an answer.
func (n *node) yes() bool {
	if n == nil {
		return false
	}
	switch text := n.text(); text {
	case "yes", "true":
		return true
	case "no", "false":
	default:
		n.fault("write yes or no", "%q is no answer", text)
	}
	return false
}
