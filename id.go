package relmark

// ID is the constraint for identifiers of customers, items, orders and whatever
// else a host names: any string or integer type. Floats are left out because NaN
// is no usable key, structs because they have no order, and every result that
// lists identifiers lists them in a stated order.
type ID interface {
	~string |
		~int | ~int8 | ~int16 | ~int32 | ~int64 |
		~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64
}
