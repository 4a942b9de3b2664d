package cli

import (
	"maps"
	"strings"

	"mppsim/scenarios/profile"
	"mppsim/wallet"
	"mppsim/wallet/sign"
)

// clientsOf are the further clients of a profile.
func clientsOf(p *profile.Profile) (map[string]sign.KeySet, error) {
	clients := make(map[string]sign.KeySet)
	for id, text := range p.AlipayPlus.Clients {
		key, err := sign.ParsePublicKey([]byte(text))
		if err != nil {
			return nil, usagef("%s: alipayplus.clients.%s: %w", p.File, id, err)
		}
		clients[id] = sign.NewKeySet("1", key)
	}
	return clients, nil
}

// readClients reads further clients that flags name.
func readClients(given []string, options *wallet.Options) error {
	clients := make(map[string]sign.KeySet)
	maps.Copy(clients, options.Clients)
	for _, text := range given {
		id, file, named := strings.Cut(text, "=")
		if id == "" || !named {
			return usagef("--client %q: write the client id and the file of its public key, such as SANDBOX_OTHER=other.pub", text)
		}
		key, err := readPublicKey("--client "+id, file)
		if err != nil {
			return err
		}
		clients[id] = sign.NewKeySet("1", key)
	}
	options.Clients = clients
	return nil
}
