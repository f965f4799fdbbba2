// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chaostest.link.Filter;
import dev.chaostest.mount.Round;
import dev.chaostest.plan.Delay;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Seed;
import dev.chaostest.plan.Site;
import dev.chaostest.plan.Target;
import dev.chaostest.plan.Trigger;
import dev.chaostest.postgres.wire.message.MessageType;
import dev.chaostest.postgres.wire.protocol.internal.Messages;
import dev.chaostest.time.VirtualTime;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The protocol's table of messages, from its first line to its last. */
class MessageTableTest {

    private static final int PROTOCOL_3_0 = 3 << 16;
    private static final int PROTOCOL_3_2 = (3 << 16) + 2;

    private final Round recording = new Round(
            "table",
            Plan.of(
                    new Seed(1),
                    Rule.of(Target.seam("wire"), Trigger.probability(0), Delay.of(Duration.ofSeconds(1)))
                            .mayMiss()),
            new VirtualTime());

    @ParameterizedTest
    @EnumSource
    void eachIsOneHitOfItsNameAndPassesAsItIs(MessageType type) {
        byte[] message = isKeptForItsExecute(type)
                ? RawMessages.joined(message(type), message(MessageType.SYNC))
                : message(type);
        try (WireMount wire = WireMount.twinOf("table");
                var armed = wire.mount().arm(recording)) {
            for (int size : new int[] {1, 3, 5, 1000}) {
                boolean fromClient = type.from() == MessageType.From.CLIENT;
                Filter filter = wire.newFilter();
                RawMessages ends = new RawMessages();
                if (fromClient && type.type() != 0) {
                    ends.feed(filter, true, RawMessages.startup(PROTOCOL_3_0), 1000);
                    ends.server.reset();
                    askForSecret(ends, filter, type);
                }
                long before = hits(type);
                ends.feed(filter, fromClient, message, size);
                assertThat((fromClient ? ends.server : ends.client).toByteArray())
                        .as("%s in pieces of %d", type.site(), size)
                        .isEqualTo(isOurs(type) ? new byte[0] : message);
                assertThat(hits(type) - before).as("%s", type.site()).isEqualTo(1);
            }
        }
    }

    private static boolean isKeptForItsExecute(MessageType type) {
        return type == MessageType.PARSE || type == MessageType.BIND || type == MessageType.DESCRIBE;
    }

    /** The seam reads the protocol, so it answers these by itself. */
    private static boolean isOurs(MessageType type) {
        return type == MessageType.SSL_REQUEST || type == MessageType.GSSENC_REQUEST;
    }

    private static void askForSecret(RawMessages ends, Filter filter, MessageType type) {
        MessageType asks = switch (type) {
            case SASL_INITIAL_RESPONSE -> MessageType.AUTHENTICATION_SASL;
            case SASL_RESPONSE -> MessageType.AUTHENTICATION_SASL_CONTINUE;
            case GSS_RESPONSE -> MessageType.AUTHENTICATION_GSS;
            default -> MessageType.AUTHENTICATION_MD5_PASSWORD;
        };
        ends.feed(filter, false, message(asks), 1000);
    }

    private long hits(MessageType type) {
        return recording.decisions().seen().getOrDefault(type.site(), 0L);
    }

    private static byte[] message(MessageType type) {
        return switch (type) {
            case STARTUP_MESSAGE -> RawMessages.startup(PROTOCOL_3_0);
            case SSL_REQUEST -> RawMessages.untyped(80877103, new byte[0]);
            case GSSENC_REQUEST -> RawMessages.untyped(80877104, new byte[0]);
            case CANCEL_REQUEST -> RawMessages.untyped(80877102, new byte[8]);
            default -> typed(type);
        };
    }

