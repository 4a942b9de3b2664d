package sign

import (
	"bytes"
	"hash"
)

// searchBudget is how many octets one explanation may hash: it keeps the longest search well below 200 ms.
const searchBudget = 40 << 20

// probeCost is what a try costs beside its octets, in octets hashed in the same time.
const probeCost = 192

// probe compares texts with what a signature holds, until its budget is spent.
type probe struct {
	seal   seal
	hash   hash.Hash // nil when the text itself was put in
	text   []byte
	sum    []byte
	budget int
}

func newProbe(s seal) *probe {
	p := &probe{seal: s, budget: searchBudget}
	if s.hash != 0 {
		p.hash = s.hash.New()
	}
	return p
}

// spent reports that the search has to end.
func (p *probe) spent() bool { return p.budget <= 0 }

// pieces reports whether the seal holds the joined pieces.
func (p *probe) pieces(s pieces) bool {
	p.text = p.text[:0]
	for _, part := range s {
		p.text = append(p.text, part...)
	}
	return p.octets(p.text)
}

// octets reports whether the seal holds the text.
func (p *probe) octets(text []byte) bool {
	p.budget -= len(text) + probeCost
	if p.hash == nil {
		return bytes.Equal(text, p.seal.digest)
	}
	p.sum = p.digest(p.sum[:0], text)
	if p.seal.wrap == wrappedPSS {
		p.sum = p.digest(p.sum[:0], make([]byte, 8), p.sum, p.seal.salt)
	}
	return bytes.Equal(p.sum, p.seal.digest)
}

// digest appends the hash of the parts.
func (p *probe) digest(to []byte, parts ...[]byte) []byte {
	p.hash.Reset()
	for _, part := range parts {
		p.hash.Write(part) // a hash never fails
	}
	return p.hash.Sum(to)
}

// sumOf returns the seal's kind of hash of a text.
func (p *probe) sumOf(text []byte) []byte {
	if p.hash == nil {
		return text
	}
	return p.digest(nil, text)
}
