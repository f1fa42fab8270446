package recovery

import (
	"errors"
	"math"
	"slices"
	"strings"

	"github.com/relmark/relmark/internal/codec"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/stat"
	"github.com/relmark/relmark/servqual"
)

const (
	maxScore       = 1_000_000
	maxRespondents = 1<<32 - 1
	maxUnit        = 1000
	justiceVersion = 1
	scoreRule      = "must be within ±1e6, or Blank"
	unitRule       = "must be 1 to 1000"
)

// Blank stands for a score that was not given.
const Blank = math.MinInt32

// An Experience is how one customer who complained was treated, and how content they are. Scores
// are whole numbers of 1/unit, within ±10^6, or [Blank]. It is plain data.
type Experience struct {
	Distributive  int32 `json:"distributive"`  // was the outcome fair
	Procedural    int32 `json:"procedural"`    // was the way to it, with its delays
	Interpersonal int32 `json:"interpersonal"` // were they treated with respect
	Informational int32 `json:"informational"` // was it explained
	Severity      int32 `json:"severity"`      // of the failure
	Satisfaction  int32 `json:"satisfaction"`  // with how it was dealt with
	Loyalty       int32 `json:"loyalty"`       // afterwards
}

// The columns of a [Justice], in the order of their regressions.
const (
	cSatisfaction = iota
	cDistributive
	cProcedural
	cInterpersonal
	cInformational
	cSeverity
	cInteraction // distributive × procedural
	cLoyalty
	justiceColumns
)

//nolint:gochecknoglobals // Go has no constant arrays; nobody writes to it.
var columnNames = [justiceColumns]string{
	"satisfaction", "distributive", "procedural", "interpersonal", "informational", "severity", "distributive:procedural", "loyalty",
}

// Justice adds up the experiences of customers who complained, with the products that
// regressions need. Each regression is of those who gave every score that it uses: a blank
// loyalty leaves the models of satisfaction alone. Sums are whole: parts collected apart merge
// to the last bit. Obtain it from [NewJustice]; the zero Justice takes no customers, but merges
// and decodes. It is not safe for concurrent mutation, and of constant size.
type Justice struct {
	opaque

	unit uint64 // 0 of the zero value
	rows uint64
	// Of those who gave all scores but loyalty, in whose row it is left out, and of those who
	// gave all.
	content, complete *stat.Cross
}

// NewJustice returns a model of nobody, whose scores are whole numbers of 1/unit: 1 for single
// questions, 12 for means of up to four questions. The unit is 1 to 1000.
func NewJustice(unit int) (*Justice, error) {
	if unit < 1 || unit > maxUnit {
		return nil, broken("Unit", unit, unitRule)
	}
	return newJustice(uint64(unit)), nil
}

func newJustice(unit uint64) *Justice {
	return &Justice{unit: unit, content: stat.NewCross(cLoyalty), complete: stat.NewCross(justiceColumns)}
}

// N returns how many customers were added.
func (j *Justice) N() int64 { return int64(j.rows) }

// Complete returns how many customers gave all scores.
func (j *Justice) Complete() int64 {
	if j.unit == 0 {
		return 0
	}
	return j.complete.N()
}

// Add adds the experience of a customer. Who left a score other than loyalty blank is counted,
// and no more. It fails with a [relmark.FieldError] for a score beyond ±10^6 and for the zero Justice, and
// with [relmark.ErrLimit] after 4,294,967,295 customers.
func (j *Justice) Add(e Experience) error {
	if j.unit == 0 {
		return broken("Justice", nil, "must come from NewJustice")
	}
	row := [justiceColumns]int64{
		int64(e.Satisfaction), int64(e.Distributive), int64(e.Procedural), int64(e.Interpersonal), int64(e.Informational), int64(e.Severity),
		0, int64(e.Loyalty),
	}
	row[cInteraction] = row[cDistributive] * row[cProcedural]
	content := true
	var l fault.List
	for i, x := range row {
		content = content && (x != Blank || i == cInteraction || i == cLoyalty)
		l.Check(i == cInteraction || x == Blank || isScore(x), fieldName(i), x, scoreRule)
	}
	if err := l.Err(room); err != nil {
		return err
	}
	if j.rows >= maxRespondents {
		return errLimit()
	}
	j.rows++
	if content {
		j.content.Add(row[:cLoyalty])
	}
	if content && row[cLoyalty] != Blank {
		j.complete.Add(row[:])
	}
	return nil
}

// fieldName returns which field of [Experience] a column is.
func fieldName(column int) string {
	name := columnNames[column]
	return strings.ToUpper(name[:1]) + name[1:]
}

