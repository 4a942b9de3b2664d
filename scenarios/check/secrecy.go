package check

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
)

func secrecyRules() []rule {
	return []rule{{
		requirement: "ACQ-SEC-19", name: "payment codes in answers to the shop",
		expected: "no answer of the merchant API shows a scanned payment code in full",
		look:     lookCodes,
	}}
}

var longCode = regexp.MustCompile(`^(2[5-9]|30)[0-9]{14,30}$`)

func lookCodes(t *traffic, seen *tally) {
	var codes []string
	for _, c := range t.scene.Charges {
		if code := compact(c.Code); longCode.MatchString(code) {
			codes = append(codes, code)
		}
	}
	for _, call := range t.scene.Calls {
		if len(codes) == 0 || len(call.Response.Body) == 0 {
			continue
		}
		shown := ""
		for _, code := range codes {
			if bytes.Contains(call.Response.Body, []byte(code)) {
				shown = code
			}
		}
		if shown == "" {
			seen.ok()
			continue
		}
		seen.bad(fmt.Sprintf("the answer to %s shows the payment code %s…%s in full", call.Verb, shown[:6], shown[len(shown)-4:]))
		seen.call(call.ID)
	}
}

// compactJSON writes a member for people.
func compactJSON(node any) string {
	if node == nil {
		return "missing"
	}
	text, err := json.Marshal(node)
	if err != nil {
		return fmt.Sprint(node)
	}
	return string(text)
}
