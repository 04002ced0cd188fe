// Package movement is goods going one way for a purpose 货物移动: a return from the customer, a
// parcel on its way to the customer that is to be stopped, goods sent back to the customer, the article given in
// exchange, what is sent once more, or a return that goes on to another warehouse. A movement carries units of one or several case lines of one case, has the number that is written on
// the parcel (RMA), and goes through the states of its purpose (state.go).
//
// Custody (custody.go) says who holds how many units of an order line. Every movement of units is one append-only
// custody row from one holder to another, so that units are neither made nor lost: for every order line the holdings
// sum to the units sold.
//
// Errors: movement.not_now (conflict), movement.not_found, movement.waybill_malformed, db.stale (conflict).
package movement