func isScore(x int64) bool { return x >= -maxScore && x <= maxScore }

// Merge adds the customers of o, which stays as it is: exactly, in any order, the zero
// Justice being the identity. It fails with a [relmark.FieldError] if the units differ, and
// with [relmark.ErrLimit].
func (j *Justice) Merge(o *Justice) error {
	switch {
	case o == nil || o.unit == 0:
		return nil
	case j.unit == 0:
		*j = *newJustice(o.unit)
	case j.unit != o.unit:
		return broken("Unit", o.unit, "must be the same in both")
	}
	if j.rows+o.rows > maxRespondents {
		return errLimit()
	}
	j.rows += o.rows
	j.content.Merge(o.content)
	j.complete.Merge(o.complete)
	return nil
}

// Model regresses satisfaction on the four kinds of justice and on severity: what a fairer
// outcome, a quicker procedure, more respect or a better explanation are worth. It is of those
// who gave all scores but, perhaps, loyalty. It fails with a [relmark.FieldError] unless the
// level is 0.5 to 0.9999, where satisfaction does not vary, and where a score does not vary or
// follows from others, naming it; and with [relmark.ErrTooFew] unless there are more such
// customers than coefficients.
func (j *Justice) Model(level float64) (servqual.Regression, error) {
	return j.regress(level, cSatisfaction, cDistributive, cProcedural, cInterpersonal, cInformational, cSeverity)
}

// Interaction is [Justice.Model] with the product of distributive and procedural justice:
// where its slope is below 0, a fair procedure makes up for a poor outcome.
func (j *Justice) Interaction(level float64) (servqual.Regression, error) {
	return j.regress(level, cSatisfaction, cDistributive, cProcedural, cInterpersonal, cInformational, cSeverity, cInteraction)
}

// LoyaltyModel regresses loyalty on satisfaction, the four kinds of justice and severity: what
// justice does to loyalty that satisfaction does not pass on. It is of those who gave all
// scores, and fails as [Justice.Model] does.
func (j *Justice) LoyaltyModel(level float64) (servqual.Regression, error) {
	return j.regress(level, cLoyalty, cSatisfaction, cDistributive, cProcedural, cInterpersonal, cInformational, cSeverity)
}

// A Mediation is what one kind of justice does to loyalty by way of satisfaction: a of
// [Justice.Model] times b of satisfaction in [Justice.LoyaltyModel]. It is plain data.
type Mediation struct {
	Kind     string  `json:"kind"`
	Indirect float64 `json:"indirect"` // a·b
	SE       float64 `json:"se"`       // Sobel's, √(b²·se(a)² + a²·se(b)²)
	Z        float64 `json:"z"`        // 0 where SE is
	P        float64 `json:"p"`        // two-sided, of the normal distribution; where SE is 0, 0 or, of no effect, 1
	Low      float64 `json:"low"`
	High     float64 `json:"high"`
	Direct   float64 `json:"direct"` // what satisfaction does not pass on
}

// Mediations returns the mediated effects of the four kinds of justice and of severity, from the two
// models as they are: who left loyalty blank counts in a, and not in b. It fails as [Justice.Model]
// does.
func (j *Justice) Mediations(level float64) ([]Mediation, error) {
	model, err := j.Model(level)
	if err != nil {
		return nil, err
	}
	loyalty, err := j.LoyaltyModel(level)
	if err != nil {
		return nil, err
	}
	b := loyalty.Coefficients[1]
	var out []Mediation
	for i, a := range model.Coefficients[1:] {
		m := Mediation{Kind: a.Name, Indirect: a.B * b.B, SE: math.Hypot(b.B*a.SE, a.B*b.SE), Direct: loyalty.Coefficients[i+2].B}
		if m.SE > 0 {
			m.Z = m.Indirect / m.SE
			m.P = math.Erfc(math.Abs(m.Z) / math.Sqrt2)
		} else if m.Indirect == 0 {
			m.P = 1
		}
		half := stat.Normal(level) * m.SE
		m.Low, m.High = m.Indirect-half, m.Indirect+half
		out = append(out, m)
	}
	return out, nil
}

// rounding is the share of a variance that is taken for rounding: whole scores that a line
// misses, it misses by more.
const rounding = 1e-13

// regress fits a column to others.
func (j *Justice) regress(level float64, y int, x ...int) (servqual.Regression, error) {
	c, err := j.covariance(level, y, len(x))
	if err != nil {
		return servqual.Regression{}, err
	}
	if !(c.At(y, y) > 0) {
		return servqual.Regression{}, broken(columnNames[y], nil, "must vary among customers who gave the scores")
	}
	g, err := stat.Regress(c, y, x...)
	if collinear, ok := errors.AsType[*stat.CollinearError](err); ok {
		return servqual.Regression{}, broken(columnNames[collinear.Column], nil, "must vary, and not follow from others")
	} else if err != nil {
		return servqual.Regression{}, few(moreNeeded)
	}
	return regression(g, x, level), nil
}

