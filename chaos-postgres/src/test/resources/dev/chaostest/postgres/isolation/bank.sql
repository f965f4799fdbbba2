-- A semicolon in a comment; and in bodies below.
CREATE TABLE account (
    id int PRIMARY KEY,
    balance int NOT NULL CHECK (balance >= 0)
);

CREATE FUNCTION move(source int, target int, amount int) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE account SET balance = balance - amount WHERE id = source;
    UPDATE account SET balance = balance + amount WHERE id = target;
END;
$$;

CREATE FUNCTION total() RETURNS bigint LANGUAGE sql
BEGIN ATOMIC
    SELECT sum(balance) FROM account;
END;

INSERT INTO account VALUES (1, 1000), (2, 1000);
SELECT move(1, 2, 100), '{1,2}'::int[] @> ARRAY[1], '{"a": 1}'::jsonb ? 'a';
