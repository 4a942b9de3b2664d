package jsontree

import (
	"reflect"
	"strings"
	"testing"
)

// payLike is a message of the usual size and form.
const payLike = `{"paymentRequestId":"P1","paymentAmount":{"currency":"SGD","value":"100"},"order":{"referenceOrderId":"order-1",` +
	`"orderAmount":{"currency":"SGD","value":"100"},"merchant":{"merchantName":"咖啡","store":{"storeMCC":"5411"}}},"list":["a",["b"],{}],"n":12,"t":true,"z":null}`

// agree fails unless the quick parser gives up or says what the complete one says.
func agree(t *testing.T, text []byte) (given bool) {
	t.Helper()
	quick := parsePlain(text)
	if quick == nil {
		return false
	}
	sheet := new(Sheet)
	sheet.parsePlain([]byte(payLike)) // whatever stood on a sheet leaves no trace
	if again := sheet.parsePlain(text); !reflect.DeepEqual(again, quick) {
		t.Fatalf("%q: read on a sheet as %s", text, again.Write(Layout{}))
	}
	complete, err := parseAny(text)
	if err != nil {
		t.Fatalf("%q: taken, but it is wrong: %v", text, err)
	}
	if !reflect.DeepEqual(complete, quick) {
		t.Fatalf("%q: read as %s", text, quick.Write(Layout{}))
	}
	return true
}

func TestPlainMessagesAreReadTheSame(t *testing.T) {
	t.Parallel()
	for text, plain := range map[string]bool{
		payLike: true, " { \"a\" : [ 1 , 20 ] }\n": true, "{}": true, "[]": true, `"x"`: true, "7": true, "[7 ]": true, "false": true, "null": true,
		"": false, "{": false, `{"a"}`: false, `{"a":1,}`: false, "[1,]": false, "[1 2]": false, "nul": false, "truer": false, "true false": false,
		`{"a":1,"a":2}`: false, `"\u0041"`: false, "\"\x01\"": false, "\"\xff\"": false, "\xef\xbb\xbf{}": false, "{} x": false, `{"a" "b"}`: false,
		"0": false, "-1": false, "1.5": false, "1e3": false, "012": false, "12x": false, `{1:2}`: false, `"open`: false,
		strings.Repeat("[", MaxDepth) + strings.Repeat("]", MaxDepth):     true,
		strings.Repeat("[", MaxDepth+2) + strings.Repeat("]", MaxDepth+2): false,
		"[" + strings.Repeat("1,", 5000) + "1]":                           true,
	} {
		if agree(t, []byte(text)) != plain {
			t.Errorf("%.40q: taken %v, want %v", text, !plain, plain)
		}
	}
}

func TestManyMembersAreReadByTheCompleteParser(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString(`{"":1`)
	for i := range manyMembers + 10 {
		b.WriteString(`,"` + strings.Repeat("x", i+1) + `":"1"`)
	}
	b.WriteString("}")
	n, err := Parse([]byte(b.String()))
	if err != nil || len(n.Members) != manyMembers+11 || agree(t, []byte(b.String())) {
		t.Errorf("%v, %v", n, err)
	}
}

func FuzzPlain(f *testing.F) {
	for _, text := range []string{payLike, "[1,2,{}]", `{"a":{"b":[null,true,false]}} `, `{"a":"1","a":"2"}`, "[01]", "1 ", "[1 ]"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) { agree(t, text) })
}

func BenchmarkParse(b *testing.B) {
	for name, read := range map[string]func([]byte) (*Node, error){"plain": Parse, "complete": parseAny} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := read([]byte(payLike)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
