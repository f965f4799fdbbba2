// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.pool.internal;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A connection that goes back to its owner when it is closed. */
final class LentConnection implements InvocationHandler {

    private static final String CONNECTION_DOES_NOT_EXIST = "08003";

    private final Connection lent;
    private final Consumer<Connection> owner;
    private final AtomicBoolean returned = new AtomicBoolean();

    private LentConnection(Connection lent, Consumer<Connection> owner) {
        this.lent = lent;
        this.owner = owner;
    }

    static Connection of(Connection lent, Consumer<Connection> owner) {
        return (Connection) Proxy.newProxyInstance(
                LentConnection.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                new LentConnection(lent, owner));
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
        return switch (method.getName()) {
            case "close" -> giveBack();
            case "isClosed" -> returned.get() || lent.isClosed();
            case "equals" -> arguments != null && proxy == arguments[0];
            case "hashCode" -> System.identityHashCode(proxy);
            case "toString" -> "lent " + lent;
            default -> ask(method, arguments);
        };
    }

    private @Nullable Object giveBack() {
        if (returned.compareAndSet(false, true)) {
            owner.accept(lent);
        }
        return null;
    }

    private @Nullable Object ask(Method method, Object @Nullable [] arguments) throws Throwable {
        if (returned.get()) {
            throw new SQLException(
                    "A connection must be open, but was closed before. Take another one.", CONNECTION_DOES_NOT_EXIST);
        }
        try {
            return method.invoke(lent, arguments);
        } catch (InvocationTargetException e) {
            throw e.getTargetException();
        }
    }
}
