package codec

// The kinds of encodings in this module. A number is given once and for all.
const (
	KindHistory       byte = 1  // tier/rfm.History
	KindPatterns      byte = 2  // tier/rfm.Patterns
	KindSurvey        byte = 3  // servqual.Survey
	KindBaskets       byte = 4  // crosssell/basket
	KindAccount       byte = 5  // loyalty/points, snapshot
	KindPointsTotals  byte = 6  // loyalty/points, summary
	KindTierState     byte = 7  // tier, state of a member
	KindSpend         byte = 8  // tier/clv, amounts of repeat purchases
	KindValues        byte = 9  // tier/abc, counts of values
	KindSegment       byte = 10 // tier/abc, totals of a segment
	KindRedemption    byte = 11 // loyalty/accrual.History
	KindRollForward   byte = 12 // loyalty/accrual.RollForward
	KindRegister      byte = 13 // loyalty/voucher.Register
	KindWallet        byte = 14 // loyalty/cashback.Wallet
	KindUsage         byte = 15 // loyalty/earning.Usage
	KindTenures       byte = 16 // tier/clv.Tenures
	KindEvaluation    byte = 17 // tier/clv.Evaluation
	KindTracking      byte = 18 // tier/clv.Tracking
	KindConversions   byte = 19 // tier/abc.Conversions
	KindBase          byte = 20 // tier/rfm.Base
	KindPulse         byte = 21 // servqual/pulse.Tally
	KindPulseWeighted byte = 22 // servqual/pulse.Weighted
	KindSegmentation  byte = 23 // tier/abc.Segmentation
	KindZones         byte = 31 // servqual.ZoneSurvey
	KindStudy         byte = 32 // servqual.Study
	KindGaps          byte = 33 // servqual.GapSurvey
	KindScale         byte = 34 // servqual/scale.Answers
	KindRelations     byte = 35 // servqual.Relations
	KindSimulation    byte = 40 // waiting/sim.Stats
	KindPatience      byte = 41 // waiting.PatienceLog
	KindLineLog       byte = 42 // waiting.LineLog
	KindCalibrator    byte = 43 // waiting.Calibrator
	KindKano          byte = 39 // servqual/priority.Kano
	KindOwnership     byte = 60 // crosssell/affinity.Ownership
	KindWindow        byte = 36 // servqual/priority.Window
	KindRatings       byte = 37 // servqual/priority.Ratings
	KindDrivers       byte = 38 // servqual/priority.Drivers
	KindRanking       byte = 70 // crosssell/evaluation.Ranking
	KindOffPolicy     byte = 71 // crosssell/evaluation.OffPolicy
	KindSplitter      byte = 72 // crosssell/evaluation.Splitter
	KindServices      byte = 73 // crosssell/evaluation.Services
	KindEntitlements  byte = 62 // loyalty/structural.Ledger
	KindSequences     byte = 80 // crosssell/sequence.Histories
	KindTransitions   byte = 81 // crosssell/sequence.Transitions
	KindAcquisition   byte = 82 // crosssell/sequence.Ownership
)
