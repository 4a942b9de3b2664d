package cli

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"mppsim/scenarios/acquirer/spelling"
	"mppsim/wallet/catalogue"
	"mppsim/wallet/catalogue/example"
	"mppsim/wallet/catalogue/openapi"
	apitext "mppsim/wallet/catalogue/reference"
	"mppsim/wallet/control"
	"mppsim/wallet/jsontree"
)

// apiOptions are the flags of api.
type apiOptions struct {
	json    bool
	openapi bool
	example bool
}

func (a *app) apiCommand() *cobra.Command {
	var o apiOptions
	cmd := &cobra.Command{
		Use:   "api [DOOR/NAME | CODE]",
		Short: "Look up the protocol: operations, fields, result codes",
		Long: `Look up the protocol: the operations of both acquirers' doors (aps, Alipay+ for acquirers; ams,
Antom in-store payments) and of wallets (mpp) with their fields, conditions, idempotency and result
codes, and how well each is known. Without an argument every operation is listed; a result code
is explained wherever it occurs. sim is the control API of a running simulator, which also serves
its document itself: http://127.0.0.1:8881/sim/v1/openapi.json.`,
		Example: `  mppsim api                            every operation of both doors
  mppsim api aps/pay                    fields, conditions and result codes of pay
  mppsim api aps/refund --example       the smallest refund request and its answer
  mppsim api ORDER_NOT_EXIST            what a result code means, and what to do
  mppsim api aps --openapi              an OpenAPI 3.1 document of a door
  mppsim api ams/pay --json             the same as data
  mppsim api sim                        the operations by which a simulator is steered
  mppsim api sim --openapi              an OpenAPI 3.1 document of them`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			c, err := catalogue.Load()
			if err != nil {
				return internalf("%w", err)
			}
			return a.api(c, strings.Join(args, ""), o)
		},
	}
	cmd.Flags().BoolVar(&o.json, "json", false, "write JSON")
	cmd.Flags().BoolVar(&o.openapi, "openapi", false, "write an OpenAPI 3.1 document of the door (default aps), or of sim, the control API")
	cmd.Flags().BoolVar(&o.example, "example", false, "write the smallest messages of the operation")
	cmd.MarkFlagsMutuallyExclusive("json", "openapi", "example")
	completeArgs(cmd, apiTerms)
	return cmd
}

// apiTerms are what can be looked up: doors, operations and codes.
func apiTerms() []string {
	c, err := catalogue.Load()
	if err != nil {
		return nil
	}
	terms := []string{steering}
	for _, d := range c.Doors {
		terms = append(terms, d.Name)
		for i := range d.Operations {
			terms = append(terms, d.Operations[i].FullName())
		}
		for _, code := range d.Codes {
			terms = append(terms, code.Name)
		}
	}
	slices.Sort(terms)
	return slices.Compact(terms)
}

func (a *app) api(c *catalogue.Catalogue, term string, o apiOptions) error {
	if term == "" && o.openapi {
		term = c.Doors[0].Name
	}
	if term == steering {
		return a.apiSteering(o)
	}
	if d, ok := c.Door(term); ok {
		return a.apiDoor(d, o)
	}
	if term == "" {
		return a.apiAll(c, o)
	}
	if op, also := findAPI(c, term); op != nil {
		return a.apiOperation(op, also, o)
	}
	text := apitext.Code(c, term)
	switch {
	case text == "":
		return usagef("%q is no door, operation or result code; %s", term, spelling.Hint(term, apiTerms()))
	case o.json:
		return a.json(codesNamed(c, term))
	case o.openapi || o.example:
		return usagef("a result code has neither --openapi nor --example")
	}
	a.printf("%s", text)
	return nil
}

// steering is what api calls the control API.
const steering = "sim"

func (a *app) apiSteering(o apiOptions) error {
	switch {
	case o.json || o.example:
		return usagef("of the control API there is a list, and a document with --openapi")
	case o.openapi:
		text, err := control.OpenAPI(Version())
		if err != nil {
			return internalf("%w", err)
		}
		a.printf("%s\n", text)
		return nil
	}
	a.printf("%s · the control API of a running simulator, below %s\n", steering, control.Base)
	for _, op := range control.Operations() {
		a.printf("  %-6s %-34s %s\n", op.Method, op.Path, op.Words)
	}
	return nil
}

// apiAll lists both doors.
func (a *app) apiAll(c *catalogue.Catalogue, o apiOptions) error {
	switch {
	case o.json:
		return a.json(c)
	case o.example:
		return usagef("--example needs an operation, such as aps/pay")
	}
	a.printf("%s\nMore: mppsim api aps/pay, or a result code such as mppsim api ORDER_NOT_EXIST\n", apitext.List(c.Doors))
	return nil
}

func (a *app) apiDoor(d *catalogue.Door, o apiOptions) error {
	switch {
	case o.openapi:
		a.printf("%s\n", openapi.Document(d, Version()))
	case o.json:
		return a.json(d)
	case o.example:
		return usagef("--example needs an operation, such as %s/pay", d.Name)
	default:
		a.printf("%s", apitext.List([]catalogue.Door{*d}))
	}
	return nil
}

func (a *app) apiOperation(op *catalogue.Operation, also []string, o apiOptions) error {
	switch {
	case o.openapi:
		return usagef("--openapi writes a whole door: mppsim api %s --openapi", op.Door)
	case o.json:
		return a.json(op)
	case o.example:
		indented := jsontree.Layout{Indent: true}
		a.printf("POST %s\n\n%s\n\n%s\n", op.Path,
			example.Least(op, catalogue.Request).Write(indented), example.Least(op, catalogue.Response).Write(indented))
	default:
		a.printf("%s", apitext.Operation(op))
		for _, other := range also {
			a.printf("\nAlso at another door: mppsim api %s\n", other)
		}
	}
	return nil
}

// findAPI understands door/name, a path, or a name alone: then the first door that has it, and the others.
func findAPI(c *catalogue.Catalogue, term string) (op *catalogue.Operation, also []string) {
	if op, ok := c.ByPath(term); ok {
		return op, nil
	}
	if door, name, ok := strings.Cut(term, "/"); ok {
		op, _ = c.Operation(door, name)
		return op, nil
	}
	for _, d := range c.Doors {
		switch found, ok := c.Operation(d.Name, term); {
		case !ok:
		case op == nil:
			op = found
		default:
			also = append(also, found.FullName())
		}
	}
	return op, also
}

// codesNamed are the doors' codes of a name, by door.
func codesNamed(c *catalogue.Catalogue, name string) map[string]catalogue.Code {
	codes := map[string]catalogue.Code{}
	for i := range c.Doors {
		if code, ok := c.Doors[i].Code(name); ok {
			codes[c.Doors[i].Name] = code
		}
	}
	return codes
}
