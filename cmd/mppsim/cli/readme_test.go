package cli

import (
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

var update = flag.Bool("update", false, "write the commands into README.md and their flags into COMMANDS.md")

// The README names the commands; their flags stand in a page of their own.
const (
	readme    = "../../../README.md"
	flagsPage = "../COMMANDS.md"
	beginning = "-update` -->\n"
	ending    = "<!-- end of commands -->"
)

func TestReadmeListsTheCommands(t *testing.T) { keepPage(t, readme, commandTable) }

func TestFlagsStandInTheirPage(t *testing.T) { keepPage(t, flagsPage, flagLists) }

// keepPage compares the written part of a page with what --help says, or writes it.
func keepPage(t *testing.T, page string, written func(*cobra.Command) string) {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok1 := strings.Cut(string(text), beginning)
	_, after, ok2 := strings.Cut(rest, ending)
	if !ok1 || !ok2 {
		t.Fatalf("%s has no place for the commands", page)
	}
	a := &app{io: IO{Out: io.Discard, Err: io.Discard}}
	want := before + beginning + written(a.root()) + ending + after
	if *update {
		if err := os.WriteFile(page, []byte(want), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if want != string(text) {
		t.Errorf("the commands in %s are not those of --help; run this test with -update", page)
	}
}

// commandTable is a table of the commands.
func commandTable(root *cobra.Command) string {
	var b strings.Builder
	b.WriteString("\n| command | |\n|---|---|\n")
	for _, c := range all(root) {
		usage := strings.TrimSuffix(c.UseLine(), " [flags]")
		fmt.Fprintf(&b, "| `%s` | %s |\n", strings.ReplaceAll(usage, "|", "\\|"), c.Short)
	}
	b.WriteString("\n")
	return b.String()
}

// flagLists are each command's flags, and those of all of them.
func flagLists(root *cobra.Command) string {
	var b strings.Builder
	for _, c := range all(root) {
		if c.LocalNonPersistentFlags().HasAvailableFlags() {
			fmt.Fprintf(&b, "\n## %s\n\n%s.\n\n", c.CommandPath(), c.Short)
			c.LocalNonPersistentFlags().VisitAll(func(f *pflag.Flag) { describe(&b, f) })
		}
	}
	b.WriteString("\n## Every command\n\n")
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
