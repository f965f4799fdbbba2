// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.call;

import dev.chaostest.call.Recording.RecordedCall;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What is behind a recorder's proxy. Whatever happens in recording, the call is as it would be without. */
final class RecordedObject implements InvocationHandler {

    private static final int RESULT_MAX = 10_000;

    private final Class<?> type;
    private final Object target;
    private final RecordingWriter tape;
    private final Function<Object, @Nullable String> print;
    /** As many as the interface has methods. */
    private final Map<Method, Operation> operations = new ConcurrentHashMap<>();

    RecordedObject(Class<?> type, Object target, RecordingWriter tape, Function<Object, @Nullable String> print) {
        this.type = type;
        this.target = target;
        this.tape = tape;
        this.print = print;
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] values) throws Throwable {
        if (method.getDeclaringClass() == Object.class) {
            return ofObject(method, values);
        }
        Operation operation = operations.computeIfAbsent(method, each -> Operation.of(type, each));
        Begun call = new Begun(operation.site().name(), arguments(values), tape.now());
        Object result;
        try {
            result = operation.call(target, values);
        } catch (Throwable e) { // the object's own; the caller gets it
            failed(call, e);
            throw e;
        }
        record(call, operation, result);
        return result;
    }

    private static String arguments(@Nullable Object @Nullable [] values) {
        return CallText.of("", values == null ? new Object[0] : values, true);
    }

    private @Nullable Object ofObject(Method method, @Nullable Object @Nullable [] values) {
        return switch (method.getName()) {
            case "hashCode" -> target.hashCode();
            case "toString" -> target.toString();
            default -> values != null && target.equals(unwrapped(values[0]));
        };
    }

    private static @Nullable Object unwrapped(@Nullable Object other) {
        return other != null
                        && Proxy.isProxyClass(other.getClass())
                        && Proxy.getInvocationHandler(other) instanceof RecordedObject recorded
                ? recorded.target
                : other;
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the caller has the stage itself; what is added here throws nothing
    private void record(Begun call, Operation operation, @Nullable Object result) {
        if (operation.kind() == Operation.Kind.STAGE && result instanceof CompletionStage<?> stage) {
            stage.whenComplete((value, thrown) -> {
                if (thrown == null) {
                    succeeded(call, value);
                } else {
                    failed(call, causeOf(thrown));
                }
            });
        } else {
            succeeded(call, result);
        }
    }

    private static Throwable causeOf(Throwable thrown) {
        Throwable cause = thrown.getCause();
        return thrown instanceof CompletionException && cause != null ? cause : thrown;
    }

    private void succeeded(Begun call, @Nullable Object result) {
        tape.add(call.ended(tape.now(), result == null ? null : text(result), null, null));
    }

    private @Nullable String text(Object result) {
        try {
            String text = print.apply(result);
            return text == null ? null : CallText.cut(text, RESULT_MAX);
        } catch (Exception | StackOverflowError e) { // whatever a user's toString does, the call goes on
            return CallText.plain(result);
        }
    }

    private void failed(Begun call, Throwable thrown) {
        String message = thrown.getMessage();
        String name = thrown.getClass().getName();
        tape.add(call.ended(tape.now(), null, name, message == null ? null : CallText.cut(message, RESULT_MAX)));
    }

    private record Begun(String method, String arguments, long at) {
        RecordedCall ended(long now, @Nullable String result, @Nullable String failure, @Nullable String message) {
            return new RecordedCall(
                    0, Duration.ofNanos(at), method, arguments, Duration.ofNanos(now - at), result, failure, message);
        }
    }
}
