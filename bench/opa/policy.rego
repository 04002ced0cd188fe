# The shoe shop's and the law's rules for one remedy, money back for goods that come back (refund_return), for the grounds
# quality and no_reason: policies/law-cn and policies/shoes by hand, as somebody would write them for Open Policy Agent.
# It answers the asked key and nothing else. Every fact is known; dates are days since 1970-01-01.
package sanbao

tagged if input.line.category in {"shoes", "clothing", "hats", "bags", "toys", "textiles", "home"}

sealed if input.line.category in {"food", "cosmetics", "medical"}
sealed if input.line.kind == "digital"

delivered if input.order.delivery == "delivered"

law if not input.order.business

shop if {
	input.line.category == "shoes"
	not input.order.business
}

# The windows. The law's last day moves on over days off; a day of receipt is there only once the goods were delivered.
shop_last := input.line.signed_on + 7

law_last := data.calendar.workday[shop_last - data.calendar.first]

late(last) := "too_late" if {
	delivered
	input.application.sent_on > last
} else := ""

unless(ok, reason) := "" if ok
else := reason

defect := unless(input.finding.defect, "no_defect")

unworn := unless(input.goods.worn == false, "worn")

resaleable := unless(input.goods.resaleable, "not_resaleable")

arrived := unless(input.order.delivery == "delivered", "not_delivered_yet")

complete := unless(input.goods.parts_missing == false, "parts_missing")

unimpaired := unless(input.goods.impaired == false, "impaired")

# only[x] is a condition on a fact that some goods do not have.
where_tagged(missing, reason) := reason if {
	tagged
	missing
} else := ""

where_sealed(broken, reason) := reason if {
	sealed
	broken
} else := ""

untampered := "tampered" if {
	input.line.category == "electronics"
	input.goods.tampered
} else := ""

kind(word) := unless(input.line.kind != word, word)

# verdict[claim] is why a claim that concerns the matter fails, nothing where it holds.
verdict["law-cn.quality_return"] := reasons([late(law_last), defect]) if {
	input.ground == "quality"
	law
}

verdict["law-cn.unqualified"] := reasons([unless(input.finding.unqualified, "not_unqualified")]) if {
	input.ground == "quality"
	law
}

verdict["law-cn.repaired_twice"] := reasons([unless(input.finding.repaired_twice, "not_repaired_twice")]) if {
	input.ground == "quality"
	law
	input.line.category == "electronics"
}

verdict["law-cn.rescission"] := reasons([unless(input.finding.purpose_defeated, "not_rescindable")]) if {
	input.ground == "quality"
	law
}

verdict["shoes.quality"] := reasons([late(shop_last), unworn, resaleable, defect]) if {
	input.ground == "quality"
	shop
}

verdict["shoes.quality_no_stock"] := reasons([defect]) if {
	input.ground == "quality"
	shop
	not input.exchange.in_stock
}

verdict["shoes.relaxed"] := [] if {
	shop
	input.goodwill.override
}

verdict["law-cn.no_reason"] := reasons([
	late(law_last),
	unless(input.order.channel == "distance", "bought_in_store"),
	arrived,
	complete,
	unimpaired,
	where_sealed(input.goods.seal_broken, "seal_broken"),
	untampered,
	where_tagged(input.goods.tag_removed, "tag_removed"),
	where_tagged(input.goods.soiled, "soiled"),
	unless(input.parcel.problem != "wrong", "wrong_article_back"),
	kind("custom_made"),
	kind("fresh"),
	kind("periodical"),
	unless(input.line.exclusion_confirmed == false, "exclusion_confirmed"),
]) if {
	input.ground == "no_reason"
	law
}

verdict["shoes.no_reason"] := reasons([
	late(shop_last),
	arrived,
	unworn,
	resaleable,
	where_tagged(input.goods.tag_removed, "tag_removed"),
	unless(input.goods.inner_pack_missing == false, "inner_pack_missing"),
]) if {
	input.ground == "no_reason"
	shop
}

reasons(list) := [r | some r in list; r != ""]

