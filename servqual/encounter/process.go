package encounter

import (
	"fmt"
	"iter"
	"math"
	"time"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/internal/calendar"
	"github.com/relmark/relmark/internal/enum"
	"github.com/relmark/relmark/internal/fault"
	"github.com/relmark/relmark/internal/stat"
	"github.com/relmark/relmark/servqual"
)

// A Process is the steps of a service, in order. It is plain data.
type Process struct {
	Steps []string `json:"steps"` // 1 to 1000 names, each once
}

// Validate reports every rule that p breaks, joined into one error.
func (p Process) Validate() error {
	var l fault.List
	checkNames(&l, "Steps", p.Steps)
	return l.Err(room)
}

// An Outcome is how a visit of a case at a step ended.
type Outcome string

// The outcomes.
const (
	Passed Outcome = "passed" // on to the next step
	Redo   Outcome = "redo"   // this step again, or one before it
	Lost   Outcome = "lost"   // the customer is gone
)

func outcomes() enum.Set[Outcome] { return enum.Of(Passed, Redo, Lost) }

// A Record is one visit of a case at a step. It is plain data.
type Record[C relmark.ID] struct {
	Case    C         `json:"case"`
	Step    int       `json:"step"`  // position in the process
	Start   time.Time `json:"start"` // when work on it began, in the years 1700 to 2150
	End     time.Time `json:"end"`   // when it ended, Start or later, within ten years
	Outcome Outcome   `json:"outcome"`
}

// Times are how long something took: number, mean and squares about the mean, in seconds.
// They are plain data, and merge within rounding.
type Times struct {
	N    int64   `json:"n"`
	Mean float64 `json:"mean"`
	M2   float64 `json:"m2"`
}

// add takes one more, by the recurrences of Welford: sums of squares would cancel.
func (t *Times) add(d time.Duration) {
	t.N++
	off := d.Seconds() - t.Mean
	t.Mean += off / float64(t.N)
	t.M2 += float64(off * (d.Seconds() - t.Mean))
}

// merge joins two means by that of both, as Chan, Golub and LeVeque do.
func (t *Times) merge(o Times) {
	if o.N == 0 {
		return
	}
	n := float64(t.N + o.N)
	off := o.Mean - t.Mean
	t.M2 += o.M2 + float64(off*off*float64(t.N)*float64(o.N)/n)
	t.Mean += off * (float64(o.N) / n) // into none: that of o, to the last bit
	t.N += o.N
}

// A StepTally is what happened at one step. It is plain data.
type StepTally struct {
	Cases  int64 `json:"cases"`   // that came here
	Visits int64 `json:"visits"`  // with those that came again
	AtOnce int64 `json:"at_once"` // cases that passed at their first visit and did not come back so far
	Passed int64 `json:"passed"`  // visits
	Lost   int64 `json:"lost"`    // cases
	Work   Times `json:"work"`    // from start to end, by visit
	Wait   Times `json:"wait"`    // since the end of the visit before, wherever that was; none for the first of a case
}

// A StepsTally adds up a log, step by step. It is plain data. Logs of different cases, such
// as those of shards by case, merge into that of all; the zero StepsTally has none, of any process.
type StepsTally struct {
	Steps []StepTally `json:"steps"`
	Cases int64       `json:"cases"`
	Open  int64       `json:"open"` // neither through the last step nor lost
}

// check adds what no log can have counted.
func (t *StepsTally) check(l *fault.List, at string) {
	for i := range t.Steps {
		if l.Full() {
			return
		}
		if rule := t.Steps[i].wrong(); rule != "" {
			l.Add(at+fault.Item("Steps", i), nil, rule)
		}
	}
	l.Check(t.Open >= 0 && t.Open <= t.Cases && t.Cases <= maxCount, at+"Open", t.Open, "must be 0 to Cases, 2^40 at most")
	came := int64(0)
	if len(t.Steps) > 0 {
		came = t.Steps[0].Cases
	}
	l.Check(t.Cases == came, at+"Cases", t.Cases, "must be those that came to the first step")
}

