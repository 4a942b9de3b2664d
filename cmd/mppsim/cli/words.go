package cli

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"mppsim/scenarios/acquirer/spelling"
)

// oneOf refuses a value that is not among the known ones and names the nearest.
func oneOf(flag, value string, known []string) error {
	if slices.Contains(known, value) {
		return nil
	}
	return usagef("%s %q is unknown; %s", flag, value, spelling.Hint(value, known))
}

// publicURL checks an address under which others reach the simulator.
func publicURL(text string) (string, error) {
	u, err := url.Parse(text)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || u.RawQuery != "" || u.Fragment != "" {
		return "", usagef("--public-url %q: give scheme and host, such as https://sim.example.com", text)
	}
	return strings.TrimSuffix(text, "/"), nil
}

// webAddress checks the address of a page or operation that a flag names.
func webAddress(flag, text string) (string, error) {
	u, err := url.Parse(text)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return "", usagef("%s %q: give an address with scheme and host, such as http://127.0.0.1:9100/decode", flag, text)
	}
	return text, nil
}

// loopback are the hosts that may be called back without being named.
func loopback() []string { return []string{"127.0.0.1", "localhost", "::1"} }

// flagError adds the nearest flag to the complaint about an unknown one. An argument below zero looks like a flag, too.
func flagError(cmd *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	if !errors.As(err, &unknown) {
		return err
	}
	if letters := unknown.GetSpecifiedShortnames(); strings.TrimLeft(letters, "0123456789.") != letters {
		return belowZero(cmd, "-"+letters)
	}
	var known []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { known = append(known, f.Name) })
	near := spelling.Nearest(unknown.GetSpecifiedName(), known)
	if near == "" {
		return err
	}
	return fmt.Errorf("%w; did you mean --%s?", err, near)
}

// belowZero says what is wrong with an argument that begins with a minus and a digit.
func belowZero(cmd *cobra.Command, text string) error {
	switch {
	case strings.Contains(cmd.Use, "AMOUNT"):
		return usagef("AMOUNT %s: an amount must be above zero", text)
	case strings.Contains(cmd.Use, "MOVE"):
		return usagef("MOVE %s: time does not go back", text)
	}
	return usagef("%s: a number below zero has no meaning here", text)
}

// complete offers fixed values of a flag to the shell. The flag exists: its command has just made it.
func complete(cmd *cobra.Command, flag string, values []string) {
	completeBy(cmd, flag, func() []string { return values })
}

// completeBy offers values that are worked out when the shell asks.
func completeBy(cmd *cobra.Command, flag string, values func() []string) {
	_ = cmd.RegisterFlagCompletionFunc(flag, func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return values(), cobra.ShellCompDirectiveNoFileComp
	})
}

// completeArgs offers values for the arguments of a command.
func completeArgs(cmd *cobra.Command, values func() []string) {
	cmd.ValidArgsFunction = func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return values(), cobra.ShellCompDirectiveNoFileComp
	}
}
