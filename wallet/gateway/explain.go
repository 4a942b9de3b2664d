package gateway

import (
	"crypto/rsa"

	"mppsim/wallet/sign"
)

// explain says which mistake an invalid signature is.
func (g *Gateway) explain(j sign.Judgement, m sign.Message, header, host string, keys sign.KeySet) string {
	own := make(map[string]*rsa.PublicKey)
	if public, ok := g.Key.Public().(*rsa.PublicKey); ok {
		own["Alipay+"] = public
	}
	d := sign.Explain(sign.Evidence{
		Message: m, Header: header, Keys: keys, Host: host, ForeignKeys: own,
		OtherClientIDs: []string{g.ClientID, g.AcquirerID},
	})
	if d.Text == "" {
		return j.Reason
	}
	return d.Text
}
