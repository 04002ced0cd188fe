-- +goose Up
-- On SQLite this step makes the table of package job's embedded engine. Here River does that work, in tables that it
-- brings and versions itself (see migrate.go); the step keeps the numbers of both dialects equal.

select 1;
