package clientid_test

import (
	"testing"

	"pgregory.net/rapid"

	"mppsim/wallet/clientid"
	"mppsim/wallet/jsontree"
)

func three(t interface{ Fatal(...any) }) clientid.Clients {
	c, err := clientid.New("A", "B", "C")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestNames(t *testing.T) {
	t.Parallel()
	for _, names := range [][]string{{""}, {"A", "A"}, {"A", "B@C"}, {"A", "B C"}, {"A", "B\n"}, {"A", ""}} {
		if _, err := clientid.New(names[0], names[1:]...); err == nil {
			t.Errorf("%q are taken", names)
		}
	}
	c := three(t)
	for name, short := range map[string]string{"A": "", "B": "B", "C": "C"} {
		if got, known := c.Short(name); got != short || !known || c.Name(short) != name {
			t.Errorf("%s is short for %q, known %v", got, name, known)
		}
	}
	if _, known := c.Short("D"); known {
		t.Error("D is known")
	}
}

// TestMarkedIDsAreUniqueAndComeBack also where an id looks as if it were marked already.
func TestMarkedIDsAreUniqueAndComeBack(t *testing.T) {
	t.Parallel()
	c := three(t)
	id := rapid.StringMatching(`[pP1]{1,2}(@[ABCD]){0,2}`)
	short := rapid.SampledFrom([]string{"", "B", "C"})
	rapid.Check(t, func(t *rapid.T) {
		s1, s2, id1, id2 := short.Draw(t, "s1"), short.Draw(t, "s2"), id.Draw(t, "id1"), id.Draw(t, "id2")
		one, two := c.Mark(s1, id1), c.Mark(s2, id2)
		if (one == two) != (s1 == s2 && id1 == id2) {
			t.Fatalf("%q of %q and %q of %q are %q and %q", id1, s1, id2, s2, one, two)
		}
		if whose, own := c.Split(one); whose != s1 || own != id1 {
			t.Fatalf("%q is %q of %q, not %q of %q", one, own, whose, id1, s1)
		}
	})
}

func TestIDsOfASingleClientStayAsTheyAre(t *testing.T) {
	t.Parallel()
	c, err := clientid.New("A")
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"", "P1", "P1@A", "P1@B"} {
		if got := c.Mark("", id); got != id {
			t.Errorf("%q became %q", id, got)
		}
		if short, own := c.Split(id); short != "" || own != id {
			t.Errorf("%q was split into %q and %q", id, short, own)
		}
	}
}

func TestMessages(t *testing.T) {
	t.Parallel()
	c := three(t)
	const plain = `{"paymentRequestId":"P1","paymentId":"N1","order":{"referenceOrderId":"O1"},"declarationRequestIds":["D1","D2"],` +
		`"transactions":[{"transactionRequestId":"R1","transactionId":"N2"}],"refundRequestId":7}`
	const marked = `{"paymentRequestId":"P1@B","paymentId":"N1","order":{"referenceOrderId":"O1"},"declarationRequestIds":["D1@B","D2@B"],` +
		`"transactions":[{"transactionRequestId":"R1@B","transactionId":"N2"}],"refundRequestId":"7@B"}`
	root, err := jsontree.Parse([]byte(plain))
	if err != nil {
		t.Fatal(err)
	}
	got := c.MarkMessage("B", root)
	if text := string(got.Write(jsontree.Layout{})); text != marked {
		t.Errorf("marked: %s", text)
	}
	if text := string(root.Write(jsontree.Layout{})); text != plain {
		t.Errorf("the message itself became %s", text)
	}
	short, back := c.OwnMessage(got)
	if back.Get("refundRequestId").Text != "7" || back.Get("declarationRequestIds.1").Text != "D2" || short != "B" {
		t.Errorf("%q got back %s", short, back.Write(jsontree.Layout{}))
	}
	if short, _ := c.OwnMessage(root); short != "" {
		t.Errorf("a message without marks is %s's", short)
	}
	if c.MarkMessage("B", nil) != nil {
		t.Error("no message became one")
	}
}