const moreNeeded = "no more customers who gave the scores than coefficients"

// covariance returns that of the customers whom a model of column y is of.
func (j *Justice) covariance(level float64, y, regressors int) (stat.Covariance, error) {
	var l fault.List
	l.Check(j.unit > 0, "Justice", nil, "must come from NewJustice")
	l.Level("Level", level)
	if err := l.Err(room); err != nil {
		return stat.Covariance{}, err
	}
	units := slices.Repeat([]uint64{j.unit}, justiceColumns)
	units[cInteraction] = j.unit * j.unit
	of := j.complete
	if y != cLoyalty {
		of, units = j.content, units[:cLoyalty]
	}
	c, ok := of.Covariance(units)
	if !ok || c.N <= int64(regressors)+1 {
		return stat.Covariance{}, few(moreNeeded)
	}
	return c, nil
}

// regression describes a fit of all its figures; those that rounding makes where nothing is
// left to explain are 0.
func regression(g stat.Regression, x []int, level float64) servqual.Regression {
	r := servqual.Regression{N: g.N, Degrees: int64(g.Degrees), R2: g.R2, Adjusted: g.AdjustedR2(), Sigma: g.Sigma}
	r.Test = servqual.FTest{Above: float64(len(x)), Below: g.Degrees}
	exact := !(1-g.R2 > rounding)
	if exact {
		r.R2, r.Adjusted, r.Sigma = 1, 1, 0
	} else {
		r.Test.F, r.Test.P = g.F()
	}
	for i := range g.Coef {
		r.Coefficients = append(r.Coefficients, coefficient(g, i, x, level, exact))
	}
	return r
}

// coefficient names a coefficient; of an exact fit only its value says anything.
func coefficient(g stat.Regression, i int, x []int, level float64, exact bool) servqual.Coefficient {
	k := servqual.Coefficient{Name: "intercept", B: g.Coef[i], Low: g.Coef[i], High: g.Coef[i]}
	if i > 0 {
		k.Name, k.Standard = columnNames[x[i-1]], g.Beta[i-1]
	}
	switch {
	case !exact:
		k.SE = g.SE[i]
		k.T, k.P = g.T(i)
		k.Low, k.High = g.Interval(i, level)
	case k.B == 0:
		k.P = 1
	}
	return k
}

// AppendBinary appends the encoding of j, version 1; it never fails. Equal sums have equal
// encodings.
func (j *Justice) AppendBinary(b []byte) ([]byte, error) {
	w := codec.NewWriter(b, codec.KindJustice, justiceVersion)
	w.Uvarint(j.unit)
	if j.unit > 0 {
		w.Uvarint(j.rows)
		writeCross(&w, j.content)
		writeCross(&w, j.complete)
	}
	return w.Data(), nil
}

// MarshalBinary returns what [Justice.AppendBinary] appends.
func (j *Justice) MarshalBinary() ([]byte, error) { return j.AppendBinary(nil) }

// UnmarshalBinary reads an encoding of any version. It fails with [relmark.ErrUnsupported]
// for an unknown version and with [relmark.ErrInvalid] for anything else that no scores can
// have made; j stays as it is then.
func (j *Justice) UnmarshalBinary(data []byte) error {
	r := codec.NewReader(data, codec.KindJustice, justiceVersion)
	var out Justice
	if out.unit = uint64(r.UpTo(maxUnit)); out.unit > 0 {
		out.rows = uint64(r.UpTo(maxRespondents))
		out.content, out.complete = readCross(&r, cLoyalty), readCross(&r, justiceColumns)
		r.Check(out.content != nil && out.complete != nil &&
			out.complete.N() <= out.content.N() && uint64(out.content.N()) <= out.rows)
	}
	if err := r.Done(); err != nil {
		return fault.Decode(room, "justice", err)
	}
	*j = out
	return nil
}

func writeCross(w *codec.Writer, c *stat.Cross) {
	for _, word := range c.Words() {
		w.Uvarint(word)
	}
}

// readCross reads the words of sums of so many columns; nil where no scores have them.
func readCross(r *codec.Reader, columns int) *stat.Cross {
	words := make([]uint64, len(stat.NewCross(columns).Words()))
	for i := range words {
		words[i] = r.Uvarint()
	}
	if r.Err() != nil {
		return nil
	}
	return stat.CrossOf(columns, words)
}
