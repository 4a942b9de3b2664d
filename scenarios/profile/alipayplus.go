package profile

import (
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"mppsim/wallet/aps"
	"mppsim/wallet/control"
	"mppsim/wallet/sign"
)

func (n *node) alipayPlus() AlipayPlus {
	if n == nil {
		return AlipayPlus{}
	}
	keys := n.known(append(gateKeys(), "acquirer_public_key", "acquirer_public_keys", "network_private_key", "clients", "listen", "tls_listen", "public_url",
		"callback_hosts", "acquirer_url", "addresses", "private_code_domains", "entry_code_domains", "trap_host", "lenient")...)
	a := AlipayPlus{
		AcquirerKeys: map[string]string{}, PublicURL: keys["public_url"].url(), Listen: keys["listen"].listen(), TLSListen: keys["tls_listen"].listen(),
		Gate: gate(keys), Clients: keys["clients"].clients(),
	}
	if key := keys["acquirer_public_key"]; key != nil {
		if text := key.publicKey(); text != "" {
			a.AcquirerKeys["1"] = text
		}
	}
	if versions := keys["acquirer_public_keys"]; versions != nil {
		for _, m := range versions.members("key versions with public keys, such as 1: keys/acquirer.pub") {
			if _, err := strconv.Atoi(m.name); err != nil {
				m.fault("key versions are whole numbers, such as 1", "%q is no key version", m.name)
			}
			if key := m.publicKey(); key != "" {
				a.AcquirerKeys[m.name] = key
			}
		}
	}
	if key := keys["network_private_key"]; key != nil {
		a.NetworkKey = key.privateKey()
	}
	if hosts := keys["callback_hosts"]; hosts != nil {
		a.CallbackHosts = hosts.texts("[staging.example.com]")
	}
	a.Addresses = control.Addresses{Base: keys["acquirer_url"].url(), Of: keys["addresses"].addresses()}
	if domains := keys["private_code_domains"]; domains != nil {
		a.PrivateDomains = domains.texts("[pay.example.com]")
	}
	if domains := keys["entry_code_domains"]; domains != nil {
		a.EntryDomains = domains.texts("[shop.example.com]")
	}
	if lenient := keys["lenient"]; lenient != nil {
		a.Lenient = lenient.leniency()
	}
	if host := keys["trap_host"]; host != nil {
		a.TrapHost = host.host()
	}
	return a
}

// addresses reads where the acquirer serves single operations.
func (n *node) addresses() map[aps.API]string {
	if n == nil {
		return nil
	}
	of := make(map[aps.API]string)
	for _, m := range n.members("operations with addresses, such as userInitiatedPay: http://127.0.0.1:9100/decode") {
		api := aps.API(m.name)
		if !slices.Contains(control.AddressedOperations(), api) {
			m.fault("name one of "+joined(control.AddressedOperations()), "the address of %q is never needed", m.name)
			continue
		}
		of[api] = m.url()
	}
	return of
}

func joined(operations []aps.API) string {
	names := make([]string, len(operations))
	for i, api := range operations {
		names[i] = string(api)
	}
	return strings.Join(names, ", ")
}

// publicKey reads a key that stands in the file itself or in a file that it names.
func (n *node) publicKey() string {
	text, ok := n.keyText()
	if !ok || n.opts.WithoutKeys {
		return ""
	}
	if _, err := sign.ParsePublicKey([]byte(text)); err != nil {
		n.fault("give the acquirer's RSA public key as PEM or as one line of base64 (SPKI); mppsim keys makes a pair", "this is no public key: %v", err)
		return ""
	}
	return text
}

func (n *node) privateKey() string {
	raw := n.text()
	if strings.Contains(raw, "PRIVATE KEY") || len(raw) > 400 {
		n.fault("put it into a file and name the file", "a private key must not stand in a profile")
		return ""
	}
	text, ok := n.keyText()
	if !ok || n.opts.WithoutKeys {
		return ""
	}
	if _, err := sign.ParsePrivateKey([]byte(text)); err != nil {
		n.fault("give an RSA private key as PKCS#8; mppsim keys makes a pair", "this is no private key: %v", err)
		return ""
	}
	return text
}

func (n *node) keyText() (string, bool) {
	before := len(n.problems)
	text := n.some()
	if len(n.problems) > before {
		return "", false
	}
	if n.opts.WithoutKeys || strings.Contains(text, "-----BEGIN") || len(text) > 200 {
		return text, true
	}
	return n.file(text)
}

// file reads a small file whose path is relative to the profile.
func (n *node) file(path string) (string, bool) {
	full := path
	if !filepath.IsAbs(path) {
		full = filepath.Join(n.source.Dir, path)
	}
	content, err := os.ReadFile(full) //nolint:gosec // the profile names the file
	if err != nil {
		n.fault("the path is relative to the profile; mppsim init writes keys beside it", "file %s cannot be read: %s", path, fileReason(err))
		return "", false
	}
	return string(content), true
}

// host reads a name or address without scheme, port and path.
func (n *node) host() string {
	text := n.some()
	if strings.ContainsAny(text, "/ ") || strings.Contains(text, ":") && net.ParseIP(text) == nil {
		n.fault("write a name or an address only, such as 192.0.2.7", "%q is no host", text)
	}
	return text
}

// leniency reads what becomes of forms that the real gateway takes although they are not documented.
func (n *node) leniency() string {
	text := n.some()
	if known := control.Leniencies(); !slices.Contains(known, text) {
		n.fault("write one of "+strings.Join(known, ", "), "%q is no leniency", text)
	}
	return text
}

// listen reads host:port.
func (n *node) listen() string {
	if n == nil {
		return ""
	}
	text := n.some()
	if _, port, err := net.SplitHostPort(text); text != "" && (err != nil || port == "") {
		n.fault("write host:port, such as 127.0.0.1:8880", "%q is no address to listen on", text)
	}
	return text
}

func (n *node) knownFailing() map[string]KnownFailing {
	if n == nil {
		return nil
	}
	list := map[string]KnownFailing{}
	for _, m := range n.members("requirement ids with reason, link and expires") {
		m.requirement(m.name)
		keys := m.known("reason", "link", "expires")
		m.need(keys, "reason", "link", "expires")
		list[m.name] = KnownFailing{Reason: keys["reason"].some(), Link: keys["link"].some(), Expires: keys["expires"].day()}
	}
	return list
}

// day reads a date and returns its last second.
func (n *node) day() time.Time {
	if n == nil {
		return time.Time{}
	}
	text := n.text()
	day, err := time.Parse(time.DateOnly, text)
	if err != nil {
		n.fault("write year-month-day", "%q is no date", text)
		return time.Time{}
	}
	return day.AddDate(0, 0, 1).Add(-time.Second)
}
