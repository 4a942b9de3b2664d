package cli

import (
	"slices"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"mppsim/scenarios/profile"
	"mppsim/wallet"
	"mppsim/wallet/aps"
	"mppsim/wallet/control"
	"mppsim/wallet/pace"
)

// TestFlagsWinOverTheProfile at what the gateway of serve bears with.
func TestFlagsWinOverTheProfile(t *testing.T) {
	t.Parallel()
	p := &profile.Profile{AlipayPlus: profile.AlipayPlus{Lenient: "refuse", TLSListen: "127.0.0.1:1", Gate: profile.Gate{
		Strict: true, Rate: pace.Rate{Calls: 5, Per: time.Second}, MaxAge: time.Minute, Deny: []string{"refund"},
	}}}
	of := func(flags ...string) (wallet.Options, secureDoor) {
		o := serveOptions{}
		cmd := &cobra.Command{}
		o.tolerance.flags(cmd)
		o.secure.flags(cmd)
		if err := cmd.ParseFlags(flags); err != nil {
			t.Fatal(err)
		}
		options, err := o.profiled(p, nil)
		if err == nil {
			err = o.tolerance.apply(&options)
		}
		if err != nil {
			t.Fatal(err)
		}
		return options, o.secure
	}
	got, door := of()
	if !got.Strict || got.Rate.Calls != 5 || got.MaxAge != time.Minute || !slices.Equal(got.Denied, []aps.API{aps.Refund}) || got.Lenient != control.LenientRefuse {
		t.Errorf("of the profile: %+v", got)
	}
	if !door.wanted || door.listen != "127.0.0.1:1" {
		t.Errorf("door of the profile: %+v", door)
	}
	got, door = of("--strict=false", "--rate=7/m", "--max-age=0", "--deny=pay", "--lenient=warn", "--tls-listen=127.0.0.1:2")
	if got.Strict || got.Rate.Calls != 7 || got.MaxAge != 0 || !slices.Equal(got.Denied, []aps.API{aps.Pay}) || got.Lenient != control.LenientWarn {
		t.Errorf("of the flags: %+v", got)
	}
	if !door.wanted || door.listen != "127.0.0.1:2" {
		t.Errorf("door of the flags: %+v", door)
	}
	p.AlipayPlus.Gate.Deny = []string{"dance"}
	if _, err := (&serveOptions{secure: secureDoor{wanted: true}}).profiled(p, nil); err == nil {
		t.Error("an operation that nobody knows was accepted")
	}
}
