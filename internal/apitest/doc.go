// Package apitest plays stories: plain text files that tell what people do with the API, one after another, what must
// come back, and which turns must be refused. Tests play them in process on both databases with a clock they turn;
// examples/run plays them against a running server.
//
//	title SH-01 七天无理由退货 · A return without a reason
//	shop shoes                                             the pack of the shop it plays in; shoes when it does not say
//
//	== 申请 · The application                              a heading, printed
//
//	step 顾客申请退货 · She asks to send them back          what a reader sees
//	agent POST /cases 201                                  who, method, path, status that must come back
//	  {"channel": "chat", "lines": [ … ]}                  the body: the indented lines
//	twice                                                  asked again with the same key: the same answer, nothing more happens
//	save case = case.id                                    ${case} from here on
//	expect lines[0].state = requested
//
//	fault 待审核不能验货 · Nothing to inspect yet            must be refused …
//	warehouse POST /lines/${line}/inspect 409 flow.not_now  … with this problem key, and must change nothing
//	  {"facts": {}}
//
// Who is one of the roles of cast.go, each with a token of the story's own shop. Paths are below that shop unless they
// begin with /api/ or name what stands beside the API (/healthz). POSTs carry an Idempotency-Key of their own; "key NAME"
// names it, to use one again, and "key none" sends none. "eventually" asks a GET until its expectations hold: jobs may still be at work.
//
// A path into an answer is names, places and choices: lines[0].state, lines[-1], settlements[kind=refund].minor;
// items[].verb is the list of every item's verb. The expectations:
//
//	expect PATH = VALUE     equal as JSON; a value that is not JSON is a string
//	expect PATH ~ REGEXP    a string or number that matches
//	expect PATH has VALUE   a list with this member, or a string with this part
//	expect PATH lacks VALUE the opposite
//	expect PATH count N     a list of N members
//	expect PATH sums N      a list of numbers with this sum
//	expect PATH exists, expect PATH absent
//
// ${today} and ${now} are the shop's date and this instant; ${today-3}, ${now-36h}, ${now+2d} count from them. ${shop} and
// ${other_shop} are the story's shop and a stranger's. "let NAME = VALUE" sets one.
//
// Between steps, in process only: "clock +3d" (or h, m) turns the clock, "gateway bounces" scripts the next answers of
// the payment provider (settle.Turn; "pays" is the plain one), "jobs" runs what is due. A running server does its jobs
// by itself: there "jobs" waits for nothing and the others are errors.
//
// A fault is held to its word: the runner reads the shop's cases, books and, once ${case} and ${order} are saved, that
// case with its timeline and notes, and that order, before and after, and compares. Errors name file and line, what was
// expected and what came.
package apitest
