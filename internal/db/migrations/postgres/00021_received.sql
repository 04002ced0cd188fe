-- What came back in some days, for the stock system.

-- +goose Up
create index movement_received on movement (shop_id, received_at, id) where received_at is not null;

-- +goose Down
drop index movement_received;
