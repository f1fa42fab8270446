package social

// Steps returns how many elementary steps the events took.
func Steps(s *Referrals) int { return s.steps }
