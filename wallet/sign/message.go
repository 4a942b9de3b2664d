// Package sign is the signature of Alipay+ messages (acqp-api §1.3): the string to sign, the
// Signature header, keys in the forms in which they are exchanged, and an explanation of
// what went wrong when a signature does not verify.
package sign

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"fmt"
)

// Message is what a signature covers. An answer is covered with the method and target of its request.
type Message struct {
	Method   string
	Target   string // path with query as in the request line, without scheme and host
	ClientID string
	Time     string // text of Request-Time or Response-Time as sent
	Body     []byte // octets as sent
}

// StringToSign returns the octets that are signed: METHOD SP target LF client id "." time "." body.
func StringToSign(method, target, clientID, time string, body []byte) []byte {
	content := make([]byte, 0, len(method)+len(target)+len(clientID)+len(time)+len(body)+4)
	content = append(content, method...)
	content = append(content, ' ')
	content = append(content, target...)
	content = append(content, '\n')
	content = append(content, clientID...)
	content = append(content, '.')
	content = append(content, time...)
	content = append(content, '.')
	return append(content, body...)
}

// Content returns the message's string to sign.
func (m Message) Content() []byte {
	return StringToSign(m.Method, m.Target, m.ClientID, m.Time, m.Body)
}

// Sign returns the text of the Signature header for the message: RSA256 (RSASSA-PKCS1-v1_5
// with SHA-256) under the given key version.
func (m Message) Sign(key crypto.Signer, keyVersion string) (string, error) {
	signature, err := Sign(key, m.Content())
	if err != nil {
		return "", err
	}
	return FormatHeader(keyVersion, signature), nil
}

// Sign signs content with SHA256withRSA. The signer must hold an RSA key.
func Sign(key crypto.Signer, content []byte) ([]byte, error) {
	if _, ok := key.Public().(*rsa.PublicKey); !ok {
		return nil, fmt.Errorf("sign: %w: %T is no RSA key", ErrKey, key.Public())
	}
	digest := sha256.Sum256(content)
	signature, err := key.Sign(rand.Reader, digest[:], crypto.SHA256)
	if err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	return signature, nil
}

// Verify reports whether signature is the SHA256withRSA signature of content by the owner of key.
func Verify(key *rsa.PublicKey, content, signature []byte) bool {
	digest := sha256.Sum256(content)
	return rsa.VerifyPKCS1v15(key, crypto.SHA256, digest[:], signature) == nil
}
