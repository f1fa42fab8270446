package abc

import "slices"

// appendTable appends the classes of a table, three rows apart by a space.
func appendTable(b []byte, classes []Class) ([]byte, error) {
	width := len(classes) / 3
	for i, class := range classes {
		if i > 0 && i%width == 0 {
			b = append(b, ' ')
		}
		var err error
		if b, err = appendName(b, class); err != nil {
			return nil, err
		}
	}
	return b, nil
}

// parseTable reads what appendTable appends into classes.
func parseTable(classes []Class, text []byte) error {
	width := len(classes) / 3
	read := make([]Class, 0, len(classes))
	for i, c := range text {
		if i%(width+1) == width {
			if c != ' ' {
				return errTable()
			}
			continue
		}
		if c < 'A' || c > 'C' || len(read) == len(classes) {
			return errTable()
		}
		read = append(read, A+Class(c-'A'))
	}
	if len(read) < len(classes) || len(text) != len(classes)+2 {
		return errTable()
	}
	copy(classes, read)
	return nil
}

func errTable() error {
	return wrap(fault("Table", nil, "must be three words of the letters A, B and C, as long as its rows"))
}

func (t *Table) flat() []Class {
	return slices.Concat(t[0][0][:], t[0][1][:], t[0][2][:], t[1][0][:], t[1][1][:], t[1][2][:], t[2][0][:], t[2][1][:], t[2][2][:])
}

// MarshalText returns the rows of t as [DefaultTable] shows them, such as
// "AAAAAAAAB ABBBBBBBC BCCBCCCCC". It fails if a cell has no class.
func (t Table) MarshalText() ([]byte, error) { return appendTable(nil, t.flat()) }

// UnmarshalText reads what [Table.MarshalText] returns; t is unchanged on error.
func (t *Table) UnmarshalText(text []byte) error {
	flat := t.flat()
	if err := parseTable(flat, text); err != nil {
		return err
	}
	for i, class := range flat {
		t[i/9][i/3%3][i%3] = class
	}
	return nil
}

// MarshalText returns the rows of t, by level of fit, such as "AAB ABC BCC". It
// fails if a cell has no class.
func (t ProspectTable) MarshalText() ([]byte, error) {
	return appendTable(nil, slices.Concat(t[0][:], t[1][:], t[2][:]))
}

// UnmarshalText reads what [ProspectTable.MarshalText] returns; t is unchanged on
// error.
func (t *ProspectTable) UnmarshalText(text []byte) error {
	flat := make([]Class, 9)
	if err := parseTable(flat, text); err != nil {
		return err
	}
	for i, class := range flat {
		t[i/3][i%3] = class
	}
	return nil
}
