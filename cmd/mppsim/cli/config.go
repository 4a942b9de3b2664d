package cli

import (
	"errors"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"go.yaml.in/yaml/v4"

	"mppsim/scenarios/acquirer/spelling"
)

const defaultConfig = "mppsim.yaml"

// configure fills the flags that were not given from the environment, then from the
// configuration file. The file holds flag names at the top level (for every command that has
// them) or under the name of one command.
func (a *app) configure(cmd *cobra.Command) error {
	if !cmd.Flags().Changed("config") {
		if v, ok := a.io.Env("MPPSIM_CONFIG"); ok {
			a.config = v
		}
	}
	if err := a.fromEnvironment(cmd); err != nil {
		return err
	}
	return a.fromFile(cmd)
}

func envName(flag string) string {
	return "MPPSIM_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

func (a *app) fromEnvironment(cmd *cobra.Command) error {
	var failed error
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		v, ok := a.io.Env(envName(f.Name))
		if f.Changed || !ok || failed != nil || f.Name == "help" || f.Name == "config" {
			return
		}
		if err := cmd.Flags().Set(f.Name, v); err != nil {
			failed = usagef("environment variable %s=%q: %v", envName(f.Name), v, err)
		}
		a.ambient[f.Name] = true
	})
	return failed
}

func (a *app) fromFile(cmd *cobra.Command) error {
	path, required := a.config, true
	if path == "" {
		path, required = defaultConfig, false
	}
	text, err := os.ReadFile(path) //nolint:gosec // the user names the file
	if errors.Is(err, fs.ErrNotExist) && !required {
		return nil
	}
	if err != nil {
		return usagef("configuration file: %w", err)
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return usagef("%s: %w", path, err)
	}
	if len(doc.Content) == 0 {
		return nil
	}
	return a.applyNode(cmd, path, doc.Content[0], cmd.Name())
}

// applyNode sets the flags of cmd from a mapping; section is the command whose own mapping may
// stand inside.
func (a *app) applyNode(cmd *cobra.Command, path string, node *yaml.Node, section string) error {
	if node.Kind != yaml.MappingNode {
		return usagef("%s:%d: expected `flag: value` lines", path, node.Line)
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i], node.Content[i+1]
		if value.Kind == yaml.MappingNode {
			if section == "" || !isCommand(cmd.Root(), key.Value) {
				return usagef("%s:%d: %s is not a command of mppsim; %s", path, key.Line, key.Value, spelling.Hint(key.Value, commandNames(cmd.Root())))
			}
			if key.Value == section {
				if err := a.applyNode(cmd, path, value, ""); err != nil {
					return err
				}
			}
			continue
		}
		f := cmd.Flags().Lookup(key.Value)
		given := f != nil && f.Changed
		if err := setFlag(cmd, path, key, value); err != nil {
			return err
		}
		a.ambient[key.Value] = a.ambient[key.Value] || !given
	}
	return nil
}

func setFlag(cmd *cobra.Command, path string, key, value *yaml.Node) error {
	f := cmd.Flags().Lookup(key.Value)
	if f == nil {
		if knownFlag(cmd.Root(), key.Value) {
			return nil // a flag of another command
		}
		return usagef("%s:%d: no command has a flag %q; %s", path, key.Line, key.Value, near(key.Value, flagNames(cmd.Root())))
	}
	if f.Changed {
		return nil
	}
	for _, v := range scalars(value) {
		if err := cmd.Flags().Set(f.Name, v.Value); err != nil {
			return usagef("%s:%d: %s: %w", path, v.Line, key.Value, err)
		}
	}
	return nil
}

func scalars(n *yaml.Node) []*yaml.Node {
	if n.Kind == yaml.SequenceNode {
		return n.Content
	}
	return []*yaml.Node{n}
}

func isCommand(root *cobra.Command, name string) bool {
	return slices.Contains(commandNames(root), name)
}

func knownFlag(root *cobra.Command, name string) bool { return slices.Contains(flagNames(root), name) }

func commandNames(root *cobra.Command) []string {
	var names []string
	for _, c := range root.Commands() {
		names = append(names, c.Name())
	}
	return names
}

// flagNames are the flags of all commands.
func flagNames(root *cobra.Command) []string {
	var names []string
	add := func(f *pflag.Flag) { names = append(names, f.Name) }
	root.PersistentFlags().VisitAll(add)
	for _, c := range root.Commands() {
		c.Flags().VisitAll(add)
	}
	slices.Sort(names)
	return slices.Compact(names)
}
