// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire.message;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Moment;
import dev.chaostest.plan.Site;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The messages of the protocol, by their names in PostgreSQL's documentation.
 *
 * <p>Two of them go in both directions, each of which is one of its own here: {@code CopyData from client} and {@code CopyData
 * from server}, likewise {@code CopyDone}. A message that only later protocols know has none, and passes.
 *
 * <p>Source: PostgreSQL documentation, "Message Formats"; protocols 3.0 and 3.2.
 *
 * @since 0.1
 */
@SuppressWarnings("ImmutableEnumChecker") // a record of texts is immutable
public enum MessageType {
    AUTHENTICATION_OK("AuthenticationOk", 0),
    AUTHENTICATION_KERBEROS_V5("AuthenticationKerberosV5", 2),
    AUTHENTICATION_CLEARTEXT_PASSWORD("AuthenticationCleartextPassword", 3),
    AUTHENTICATION_MD5_PASSWORD("AuthenticationMD5Password", 5),
    AUTHENTICATION_GSS("AuthenticationGSS", 7),
    AUTHENTICATION_GSS_CONTINUE("AuthenticationGSSContinue", 8),
    AUTHENTICATION_SSPI("AuthenticationSSPI", 9),
    AUTHENTICATION_SASL("AuthenticationSASL", 10),
    AUTHENTICATION_SASL_CONTINUE("AuthenticationSASLContinue", 11),
    AUTHENTICATION_SASL_FINAL("AuthenticationSASLFinal", 12),
    BACKEND_KEY_DATA("BackendKeyData", From.SERVER, 'K'),
    BIND("Bind", From.CLIENT, 'B'),
    BIND_COMPLETE("BindComplete", From.SERVER, '2'),
    CANCEL_REQUEST("CancelRequest", From.CLIENT, MessageType.UNTYPED),
    CLOSE("Close", From.CLIENT, 'C'),
    CLOSE_COMPLETE("CloseComplete", From.SERVER, '3'),
    COMMAND_COMPLETE("CommandComplete", From.SERVER, 'C'),
    COPY_DATA_FROM_CLIENT("CopyData from client", From.CLIENT, 'd'),
    COPY_DATA_FROM_SERVER("CopyData from server", From.SERVER, 'd'),
    COPY_DONE_FROM_CLIENT("CopyDone from client", From.CLIENT, 'c'),
    COPY_DONE_FROM_SERVER("CopyDone from server", From.SERVER, 'c'),
    COPY_FAIL("CopyFail", From.CLIENT, 'f'),
    COPY_IN_RESPONSE("CopyInResponse", From.SERVER, 'G'),
    COPY_OUT_RESPONSE("CopyOutResponse", From.SERVER, 'H'),
    COPY_BOTH_RESPONSE("CopyBothResponse", From.SERVER, 'W'),
    DATA_ROW("DataRow", From.SERVER, 'D'),
    DESCRIBE("Describe", From.CLIENT, 'D'),
    EMPTY_QUERY_RESPONSE("EmptyQueryResponse", From.SERVER, 'I'),
    ERROR_RESPONSE("ErrorResponse", From.SERVER, 'E'),
    EXECUTE("Execute", From.CLIENT, 'E'),
    FLUSH("Flush", From.CLIENT, 'H'),
    FUNCTION_CALL("FunctionCall", From.CLIENT, 'F'),
    FUNCTION_CALL_RESPONSE("FunctionCallResponse", From.SERVER, 'V'),
    GSSENC_REQUEST("GSSENCRequest", From.CLIENT, MessageType.UNTYPED),
    GSS_RESPONSE("GSSResponse", From.CLIENT, 'p'),
    NEGOTIATE_PROTOCOL_VERSION("NegotiateProtocolVersion", From.SERVER, 'v'),
    NO_DATA("NoData", From.SERVER, 'n'),
    NOTICE_RESPONSE("NoticeResponse", From.SERVER, 'N'),
    NOTIFICATION_RESPONSE("NotificationResponse", From.SERVER, 'A'),
    PARAMETER_DESCRIPTION("ParameterDescription", From.SERVER, 't'),
    PARAMETER_STATUS("ParameterStatus", From.SERVER, 'S'),
    PARSE("Parse", From.CLIENT, 'P'),
    PARSE_COMPLETE("ParseComplete", From.SERVER, '1'),
    PASSWORD_MESSAGE("PasswordMessage", From.CLIENT, 'p'),
    PORTAL_SUSPENDED("PortalSuspended", From.SERVER, 's'),
    QUERY("Query", From.CLIENT, 'Q'),
    READY_FOR_QUERY("ReadyForQuery", From.SERVER, 'Z'),
    ROW_DESCRIPTION("RowDescription", From.SERVER, 'T'),
    SASL_INITIAL_RESPONSE("SASLInitialResponse", From.CLIENT, 'p'),
    SASL_RESPONSE("SASLResponse", From.CLIENT, 'p'),
    SSL_REQUEST("SSLRequest", From.CLIENT, MessageType.UNTYPED),
    STARTUP_MESSAGE("StartupMessage", From.CLIENT, MessageType.UNTYPED),
    SYNC("Sync", From.CLIENT, 'S'),
    TERMINATE("Terminate", From.CLIENT, 'X');

