package journal

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"reflect"
	"sort"
	"strings"
)

// Mask stands in a journal where a secret was.
const Mask = "[secret]"

// Redactor returns a text without its secrets. It must be safe for concurrent use.
type Redactor func(text string) string

// Secrets returns a redactor for known values: each is masked wherever it stands in a journal, also
// quoted as JSON, escaped for a URL, or in base64. Values shorter than four bytes are left alone, since
// they would mask half of every text.
func Secrets(values ...string) Redactor {
	forms := make([]string, 0, 4*len(values))
	for _, v := range values {
		if len(v) >= 4 {
			forms = append(forms, formsOf(v)...)
		}
	}
	// Longest first: a secret that contains another one goes as a whole.
	sort.Slice(forms, func(i, j int) bool { return len(forms[i]) > len(forms[j]) })
	pairs := make([]string, 0, 2*len(forms))
	for _, f := range forms {
		pairs = append(pairs, f, Mask)
	}
	return strings.NewReplacer(pairs...).Replace
}

func formsOf(value string) []string {
	return []string{
		value, url.QueryEscape(value), url.PathEscape(value), base64.StdEncoding.EncodeToString([]byte(value)),
		quoted(value, true), quoted(value, false),
	}
}

// quoted is a value as it stands between the quotes of a JSON string; encoders differ in whether they
// escape what is special in HTML.
func quoted(value string, html bool) string {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(html)
	if err := encoder.Encode(value); err != nil {
		return value // cannot happen: a string always encodes
	}
	text := strings.TrimSuffix(out.String(), "\n")
	return text[1 : len(text)-1]
}

// credentialHeader reports whether a header field carries credentials by its nature.
func credentialHeader(name string) bool {
	switch http.CanonicalHeaderKey(name) {
	case "Authorization", "Proxy-Authorization", "Cookie", "Set-Cookie", "X-Api-Key", "Api-Key", "X-Auth-Token":
		return true
	}
	return false
}

// masked returns a deep copy of an entry in which credentials and the redactor's secrets are masked.
func masked(e Entry, redact Redactor) Entry {
	if redact == nil {
		redact = func(text string) string { return text }
	}
	copied, ok := reflect.TypeAssert[Entry](mask(reflect.ValueOf(e), redact))
	if !ok {
		return e // cannot happen: mask keeps the type
	}
	return copied
}

// mask copies a value, passing every text and every byte slice through the redactor.
func mask(v reflect.Value, redact Redactor) reflect.Value {
	switch v.Kind() {
	case reflect.String:
		return reflect.ValueOf(redact(v.String())).Convert(v.Type())
	case reflect.Pointer:
		return maskPointer(v, redact)
	case reflect.Struct:
		return maskStruct(v, redact)
	case reflect.Slice:
		return maskSlice(v, redact)
	case reflect.Map:
		return maskMap(v, redact)
	default:
		return v
	}
}

func maskPointer(v reflect.Value, redact Redactor) reflect.Value {
	if v.IsNil() {
		return v
	}
	copied := reflect.New(v.Type().Elem())
	copied.Elem().Set(mask(v.Elem(), redact))
	return copied
}

func maskStruct(v reflect.Value, redact Redactor) reflect.Value {
	copied := reflect.New(v.Type()).Elem()
	copied.Set(v)
	for i := range v.NumField() {
		if v.Type().Field(i).IsExported() {
			copied.Field(i).Set(mask(v.Field(i), redact))
		}
	}
	return copied
}

func maskSlice(v reflect.Value, redact Redactor) reflect.Value {
	if v.IsNil() {
		return v
	}
	if v.Type().Elem().Kind() == reflect.Uint8 {
		return reflect.ValueOf([]byte(redact(string(v.Bytes())))).Convert(v.Type())
	}
	copied := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
	for i := range v.Len() {
		copied.Index(i).Set(mask(v.Index(i), redact))
	}
	return copied
}

func maskMap(v reflect.Value, redact Redactor) reflect.Value {
	if v.IsNil() {
		return v
	}
	if header, ok := reflect.TypeAssert[http.Header](v); ok {
		return reflect.ValueOf(maskHeader(header, redact))
	}
	copied := reflect.MakeMapWithSize(v.Type(), v.Len())
	for _, key := range v.MapKeys() {
		copied.SetMapIndex(key, mask(v.MapIndex(key), redact))
	}
	return copied
}

func maskHeader(header http.Header, redact Redactor) http.Header {
	copied := make(http.Header, len(header))
	for name, values := range header {
		for _, value := range values {
			if credentialHeader(name) {
				value = Mask
			}
			copied[name] = append(copied[name], redact(value))
		}
	}
	return copied
}
