CREATE TABLE account (
    id      integer PRIMARY KEY,
    balance integer NOT NULL CHECK (balance >= 0)
);

CREATE TABLE transfer (
    id     text PRIMARY KEY,
    amount integer NOT NULL
);

INSERT INTO account VALUES (1, 1000), (2, 1000);
