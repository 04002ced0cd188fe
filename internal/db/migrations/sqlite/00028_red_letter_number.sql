-- +goose Up
-- Whether a number was given to a red letter already.
create index red_letter_by_number on red_letter (shop_id, number) where number <> '';

-- +goose Down
drop index red_letter_by_number;
