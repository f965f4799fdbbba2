// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.internal;

import dev.chaostest.junit5.ChaosLink;
import dev.chaostest.link.TcpLink;
import dev.chaostest.plan.ChaosException;
import java.net.InetSocketAddress;
import java.util.Optional;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Opens the links that parameters of a test ask for; the test's scope owns them. */
public final class LinkExtension implements ParameterResolver {

    private static final String UNNAMED = "server";

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.isAnnotated(ChaosLink.class);
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        ChaosLink wanted = parameter.findAnnotation(ChaosLink.class).orElseThrow();
        String place = "@ChaosLink on "
                + context.getTestMethod()
                        .map(method -> Tests.name(context))
                        .orElse(parameter.getDeclaringExecutable().getName());
        boolean isOfTheTest = context.getTestMethod().equals(Optional.of(parameter.getDeclaringExecutable()));
        if (!isOfTheTest || parameter.getParameter().getType() != TcpLink.class) {
            throw new ChaosException(place + " must be on a TcpLink parameter of a test method, but is on a "
                    + parameter.getParameter().getType().getSimpleName() + " of "
                    + parameter.getDeclaringExecutable().getName() + ". Move it there.");
        }
        TestRound round = TestRound.of(context);
        InetSocketAddress server =
                wanted.to().isEmpty() ? round.server(place) : new ServerAddress(place, wanted.to()).find(context);
        return round.scope().link(name(wanted), server);
    }

    private static String name(ChaosLink wanted) {
        if (!wanted.name().isEmpty()) {
            return wanted.name();
        }
        return ServerAddress.isName(wanted.to()) ? wanted.to() : UNNAMED;
    }
}
