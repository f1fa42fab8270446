package store

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/loyalty/points"
	"github.com/relmark/relmark/loyalty/voucher"
)

// Handler answers the requests of members over HTTP, in JSON:
//
//	PUT /members/{member}/orders/{order}              an Order; answers a Receipt
//	PUT /members/{member}/orders/{order}/returns/{id} a Return; answers a Refund
//	GET /members/{member}                             answers a Member
//
// A request names what it makes, so it can be sent again after any failure: 201 says that
// it was carried out now, 200 that it had been before, with the answer of then. Who a
// member is, and may do, the host checks before it comes here.
func (s *Shop) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("PUT /members/{member}/orders/{order}", func(w http.ResponseWriter, r *http.Request) {
		var o Order
		if !read(w, r, &o) {
			return
		}
		receipt, done, err := s.Checkout(r.Context(), r.PathValue("member"), r.PathValue("order"), o)
		answer(w, receipt, done, err)
	})
	mux.HandleFunc("PUT /members/{member}/orders/{order}/returns/{id}", func(w http.ResponseWriter, r *http.Request) {
		var back Return
		if !read(w, r, &back) {
			return
		}
		refund, done, err := s.Return(r.Context(), r.PathValue("member"), r.PathValue("order"), r.PathValue("id"), back)
		answer(w, refund, done, err)
	})
	mux.HandleFunc("GET /members/{member}", func(w http.ResponseWriter, r *http.Request) {
		account, err := s.Load(r.Context(), r.PathValue("member"))
		if err != nil {
			answer(w, nil, true, err)
			return
		}
		m := Member{Points: account.Balance(s.Now())}
		if s.Tier != nil {
			m.Tier = s.Tier(m.Points)
		}
		answer(w, m, true, nil)
	})
	return mux
}

// A Member is what a member sees of the account.
type Member struct {
	Tier   string         `json:"tier,omitempty"`
	Points points.Balance `json:"points"`
}

// A Problem is why a request was not carried out. It names no member and no identifier.
type Problem struct {
	Error   string           `json:"error"`
	Field   string           `json:"field,omitempty"`   // that is to be mended
	Reason  points.Reason    `json:"reason,omitempty"`  // of an account
	Reasons []voucher.Reason `json:"reasons,omitempty"` // of codes
}

// maxBody bounds what is read of a request.
const maxBody = 1 << 20

// read decodes the body of a request, and answers it if that fails.
func read(w http.ResponseWriter, r *http.Request, v any) bool {
	d := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody))
	d.DisallowUnknownFields() // a key that is misspelt would be a wish that is not heard
	if d.Decode(v) == nil {
		if _, err := d.Token(); errors.Is(err, io.EOF) { // nothing follows
			return true
		}
	}
	answer(w, nil, false, &relmark.FieldError{Field: "Body", Rule: "must be JSON of at most 1 MiB"})
	return false
}

// answer writes what was asked for, or why it is not there.
func answer(w http.ResponseWriter, v any, done bool, err error) {
	code := http.StatusCreated
	if done {
		code = http.StatusOK
	}
	if err != nil {
		code, v = status(err), problem(err)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(v) // nobody is left to be told
}

// problem says of an error what a client may know: those of the module hold no
// identifiers, and those of the database stay here.
func problem(err error) Problem {
	p := Problem{Error: err.Error()}
	if status(err) == http.StatusInternalServerError {
		p.Error = "internal error"
	}
	if field, ok := errors.AsType[*relmark.FieldError](err); ok {
		p.Field = field.Field
	}
	if refused, ok := errors.AsType[*points.CommandError](err); ok {
		p.Reason = refused.Reason
	}
	if refused, ok := errors.AsType[*voucher.RefusedError](err); ok {
		p.Reasons = refused.Reasons
	}
	return p
}

// status says what a client can do about an error.
func status(err error) int {
	switch {
	case errors.Is(err, relmark.ErrInvalid): // mend the request
		return http.StatusBadRequest
	case errors.Is(err, relmark.ErrRefused): // the state forbids it
		return http.StatusUnprocessableEntity
	case errors.Is(err, relmark.ErrConflict): // send it again
		return http.StatusConflict
	case errors.Is(err, relmark.ErrLimit):
		return http.StatusRequestEntityTooLarge
	}
	return http.StatusInternalServerError
}
