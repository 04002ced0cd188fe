-- +goose Up
-- What a line's decision gives, beside its status: lists show it.
alter table case_line add column gives bigint;

-- +goose Down
alter table case_line drop column gives;
