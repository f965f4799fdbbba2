// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.functional.equivalence;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the server was sent on one connection, read on its far side and by other means than the seam reads it.
 *
 * <p>Closes of statements are left out: the driver sends them when the garbage collector has found one. So are the questions of
 * a seam for the numbers of transactions.
 */
final class Conversation {

    private static final int CANCEL_REQUEST = 80877102;
    private static final int SSL_REQUEST = 80877103;
    private static final int GSS_REQUEST = 80877104;

    private final Questions questions = new Questions();
    private final List<String> messages = new ArrayList<>();
    private final List<String> statements = new ArrayList<>();
    private final Map<String, String> named = new HashMap<>();
    private final Map<String, String> bound = new HashMap<>();
    private final Set<String> begun = new HashSet<>();
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private boolean started;
    /** With fewer bytes there is nothing to read yet. */
    private int wanted;

    /** The messages, one line each. */
    synchronized List<String> messages() {
        return List.copyOf(messages);
    }

    /** The SQL of each statement that the server was told to run, however it was sent. */
    synchronized List<String> statements() {
        return List.copyOf(statements);
    }

    synchronized void sent(byte[] bytes, int length) {
        kept.write(bytes, 0, length);
        if (kept.size() < wanted) {
            return;
        }
        ByteBuffer all = ByteBuffer.wrap(kept.toByteArray());
        while (isWhole(all)) {
            read(all);
        }
        kept.reset();
        kept.write(all.array(), all.position(), all.remaining());
        int header = started ? 1 : 0;
        wanted = all.remaining() < header + Integer.BYTES ? 0 : header + all.getInt(all.position() + header);
    }

    private boolean isWhole(ByteBuffer all) {
        int header = started ? 1 : 0;
        return all.remaining() >= header + Integer.BYTES
                && all.remaining() >= header + all.getInt(all.position() + header);
    }

    private void read(ByteBuffer all) {
        char type = started ? (char) all.get() : ' ';
        ByteBuffer body = all.slice(all.position() + Integer.BYTES, all.getInt(all.position()) - Integer.BYTES);
        all.position(all.position() + all.getInt(all.position()));
        if (started) {
            message(type, body);
        } else {
            first(body);
        }
    }

    private void first(ByteBuffer body) {
        int code = body.getInt();
        switch (code) {
            case CANCEL_REQUEST -> messages.add("cancel");
            case SSL_REQUEST -> messages.add("TLS?");
            case GSS_REQUEST -> messages.add("GSS?");
            default -> {
                started = true;
                String settings = StandardCharsets.UTF_8.decode(body).toString();
                messages.add("startup " + (code >> 16) + "." + (code & 0xffff) + " " + settings.replace('\0', ' '));
            }
        }
    }

    private void message(char type, ByteBuffer body) {
        if (questions.isPart(type, body.duplicate())) {
            return;
        }
        int length = body.remaining();
        switch (type) {
            case 'Q' -> query(Questions.without(text(body)));
            case 'P' -> parse(text(body), text(body));
            case 'B' -> bind(text(body), text(body), length);
            case 'E' -> execute(text(body), body.getInt());
            case 'D' -> messages.add("D " + (char) body.get() + " " + text(body));
            case 'C' -> close((char) body.get(), text(body));
            case 'F' -> messages.add("F " + body.getInt() + ", " + length + " bytes");
            case 'd' -> messages.add("d " + Print.bytes(rest(body)));
            default -> messages.add(type + " " + length + " bytes");
        }
    }

    private void query(String sql) {
        statements.add(sql);
        messages.add("Q " + Print.value(sql));
    }

    private void parse(String name, String sql) {
        named.put(name, sql);
        messages.add("P " + name + " " + Print.value(sql));
    }

    private void bind(String portal, String statement, int length) {
        bound.put(portal, named.get(statement));
        begun.remove(portal);
        messages.add("B " + portal + " " + statement + ", " + length + " bytes");
    }

    private void execute(String portal, int rows) {
        String sql = bound.get(portal);
        if (sql != null && begun.add(portal)) {
            statements.add(sql);
        }
        messages.add("E " + portal + " " + rows);
    }

    private void close(char kind, String name) {
        if (kind == 'P') {
            bound.remove(name);
        }
    }

    private static byte[] rest(ByteBuffer body) {
        byte[] rest = new byte[body.remaining()];
        body.get(rest);
        return rest;
    }

    private static String text(ByteBuffer body) {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        for (byte next = body.get(); next != 0; next = body.get()) {
            text.write(next);
        }
        return text.toString(StandardCharsets.UTF_8);
    }
}
