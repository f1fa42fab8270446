package servqual

// Technical describes a questionnaire on the outcome of a service, its technical quality,
// as a second ready set of dimensions beside [Standard], which asks how it is delivered:
// is it safe, does it suit the customer, does it do what it is for, is it worth its price.
// Each dimension has as many items as are given, in the order safety, suitability,
// effectiveness, economy; [InstrumentParams.Validate] says what they may be.
func Technical(low, high, itemsEach int) InstrumentParams {
	p := InstrumentParams{Low: low, High: high}
	for d, name := range []string{"safety", "suitability", "effectiveness", "economy"} {
		dimension := Dimension{Name: name}
		for i := range min(max(itemsEach, 0), maxDimension+1) {
			dimension.Items = append(dimension.Items, d*itemsEach+i)
		}
		p.Dimensions = append(p.Dimensions, dimension)
	}
	return p
}
