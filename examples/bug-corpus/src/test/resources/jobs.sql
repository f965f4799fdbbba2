CREATE TABLE job (
    id     integer PRIMARY KEY,
    status text NOT NULL DEFAULT 'waiting'
);

CREATE TABLE result (
    job   integer NOT NULL,
    value text NOT NULL
);

CREATE TABLE inbox (
    message text PRIMARY KEY
);

INSERT INTO job (id) VALUES (1), (2), (3);
