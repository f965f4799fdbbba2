CREATE TABLE account (id int PRIMARY KEY, balance int NOT NULL);
INSERT INTO account SELECT n, 1000 FROM generate_series(1, 10) n;
CREATE TABLE entry (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account int NOT NULL REFERENCES account,
    amount int NOT NULL,
    at timestamptz NOT NULL DEFAULT now()
);
