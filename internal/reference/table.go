package reference

import "path"

// Owners that are no package.
const (
	Pending  = "(pending)"   // the room that will reproduce it is not built yet
	PeerOnly = "(peer only)" // documents a peer, or is an input; nobody reproduces it
)

// An entry gives the figures of one name in one file to an owner. File and name
// are patterns of [path.Match]; the first entry that matches holds.
type entry struct{ file, name, owner string }

// Owner returns who reproduces the figures of a name in a file, and whether the
// table lists it at all. The owner of the root package is "".
func Owner(file, name string) (owner string, listed bool) {
	for _, e := range table() {
		if matches(e.file, file) && matches(e.name, name) {
			return e.owner, true
		}
	}
	return "", false
}

// Owners returns the owners of every entry for a file, in the order of the table.
func Owners(file string) []string {
	var owners []string
	for _, e := range table() {
		if matches(e.file, file) {
			owners = append(owners, e.owner)
		}
	}
	return owners
}

func matches(pattern, name string) bool {
	ok, err := path.Match(pattern, name)
	return err == nil && ok
}

// table is the list, by family and in the order of the index beside the files.
func table() []entry {
	return []entry{
		{"clv_golden.csv", "bgnbd", "tier/clv"},
		{"clv_golden.csv", "mbgnbd", "tier/clv"},
		{"clv_golden.csv", "pnbd", "tier/clv"},
		{"clv_golden.csv", "bgbb", "tier/clv"},
		{"clv_golden.csv", "gg", "tier/clv"},
		{"clv_golden.csv", "sbg", "tier/clv"},
		{"clv_fits.csv", "bgnbd", "tier/clv"},
		{"clv_fits.csv", "mbgnbd", "tier/clv"},
		{"clv_fits.csv", "pnbd", "tier/clv"},
		{"clv_fits.csv", "bgbb", "tier/clv"},
		{"clv_fits.csv", "gg", "tier/clv"},
		{"clv_fits.csv", "sbg", "tier/clv"},
		{"cdnow_summary.csv", "*", "tier/rfm"},
		{"cdnow_transactions*.csv", "*", PeerOnly},
		{"donations_bgbb_summary.csv", "*", PeerOnly},
		{"sbg_*.csv", "*", PeerOnly},
		{"rfm_golden.json", "summary", "tier/rfm"},
		{"rfm_golden.json", "score", "tier/rfm"},
		{"rfm_golden.json", "pareto", "tier/abc"},
		{"rfm_golden.json", "matrix", "tier/abc"},
		{"rfm_golden.json", "streak", "tier/abc"},
		{"tier_scenarios.json", "*", "tier"},
		{"loyalty_scenarios.json", "S16", Pending},
		{"loyalty_scenarios.json", "F06", Pending},
		{"loyalty_scenarios.json", "*", "loyalty/points"},
		{"queueing_golden.csv", "erlangB", "waiting/queue"},
		{"queueing_golden.csv", "mm1", "waiting/queue"},
		{"queueing_golden.csv", "mmc", "waiting/queue"},
		{"queueing_golden.csv", "staff_mmc_sl", "waiting/queue"},
		{"queueing_golden.csv", "staff_mmc_cost", "waiting/queue"},
		{"queueing_golden.csv", "delay_position", "waiting"},
		{"queueing_golden.csv", "*", Pending},
		{"queueing_paths.json", "*", Pending},
		{"queueing_sim_cases.csv", "*", Pending},
		{"perception_golden.csv", "*", "waiting"},
		{"perception_fit_golden.csv", "*", Pending},
		{"perception_fit_data.csv", "*", PeerOnly},
		{"interventions_golden.json", "*", Pending},
		{"crosssell_itemset_counts.csv", "*:all", "crosssell/basket"}, // data set:family
		{"crosssell_itemset_counts.csv", "*", Pending},
		{"crosssell_rules_*", "lhs", "crosssell/basket"},
		{"crosssell_rules_*", "rhs", "crosssell/basket"},
		{"crosssell_rules_*", "antecedents", "crosssell/basket"},
		{"crosssell_rules_*", "consequents", "crosssell/basket"},
		{"crosssell_rules_*", "antecedent support", "crosssell/basket"},
		{"crosssell_rules_*", "consequent support", "crosssell/basket"},
		{"crosssell_rules_*", "support", "crosssell/basket"},
		{"crosssell_rules_*", "confidence", "crosssell/basket"},
		{"crosssell_rules_*", "lift", "crosssell/basket"},
		{"crosssell_rules_*", "coverage", "crosssell/basket"},
		{"crosssell_rules_*", "rhsSupport", "crosssell/basket"},
		{"crosssell_rules_*", "count", "crosssell/basket"},
		{"crosssell_rules_*", "n[01][01]", "crosssell/basket"},
		{"crosssell_rules_multiconsequent_*", "*", Pending},
		{"crosssell_rules_*", "*", Pending},
		{"crosssell_selfsufficient_*", "*", Pending},
		{"crosssell_sequence_counts.*", "*", Pending},
		{"crosssell_recommender_*", "*", Pending},
		{"crosssell_offer_selection*", "*", Pending},
		{"servqual_*_expected.json", "meta", PeerOnly},
		{"servqual_*_expected.json", "note", PeerOnly},
		{"servqual_*_expected.json", "tolerance_hint", PeerOnly},
		{"servqual_arith_expected.json", "servqual", "servqual"},
		{"servqual_*_expected.json", "*", Pending},
		{"servqual_spc_constants.json", "*", Pending},
		{"servqual_*.csv", "*", PeerOnly},
		{"bonds_golden.json", "contact_policy", ""},
		{"bonds_golden.json", "economics", Pending},
		{"bonds_golden.json", "loyalty_quadrant", Pending},
		{"bonds_golden.json", "benefit_gap", Pending},
		{"bonds_golden.json", "practice_audit", Pending},
		{"bonds_golden.json", "integration_depth", Pending},
		{"bonds_golden.json", "switching_cost", Pending},
		{"bonds_golden.json", "entitlement", Pending},
		{"bonds_golden.json", "sla_credit", Pending},
		{"bonds_golden.json", "relational_orientation", "tier/relationship"},
		{"bonds_golden.json", "relationship_type", "tier/relationship"},
		{"bonds_golden.json", "contact_health", Pending},
		{"bonds_golden.json", "cadence", Pending},
		{"bonds_golden.json", "recognition", Pending},
		{"bonds_golden.json", "selection", Pending},
		{"bonds_golden.json", "assignment_hash", Pending},
		{"bonds_golden.json", "community_credit", Pending},
		{"bonds_golden.json", "referral", Pending},
		{"bonds_golden.json", "referral_value", Pending},
		{"voucher_golden.json", "voucher_limit", "loyalty/voucher"},
		{"voucher_golden.json", "voucher_apply", "loyalty/voucher"},
		{"voucher_golden.json", "tier_price", "loyalty/voucher"},
		{"voucher_golden.json", "check_digit", "loyalty/voucher"},
		{"voucher_golden.json", "cashback", "loyalty/voucher"},
		{"recovery_golden.json", "lifecycle", Pending},
		{"recovery_golden.json", "business_time", Pending},
		{"recovery_golden.json", "triage", Pending},
		{"recovery_golden.json", "compensation", Pending},
		{"recovery_golden.json", "iceberg", Pending},
		{"recovery_golden.json", "pareto", Pending},
	}
}
