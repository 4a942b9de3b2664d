package sign

import (
	"bytes"
	"encoding/json"
	"strings"
)

// printer is how a language prints an object that was read from JSON.
type printer struct {
	how, colon string
	text       func(string) string
	words      *strings.Replacer // of true, false and null
}

func printers() []printer {
	return []printer{
		{"as Python prints it", ": ", pythonText, strings.NewReplacer("true", "True", "false", "False", "null", "None")},
		{"as Java prints a map", "=", func(s string) string { return s }, strings.NewReplacer()},
		{"as Ruby prints it", "=>", rubyText, strings.NewReplacer("null", "nil")},
	}
}

// pythonText writes a text as Python's repr does.
func pythonText(s string) string {
	quote := `'`
	if strings.Contains(s, `'`) && !strings.Contains(s, `"`) {
		quote = `"`
	}
	escape := strings.NewReplacer(`\`, `\\`, "\n", `\n`, "\r", `\r`, "\t", `\t`)
	if quote == `'` {
		escape = strings.NewReplacer(`\`, `\\`, "\n", `\n`, "\r", `\r`, "\t", `\t`, `'`, `\'`)
	}
	return quote + escape.Replace(s) + quote
}

// rubyText writes a text as Ruby's inspect does.
func rubyText(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, "\n", `\n`, "\r", `\r`, "\t", `\t`, `"`, `\"`, "#{", `\#{`).Replace(s) + `"`
}

// printedForms are a JSON body as languages print the object that it was made from.
func printedForms(body []byte) []serialisation {
	var compact bytes.Buffer
	if json.Compact(&compact, body) != nil {
		return nil
	}
	var list []serialisation
	for _, p := range printers() {
		list = append(list, serialisation{p.how, p.print(compact.String())})
	}
	return list
}

// print writes compact JSON as the language would.
func (p printer) print(compact string) string {
	var out strings.Builder
	for i := 0; i < len(compact); i++ {
		switch c := compact[i]; c {
		case '"':
			end := stringEnd(compact, i)
			var text string
			if json.Unmarshal([]byte(compact[i:end]), &text) != nil {
				return ""
			}
			out.WriteString(p.text(text))
			i = end - 1
		case ':':
			out.WriteString(p.colon)
		case ',':
			out.WriteString(", ")
		case 't', 'f', 'n':
			end := i + strings.IndexAny(compact[i:]+",", ",]}")
			out.WriteString(p.words.Replace(compact[i:end]))
			i = end - 1
		default:
			out.WriteByte(c)
		}
	}
	return out.String()
}
