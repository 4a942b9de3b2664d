package setup

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"mppsim/wallet/control"
	"mppsim/wallet/sign"
)

// Sheet is what the people who configure an acquirer need to know.
type Sheet struct {
	ClientID      string
	AcquirerID    string
	GatewayURL    string // base address of Alipay+
	KeyVersion    string
	NetworkKey    string   // public key of Alipay+ in one line (SPKI, base64)
	CallbackHosts []string // hosts that may be called back
}

// SheetOf is the sheet of a simulator.
func SheetOf(info control.Info) Sheet {
	return Sheet{
		ClientID: info.ClientID, AcquirerID: info.AcquirerID, GatewayURL: info.GatewayURL, KeyVersion: info.KeyVersion,
		NetworkKey: info.NetworkKey, CallbackHosts: info.CallbackHosts,
	}
}

// WithKeyOf takes the public key of Alipay+ from a folder that Init has filled.
func (s Sheet) WithKeyOf(dir string) (Sheet, error) {
	text, err := os.ReadFile(filepath.Join(dir, NetworkPublic)) //nolint:gosec // the user names the folder
	if err != nil {
		return s, fmt.Errorf("public key of Alipay+: %w", err)
	}
	s.NetworkKey, err = oneLine(text)
	return s, err
}

func oneLine(text []byte) (string, error) {
	key, err := sign.ParsePublicKey(text)
	if err != nil {
		return "", err
	}
	return sign.PublicKeyLine(key)
}

// Text writes the sheet for people.
func (s Sheet) Text() (string, error) {
	key, err := sign.ParsePublicKey([]byte(s.NetworkKey))
	if err != nil {
		return "", fmt.Errorf("sheet: %w", err)
	}
	line, err := sign.PublicKeyLine(key)
	if err != nil {
		return "", fmt.Errorf("sheet: %w", err)
	}
	pem, err := sign.PublicKeyPEM(key)
	if err != nil {
		return "", fmt.Errorf("sheet: %w", err)
	}
	var out strings.Builder
	out.WriteString("For the acquirer's configuration\n\n")
	for _, row := range s.rows() {
		fmt.Fprintf(&out, "  %-22s %s\n", row[0], row[1])
	}
	fmt.Fprintf(&out, "\nPublic key of Alipay+, in one line\n\n%s\n\nand as PEM\n\n%s", line, pem)
	return out.String(), nil
}

func (s Sheet) rows() [][2]string {
	base := strings.TrimSuffix(s.GatewayURL, "/") + "/aps/api/v1/payments/"
	rows := [][2]string{
		{"client id", s.ClientID},
		{"acquirer id", s.AcquirerID},
		{"key version", s.KeyVersion},
		{"signature", "RSA256 (SHA256withRSA), of requests and answers, both ways"},
	}
	for _, api := range []string{"pay", "inquiryPayment", "cancelPayment", "refund"} {
		rows = append(rows, [2]string{api, base + api})
	}
	return append(rows,
		[2]string{"in store (Antom)", strings.TrimSuffix(s.GatewayURL, "/") + "/ams/api/v1/payments/ leads to the same orders"},
		[2]string{"notifications", "to the paymentNotifyUrl of each pay"},
		[2]string{"callback hosts", strings.Join(s.CallbackHosts, ", ") + " (others: alipayplus.callback_hosts in the profile)"},
	)
}
