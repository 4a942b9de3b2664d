package cli

import (
	"strings"

	"github.com/spf13/cobra"
)

// agentFlags say in whose name service providers may call at the in-store door.
func (o *serveOptions) agentFlags(cmd *cobra.Command) {
	cmd.Flags().StringArrayVar(&o.agentTokens, "agent-token", nil,
		"in-store door: agent token of a service provider, as token or token=referenceMerchantId; repeatable (default: any token will do)")
}

// agents are the tokens with the merchants that they act for.
func (o *serveOptions) agents() (map[string]string, error) {
	if len(o.agentTokens) == 0 {
		return nil, nil //nolint:nilnil // none is what the simulator takes for any
	}
	agents := make(map[string]string, len(o.agentTokens))
	for _, text := range o.agentTokens {
		token, merchant, named := strings.Cut(text, "=")
		if token == "" || named && merchant == "" {
			return nil, usagef("--agent-token %q: write token, or token=referenceMerchantId", text)
		}
		agents[token] = merchant
	}
	return agents, nil
}
