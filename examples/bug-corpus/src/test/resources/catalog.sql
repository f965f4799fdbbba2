CREATE TABLE product (
    id      integer PRIMARY KEY,
    name    text NOT NULL,
    price   integer NOT NULL,
    version integer NOT NULL DEFAULT 1
);

CREATE TABLE copied (
    id    integer NOT NULL,
    price integer NOT NULL
);

CREATE TABLE history (
    product integer NOT NULL,
    change  text NOT NULL
);

CREATE TABLE total (
    what   text NOT NULL,
    amount integer NOT NULL
);

INSERT INTO product (id, name, price)
SELECT n, 'product ' || n, 10 * n
FROM generate_series(1, 6) AS n;
