package social

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"math/big"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/money"
)

// An Experiment splits members into arms, such as a control group that is left alone and
// those who are treated. It is plain data.
type Experiment struct {
	// Salt keeps the experiments of one firm apart from those of others; may be empty.
	Salt string `json:"salt,omitempty"`
	Name string `json:"name"` // of the experiment, which makes it independent of others
	Arms []Arm  `json:"arms"` // 1 to 100, with names that differ
}

// An Arm is one part of an experiment.
type Arm struct {
	Name  string          `json:"name"`
	Share decimal.Decimal `json:"share"` // of all members, 0 to 1, with 100 fraction digits at most; together exactly 1
}

type armJSON struct {
	Name  string      `json:"name"`
	Share money.Plain `json:"share"`
}

// MarshalJSON encodes the arm, its share as exact text.
func (a Arm) MarshalJSON() ([]byte, error) { return encode(armJSON{a.Name, money.Plain(a.Share)}) }

// UnmarshalJSON decodes what [Arm.MarshalJSON] writes; whether it is valid,
// [NewAssigner] says. It leaves a unchanged on error.
func (a *Arm) UnmarshalJSON(data []byte) error {
	var in armJSON
	if err := alone("arm", data, &in); err != nil {
		return err
	}
	*a = Arm{in.Name, decimal.Decimal(in.Share)}
	return nil
}

// Validate reports every rule that e breaks, in one error.
func (e Experiment) Validate() error {
	_, err := NewAssigner(e)
	return err
}

type plainExperiment Experiment

type experimentJSON struct {
	V int `json:"v"`
	plainExperiment
}

// MarshalJSON encodes a valid experiment:
//
//	{"v":1,"salt":"s","name":"spring","arms":[{"name":"control","share":"0.1"},{"name":"treated","share":"0.9"}]}
func (e Experiment) MarshalJSON() ([]byte, error) {
	if err := e.Validate(); err != nil {
		return nil, err
	}
	return encode(experimentJSON{version, plainExperiment(e)})
}

// UnmarshalJSON decodes and validates an experiment of any version so far. It leaves e
// unchanged on error.
func (e *Experiment) UnmarshalJSON(data []byte) error {
	var in experimentJSON
	if err := decode("experiment", data, &in); err != nil {
		return err
	}
	if err := Experiment(in.plainExperiment).Validate(); err != nil {
		return err
	}
	*e = Experiment(in.plainExperiment)
	return nil
}

const maxShareDigits = 100

// An Assigner puts members into the arms of an experiment by a stable hash: the same
// member is in the same arm on every machine and for ever. It is an immutable value, safe
// for concurrent use. Obtain one from [NewAssigner].
type Assigner struct {
	opaque
	prefix string // salt, 0, experiment, 0
	arms   []slot
}

// A slot is an arm that some members are in: those with hashes up to last that are in
// none before.
type slot struct {
	name string
	last uint64
}

// NewAssigner prepares an experiment. It fails if the experiment or an arm has no name or
// two arms have one, if a share is out of range, or if the shares do not add to exactly 1.
func NewAssigner(e Experiment) (*Assigner, error) {
	var f fault.List
	f.Check(e.Salt == "" || isPart(e.Salt), "Salt", nil, "must be at most 200 bytes of UTF-8 without 0")
	f.Check(isPart(e.Name), "Name", nil, partRule)
	f.Check(len(e.Arms) >= 1 && len(e.Arms) <= 100, "Arms", len(e.Arms), "must be 1 to 100")
	if len(e.Arms) > 100 {
		return nil, f.Err(room)
	}
	names := make([]string, len(e.Arms))
	sum := new(big.Rat)
	a := &Assigner{prefix: e.Salt + "\x00" + e.Name + "\x00"}
	for i, arm := range e.Arms {
		names[i] = arm.Name
		if d := arm.Share; money.Bounded(d) != nil || d.Sign() < 0 || d.Exponent() < -maxShareDigits {
			f.Add(fmt.Sprintf("Arms[%d].Share", i), nil, "must be 0 to 1, with 100 fraction digits at most")
			continue
		}
		sum.Add(sum, arm.Share.Rat())
		a.extend(arm.Name, sum, arm.Share.Sign() > 0)
	}
	f.Names("Arms", names)
	f.Check(f.Len() > 0 || sum.Cmp(big.NewRat(1, 1)) == 0, "Arms", nil, "must have shares that add to 1")
	if err := f.Err(room); err != nil {
		return nil, err
	}
	return a, nil
}

// extend adds an arm that ends at a share of all members: u/2^64 < share just if u is at
// most ⌈share·2^64⌉ - 1.
func (a *Assigner) extend(name string, share *big.Rat, some bool) {
	if !some {
		return
	}
	ahead := new(big.Int).Lsh(share.Num(), 64)
	ahead.Sub(ahead, big.NewInt(1))
	last := ahead.Quo(ahead, share.Denom()) // ⌈p/q⌉ - 1 = ⌊(p-1)/q⌋
	if !last.IsUint64() {                   // shares above 1 are refused later
		last.SetUint64(math.MaxUint64)
	}
	a.arms = append(a.arms, slot{name, last.Uint64()})
}

const partRule = "must be 1 to 200 bytes of UTF-8 without 0"

// isPart reports whether s can be hashed beside other parts: a zero byte separates them.
func isPart(s string) bool { return fault.ValidName(s) && !strings.Contains(s, "\x00") }

// An Assignment is where a member is put. It is plain data.
type Assignment struct {
	Hash  uint64  `json:"hash,string"` // u: the first 8 bytes of SHA-256(salt, 0, experiment, 0, member), big-endian
	Share float64 `json:"share"`       // u/2^64, cut to 53 bits: at least 0 and below 1
	Arm   string  `json:"arm"`
}

// Assign puts a member into an arm. A member is text of 1 to 200 bytes of UTF-8 without a
// zero byte, a number its decimal digits; nothing is normalised. It does not allocate.
func (a *Assigner) Assign(member string) (Assignment, error) {
	if a == nil || len(a.arms) == 0 {
		return Assignment{}, unmade("Assigner")
	}
	if !isPart(member) {
		return Assignment{}, invalid("Member", partRule)
	}
	var buffer [3*fault.MaxName + 2]byte
	sum := sha256.Sum256(append(append(buffer[:0], a.prefix...), member...))
	u := binary.BigEndian.Uint64(sum[:])
	out := Assignment{Hash: u, Share: float64(u>>11) / (1 << 53)}
	for _, arm := range a.arms {
		if u <= arm.last {
			out.Arm = arm.name
			break
		}
	}
	return out, nil
}
