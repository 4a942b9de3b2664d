package control

// Leniency says what becomes of forms that are not the documented ones, but that the real gateway takes: official
// libraries write them.
type Leniency string

// The leniencies. The empty one is LenientWarn.
const (
	LenientSilent Leniency = "silent" // they are taken without a word
	LenientWarn   Leniency = "warn"   // they are taken, and the record of the call names them
	LenientRefuse Leniency = "refuse" // they are refused, and with them all that the real gateway refuses
)

// Leniencies are the values of Leniency, for flags and profiles.
func Leniencies() []string {
	return []string{string(LenientSilent), string(LenientWarn), string(LenientRefuse)}
}
