package relmark_test

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/relmark/relmark"
	"github.com/relmark/relmark/waiting/queue"
)

// What does my web service answer when the SDK refuses? Seven errors say what a client
// can do about it, and a [relmark.FieldError] which field to mend. The text of an error
// never holds an identifier, so it may go out as it is.
func Example_errorToHTTPStatus() {
	_, noPolicy := relmark.DecodeContactPolicy([]byte(`{"v":99}`), time.LoadLocation)
	_, noServers := queue.NewMMC(queue.MMCParams{Arrival: 24, Service: 15, Unit: time.Hour})
	for _, err := range []error{
		nil, noServers, noPolicy,
		fmt.Errorf("points: %w", relmark.ErrRefused), fmt.Errorf("points: %w", relmark.ErrConflict), errors.New("the database is down"),
	} {
		status := httpStatus(err)
		field, _ := errors.AsType[*relmark.FieldError](err)
		fmt.Print(status, " ", http.StatusText(status))
		if field != nil {
			fmt.Printf(": %s %s", field.Field, field.Rule)
		}
		fmt.Println()
	}
	// Output:
	// 200 OK
	// 400 Bad Request: Servers must exceed the load Arrival/Service
	// 415 Unsupported Media Type
	// 422 Unprocessable Entity
	// 409 Conflict
	// 500 Internal Server Error
}

func httpStatus(err error) int {
	switch {
	case err == nil:
		return http.StatusOK
	case errors.Is(err, relmark.ErrUnsupported): // written by a newer program, or not by this one
		return http.StatusUnsupportedMediaType
	case errors.Is(err, relmark.ErrInvalid): // the same request fails again
		return http.StatusBadRequest
	case errors.Is(err, relmark.ErrRefused): // the state forbids it: not enough points, a code used up
		return http.StatusUnprocessableEntity
	case errors.Is(err, relmark.ErrConflict): // somebody was faster: load again and retry
		return http.StatusConflict
	case errors.Is(err, relmark.ErrLimit): // a stated limit of the SDK
		return http.StatusRequestEntityTooLarge
	case errors.Is(err, relmark.ErrTooFew), errors.Is(err, relmark.ErrNoConverge): // come back with more data
		return http.StatusUnprocessableEntity
	}
	return http.StatusInternalServerError
}
