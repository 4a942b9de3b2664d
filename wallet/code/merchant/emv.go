package merchant

import (
	"fmt"

	"mppsim/wallet/code/emv"
	"mppsim/wallet/money"
)

// The two forms in which the identification rules know Alipay+ codes of EMVCo (mpp-api §7.2).
const (
	DomainAlipayPlus = "com.alipayplus"   // sub-tag 00
	AIDAlipay        = "A900000000000000" // sub-tag 00, with sub-tag 02 = CsB
	codeTypeCsB      = "CsB"
)

// accountTag is the merchant account template that codes are built with: the first one that EMVCo leaves to schemes.
const accountTag = "26"

// EMV is an order code in the form of EMVCo. The public rules tell how such a code is recognised; that sub-tag 03 carries
// the order's number in the form of a domain too is ours.
type EMV struct {
	Domain   string       // DomainAlipayPlus or AIDAlipay; empty: DomainAlipayPlus
	Head     Head         // of the number in sub-tag 03
	Tail     string       // digits behind the head
	Amount   money.Amount // zero: the payer enters it, and the code is static
	Currency string       // of a code without amount
	Category string       // merchant category code, four digits
	Country  string       // two letters
	Name     string       // of the merchant, up to 25 characters
	City     string       // up to 15 characters
}

// Value builds the code's text (ErrInvalid or emv.ErrInvalid, naming the tag).
func (e EMV) Value() (string, error) {
	if err := e.Head.Check(); err != nil {
		return "", fmt.Errorf("EMV order code: tag %s.03: %w", accountTag, err)
	}
	objects, err := e.objects()
	if err != nil {
		return "", fmt.Errorf("EMV order code: %w", err)
	}
	if err := emv.Payload(objects).Check(); err != nil {
		return "", fmt.Errorf("EMV order code: %w", err)
	}
	return emv.Build(objects...)
}

func (e EMV) objects() ([]emv.Object, error) {
	account, err := emv.Template(accountTag, e.account()...)
	if err != nil {
		return nil, err
	}
	initiation, amount := "11", []emv.Object(nil)
	if e.Amount.IsZero() {
		number, _ := emv.Numeric(e.Currency)
		amount = []emv.Object{{Tag: emv.TagCurrency, Value: number}}
	} else {
		initiation = "12"
		if amount, err = emv.AmountObjects(e.Amount); err != nil {
			return nil, err
		}
	}
	objects := []emv.Object{{Tag: emv.TagInitiation, Value: initiation}, account, {Tag: emv.TagCategory, Value: e.Category}}
	objects = append(objects, amount...)
	return append(objects,
		emv.Object{Tag: emv.TagCountry, Value: e.Country},
		emv.Object{Tag: emv.TagName, Value: e.Name},
		emv.Object{Tag: emv.TagCity, Value: e.City}), nil
}

func (e EMV) account() []emv.Object {
	number := emv.Object{Tag: "03", Value: string(e.Head) + e.Tail}
	if e.Domain == AIDAlipay {
		return []emv.Object{{Tag: "00", Value: AIDAlipay}, {Tag: "02", Value: codeTypeCsB}, number}
	}
	domain := e.Domain
	if domain == "" {
		domain = DomainAlipayPlus
	}
	return []emv.Object{{Tag: "00", Value: domain}, number}
}

// ParseEMV reads an order code of EMVCo that Value could have built, whatever the template it stands in
// (ErrInvalid or emv.ErrInvalid, naming the tag).
func ParseEMV(value string) (EMV, error) {
	p, err := emv.Parse(value)
	if err == nil {
		err = p.Check()
	}
	if err != nil {
		return EMV{}, fmt.Errorf("EMV order code: %w", err)
	}
	e, err := findAccount(p)
	if err != nil {
		return EMV{}, err
	}
	e.Category, _ = p.Get(emv.TagCategory)
	e.Country, _ = p.Get(emv.TagCountry)
	e.Name, _ = p.Get(emv.TagName)
	e.City, _ = p.Get(emv.TagCity)
	if e.Amount, _, err = p.Amount(); err != nil {
		return EMV{}, fmt.Errorf("EMV order code: %w", err)
	}
	if e.Amount.IsZero() {
		number, _ := p.Get(emv.TagCurrency)
		e.Currency, _ = emv.Alphabetic(number)
	}
	return e, nil
}

// findAccount looks for the template of Alipay+ among the merchant accounts.
func findAccount(p emv.Payload) (EMV, error) {
	for _, o := range p {
		if o.Tag < "26" || o.Tag > "51" {
			continue
		}
		inside, err := emv.ParseTemplate(o)
		if err != nil {
			continue // the template of another scheme
		}
		domain, _ := inside.Get("00")
		if domain != DomainAlipayPlus && domain != AIDAlipay {
			continue
		}
		number, _ := inside.Get("03")
		if len(number) <= headLength || Head(number[:headLength]).Check() != nil {
			return EMV{}, fmt.Errorf("EMV order code: tag %s.03: %w: number %q", o.Tag, ErrInvalid, number)
		}
		return EMV{Domain: domain, Head: Head(number[:headLength]), Tail: number[headLength:]}, nil
	}
	return EMV{}, fmt.Errorf("EMV order code: %w: none of the tags 26 to 51 is an account of Alipay+", ErrInvalid)
}
