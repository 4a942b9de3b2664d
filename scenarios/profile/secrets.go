package profile

import (
	"context"
	"fmt"
	"os/exec"
	"regexp"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"mppsim/scenarios/acquirer/secret"
	"mppsim/scenarios/acquirer/spelling"
)

// secretCommandTimeout bounds a command that fetches a secret, such as a password manager that
// nobody unlocks.
const secretCommandTimeout = 20 * time.Second

func (n *node) secrets() map[string]string {
	if n == nil {
		return nil
	}
	values := map[string]string{}
	for _, m := range n.members("names, each with env, file or command: token: { env: ACME_TOKEN }") {
		value, ok := m.secret()
		if !ok {
			continue
		}
		if len(value) < secret.MinLength {
			m.fault("use a longer one", "the secret has fewer than %d characters: it could not be kept out of the reports", secret.MinLength)
			continue
		}
		values[m.name] = value
	}
	return values
}

// secret resolves one secret. No message of it ever holds a value.
func (n *node) secret() (string, bool) {
	if n.y.Kind != yaml.MappingNode {
		n.fault("write where to find it: { env: NAME }, { file: path } or { command: [program, argument] }", "a secret must not stand in a profile")
		return "", false
	}
	var from *node
	var how string
	for _, m := range n.members("env, file or command") {
		switch {
		case m.name != "env" && m.name != "file" && m.name != "command":
			n.refuseSecretKey(m)
			return "", false
		case from != nil:
			n.fault("keep one of them", "the secret comes from both %s and %s", how, m.name)
			return "", false
		}
		from, how = m.node, m.name
	}
	if from == nil {
		n.fault("write { env: NAME }, { file: path } or { command: [program, argument] }", "the secret comes from nowhere")
		return "", false
	}
	return from.resolve(how)
}

func (n *node) refuseSecretKey(m member) {
	if m.name == "value" || m.name == "literal" {
		m.fault("use env, file or command", "a secret must not stand in a profile")
		return
	}
	m.fault(spelling.Hint(m.name, []string{"env", "file", "command"}), "unknown key")
}

func (n *node) resolve(how string) (string, bool) {
	if how == "command" {
		return n.secretCommand()
	}
	name := n.some()
	if name == "" || n.opts.WithoutSecrets {
		return "", false
	}
	if how == "file" {
		text, ok := n.file(name)
		return strings.TrimRight(text, "\r\n"), ok
	}
	value, set := n.opts.Env(name)
	if !set || value == "" {
		if !regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`).MatchString(name) {
			n.fault("write the name of an environment variable, not the secret itself", "this is not the name of an environment variable")
			return "", false
		}
		n.fault(fmt.Sprintf("export %s before the run", name), "environment variable %s is not set", name)
		return "", false
	}
	return value, true
}

// secretCommand runs a program without a shell and takes its first line.
func (n *node) secretCommand() (string, bool) {
	words := n.texts("[program, argument]")
	if len(words) == 1 && strings.Contains(words[0], " ") {
		n.fault("write a list: [program, argument]", "a command is run without a shell, so a line of words is one long program name")
		return "", false
	}
	if len(words) == 0 || words[0] == "" || n.opts.WithoutSecrets {
		return "", false
	}
	output, err := n.run(words[0], words[1:])
	if err != nil {
		n.fault("run it by hand to see why", "command %s failed: %s", words[0], fileReason(err))
		return "", false
	}
	first, _, _ := strings.Cut(string(output), "\n")
	return strings.TrimRight(first, "\r"), true
}

// programs runs programs in the profile's folder, each for a limited time.
func programs(ctx context.Context, dir string) func(program string, args []string) ([]byte, error) {
	return func(program string, args []string) ([]byte, error) {
		ctx, cancel := context.WithTimeout(ctx, secretCommandTimeout)
		defer cancel()
		command := exec.CommandContext(ctx, program, args...) //nolint:gosec // the profile names the program
		command.Dir = dir
		return command.Output()
	}
}
