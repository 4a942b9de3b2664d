package cli

import (
	"crypto/rsa"
	"encoding/json"
	"errors"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"mppsim/wallet/sign"
	"mppsim/wallet/sign/doctor"
)

// doctorFlags are the flags of `mppsim doctor`.
type doctorFlags struct {
	keys, others, clientIDs    []string
	responseTo, target, signed string
	strict, asJSON, list       bool
}

func (a *app) doctorCommand() *cobra.Command {
	var f doctorFlags
	cmd := &cobra.Command{
		Use:   "doctor FILE",
		Short: "Say what is wrong with the signature of a stored HTTP request or answer",
		Long: `doctor reads a raw HTTP message (first line, headers, empty line, body; octets as they
were sent) from a file, or from standard input with -, and finds out whether its
signature verifies. If not, it says which mistake it is, what to change, which string
should have been signed and which one was, and in which octet they first differ.

Exit codes: 0 the signature verifies (with --strict: and has the documented form) ·
1 it does not · 2 usage, an unreadable key or message.`,
		Example: `  mppsim doctor pay.http --key acquirer.pub
  mppsim doctor pay.http --key 1=old.pub --key 2=new.pub --other alipayplus=keys/alipayplus.pub
  mppsim doctor answer.http --response-to notify.http --key acquirer.pub
  mppsim doctor - --key acquirer.pub --signed what-we-signed.txt < pay.http
  mppsim doctor pay.http --key acquirer.pub --json
  mppsim doctor --list`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if f.list {
				a.listMistakes()
				return nil
			}
			if len(args) == 0 {
				return usagef("say which message: `mppsim doctor FILE`, or - for standard input")
			}
			return a.examine(args[0], f)
		},
	}
	flags := cmd.Flags()
	flags.StringArrayVar(&f.keys, "key", nil, "public key file of the sender, as FILE or VERSION=FILE; with versions repeatable, the current one last")
	flags.StringArrayVar(&f.others, "other", nil, "public key that the message might be signed with by mistake, as NAME=FILE; repeatable")
	flags.StringArrayVar(&f.clientIDs, "client-id", nil, "client id that is expected, or another identifier that might have been signed; repeatable")
	flags.StringVar(&f.responseTo, "response-to", "", "for an answer: file with the request that it answers")
	flags.StringVar(&f.target, "target", "", "path with query as the caller sent it, when a proxy changed it; for an answer that of its request")
	flags.StringVar(&f.signed, "signed", "", "file with the string that your own code has signed, to be compared with")
	flags.BoolVar(&f.strict, "strict", false, "exit 1 also when the signature verifies but is not in the documented form")
	flags.BoolVar(&f.asJSON, "json", false, "write JSON")
	flags.BoolVar(&f.list, "list", false, "list the mistakes that are told apart, and what to change")
	return cmd
}

// examine runs the doctor on one message.
func (a *app) examine(path string, f doctorFlags) error {
	c, err := f.gather()
	if err != nil {
		return err
	}
	if c.Message, err = a.message(path); err != nil {
		return err
	}
	if f.responseTo != "" {
		request, err := a.message(f.responseTo)
		if err != nil {
			return err
		}
		if request.Answer {
			return usagef("--response-to %s: this is an answer; give the request", f.responseTo)
		}
		c.Request = &request
	}
	r, err := doctor.Examine(c)
	switch {
	case errors.Is(err, doctor.ErrNoRequest):
		return usagef("%s: %w: give --response-to REQUEST or --target PATH", path, err)
	case errors.Is(err, doctor.ErrNoKey):
		return usagef("%w: give --key FILE", err)
	case err != nil:
		return internalf("%s: %w", path, err)
	}
	if !r.Verifies || f.strict && !r.Documented() {
		a.exit = ExitFailed
	}
	return a.writeReport(r, f.asJSON)
}

func (a *app) writeReport(r doctor.Report, asJSON bool) error {
	if !asJSON {
		return withCode(ExitEnvironment, r.WriteText(a.io.Out))
	}
	encoder := json.NewEncoder(a.io.Out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return withCode(ExitEnvironment, encoder.Encode(r))
}

// message reads the message in a file, or on standard input.
func (a *app) message(path string) (doctor.Message, error) {
	in := a.io.In
	if path != "-" {
		file, err := os.Open(path) //nolint:gosec // the user names the file
		if err != nil {
			return doctor.Message{}, usagef("message: %w", err)
		}
		defer func() { _ = file.Close() }() // read only
		in = file
	}
	m, err := doctor.Read(in)
	if err != nil {
		return doctor.Message{}, usagef("%s: %w", path, err)
	}
	return m, nil
}

// gather reads what the flags name.
func (f doctorFlags) gather() (doctor.Case, error) {
	c := doctor.Case{ClientIDs: f.clientIDs}
	var err error
	if c.Keys, err = f.senderKeys(); err != nil {
		return c, err
	}
	c.OtherKeys = make(map[string]*rsa.PublicKey)
	for _, text := range f.others {
		name, path, found := strings.Cut(text, "=")
		if !found {
			return c, usagef("--other %q: write NAME=FILE", text)
		}
		if c.OtherKeys[name], err = publicKeyIn(path); err != nil {
			return c, err
		}
	}
	if f.target != "" {
		if c.Target, err = doctor.ParseTarget(f.target); err != nil {
			return c, usagef("--target: %w", err)
		}
	}
	if f.signed != "" {
		if c.Claimed, err = os.ReadFile(f.signed); err != nil {
			return c, usagef("--signed: %w", err)
		}
	}
	return c, nil
}

func (f doctorFlags) senderKeys() ([]doctor.Key, error) {
	var keys []doctor.Key
	for _, text := range f.keys {
		version, path, found := strings.Cut(text, "=")
		if !found {
			version, path = "", text
		}
		if !found && len(f.keys) > 1 {
			return nil, usagef("--key %q: with several keys write VERSION=FILE", text)
		}
		key, err := publicKeyIn(path)
		if err != nil {
			return nil, err
		}
		keys = append(keys, doctor.Key{Version: version, Public: key})
	}
	return keys, nil
}

// listMistakes prints the doctor's catalogue.
func (a *app) listMistakes() {
	for _, d := range sign.Descriptions() {
		a.printf("%-22s %s\n", d.Mistake, d.Title)
		for _, line := range wrap(d.Change, textWidth) {
			a.printf("%-22s   %s\n", "", line)
		}
	}
}
