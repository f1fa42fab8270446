package voucher

import (
	"unicode/utf8"

	"github.com/relmark/relmark/internal/enum"
	"github.com/relmark/relmark/internal/fault"
)

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

func schemes() enum.Set[Scheme] { return enum.Of(Damm, LuhnModN) }

const (
	maxAlphabet  = 256 // letters
	alphabetRule = "must have an even number of 2 to 256 letters, each once"
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
	opaque
	scheme  Scheme
	letters []rune
	index   map[rune]int
	widest  int // bytes of the letter that has most
}

// NewChecker prepares a format. It fails exactly when [CodeFormat.Validate] does.
func NewChecker(f CodeFormat) (*Checker, error) {
	var faults fault.List
	faults.Join("", schemes().Check("Scheme", f.Scheme))
	faults.Check(len(f.Alphabet) <= 4*maxAlphabet, "Alphabet", nil, alphabetRule)
	alphabet := f.Alphabet
	if f.Scheme == Damm {
		faults.Check(alphabet == "", "Alphabet", nil, "must be empty: damm has the digits")
		alphabet = "0123456789"
	}
	if faults.Len() > 0 {
		return nil, faults.Err(room)
	}
	k := &Checker{scheme: f.Scheme, letters: []rune(alphabet), index: map[rune]int{}}
	for i, r := range k.letters {
		k.index[r] = i
		k.widest = max(k.widest, utf8.RuneLen(r))
	}
	n := len(k.letters)
	if !utf8.ValidString(alphabet) || n == 0 || n > maxAlphabet || n%2 != 0 || len(k.index) != n {
		return nil, invalid("Alphabet", alphabetRule)
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
		return "", invalid("Body", "must be one or more letters of the alphabet")
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

type formatJSON struct {
	V        int    `json:"v"`
	Scheme   Scheme `json:"scheme"`
	Alphabet string `json:"alphabet,omitempty"`
}

// MarshalJSON encodes a valid format in one canonical form, such as
// {"v":1,"scheme":"luhn_mod_n","alphabet":"abcdef"}.
func (f CodeFormat) MarshalJSON() ([]byte, error) {
	if err := f.Validate(); err != nil {
		return nil, err
	}
	return encode(formatJSON{version, f.Scheme, f.Alphabet})
}

// UnmarshalJSON decodes a format of any version that was ever written. An unknown
// version is [relmark.ErrUnsupported]; text that is no such JSON, unknown or repeated
// keys and a format that is not valid are [relmark.ErrInvalid]. It leaves f unchanged
// on error.
func (f *CodeFormat) UnmarshalJSON(data []byte) error {
	var in formatJSON
	if err := decode("code format", data, &in); err != nil {
		return err
	}
	out := CodeFormat{in.Scheme, in.Alphabet}
	if err := out.Validate(); err != nil {
		return err
	}
	*f = out
	return nil
}