    private static byte[] typed(MessageType type) {
        byte[] body = type.code() >= 0
                ? ByteBuffer.allocate(8).putInt(type.code()).array()
                : new byte[type.isEmpty() ? 0 : 9];
        if (type == MessageType.READY_FOR_QUERY) {
            body = new byte[] {'I'};
        }
        return Messages.message(type.type(), body).array();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 64, 100_000})
    void aConversationOfEveryKindIsCountedMessageByMessage(int size) {
        try (WireMount wire = WireMount.twinOf("table");
                var armed = wire.mount().arm(recording)) {
            Filter filter = wire.newFilter();
            RawMessages ends = new RawMessages();
            Map<Site, Long> said = new TreeMap<>();
            for (Object[] turn : conversation()) {
                boolean fromClient = (boolean) turn[0];
                byte[] bytes = (byte[]) turn[1];
                var end = fromClient ? ends.server : ends.client;
                end.reset();
                ends.feed(filter, fromClient, bytes, size);
                assertThat(end.toByteArray()).isEqualTo(bytes);
                for (int n = 2; n < turn.length; n++) {
                    said.merge(new Site("wire", (String) turn[n]), 1L, Long::sum);
                }
            }
            SortedMap<Site, Long> seen = new TreeMap<>(recording.decisions().seen());
            seen.keySet().removeIf(site -> !site.seam().equals("wire"));
            assertThat(seen).isEqualTo(said);
        }
    }

    private static Object[][] conversation() {
        return new Object[][] {
            {true, RawMessages.startup(PROTOCOL_3_2), "StartupMessage"},
            {false, typed('v', new byte[8]), "NegotiateProtocolVersion"},
            {false, code(10), "AuthenticationSASL"},
            {true, typed('p', new byte[30]), "SASLInitialResponse"},
            {false, code(11), "AuthenticationSASLContinue"},
            {true, typed('p', new byte[30]), "SASLResponse"},
            {
                false,
                RawMessages.joined(code(12), code(0), typed('S', new byte[9]), typed('K', new byte[36]), ready('I')),
                "AuthenticationSASLFinal",
                "AuthenticationOk",
                "ParameterStatus",
                "BackendKeyData",
                "ReadyForQuery"
            },
            {
                true,
                RawMessages.joined(
                        Messages.parse("s", "SELECT 1").array(),
                        typed('D', "Ss\0".getBytes(java.nio.charset.StandardCharsets.US_ASCII)),
                        Messages.bind("p", "s").array(),
                        Messages.executeRows("p", 1).array(),
                        typed('H', new byte[0])),
                "Parse",
                "Describe",
                "Bind",
                "Execute",
                "Flush"
            },
            {
                false,
                RawMessages.joined(
                        typed('1', new byte[0]),
                        typed('t', new byte[2]),
                        typed('T', new byte[2]),
                        typed('2', new byte[0]),
                        typed('D', new byte[2]),
                        typed('s', new byte[0])),
                "ParseComplete",
                "ParameterDescription",
                "RowDescription",
                "BindComplete",
                "DataRow of SELECT ?",
                "PortalSuspended"
            },
            {
                true,
                RawMessages.joined(
                        Messages.execute("p").array(),
                        Messages.closePortal("p").array(),
                        Messages.sync().array()),
                "Execute",
                "Close",
                "Sync"
            },
            {
                false,
                RawMessages.joined(
                        typed('N', new byte[1]),
                        typed('D', new byte[2]),
                        typed('C', Messages.text("SELECT 1")),
                        typed('3', new byte[0]),
                        ready('T'),
                        typed('A', new byte[12])),
                "NoticeResponse",
                "DataRow of SELECT ?",
                "CommandComplete",
                "CloseComplete",
                "ReadyForQuery",
                "NotificationResponse"
            },
            {true, Messages.query("COPY account FROM STDIN").array(), "Query"},
            {false, typed('G', new byte[3]), "CopyInResponse"},
            {
                true,
                RawMessages.joined(typed('d', new byte[50]), typed('d', new byte[5]), typed('c', new byte[0])),
                "CopyData from client",
                "CopyData from client",
                "CopyDone from client"
            },
            {
                false,
                RawMessages.joined(typed('C', Messages.text("COPY 2")), ready('I')),
                "CommandComplete",
                "ReadyForQuery"
            },
            {true, Messages.query("COPY account FROM STDIN").array(), "Query"},
            {false, typed('G', new byte[3]), "CopyInResponse"},
            {true, typed('f', Messages.text("no")), "CopyFail"},
            {false, RawMessages.joined(typed('E', error()), ready('I')), "ErrorResponse", "ReadyForQuery"},
            {true, Messages.query("COPY account TO STDOUT").array(), "Query"},
            {
                false,
                RawMessages.joined(
                        typed('H', new byte[3]),
                        typed('d', new byte[50]),
                        typed('d', new byte[5]),
                        typed('c', new byte[0]),
                        typed('C', Messages.text("COPY 2")),
                        ready('I')),
                "CopyOutResponse",
                "CopyData from server",
                "CopyData from server",
                "CopyDone from server",
                "CommandComplete",
                "ReadyForQuery"
            },
            {true, typed('F', new byte[12]), "FunctionCall"},
            {false, RawMessages.joined(typed('V', new byte[4]), ready('I')), "FunctionCallResponse", "ReadyForQuery"},
            {true, Messages.query("").array(), "Query"},
            {false, RawMessages.joined(typed('I', new byte[0]), ready('I')), "EmptyQueryResponse", "ReadyForQuery"},
            {true, Messages.query("START_REPLICATION SLOT s LOGICAL 0/0").array(), "Query"},
            {
                false,
                RawMessages.joined(typed('W', new byte[3]), typed('d', new byte[30])),
                "CopyBothResponse",
                "CopyData from server"
            },
            {true, typed('d', new byte[34]), "CopyData from client"},
            {false, typed('d', new byte[30]), "CopyData from server"},
            {true, typed('c', new byte[0]), "CopyDone from client"},
            {
                false,
                RawMessages.joined(typed('c', new byte[0]), typed('C', Messages.text("COPY 0")), ready('I')),
                "CopyDone from server",
                "CommandComplete",
                "ReadyForQuery"
            },
            {true, typed('y', new byte[3])},
            {false, typed('y', new byte[3])},
            {true, typed('X', new byte[0]), "Terminate"}
        };
    }

    /** A protocol of the future: what has no name is no site, and goes on. */
    @Test
    void unknownMessagesPass() {
        try (WireMount wire = WireMount.twinOf("table");
                var armed = wire.mount().arm(recording)) {
            Filter filter = wire.newFilter();
            RawMessages ends = new RawMessages();
            ends.feed(filter, true, RawMessages.startup(PROTOCOL_3_2), 1000);
            ends.server.reset();
            byte[] unknown = RawMessages.joined(typed('y', new byte[300]), typed((char) 0x80, new byte[3]));
            ends.feed(filter, true, unknown, 3);
            ends.feed(filter, false, RawMessages.joined(code(99), unknown), 3);
            assertThat(ends.server.toByteArray()).isEqualTo(unknown);
            assertThat(ends.client.toByteArray()).isEqualTo(RawMessages.joined(code(99), unknown));
        }
    }

    private static byte[] error() {
        return RawMessages.joined(Messages.text("SERROR"), Messages.text("C57014"), new byte[1]);
    }

    private static byte[] typed(char type, byte[] body) {
        return Messages.message(type, body).array();
    }

    private static byte[] code(int code) {
        return typed('R', ByteBuffer.allocate(8).putInt(code).array());
    }

    private static byte[] ready(char status) {
        return typed('Z', new byte[] {(byte) status});
    }
}
