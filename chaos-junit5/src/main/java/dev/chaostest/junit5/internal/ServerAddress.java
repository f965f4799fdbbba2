// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.internal;

import dev.chaostest.plan.ChaosException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * The address of a server, as an annotation says it: written out, or by the name of a field or method that knows it.
 *
 * @param place the annotation and where it stands, for messages
 * @param to what it says
 */
record ServerAddress(String place, String to) {

    private static final Pattern NAME = Pattern.compile("[\\p{Alpha}_$][\\w$]*");
    private static final Pattern HOST_AND_PORT = Pattern.compile("(\\S+):(\\d{1,5})");

    private static final int PORT_MAX = 65_535;

    /** Whether it is that of a field or method. */
    static boolean isName(String to) {
        return NAME.matcher(to).matches();
    }

    InetSocketAddress find(ExtensionContext context) {
        if (!isName(to)) {
            return of(to, "\"" + to + "\"");
        }
        Members.Found found = Members.find(context, to)
                .orElseThrow(
                        () -> new ChaosException(place + ": to must be host:port, or name a field or a method without "
                                + "parameters of the test class, but there is no \"" + to
                                + "\". Add one that says where the server is."));
        return of(found.value(), found.what());
    }

    private InetSocketAddress of(@Nullable Object value, String from) {
        if (value instanceof InetSocketAddress address) {
            return address;
        }
        if (value instanceof URI uri && uri.getHost() != null && isPort(uri.getPort())) {
            return new InetSocketAddress(uri.getHost(), uri.getPort());
        }
        if (value instanceof Integer port && isPort(port)) {
            return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        }
        Matcher text = HOST_AND_PORT.matcher(String.valueOf(value));
        if (value instanceof String && text.matches() && isPort(Integer.parseInt(text.group(2)))) {
            return new InetSocketAddress(text.group(1), Integer.parseInt(text.group(2)));
        }
        throw new ChaosException(
                place + ": to must lead to an InetSocketAddress, a URI with a port, \"host:port\" or a port, "
                        + "but " + from + " is "
                        + (value == null ? "null" : "a " + value.getClass().getSimpleName() + ", " + value)
                        + ". Have it say where the server listens.");
    }

    private static boolean isPort(int number) {
        return number > 0 && number <= PORT_MAX;
    }
}
