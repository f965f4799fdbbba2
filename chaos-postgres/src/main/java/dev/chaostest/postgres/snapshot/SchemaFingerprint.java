// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.snapshot;

import dev.chaostest.internal.Amount;
import dev.chaostest.postgres.snapshot.internal.Captured;
import dev.chaostest.postgres.snapshot.internal.Catalog;
import dev.chaostest.postgres.snapshot.internal.ReadTransaction;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.SQLException;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import javax.sql.DataSource;

/**
 * Says how a schema is defined, in a form that can be compared: with itself after a migration ran twice or was rolled back,
 * or with another schema.
 *
 * <p>In it are tables, columns in their order, defaults, constraints, indexes, triggers and whether they are on, rules,
 * policies, views, functions, sequences, types, statistics, owners and rights, and comments; of operators, collations and
 * the like only that they are there. Not in it are rows, how far sequences are, oids, the schema's name and its comment; but
 * the text of a function is taken as it is, so a schema that is named there shows.
 *
 * <p>Equal fingerprints mean equal definitions on the same major version of PostgreSQL; versions print some things
 * differently.
 *
 * <pre>{@code
 * SchemaFingerprint before = SchemaFingerprint.of(admin, "bank");
 * migrateUpAndDown();
 * assertThat(before.diff(SchemaFingerprint.of(admin, "bank"))).isEmpty();
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads. Source: PostgreSQL documentation, chapter 53 (system catalogs).
 *
 * @param definitions what each thing is, by its name, in order
 * @since 0.1
 */
public record SchemaFingerprint(SortedMap<String, String> definitions) {

    public SchemaFingerprint {
        definitions = Collections.unmodifiableSortedMap(new TreeMap<>(definitions));
    }

    /**
     * Reads how a schema is defined now.
     *
     * @param schema its name as the catalog has it
     * @throws dev.chaostest.plan.ChaosException if it is not there, or can't be read: never is there a fingerprint of a part
     */
    public static SchemaFingerprint of(DataSource source, String schema) {
        try (ReadTransaction transaction =
                ReadTransaction.begin(source, SnapshotOptions.ofDefaults().timeout())) {
            return new SchemaFingerprint(Catalog.read(transaction, schema));
        } catch (SQLException e) {
            throw Captured.unreadable(schema, e);
        }
    }

    /** The SHA-256 of all definitions, in hexadecimal. */
    public String hash() {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            definitions.forEach((name, definition) -> {
                add(sha, name);
                add(sha, definition);
            });
            return HexFormat.of().formatHex(sha.digest());
        } catch (NoSuchAlgorithmException everyPlatformHasIt) {
            throw new IllegalStateException(everyPlatformHasIt);
        }
    }

    /** With its length in front, so that where one text ends and the next begins counts. */
    private static void add(MessageDigest sha, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        sha.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
        sha.update(bytes);
    }

    /** What is different in a later one, or in that of another schema. */
    public List<SchemaDiff.Difference> diff(SchemaFingerprint other) {
        return SchemaDiff.Difference.of(definitions, other.definitions);
    }

    @Override
    public String toString() {
        return "fingerprint " + hash().substring(0, 12) + " of " + Amount.of(definitions.size(), "definition");
    }
}
