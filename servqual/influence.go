package servqual

import (
	"math"

	"github.com/relmark/relmark/internal/stat"
)

// Drivers say what shapes expectations (Grönroos): market communication, image, word of
// mouth and the customer's own needs. They are plain data.
type Drivers struct {
	Regression Regression `json:"regression"` // of expected on promised, image, word_of_mouth and needs
	// Shares split R² among the four, in the same order: what each adds on average over
	// all orders in which they may enter. They add up to R² within rounding.
	Shares []float64 `json:"shares"`
	// Excess is what was promised less what was perceived, by the same customers.
	Excess Change `json:"excess"`
	// OverPromise is set if promises exceed what is perceived, and raise expectations:
	// the intervals of both the excess and the slope of promised lie above 0.
	OverPromise bool `json:"over_promise"`
}

// Drivers estimates what shapes expectations. It needs the columns expected, perceived,
// promised, image, word_of_mouth and needs, and fails as [Study.Regress] does.
func (s *Study) Drivers(level float64) (Drivers, error) {
	x := []string{ColumnPromised, ColumnImage, ColumnWordOfMouth, ColumnNeeds}
	f, err := s.table.fit(ColumnExpected, x, level)
	if err != nil {
		return Drivers{}, err
	}
	d := Drivers{Regression: f.Regression}
	excess, err := s.table.named(ColumnExcess)
	if err != nil {
		return Drivers{}, err
	}
	if d.Excess, err = against(excess, level); err != nil {
		return Drivers{}, err
	}
	if d.Shares, err = stat.Shares(f.covariance, f.columns[0], f.columns[1:]...); err != nil {
		return Drivers{}, few("shares of %d respondents", f.N)
	}
	d.OverPromise = d.Excess.Low > 0 && f.Coefficients[1].Low > 0
	return d, nil
}

