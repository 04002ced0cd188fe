-- +goose Up
-- Jobs of package job's embedded engine. On PostgreSQL River brings tables of its own.

create table job (
  id           integer primary key,
  queue        text not null,
  kind         text not null,
  unique_key   text,                      -- at most one live job of a kind has it
  args         text not null,             -- JSON
  state        text not null check (state in ('waiting', 'running', 'done', 'cancelled', 'dead')),
  run_at       integer not null,          -- not before
  attempt      integer not null,          -- runs begun
  max_attempts integer not null,
  worker       integer,                   -- running: whose
  lease_until  integer,                   -- running: unless extended, the worker is taken for dead then
  cancel_asked integer not null default 0 check (cancel_asked in (0, 1)),  -- running: not to be tried again
  last_error   text not null default '',
  created_at   integer not null,
  ended_at     integer,
  check ((state = 'running') = (worker is not null and lease_until is not null)),
  check ((state in ('done', 'cancelled', 'dead')) = (ended_at is not null))
) strict;
create index job_due on job (queue, run_at) where state = 'waiting';
create index job_leased on job (lease_until) where state = 'running';
create unique index job_unique on job (kind, unique_key) where unique_key is not null and state in ('waiting', 'running');
create index job_ended on job (ended_at) where ended_at is not null;
