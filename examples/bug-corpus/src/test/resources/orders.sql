CREATE TABLE orders (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    request text NOT NULL,
    item    text NOT NULL,
    status  text NOT NULL DEFAULT 'open'
);

CREATE TABLE order_line (
    order_id bigint NOT NULL REFERENCES orders,
    item     text NOT NULL
);

CREATE TABLE outbox (
    request text NOT NULL,
    event   text NOT NULL
);

CREATE TABLE audit (
    what text NOT NULL
);

CREATE TABLE stock (
    item text PRIMARY KEY,
    n    integer NOT NULL
);

INSERT INTO stock VALUES ('book', 10), ('pen', 10);