// Merge adds the cases of o, none of which is in t; o stays as it is, and the zero StepsTally is
// the identity. It fails with a [relmark.FieldError] where o is of another number of steps or no
// log can have counted one of both, and with [relmark.ErrLimit] past 2⁴⁰ cases or visits of a
// step; t is then unchanged. Counts merge exactly, times within rounding.
func (t *StepsTally) Merge(o StepsTally) error {
	var l fault.List
	l.Check(len(t.Steps) == len(o.Steps) || len(t.Steps) == 0 || len(o.Steps) == 0, "Steps", len(o.Steps), "must be as many")
	t.check(&l, "")
	o.check(&l, "Other.")
	if err := l.Err(room); err != nil {
		return err
	}
	switch {
	case len(o.Steps) == 0:
		return nil
	case len(t.Steps) == 0:
		t.Steps = make([]StepTally, len(o.Steps))
	}
	full := t.Cases+o.Cases > maxCount
	for i := range t.Steps {
		full = full || t.Steps[i].Visits+o.Steps[i].Visits > maxCount
	}
	if full {
		return fault.Room(room, relmark.ErrLimit)
	}
	for i := range t.Steps {
		a, b := &t.Steps[i], o.Steps[i]
		a.Cases, a.Visits, a.AtOnce, a.Passed, a.Lost = a.Cases+b.Cases, a.Visits+b.Visits, a.AtOnce+b.AtOnce, a.Passed+b.Passed, a.Lost+b.Lost
		a.Work.merge(b.Work)
		a.Wait.merge(b.Wait)
	}
	t.Cases += o.Cases
	t.Open += o.Open
	return nil
}

const longest = 10 * 366 * 24 * time.Hour

// Walk follows the cases of a log through a process. Records of one case are in order of time;
// those of different cases may be mixed. A case begins with the first step; after it has
// passed a step it goes on to the next or comes back to that one or one before, after a redo it
// comes back, and after it is lost it does not come again.
//
// Walk fails as [Process.Validate] does, with a [relmark.FieldError] that has the position of
// the record where one is not as [Record] says, a step out of order or a time before the end
// of the visit before, and with the first error of the stream. Memory is in proportion to
// cases, and to the steps that each has come to.
func Walk[C relmark.ID](p Process, records iter.Seq2[Record[C], error]) (StepsTally, error) {
	if err := p.Validate(); err != nil {
		return StepsTally{}, err
	}
	w := walker[C]{tally: StepsTally{Steps: make([]StepTally, len(p.Steps))}, cases: map[C]*progress{}}
	i := 0
	for r, err := range records {
		if err == nil {
			err = w.add(&r)
		}
		if err != nil {
			return StepsTally{}, fault.Room(room, fault.At(fmt.Sprintf("Records[%d]", i), err))
		}
		i++
	}
	return w.done(), nil
}

// A walker follows cases.
type walker[C relmark.ID] struct {
	tally StepsTally
	cases map[C]*progress
}

// Progress is how far a case has come.
type progress struct {
	atOnce []bool // by step that it has come to, none left out: counted as passed at once
	step   int
	last   Outcome
	end    time.Time
}

// add checks a record before it counts anything of it.
func (w *walker[C]) add(r *Record[C]) error {
	if err := w.check(r); err != nil {
		return err
	}
	p := w.cases[r.Case]
	if err := p.follow(r.Step, r.Start); err != nil {
		return err
	}
	s := &w.tally.Steps[r.Step]
	if p == nil {
		p = &progress{}
		w.cases[r.Case] = p
	} else {
		s.Wait.add(r.Start.Sub(p.end))
	}
	s.Visits++
	s.Work.add(r.End.Sub(r.Start))
	p.visit(s, r.Step, r.Outcome)
	p.end = r.End
	return nil
}

