CREATE TABLE branch (
    name text PRIMARY KEY
);

CREATE TABLE entry (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    branch  text NOT NULL REFERENCES branch,
    worker  integer NOT NULL DEFAULT 0,
    message text NOT NULL
);

CREATE TABLE version (
    branch text PRIMARY KEY REFERENCES branch,
    major  integer NOT NULL DEFAULT 1,
    minor  integer NOT NULL DEFAULT 0,
    patch  integer NOT NULL DEFAULT 0
);

CREATE TABLE account (
    id      integer PRIMARY KEY,
    owner   text NOT NULL UNIQUE,
    balance integer NOT NULL CHECK (balance >= 0)
);

INSERT INTO branch VALUES ('main'), ('test'), ('next');
INSERT INTO version (branch) VALUES ('main'), ('test'), ('next');
INSERT INTO account VALUES (1, 'ann', 1000), (2, 'bob', 1000), (3, 'cleo', 1000);
