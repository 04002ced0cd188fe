// Package demo is the demo data: one morning in the shops of people who do not exist. It is what a newcomer sees after
// the first start, the pictures of the documents, and the ground of the browser's journeys: one set, everywhere.
//
// Everything in it is done by the commands everybody uses, with the real policies, at times counted back from the moment
// of seeding, so that deadlines run whenever it is started. A case is seeded only when what must come out of it does come
// out; one whose journey is not built yet is left out. Names, numbers and addresses are invented: phones 13800138001 to
// 13800138099, order numbers that begin with 99, waybills with DEMO in them. All shops are simulations: no real money (S2-01).
//
//	shops.go  shops, warehouses, staff     goods.go  what they sell     play.go  how a case is played
//	shoes.go, cosmetics.go …               the cases of a shop
package demo