// visit counts a case at a step. Whether it passed at once is known for sure only at the end: it may
// come back.
func (p *progress) visit(s *StepTally, step int, o Outcome) {
	if step == len(p.atOnce) {
		p.atOnce = append(p.atOnce, o == Passed)
		s.Cases++
		if o == Passed {
			s.AtOnce++
		}
	} else if p.atOnce[step] {
		p.atOnce[step] = false
		s.AtOnce--
	}
	switch o {
	case Passed:
		s.Passed++
	case Lost:
		s.Lost++
	case Redo:
	}
	p.step, p.last = step, o
}

// check reports what is wrong with a record by itself.
func (w *walker[C]) check(r *Record[C]) error {
	var l fault.List
	l.Check(r.Step >= 0 && r.Step < len(w.tally.Steps), "Step", r.Step, "must be a position in the process")
	l.Join("", outcomes().Check("Outcome", r.Outcome))
	l.Check(calendar.InRange(r.Start), "Start", r.Start, calendar.RangeRule)
	l.Check(calendar.InRange(r.End), "End", r.End, calendar.RangeRule)
	d := r.End.Sub(r.Start)
	l.Check(d >= 0 && d <= longest, "End", r.End, "must be Start or later, within ten years")
	return l.Err("")
}

// follow reports what is wrong with a visit after what came before it; of a case that is
// new, p is nil.
func (p *progress) follow(step int, start time.Time) error {
	if p == nil {
		if step != 0 {
			return fault.New("Step", step, "must be the first step of a new case")
		}
		return nil
	}
	furthest := p.step
	if p.last == Passed {
		furthest++
	}
	switch {
	case p.last == Lost:
		return fault.New("Step", step, "must not follow a case that is lost")
	case step > furthest:
		return fault.New("Step", step, "must not leave out a step")
	case start.Before(p.end):
		return fault.New("Start", start, "must not be before the end of the visit before")
	case start.Sub(p.end) > longest:
		return fault.New("Start", start, "must be within ten years of the visit before")
	}
	return nil
}

// done counts what is open.
func (w *walker[C]) done() StepsTally {
	w.tally.Cases = int64(len(w.cases))
	for _, p := range w.cases {
		if p.last == Redo || p.last == Passed && p.step < len(w.tally.Steps)-1 {
			w.tally.Open++
		}
	}
	return w.tally
}

// A StepReport says how one step does. It is plain data.
type StepReport struct {
	Step   string `json:"step"`
	Cases  int64  `json:"cases"`
	Visits int64  `json:"visits"`
	// AtOnce is the share of cases that passed at their first visit and did not come back; nil
	// where nobody came, as all that follow.
	AtOnce *servqual.Share `json:"at_once"`
	Pass   *servqual.Share `json:"pass"`   // share of visits that ended as passed
	Rework *servqual.Share `json:"rework"` // share of visits by cases that had been here before
	Lost   *servqual.Share `json:"lost"`   // share of cases that were lost here
	Work   *MeanTime       `json:"work"`
	Wait   *MeanTime       `json:"wait"` // nil where nobody waited: at the first step, as a rule
	// ReworkTime is the work that coming again took, visits beyond the first times the mean work.
	ReworkTime time.Duration `json:"rework_time"`
}

// A MeanTime is how long something takes. It is plain data.
type MeanTime struct {
	Mean time.Duration `json:"mean"`
	Low  time.Duration `json:"low"` // of Student's interval, 0 or more; Mean for one visit
	High time.Duration `json:"high"`
}

// A ProcessReport says how a process does, step by step. It is plain data.
type ProcessReport struct {
	Steps []StepReport `json:"steps"`
	Cases int64        `json:"cases"`
	Open  int64        `json:"open"`
	// LosesCases is the step that loses most cases, LosesTime the one where coming again takes
	// most work; the first of equal ones, nil where nothing is lost.
	LosesCases *int `json:"loses_cases"`
	LosesTime  *int `json:"loses_time"`
	// Throughput is the share of cases that pass every step at once, if steps are independent:
	// the product of AtOnce (rolled throughput yield); nil where a step has no cases.
	Throughput *float64 `json:"throughput"`
}

