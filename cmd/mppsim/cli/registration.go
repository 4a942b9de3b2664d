package cli

import (
	"time"

	"github.com/spf13/cobra"

	"mppsim/wallet"
)

// registrationFlags say what the registration of merchants is good for.
func (o *serveOptions) registrationFlags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.BoolVar(&o.requireRegistration, "require-registration", false, "refuse payments to merchants and stores that are not registered and approved")
	f.DurationVar(&o.registrationAfter, "registration-after", 10*time.Second, "when registrations outside scenarios are approved; 0 leaves them to the control API")
}

func (o *serveOptions) registration() wallet.RegistrationOptions {
	after := o.registrationAfter
	if after <= 0 {
		after = -1 // never by itself
	}
	return wallet.RegistrationOptions{Required: o.requireRegistration, After: after}
}
