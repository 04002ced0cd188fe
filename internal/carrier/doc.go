// Package carrier is what carriers do with parcels, as far as they say it: whose waybill a number may be (Recognise), where a
// parcel was seen (Event), who took it at the door (SignedBy), which parcels an order went out in (Parcel).
//
// Events are append-only and idempotent: a carrier repeats everything with every push, and what is known already changes
// nothing. An event is about a waybill, not about a movement: it may come before anybody has typed the number in. What follows
// from events is flow's.
//
// Errors: carrier.signature (denied), carrier.push_malformed, carrier.parcel_known (conflict).
package carrier