# What the claims give. Of a leg 2 is better for the customer than 1; of authority 3 (nobody) is best, 0 says nothing.
gives := {
	"law-cn.quality_return": {"right": "as_of_right", "outbound": 2, "return": 2, "due": 15, "window": "law"},
	"law-cn.unqualified": {"right": "as_of_right", "outbound": 2, "return": 2, "due": 15},
	"law-cn.repaired_twice": {"right": "review", "outbound": 2, "return": 2, "due": 15},
	"law-cn.rescission": {"right": "as_of_right", "outbound": 2, "return": 2, "due": 15},
	"shoes.quality": {"right": "as_of_right", "outbound": 2, "return": 2, "due": 0, "send_by": 10, "window": "shop"},
	"shoes.quality_no_stock": {"right": "as_of_right", "outbound": 2, "return": 2, "due": 15},
	"shoes.relaxed": {"right": "as_of_right", "outbound": 1, "return": 1, "due": 0, "send_by": 10},
	"law-cn.no_reason": {"right": "as_of_right", "outbound": 1, "return": 1, "due": 7, "window": "law"},
	"shoes.no_reason": {"right": "as_of_right", "outbound": 1, "return": 1, "due": 0, "send_by": 10, "window": "shop"},
}

# The claims in the order of the packs, the law first; and with the shop first, for the reason of a refusal.
law_claims := ["law-cn.quality_return", "law-cn.unqualified", "law-cn.repaired_twice", "law-cn.rescission", "law-cn.no_reason"]

shop_claims := ["shoes.relaxed", "shoes.no_reason", "shoes.quality", "shoes.quality_no_stock"]

lacks_proof("shoes.quality") if not input.evidence.photo

standing := [c | some c in array.concat(law_claims, shop_claims); verdict[c] == []]

rights := [c | some c in standing; gives[c].right == "as_of_right"]

proven := [c | some c in rights; not lacks_proof(c)]

outcome := "approve" if count(proven) > 0
else := "need_evidence" if count(rights) > 0
else := "manual_review" if count(standing) > 0
else := "manual_review" if count(verdict) == 0
else := "reject"

from := proven if outcome == "approve"
else := rights if outcome == "need_evidence"
else := standing

nearest := [c | some c in array.concat(shop_claims, law_claims); count(verdict[c]) == least][0] if {
	least := min([n | some r in verdict; n := count(r)])
}

best(point) := max([v | some c in from; v := gives[c][point]])

# Free delivery from a threshold that the return breaks comes off once: the shop's own claim takes it, the law permits it.
deduction(claim) := input.order.threshold_freight if {
	input.order.free_shipping_lost
	claim in {"shoes.no_reason", "law-cn.no_reason"}
	"shoes.no_reason" in from
} else := 0

freight := input.line.outbound_freight if best("outbound") == 2
else := 0

total := max([sum | some c in from; sum := (input.line.goods_amount + freight) - deduction(c)])

table := 3 if input.order.unshipped
else := 2 if input.line.goods_amount <= 50000
else := 1

authority_of(claim) := table if claim in {"shoes.quality", "shoes.no_reason"}
else := 3 if claim == "shoes.relaxed"
else := 0

last_of("law") := law_last

last_of("shop") := shop_last

points := {
	"outcome": outcome,
	"clause": from[0],
	"right": gives[from[0]].right,
	"outbound": ["", "kept", "refunded"][best("outbound")],
	"return": ["", "customer", "shop"][best("return")],
	"total": max([0, total]),
	"shortfall": max([0, 0 - total]),
	"authority": ["", "supervisor", "agent", "none"][max([a | some c in from; a := authority_of(c)])],
	"due": min([d | some c in from; d := input.goods.back_on + gives[c].due]),
	"send_by": [d | some c in from; d := input.application.sent_on + gives[c].send_by],
	"last_day": [d | some c in from; d := last_of(gives[c].window)],
	"evidence": [c | some c in from; outcome == "need_evidence"; lacks_proof(c)],
} if {
	count(from) > 0
} else := {"outcome": outcome, "clause": nearest, "reason": verdict[nearest][0]} if {
	outcome == "reject"
} else := {"outcome": outcome, "reason": "no_clause"}
