CREATE TABLE account (
    id      integer PRIMARY KEY,
    balance integer NOT NULL
);

CREATE TABLE transfer (
    id     text PRIMARY KEY,
    amount integer NOT NULL
);

INSERT INTO account VALUES (1, 1000), (2, 1000), (3, 1000);