// Report returns how each step does, with intervals at a level. It fails as
// [Process.Validate] does, with a [relmark.FieldError] unless the tally is of as many steps
// and such as a log gives, and unless the level is 0.5 to 0.9999, and with [relmark.ErrTooFew] of no cases.
func (p Process) Report(t StepsTally, level float64) (ProcessReport, error) {
	var l fault.List
	l.Join("", p.Validate())
	l.Level("Level", level)
	l.Check(len(t.Steps) == len(p.Steps) || len(t.Steps) == 0, "Tally.Steps", len(t.Steps), "must be as many as the process has")
	t.check(&l, "Tally.")
	if err := l.Err(room); err != nil {
		return ProcessReport{}, err
	}
	if t.Cases == 0 {
		return ProcessReport{}, fault.Room(room, relmark.ErrTooFew)
	}
	out := ProcessReport{Cases: t.Cases, Open: t.Open, Throughput: new(1.0)}
	for i, s := range t.Steps {
		r := s.report(level)
		r.Step = p.Steps[i]
		out.Steps = append(out.Steps, r)
		if r.AtOnce == nil {
			out.Throughput = nil
		} else if out.Throughput != nil {
			*out.Throughput *= r.AtOnce.Value
		}
		if s.Lost > 0 && (out.LosesCases == nil || s.Lost > t.Steps[*out.LosesCases].Lost) {
			out.LosesCases = new(i)
		}
		if r.ReworkTime > 0 && (out.LosesTime == nil || r.ReworkTime > out.Steps[*out.LosesTime].ReworkTime) {
			out.LosesTime = new(i)
		}
	}
	return out, nil
}

// wrong returns what no log can have counted; "" for nothing.
func (s *StepTally) wrong() string {
	ok := s.Cases >= 0 && s.Cases <= s.Visits && s.Visits <= maxCount && s.AtOnce >= 0 && s.AtOnce <= s.Cases && s.Passed >= s.AtOnce && s.Passed <= s.Visits &&
		s.Lost >= 0 && s.Lost <= s.Cases && s.Lost+s.Passed <= s.Visits
	if !ok {
		return "must be counts of a log, 2^40 visits at most"
	}
	for _, t := range [...]Times{s.Work, s.Wait} {
		if !(t.N >= 0 && t.N <= s.Visits && t.Mean >= 0 && t.Mean <= longest.Seconds() && t.M2 >= 0 && fault.Finite(t.M2)) {
			return "must have times of a log"
		}
	}
	return ""
}

func (s StepTally) report(level float64) StepReport {
	r := StepReport{Cases: s.Cases, Visits: s.Visits}
	if s.Cases == 0 {
		return r
	}
	share := func(count, n int64) *servqual.Share { return new(shareOf(count, n, level)) }
	r.AtOnce, r.Lost = share(s.AtOnce, s.Cases), share(s.Lost, s.Cases)
	r.Pass, r.Rework = share(s.Passed, s.Visits), share(s.Visits-s.Cases, s.Visits)
	r.Work, r.Wait = s.Work.report(level), s.Wait.report(level)
	r.ReworkTime = seconds(float64(s.Visits-s.Cases) * s.Work.Mean)
	return r
}

func (t Times) report(level float64) *MeanTime {
	if t.N == 0 {
		return nil
	}
	m := &MeanTime{Mean: seconds(t.Mean), Low: seconds(t.Mean), High: seconds(t.Mean)}
	if t.N > 1 {
		n := float64(t.N)
		half := stat.StudentT(level, n-1) * math.Sqrt(t.M2/(n-1)/n)
		m.Low, m.High = seconds(max(t.Mean-half, 0)), seconds(t.Mean+half)
	}
	return m
}

// seconds returns a duration of some seconds, to the nanosecond; the longest there is where
// it is longer.
func seconds(x float64) time.Duration {
	if x >= math.MaxInt64/1e9 {
		return math.MaxInt64
	}
	return time.Duration(math.Round(x * 1e9))
}