// An Estimate is a figure with its standard error and interval, of n respondents. It is
// plain data.
type Estimate struct {
	N     int64   `json:"n"`
	Value float64 `json:"value"`
	SE    float64 `json:"se"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
}

// estimate gives a value Student's interval, cut at the ends of its scale.
func estimate(n int64, value, se, degrees, level float64, e ends) Estimate {
	half := stat.StudentT(level, degrees) * se
	low, high := e.cut(value-half, value+half)
	return Estimate{n, value, se, low, high}
}

// A DisconfirmationModel says what it does to satisfaction that service is perceived
// below, at or above what was expected (Oliver 1980), and what emotion, attribution and
// fairness add. It is plain data.
type DisconfirmationModel struct {
	Gap        Regression `json:"gap"`        // of satisfaction on the gap alone
	Influenced Regression `json:"influenced"` // on gap, emotion, attribution and fairness
	Influences FTest      `json:"influences"` // whether the three add anything to the gap
	Worse      StateScore `json:"worse"`
	Equal      StateScore `json:"equal"`
	Better     StateScore `json:"better"`
}

// A StateScore is the satisfaction of those whose gap has one sign. Where nobody is in
// the state N is 0, and both are 0 but mean nothing.
type StateScore struct {
	Satisfaction Estimate `json:"satisfaction"` // interval of Student's t; the whole scale for one respondent
	// Adjusted is the satisfaction they would report with the emotion, attribution and
	// fairness of an average respondent: mean less Σ b·(x̄ of the state − x̄ of all). Being
	// on a straight line it may lie past an end of the scale; its interval does not.
	Adjusted Estimate `json:"adjusted"`
}

func influences() []string { return []string{ColumnEmotion, ColumnAttribution, ColumnFairness} }

// Disconfirmation estimates what shapes satisfaction. It needs the columns expected,
// perceived, emotion, attribution, fairness and satisfaction, is of the respondents who
// answered all six, and fails as [Study.Regress] does. Intervals of scores are cut at the
// ends of the scale of satisfaction.
func (s *Study) Disconfirmation(level float64) (DisconfirmationModel, error) {
	f, err := s.table.fit(ColumnSatisfaction, append([]string{ColumnGap}, influences()...), level)
	if err != nil {
		return DisconfirmationModel{}, err
	}
	alone, raw, err := regression(f.covariance, f.columns[0], f.columns[1:2], []string{ColumnGap}, level)
	if err != nil {
		return DisconfirmationModel{}, err
	}
	m := DisconfirmationModel{Gap: alone, Influenced: f.Regression}
	m.Influences = gain(raw, f)
	for sign, into := range map[int8]*StateScore{worse: &m.Worse, equal: &m.Equal, better: &m.Better} {
		*into = s.state(f, sign, level)
	}
	return m, nil
}

// gain tests what a fit explains more than one with the first of its regressors only.
func gain(fewer stat.Regression, f fit) FTest {
	above := float64(len(f.raw.Coef) - len(fewer.Coef))
	t := FTest{Above: above, Below: f.raw.Degrees}
	switch noise := 1 - f.raw.R2; {
	case f.Sigma > 0:
		t.F = max(f.raw.R2-fewer.R2, 0) / above / (noise / f.raw.Degrees)
		t.P = stat.FTail(t.F, t.Above, t.Below)
	case 1-fewer.R2 <= rounding:
		t.P = 1
	}
	return t
}

// state describes the respondents whose gap has a sign.
func (s *Study) state(f fit, sign int8, level float64) StateScore {
	rows := s.table.of(f.columns, sign)
	n := rows.N()
	if n == 0 {
		return StateScore{}
	}
	scale := s.table.ends[f.columns[0]]
	of := s.table.score(rows, f.columns[0])
	mean, _ := of.Mean()
	out := StateScore{Satisfaction: Estimate{N: n, Value: mean, Low: scale.low, High: scale.high}}
	if se, ok := of.SE(); ok {
		out.Satisfaction = estimate(n, mean, se, float64(n-1), level, scale)
	}
	off := make([]float64, len(f.columns)-1)
	for i, c := range f.columns[1:] {
		at, _ := rows.Summary(c, 1).Mean()
		off[i] = at - f.covariance.Mean[c]
	}
	less, se := f.adjustment(n, off)
	out.Adjusted = estimate(n, mean-less, se, f.raw.Degrees, level, scale)
	return out
}

// adjustment returns what the influences of n respondents add to their mean, where their
// regressors are off the means of all, and the standard error of the mean without it. With
// d what they are off by, K the influences, V the covariance of the slopes and σ² the
// noise,
//
//	SE² = σ²/n + dK'·V·dK − 2·dK'·V·d
func (f fit) adjustment(n int64, off []float64) (add, se float64) {
	if f.Sigma > 0 {
		se = square(f.Sigma) / float64(n)
	}
	k := len(f.raw.Coef)
	for i := 1; i < len(off); i++ { // the first is the gap
		add += float64(f.raw.Coef[i+1] * off[i])
		for j := range off {
			weight := -2.0
			if j > 0 {
				weight = -1 // once in the one product, twice in the other
			}
			if f.Sigma > 0 {
				se += float64(weight * off[i] * off[j] * f.raw.Cov[(i+1)*k+j+1])
			}
		}
	}
	return add, math.Sqrt(max(se, 0))
}

// OutcomeProcess says what outcome (technical) and process (functional) quality do for
// quality as a whole. It is plain data.
type OutcomeProcess struct {
	Outcome    Estimate   `json:"outcome"` // mean score of all who gave it
	Process    Estimate   `json:"process"`
	Regression Regression `json:"regression"` // of overall on outcome and process
	// OutcomeShare is b(outcome)/(b(outcome) + b(process)), with the standard error of the
	// delta method; it is nil unless both slopes are above 0, since no share is then
	// meant. Its interval is cut at 0 and 1.
	OutcomeShare *Estimate `json:"outcome_share,omitempty"`
}

// OutcomeProcess estimates the weights of outcome and process. It needs the columns
// outcome, process and overall, and fails as [Study.Regress] does.
func (s *Study) OutcomeProcess(level float64) (OutcomeProcess, error) {
	f, err := s.table.fit(ColumnOverall, []string{ColumnOutcome, ColumnProcess}, level)
	if err != nil {
		return OutcomeProcess{}, err
	}
	o := OutcomeProcess{Regression: f.Regression}
	for i, into := range []*Estimate{&o.Outcome, &o.Process} {
		at := f.columns[i+1]
		score := s.table.score(s.table.of([]int{at}, all), at)
		mean, _ := score.Mean()
		se, _ := score.SE()
		*into = estimate(score.N(), mean, se, float64(score.N()-1), level, score.ends)
	}
	b, c := f.raw.Coef[1], f.raw.Coef[2]
	if !(b > 0 && c > 0) {
		return o, nil
	}
	sum, k := b+c, len(f.raw.Coef)
	variance := float64(c*c*f.raw.Cov[k+1]) - float64(2*b*c*f.raw.Cov[k+2]) + float64(b*b*f.raw.Cov[2*k+2])
	if f.Sigma == 0 {
		variance = 0
	}
	share := estimate(f.N, b/sum, math.Sqrt(max(variance, 0))/(sum*sum), f.raw.Degrees, level, ends{0, 1, true})
	o.OutcomeShare = &share
	return o, nil
}
