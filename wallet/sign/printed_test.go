package sign

import "testing"

func TestPrintedForms(t *testing.T) {
	t.Parallel()
	body := []byte(`{ "a": [true, null, -1.5e3, "it's", "it's \"so\"", "x\ny\\"], "b": {}, "c:,": false }`)
	want := []string{
		`{'a': [True, None, -1.5e3, "it's", 'it\'s "so"', 'x\ny\\'], 'b': {}, 'c:,': False}`,
		"{a=[true, null, -1.5e3, it's, it's \"so\", x\ny\\], b={}, c:,=false}",
		`{"a"=>[true, nil, -1.5e3, "it's", "it's \"so\"", "x\ny\\"], "b"=>{}, "c:,"=>false}`,
	}
	for i, form := range printedForms(body) {
		if form.text != want[i] {
			t.Errorf("%s: %s, want %s", form.how, form.text, want[i])
		}
	}
	for _, broken := range []string{"", "{", `{"a"`, "nul", `"\u12"`} {
		if got := printedForms([]byte(broken)); got != nil {
			t.Errorf("%q is printed: %v", broken, got)
		}
	}
}
