package abc

import (
	"slices"

	"github.com/relmark/relmark/internal/fault"
)

// appendTable appends the cells of a table, three rows apart by a space.
func appendTable(b []byte, cells []Class) ([]byte, error) {
	width := len(cells) / 3
	for i, class := range cells {
		if i > 0 && i%width == 0 {
			b = append(b, ' ')
		}
		if err := classes().Check("Table", class); err != nil {
			return nil, wrap(err)
		}
		b = append(b, class...)
	}
	return b, nil
}

// parseTable reads what appendTable appends into cells.
func parseTable(cells []Class, text []byte) error {
	width := len(cells) / 3
	read := make([]Class, 0, len(cells))
	for i := range text {
		if i%(width+1) == width {
			if text[i] != ' ' {
				return errTable()
			}
			continue
		}
		class := Class(text[i : i+1])
		if !classes().Valid(class) || len(read) == len(cells) {
			return errTable()
		}
		read = append(read, class)
	}
	if len(read) < len(cells) || len(text) != len(cells)+2 {
		return errTable()
	}
	copy(cells, read)
	return nil
}

func errTable() error {
	return wrap(fault.New("Table", nil, "must be three words of the letters a, b and c, as long as its rows"))
}

func (t *ClassTable) flat() []Class {
	return slices.Concat(t[0][0][:], t[0][1][:], t[0][2][:], t[1][0][:], t[1][1][:], t[1][2][:], t[2][0][:], t[2][1][:], t[2][2][:])
}

// MarshalText returns the rows of t as [DefaultClassTable] shows them, such as
// "aaaaaaaab abbbbbbbc bccbccccc". It fails if a cell has no class.
func (t ClassTable) MarshalText() ([]byte, error) { return appendTable(nil, t.flat()) }

// UnmarshalText reads what [ClassTable.MarshalText] returns; t is unchanged on error.
func (t *ClassTable) UnmarshalText(text []byte) error {
	flat := t.flat()
	if err := parseTable(flat, text); err != nil {
		return err
	}
	for i, class := range flat {
		t[i/9][i/3%3][i%3] = class
	}
	return nil
}

func (t *ProspectTable) flat() []Class { return slices.Concat(t[0][:], t[1][:], t[2][:]) }

// MarshalText returns the rows of t, by level of fit, such as "aab abc bcc". It
// fails if a cell has no class.
func (t ProspectTable) MarshalText() ([]byte, error) {
	return appendTable(nil, t.flat())
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