    /** Who says it. */
    public enum From {
        /** Frontend messages. */
        CLIENT,
        /** Backend messages. */
        SERVER
    }

    /** Of the first messages of a client, which have no type byte. */
    private static final char UNTYPED = 0;

    private static final String SEAM = "wire";

    private final Site site;
    private final From from;
    private final char type;
    private final int code;

    MessageType(String name, From from, char type) {
        this(name, from, type, -1);
    }

    MessageType(String name, int authentication) {
        this(name, From.SERVER, 'R', authentication);
    }

    MessageType(String name, From from, char type, int code) {
        this.site = new Site(SEAM, name);
        this.from = from;
        this.type = type;
        this.code = code;
    }

    /** Who says it. */
    public From from() {
        return from;
    }

    /** The byte that it begins with; 0 for one that has none. */
    public char type() {
        return type;
    }

    /** What tells apart the messages of type {@code R}; -1 for others. */
    public int code() {
        return code;
    }

    /** Where it is hit. */
    public Site site() {
        return site;
    }

    /** Whether nothing follows its length. */
    public boolean isEmpty() {
        return switch (this) {
            case BIND_COMPLETE,
                    CLOSE_COMPLETE,
                    COPY_DONE_FROM_CLIENT,
                    COPY_DONE_FROM_SERVER,
                    EMPTY_QUERY_RESPONSE,
                    FLUSH,
                    NO_DATA,
                    PARSE_COMPLETE,
                    PORTAL_SUSPENDED,
                    SYNC,
                    TERMINATE -> true;
            default -> false;
        };
    }

    /** Which way the messages of these sites go; {@link Moment#EITHER_WAY} if that differs. */
    public static Moment moment(List<Site> sites) {
        List<From> from = Arrays.stream(values())
                .filter(each -> sites.contains(each.site))
                .map(MessageType::from)
                .distinct()
                .toList();
        if (from.size() != 1) {
            return Moment.EITHER_WAY;
        }
        return from.get(0) == From.CLIENT ? Moment.TO_SERVER : Moment.TO_CLIENT;
    }

    /** Whether a site of this name is a message. */
    public static boolean isName(String name) {
        return Arrays.stream(values()).anyMatch(each -> each.site.name().equals(name));
    }

    /**
     * Those that are meant by a name: {@code "DataRow"}; {@code "CopyData"} for both directions, {@code "CopyData from
     * server"} for one.
     *
     * @throws ChaosException if there is none; it says which name is nearest
     */
    public static List<MessageType> named(String name) {
        List<MessageType> meant = Arrays.stream(values())
                .filter(each ->
                        each.site.name().equals(name) || each.site.name().startsWith(name + " from "))
                .toList();
        if (meant.isEmpty()) {
            throw new ChaosException("message must be a message of the protocol by its name in PostgreSQL's "
                    + "documentation, but was \"" + name + "\". The nearest is \"" + nearest(name) + "\".");
        }
        return meant;
    }

    private static String nearest(String name) {
        String wanted = name.toLowerCase(Locale.ROOT);
        return Arrays.stream(values())
                .map(each -> each.site.name())
                .collect(Collectors.toMap(each -> each, each -> distance(wanted, each.toLowerCase(Locale.ROOT))))
                .entrySet()
                .stream()
                .min(java.util.Map.Entry.<String, Integer>comparingByValue()
                        .thenComparing(java.util.Map.Entry.comparingByKey()))
                .orElseThrow()
                .getKey();
    }

    /** How many letters must be changed, added or taken out. */
    private static int distance(String one, String other) {
        int[] row = new int[other.length() + 1];
        Arrays.setAll(row, n -> n);
        for (int i = 1; i <= one.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= other.length(); j++) {
                int changed = diagonal + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(changed, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[other.length()];
    }
}
