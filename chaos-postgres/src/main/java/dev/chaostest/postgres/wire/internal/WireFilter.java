// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire.internal;

import dev.chaostest.link.Filter;
import dev.chaostest.link.Steps;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.wire.message.MessageType.From;
import dev.chaostest.postgres.wire.protocol.internal.Framer;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Understands one connection of a PostgreSQL client, asks the plan at each statement and carries out what strikes.
 *
 * <p>Source: PostgreSQL protocol 3.0 and 3.2.
 */
public final class WireFilter implements Filter {

    private static final int AHEAD_MAX = 64 * 1024;

    private final Session session;
    private final Framer client;
    private final Framer server;
    private @Nullable Steps steps;

    /** Which one is fed; what passed it goes on before anything of ours is said. */
    private boolean isClientFed;

    private boolean feeding;

    private boolean cut;
    private boolean keeping;

    /** Parse, Bind and Describe of a statement whose Execute is still to come, from earlier pieces. */
    private final List<ByteBuffer> ahead = new ArrayList<>();

    private int aheadBytes;

    /** How many messages are kept. */
    private int kept;

    private final Encryption encryption;
    private boolean isCancel;
    private boolean isTyped;
    private final Frontend frontend;
    private final Backend backend;
    private final MessageSeam messages;
    private final ClientMessages clientMessages;
    private final ServerMessages serverMessages;

    public WireFilter(Shared shared, Optional<String> openedBy, Encryption encryption) {
        this.encryption = encryption;
        this.session = new Session(this, shared, openedBy);
        this.frontend = new Frontend(session);
        this.backend = new Backend(session);
        this.client = new Framer(frontend, this::passToServer, false);
        this.server = new Framer(backend, this::passToClient, true);
        this.messages = new MessageSeam(session);
        this.clientMessages = new ClientMessages(session, messages, frontend, client);
        this.serverMessages = new ServerMessages(session, messages, backend, server);
    }

    @Override
    public void fromClient(ByteBuffer bytes, Steps out) {
        if (encryption.beginsWith(bytes)) {
            opaque();
        }
        client.readBy(messages.isArmed() || clientMessages.isBusy() ? clientMessages : frontend);
        feed(client, bytes, out);
        if (aheadBytes > AHEAD_MAX || (keeping && client.isOpaque())) {
            sendAhead(messages.leading(out));
        }
        if (session.replies().areTooMany()) {
            opaque();
        }
    }

    @Override
    public void fromServer(ByteBuffer bytes, Steps out) {
        if (encryption.agrees(bytes, out)) {
            opaque();
        }
        server.readBy(messages.isArmed() || serverMessages.isBusy() ? serverMessages : backend);
        feed(server, bytes, out);
    }

    private void feed(Framer framer, ByteBuffer bytes, Steps out) {
        Steps leading = messages.leading(out);
        if (steps != leading) { // a reference is dearer to write than to compare
            steps = leading;
        }
        feeding = true;
        isClientFed = framer == client;
        try {
            framer.feed(bytes);
            if (framer.isBetweenMessages()) {
                hasPassed(framer);
            }
        } finally {
            feeding = false;
        }
    }

    /** What is to follow a whole message is not to wait for a next one, which may never come. */
    private void hasPassed(Framer framer) {
        if (framer == client) {
            frontend.messageHasPassed();
            clientMessages.hasPassed();
        } else {
            serverMessages.hasPassed();
        }
    }

    private void passToServer(ByteBuffer part) {
        if (keeping) {
            aheadBytes += part.remaining();
            ahead.add(ByteBuffer.allocate(part.remaining()).put(part).flip());
        } else if (!cut) {
            now().toServer(part);
        }
    }

    private void passToClient(ByteBuffer part) {
        if (!cut) {
            now().toClient(part);
        }
    }

    /**
     * Keeps what comes until {@link #goOn}. A statement is kept whole until its Execute has been decided about: the
     * server takes locks at Parse and the snapshot at Bind, so a delay between them and the Execute would show the
     * statement a past that no slow network shows. The server answers none of it before the Execute's Sync or Flush.
     */
    void keepBack() {
        if (!keeping) {
            fed().flush();
            keeping = true;
        }
        kept++;
    }

    /** How many messages are kept. */
    int kept() {
        return kept;
    }

    /** Copies of them. */
    ByteBuffer keptMessages() {
        fed().flush();
        ByteBuffer all = ByteBuffer.allocate(aheadBytes);
        ahead.forEach(part -> all.put(part.duplicate()));
        return all.flip();
    }

    /** Within one piece nothing was copied or is to be sent yet: what was kept passes with what follows. */
    void goOn() {
        if (keeping) {
            sendAhead(now());
        }
    }

    private void sendAhead(Steps out) {
        keeping = false;
        kept = 0;
        ahead.forEach(out::toServer);
        ahead.clear();
        aheadBytes = 0;
    }

    /** Of what is not typed yet, and of what is encrypted, nothing can be told. */
    @Override
    public Optional<Boolean> isAnswerDue() {
        return isCancel || !isTyped || client.isOpaque() ? Optional.empty() : messages.isAnswerDue();
    }

    /** No client of PostgreSQL's ends its half and waits for an answer, but one that cancels need not wait for anything. */
    @Override
    public boolean mayClientHalfClose() {
        return isCancel;
    }

    @Override
    public void closed() {
        encryption.closed();
        session.closed();
        clientMessages.closed();
        serverMessages.closed();
        messages.closed();
    }

    /** The server's error in other words. */
    void saysError(ByteBuffer message) {
        serverMessages.saysError(message);
    }

    /** From here on the words of one side lead nowhere. */
    void drop(From from) {
        steps = new OneWay(steps(), from);
    }

    /** What is to be done, behind what has passed; only while bytes are fed. */
    Steps steps() {
        fed().flush();
        return now();
    }

    private Framer fed() {
        return isClientFed ? client : server;
    }

    private Steps now() {
        Steps now = steps;
        if (now == null || !feeding) {
            throw new ChaosException("A step must be taken while bytes are fed, but was taken later. Report this.");
        }
        return now;
    }

    /** The startup packet has passed. */
    void typed() {
        isTyped = true;
        client.typed();
    }

    /** What becomes of a wish to encrypt. */
    Encryption encryption() {
        return encryption;
    }

    /** The client wants nothing but to cancel what another connection does. */
    void cancels() {
        isCancel = true;
    }

    /** The connection speaks something else from here on. */
    void opaque() {
        client.opaque();
        server.opaque();
    }

    /** The filter asked for a cut: nothing that follows is said or counted. */
    void cut() {
        cut = true;
        keeping = false;
        ahead.clear();
        aheadBytes = 0;
    }

    boolean isCut() {
        return cut;
    }

    /** Whether the client does not get to hear what the server says. */
    boolean isUnheard() {
        return cut || messages.isDropped(From.SERVER);
    }
}
