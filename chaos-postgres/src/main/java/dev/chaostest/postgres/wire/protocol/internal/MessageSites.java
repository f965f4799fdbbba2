// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire.protocol.internal;

import dev.chaostest.plan.Site;
import dev.chaostest.postgres.wire.message.MessageType;
import dev.chaostest.postgres.wire.message.MessageType.From;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Finds the site of a message by its first bytes. */
public final class MessageSites {

    public static final byte AUTHENTICATION = 'R';
    private static final byte SECRET = 'p';

    private static final Map<Byte, Site> FROM_CLIENT = sites(From.CLIENT, SECRET);
    private static final Map<Byte, Site> FROM_SERVER = sites(From.SERVER, AUTHENTICATION);
    private static final Map<Integer, Site> BY_CODE = Arrays.stream(MessageType.values())
            .filter(each -> each.type() == AUTHENTICATION)
            .collect(Collectors.toUnmodifiableMap(MessageType::code, MessageType::site));

    /** What the server asked for last, which names the answer. */
    private int asked;

    private static Map<Byte, Site> sites(From from, byte ambiguous) {
        return Arrays.stream(MessageType.values())
                .filter(each -> each.from() == from && each.type() != 0 && each.type() != ambiguous)
                .collect(Collectors.toUnmodifiableMap(each -> (byte) each.type(), MessageType::site));
    }

    /** Null for one that has no name. */
    @Nullable
    public Site fromClient(byte type) {
        return type == SECRET ? secret().site() : FROM_CLIENT.get(type);
    }

    /** Null for one that has no name. */
    public static @Nullable Site fromServer(byte type) {
        return FROM_SERVER.get(type);
    }

    /** The server's word about who the client is. Null for one that has no name. */
    @Nullable
    public Site authentication(ByteBuffer seen, int body) {
        asked = seen.limit() < body + Integer.BYTES ? 0 : seen.getInt(body);
        return BY_CODE.get(asked);
    }

    private MessageType secret() {
        return switch (asked) {
            case 7, 8, 9 -> MessageType.GSS_RESPONSE;
            case 10 -> MessageType.SASL_INITIAL_RESPONSE;
            case 11 -> MessageType.SASL_RESPONSE;
            default -> MessageType.PASSWORD_MESSAGE;
        };
    }

    /** One without a type. Null for a cancel request, which is about another connection, and for what is none. */
    public static @Nullable Site untyped(ByteBuffer seen, int body) {
        int code = seen.limit() < body + Integer.BYTES ? 0 : seen.getInt(body);
        return switch (code) {
            case Messages.SSL_REQUEST -> MessageType.SSL_REQUEST.site();
            case Messages.GSS_REQUEST -> MessageType.GSSENC_REQUEST.site();
            default -> code >> 16 == Messages.PROTOCOL_3 ? MessageType.STARTUP_MESSAGE.site() : null;
        };
    }
}
