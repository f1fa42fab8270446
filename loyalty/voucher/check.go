package voucher

import "unicode/utf8"

// A Scheme says how codes guard against typing errors.
type Scheme string

// The schemes.
const (
	// Damm works on the digits 0 to 9 with the quasigroup of order 10 of H. M. Damm:
	// it finds all single errors and all transpositions of neighbours.
	Damm Scheme = "damm"
	// LuhnModN is the scheme of ISO/IEC 7812-1, on any alphabet of even size: it
	// finds all single errors, and all transpositions of neighbours but that of the
	// first and the last letter of the alphabet.
	LuhnModN Scheme = "luhn_mod_n"
)

// A CodeFormat describes codes: a body of letters and one check letter. It is
// plain data; [NewChecker] makes a [Checker] of it.
type CodeFormat struct {
	Scheme Scheme
	// Alphabet holds the letters of [LuhnModN], an even number of 2 to 256, each
	// once; case matters. It is empty for [Damm].
	Alphabet string
}

// Validate reports every rule that f breaks, joined into one error.
func (f CodeFormat) Validate() error {
	_, err := NewChecker(f)
	return err
}

// A Checker appends and tests check letters. It is an immutable value, safe for
// concurrent use. Obtain one from [NewChecker].
type Checker struct {
	scheme  Scheme
	letters []rune
	index   map[rune]int
	widest  int // bytes of the letter that has most
}

// NewChecker prepares a format. It fails exactly when [CodeFormat.Validate] does.
func NewChecker(f CodeFormat) (*Checker, error) {
	var c checker
	alphabet := f.Alphabet
	switch f.Scheme {
	case Damm:
		c.check(alphabet == "", "Alphabet", nil, "must be empty: damm has the digits")
		alphabet = "0123456789"
	case LuhnModN:
	default:
		c.check(false, "Scheme", nil, "must be damm or luhn_mod_n")
	}
	k := &Checker{f.Scheme, []rune(alphabet), map[rune]int{}, 0}
	for i, r := range k.letters {
		k.index[r] = i
		k.widest = max(k.widest, utf8.RuneLen(r))
	}
	n := len(k.letters)
	c.check(utf8.ValidString(alphabet) && n >= 2 && n <= 256 && n%2 == 0 && len(k.index) == n,
		"Alphabet", nil, "must have an even number of 2 to 256 letters, each once")
	if err := c.err(); err != nil {
		return nil, err
	}
	return k, nil
}

// damm is a totally anti-symmetric quasigroup of order 10 with zero diagonal.
const damm = "0317598642" + "7092154863" + "4206871359" + "1750983426" + "6123045978" +
	"3674209581" + "5869720134" + "8945362017" + "9438617205" + "2581436790"

// Code returns a body with its check letter, of any length. It fails if the body
// is empty or has a letter that the alphabet does not have, or if k is nil.
func (k *Checker) Code(body string) (string, error) {
	if k == nil {
		return "", errNil("Checker")
	}
	if body == "" || !k.known(body) {
		return "", invalid("Body", nil, "must be one or more letters of the alphabet")
	}
	return body + string(k.letters[k.check(body)]), nil
}

// Valid reports whether a code has two letters or more, all of the alphabet, of
// which the last is the check letter of the others. Case is not folded. A nil checker knows no codes.
func (k *Checker) Valid(code string) bool {
	if k == nil {
		return false
	}
	last, size := utf8.DecodeLastRuneInString(code)
	body := code[:len(code)-size]
	return body != "" && k.known(code) && k.letters[k.check(body)] == last
}

// known reports whether a text is UTF-8 and has letters of the alphabet only. An
// invalid byte reads as U+FFFD, which an alphabet might have.
func (k *Checker) known(text string) bool {
	for _, r := range text {
		if _, ok := k.index[r]; !ok {
			return false
		}
	}
	return utf8.ValidString(text)
}

// check returns the position of the check letter of a body.
func (k *Checker) check(body string) int {
	if k.scheme == Damm {
		state := 0
		for _, r := range body { // the diagonal is zero: the state is its own check digit
			state = int(damm[10*state+k.index[r]] - '0')
		}
		return state
	}
	// Factors are 2, 1, 2, … from the right: kept as one sum for each parity of the
	// position from the left, of which the end picks one.
	n, count := len(k.letters), 0
	var sums [2]int // with factor 2 on odd and on even positions
	for _, r := range body {
		a := k.index[r]
		double := 2*a/n + 2*a%n
		sums[count%2] += double
		sums[1-count%2] += a
		count++
	}
	total := sums[(count+1)%2] // the last position, count−1, has factor 2
	return (n - total%n) % n
}
