package cli

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

var update = flag.Bool("update", false, "write the commands into README.md")

const (
	readme      = "../../../README.md"
	beginOfList = "-update` -->\n"
	endOfList   = "<!-- end of commands -->"
)

// TestReadmeListsTheCommands keeps the command reference what --help says.
func TestReadmeListsTheCommands(t *testing.T) {
	text, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok1 := strings.Cut(string(text), beginOfList)
	_, after, ok2 := strings.Cut(rest, endOfList)
	if !ok1 || !ok2 {
		t.Fatal("README.md has no place for the commands")
	}
	a := &app{io: IO{Out: io.Discard, Err: io.Discard}}
	want := before + beginOfList + reference(a.root()) + endOfList + after
	if *update {
		if err := os.WriteFile(readme, []byte(want), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if want != string(text) {
		t.Error("the commands in README.md are not those of --help; run this test with -update")
	}
}

// reference is a table of the commands and one of each command's flags.
func reference(root *cobra.Command) string {
	var b bytes.Buffer
	b.WriteString("\n| command | |\n|---|---|\n")
	var flags bytes.Buffer
	for _, c := range all(root) {
		usage := strings.TrimSuffix(c.UseLine(), " [flags]")
		fmt.Fprintf(&b, "| `%s` | %s |\n", strings.ReplaceAll(usage, "|", "\\|"), c.Short)
		if c.LocalNonPersistentFlags().HasAvailableFlags() {
			fmt.Fprintf(&flags, "\n**%s**\n\n", c.CommandPath())
			c.LocalNonPersistentFlags().VisitAll(func(f *pflag.Flag) { describe(&flags, f) })
		}
	}
	b.Write(flags.Bytes())
	b.WriteString("\n**every command**\n\n")
	root.PersistentFlags().VisitAll(func(f *pflag.Flag) { describe(&b, f) })
	b.WriteString("\n")
	return b.String()
}

// all lists the commands that people may call; those that hold others stand for them by their parts.
func all(c *cobra.Command) []*cobra.Command {
	var list []*cobra.Command
	for _, sub := range c.Commands() {
		switch {
		case sub.Hidden || sub.Name() == "help" || sub.Name() == "completion":
		case sub.HasSubCommands():
			list = append(list, all(sub)...)
		default:
			list = append(list, sub)
		}
	}
	return list
}

func describe(w io.Writer, f *pflag.Flag) {
	if f.Hidden || f.Name == "help" {
		return
	}
	def := ""
	if f.DefValue != "" && f.DefValue != "false" && f.DefValue != "0" && f.DefValue != "[]" {
		def = " (`" + f.DefValue + "`)"
	}
	_, _ = fmt.Fprintf(w, "* `--%s` %s%s\n", f.Name, f.Usage, def)
}
