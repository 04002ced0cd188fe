// Package job does later, and again if need be, what must not happen inside a transaction: gateway calls, messages,
// expiries. A job is written in the transaction that decides on it, so it exists exactly if that decision does.
//
//	jobs := job.Open(d, job.Options{})
//	jobs.Register("pay_refund", payRefund, job.MaxAttempts(20))
//	…
//	jobs.Enqueue(tx, "pay_refund", args, job.Unique(settlement.String()))
//
// Two engines stand behind one contract (contract_test.go runs it on both). On PostgreSQL River shares the work among
// nodes. On SQLite a small engine of our own works the table "job": a dispatcher claims what is due, runs handlers in
// goroutines and extends the lease of what is running; when a process dies its leases run out and its jobs run again.
//
// The contract: a job runs at least once, not before its time, never twice at the same time while its worker lives,
// and a handler must bear being run again. A handler that fails is tried again after a growing pause and, after its
// last attempt, is dead: kept with its last error for a person to look at and Retry. A job with a unique key is
// enqueued once for as long as one with that key waits or runs.
//
//	waiting → running → done
//	   ↑         ├────→ waiting (failed, snoozed, or its worker died)
//	   └ Retry ← dead (failed too often)        waiting, running → cancelled
//
// Lateness: a job that is due at once starts within milliseconds in the process that enqueued it and within a second
// elsewhere; a scheduled one starts within a second of its time on SQLite, five on PostgreSQL.
package job
