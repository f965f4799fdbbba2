// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.call;

import dev.chaostest.mount.Mount;
import dev.chaostest.mount.Round;
import dev.chaostest.mount.Strike;
import dev.chaostest.plan.Lane;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** What is behind one proxy: asks the round that is armed, if one is, about each call. */
final class Dispatcher implements InvocationHandler {

    private final Class<?> type;
    private final Object target;
    private final Wrapping wrapping;
    private final Mount mount;
    private final Set<String> machinery;
    /** By the very methods that the proxy hands over: as many as the interface has. */
    private final Map<Method, Operation> operations = new ConcurrentHashMap<>();

    private final ReentrantLock naming = new ReentrantLock();
    private volatile @Nullable Station station;

    Dispatcher(Class<?> type, Object target, Wrapping wrapping, Mount mount) {
        this.type = type;
        this.target = target;
        this.wrapping = wrapping;
        this.mount = mount;
        mount.whenArmed(this::laneIn); // not at the first call: which of several objects is first, threads decide
        // Where the interface is not public, the proxy is in its package, and that is the user's.
        this.machinery = Set.of(type.getPackageName() + ".$Proxy", "$Proxy");
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] values) throws Throwable {
        if (method.getDeclaringClass() == Object.class) {
            return ofObject(proxy, method, values);
        }
        Operation operation = operation(method);
        Round round = mount.armed();
        if (round == null) {
            return operation.call(target, values);
        }
        Call call = new Call(type, wrapping, method, values);
        Strike strike = round.at(operation.site(), laneIn(round), call, call::text, machinery);
        if (strike == null) {
            return operation.call(target, values);
        }
        Blows blows = new Blows(operation, strike.blows());
        Blows.Effect effect = () -> operation.call(target, values);
        return switch (operation.kind()) {
            case DIRECT -> new DirectCall(blows).run(effect);
            case STAGE -> new LateAnswer(blows).begin(effect);
            case FUTURE -> LateFuture.begin(blows, effect);
        };
    }

    private Operation operation(Method method) {
        Operation known = operations.get(method);
        return known != null ? known : operations.computeIfAbsent(method, each -> Operation.of(type, each));
    }

    /** Of a class, these are no calls of the interface; equality is that of the objects behind. */
    private Object ofObject(Object proxy, Method method, @Nullable Object @Nullable [] values) {
        return switch (method.getName()) {
            case "hashCode" -> target.hashCode();
            case "toString" -> target.toString();
            default -> values != null && isEqual(proxy, values[0]);
        };
    }

    private boolean isEqual(Object proxy, @Nullable Object other) {
        return proxy == other
                || (other != null
                        && Proxy.isProxyClass(other.getClass())
                        && Proxy.getInvocationHandler(other) instanceof Dispatcher behind
                        && target.equals(behind.target));
    }

    /** The lane of the object; numbered in each round, so what ran before does not count. */
    private Lane laneIn(Round round) {
        Station known = station;
        if (known != null && known.isOf(round)) {
            return known.lane;
        }
        naming.lock();
        try {
            Station now = station;
            if (now == null || !now.isOf(round)) {
                now = new Station(round, round.newLane(wrapping.name()));
                station = now;
            }
            return now.lane;
        } finally {
            naming.unlock();
        }
    }

    /** Where the object is in one round. */
    private record Station(Round round, Lane lane) {
        @SuppressWarnings("ReferenceEquality") // a round is itself
        boolean isOf(Round other) {
            return round == other;
        }
    }
}
