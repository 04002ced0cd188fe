// Package calendar knows days: dates, working days, working hours, and when a period that was promised ends.
//
// A Date is a day without a time; a clock.Instant is a point in time without a day. Only a Calendar, which has a
// time zone, can turn one into the other, so neither is ever mistaken for the other.
//
// The rules it computes are fixed ones:
//
//   - G6: a period in days leaves its first day out and is open until 24:00 of its last; months and years end on the
//     corresponding day, else on the last day of the month (Civil Code arts 201, 202: CC-201, CC-202); periods in
//     hours run without a stop.
//   - G7: "within N working days" ends at 24:00 of the N-th working day after the day of the trigger.
//   - G8: where a period rolls, a last day that is not a working day moves to the next working day (art 203: CC-203).
//     Only statutory periods of a consumer roll; what rolls is said by the period, never assumed here.
//
// Which days are worked is data. Weekly hours, holidays, and the weekend days that are worked in exchange for a
// longer holiday (调休) come from a text file whose form is described at Parse. A day that the data does not cover is
// an error that names the year and the calendar (key calendar.year_missing). Nothing is guessed, not even a Sunday:
// a notice that is not there yet may make it a working day.
package calendar
