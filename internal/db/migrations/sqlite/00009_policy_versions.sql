-- +goose Up
-- A version of a policy pack that a shop is writing. It is kept however faulty it is; only what is published decides.
create table policy_draft (
  id             integer primary key,
  shop_id        integer not null references shop(id),
  pack           text not null,
  base_version   text not null,            -- what it was begun from
  base_hash      text not null,
  title          text not null,
  notes          text not null,
  state          text not null check (state in ('draft', 'proposed', 'published', 'discarded')),
  version_name   text not null default '', -- as it was proposed
  effective_from text,                     -- likewise: first day in force
  content_hash   text not null default '', -- of every file as it was proposed
  reason         text not null default '', -- why it was returned
  editors        text not null,            -- JSON: everybody who edited or proposed it; none of them may publish it
  made_by        text not null,
  made_at        integer not null,
  proposed_by    text not null default '',
  proposed_at    integer,
  changed_at     integer not null,
  version        integer not null
) strict;
create index policy_draft_by_shop on policy_draft (shop_id, id);

create table policy_draft_file (
  shop_id  integer not null,
  draft_id integer not null references policy_draft(id),
  name     text not null,                  -- "returns.yaml", "cases/quality.yaml"
  body     text not null,
  primary key (draft_id, name)
) strict;

-- A version a shop has published. It decides the orders paid from its first day on, and is never changed.
create table policy_version (
  id             integer primary key,
  shop_id        integer not null references shop(id),
  seq            integer not null,         -- the shop's own count: tells a node in one look whether it knows all of them
  pack           text not null,
  version        text not null,
  effective_from text not null,
  hash           text not null,            -- of the rules, as decisions name it
  content_hash   text not null,            -- of every file
  files          text not null,            -- JSON: name to text
  notes          text not null,
  draft_id       integer not null references policy_draft(id),
  proposed_by    text not null,
  published_by   text not null,
  published_at   integer not null,
  unique (shop_id, seq),
  unique (shop_id, pack, version),
  unique (shop_id, pack, effective_from)
) strict;

-- A proof, a backtest or a run of golden cases, done by a job.
create table policy_run (
  id           integer primary key,
  shop_id      integer not null references shop(id),
  kind         text not null check (kind in ('verify', 'backtest', 'cases')),
  draft_id     integer references policy_draft(id),
  pack         text not null,
  version      text not null default '',   -- of a version instead of a draft
  content_hash text not null,              -- of the files it looked at
  from_date    text,                       -- backtest: days of the decisions
  to_date      text,
  state        text not null check (state in ('queued', 'running', 'done', 'cancelled', 'failed')),
  done         integer not null default 0,
  total        integer not null default 0,
  result       text not null default '',   -- JSON
  error        text not null default '',   -- JSON: key and arguments of what went wrong
  asked_by     text not null,
  asked_at     integer not null,
  started_at   integer,
  ended_at     integer
) strict;
create index policy_run_by_shop on policy_run (shop_id, id);

-- +goose StatementBegin
create trigger policy_version_append_only_update before update on policy_version begin select raise(abort, 'policy_version is append-only'); end;
-- +goose StatementEnd
-- +goose StatementBegin
create trigger policy_version_append_only_delete before delete on policy_version begin select raise(abort, 'policy_version is append-only'); end;
-- +goose StatementEnd
