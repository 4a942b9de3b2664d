package scan

import (
	"fmt"
	"image"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"mppsim/wallet/code"
	"mppsim/wallet/code/merchant"
	"mppsim/wallet/code/picture"
)

// module is the side of a module in the pictures that are damaged, in pixels.
const module = 6

// damage is something that happens to a picture between screen and scanner.
type damage struct {
	name  string
	do    func(*image.Gray, *rand.Rand) *image.Gray
	bound bool // within the documented bounds: each code must be read
}

func damages() []damage {
	list := []damage{{"none", func(g *image.Gray, _ *rand.Rand) *image.Gray { return g }, true}}
	for d := 5; d <= 45; d += 5 {
		list = append(list, rotation(float64(d)))
	}
	list = append(list, rotation(60), rotation(75), rotation(90), rotation(137), rotation(180))
	for _, px := range []float64{1.5, 2, 2.5, 3, 4, 9} {
		list = append(list, damage{fmt.Sprintf("module %g px", px), func(g *image.Gray, _ *rand.Rand) *image.Gray {
			return scaled(g, px/module)
		}, px >= 2})
	}
	for _, s := range []float64{0.25, 0.5, 0.75} {
		list = append(list, damage{fmt.Sprintf("blur %g module", s), func(g *image.Gray, _ *rand.Rand) *image.Gray {
			return blurred(g, s*module)
		}, s <= 0.5})
	}
	for _, s := range []float64{15, 30, 60, 90} {
		list = append(list, damage{fmt.Sprintf("noise %g", s), func(g *image.Gray, r *rand.Rand) *image.Gray {
			return noisy(g, s, r)
		}, s <= 60})
	}
	return append(list,
		damage{"contrast 25 %", func(g *image.Gray, _ *rand.Rand) *image.Gray { return pale(g, 0.25) }, true},
		damage{"contrast 10 %", func(g *image.Gray, _ *rand.Rand) *image.Gray { return pale(g, 0.10) }, true},
		damage{"light 80 % uneven", func(g *image.Gray, _ *rand.Rand) *image.Gray { return shaded(g, 0.8) }, true},
		damage{"light on dark", func(g *image.Gray, _ *rand.Rand) *image.Gray { return inverted(g) }, true},
		damage{"photo at 15°", func(g *image.Gray, r *rand.Rand) *image.Gray { return photo(g, 15, r) }, false},
		damage{"photo at 45°", func(g *image.Gray, r *rand.Rand) *image.Gray { return photo(g, 45, r) }, false},
	)
}

func rotation(degrees float64) damage {
	return damage{fmt.Sprintf("rotated %g°", degrees), func(g *image.Gray, _ *rand.Rand) *image.Gray {
		return turned(g, degrees)
	}, true}
}

func noisy(g *image.Gray, sigma float64, r *rand.Rand) *image.Gray {
	out := image.NewGray(g.Rect)
	for i, v := range g.Pix {
		out.Pix[i] = clamp(float64(v) + sigma*r.NormFloat64())
	}
	return out
}

func pale(g *image.Gray, contrast float64) *image.Gray {
	return mapped(g, func(v uint8) uint8 { return clamp(128 + (float64(v)-128)*contrast) })
}

// shaded makes the right edge darker by a share.
func shaded(g *image.Gray, share float64) *image.Gray {
	out := image.NewGray(g.Rect)
	for i, v := range g.Pix {
		out.Pix[i] = clamp(float64(v) * (1 - share*float64(i%g.Stride)/float64(g.Stride)))
	}
	return out
}

// photo is several damages at once, none of them at its bound.
func photo(g *image.Gray, degrees float64, r *rand.Rand) *image.Gray {
	return noisy(shaded(pale(blurred(turned(g, degrees), 0.4*module), 0.5), 0.4), 8, r)
}

// sort is a sort of code with the way to draw a new one.
type sort struct {
	name string
	draw func(*rand.ChaCha8) (string, picture.Symbol, error)
}

func sorts() []sort {
	payment := func(kind picture.Symbology) func(*rand.ChaCha8) (string, picture.Symbol, error) {
		return func(random *rand.ChaCha8) (string, picture.Symbol, error) {
			digits, err := code.Mint(code.Format{}, random)
			if err != nil {
				return "", picture.Symbol{}, err
			}
			s, err := picture.PaymentCode(digits, kind, picture.Masked)
			return digits, s, err
		}
	}
	return []sort{
		{"payment QR", payment(picture.QRCode)},
		{"payment bars", payment(picture.Code128)},
		{"order code", func(random *rand.ChaCha8) (string, picture.Symbol, error) {
			o, err := merchant.MintOrder(merchant.HostAlipayPlus, merchant.HeadAlipayPlus, random)
			if err != nil {
				return "", picture.Symbol{}, err
			}
			s, err := picture.OrderCode(o.Value())
			return o.Value(), s, err
		}},
	}
}

// score is how n damaged codes of a sort were read.
type score struct {
	right, wrong int
	times        []time.Duration
}

func (s *score) add(t *testing.T, want string, img image.Image) {
	t.Helper()
	start := time.Now()
	got, err := Image(t.Context(), img)
	s.times = append(s.times, time.Since(start))
	switch {
	case err == nil && got.Text == want:
		s.right++
	case err == nil:
		s.wrong++
		t.Errorf("read %q instead of %q (%s)", got.Text, want, got.How)
	}
}

func (s *score) String() string {
	slices.Sort(s.times)
	return fmt.Sprintf("%3d %% %8s", 100*s.right/len(s.times), s.times[len(s.times)/2].Round(time.Millisecond))
}

// readDamaged reads n codes of each sort under each of the damages, demands all of them within the documented
// bounds, and returns the table: success and median time.
func readDamaged(t *testing.T, list []damage, n int) string {
	t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, "%-18s %-6s", "damage", "bound")
	for _, s := range sorts() {
		fmt.Fprintf(&b, " | %-14s", s.name)
	}
	for _, d := range list {
		fmt.Fprintf(&b, "\n%-18s %-6s", d.name, map[bool]string{true: "all", false: ""}[d.bound])
		for _, s := range sorts() {
			result := readSort(t, d, s, n)
			fmt.Fprintf(&b, " | %s", result)
			if d.bound && result.right < n {
				t.Errorf("%s, %s: %d of %d were read", s.name, d.name, result.right, n)
			}
		}
	}
	return b.String()
}

func readSort(t *testing.T, d damage, s sort, n int) *score {
	t.Helper()
	var result score
	random := rand.NewChaCha8([32]byte{11})
	for range n {
		text, symbol, err := s.draw(random)
		if err != nil {
			t.Fatal(err)
		}
		quiet := 8
		if symbol.Symbology() == picture.Code128 {
			quiet = 20
		}
		img, err := symbol.Image(picture.Size{Pixels: module * (symbol.Modules() + quiet)})
		if err != nil {
			t.Fatal(err)
		}
		result.add(t, text, d.do(grayOf(img), rand.New(random)))
	}
	return &result
}

// The soak test reads many codes under all damages; this one reads one under each sort of them.
func TestDamagedPicturesWithinTheBounds(t *testing.T) {
	t.Parallel()
	quick := []string{"rotated 30°", "module 2.5 px", "blur 0.5 module", "noise 60", "light 80 % uneven", "light on dark"}
	list := slices.DeleteFunc(damages(), func(d damage) bool { return !slices.Contains(quick, d.name) })
	if len(list) != len(quick) {
		t.Fatalf("%d of %d damages found", len(list), len(quick))
	}
	t.Log("\n" + readDamaged(t, list, 1))
}
