// Package flow holds the journeys: what happens to a customer's matter from the first word to the last fen. It is the
// only place that sees several slices at once; one journey, or one stretch of it, is one file, read top to bottom.
//
//	flow.go         what a journey needs; who acts
//	dossier.go      everything that is known of one case, read in one snapshot
//	change.go       one command on a case: plan on a dossier, apply under the case's version, again if somebody was quicker
//	allowed.go      which command may be given when: one pure table
//	status.go       what people see of a line and a case: a pure projection
//	decide.go       facts from the slices, the policy's answer, the event that follows from it
//	apply.go        申请: what a customer asks for, decided and written as a new case
//	bulk.go         批量: many orders with the same matter
//	return.go       退货: answer, agree, decline, and what an approval sets in motion
//	tracking.go     物流跟踪: what carriers say of parcels, and what follows
//	enquiry.go      查件: a carrier is asked where a parcel is
//	claim.go        快递索赔: what a carrier lost or broke, wanted back from it
//	receive.go      the parcel: waybill, signed for, opened, counted
//	surplus.go      多出来的: what was in it beyond what was announced
//	inspect.go      验货: what was found on the goods, and what follows
//	serial.go       序列号: another unit than was sold is kept apart
//	exchange.go     换货: the article given instead
//	intercept.go    快递拦截: a parcel on its way that is to be stopped
//	reissue.go      补发: what was broken or missing, sent once more
//	refund_only.go  仅退款: money back without goods
//	money.go        what is owed, by whose payments, booked when approved and when arrived
//	cashier.go      打款台: approve, return, start, confirm, bounce, retry
//	pay.go          the gateway: asked once, booked once
//	amend.go        split, cancel, expire, dispute, reopen, notes, flags
//
// A command is Plan and Apply. Planning reads a dossier and does everything slow (the policy); applying takes the case
// under the version that was read and writes. If another command was quicker, the plan is thrown away and made anew.
// A refused command changes nothing and says why and what is allowed instead (allowed.go).
package flow
