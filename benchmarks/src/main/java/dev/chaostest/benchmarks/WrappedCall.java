// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.benchmarks;

import dev.chaostest.call.CallSeam;
import dev.chaostest.call.Calls;
import dev.chaostest.call.Failure;
import dev.chaostest.call.Wrapped;
import dev.chaostest.mount.Round;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Seed;
import dev.chaostest.plan.Trigger;
import dev.chaostest.time.TimeSource;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.CompilerControl;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** One call of an object: direct, behind an idle proxy, and behind one that asks a plan which strikes another method. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class WrappedCall {

    /** What is called. */
    public interface Gateway {
        /** Struck nowhere. */
        String charge(String account, long amount);

        /** Struck in the plan. */
        void refund();
    }

    /** Answers at once. */
    public static final class RealGateway implements Gateway {
        @Override
        @CompilerControl(CompilerControl.Mode.DONT_INLINE)
        public String charge(String account, long amount) {
            return account;
        }

        @Override
        public void refund() {}
    }

    private final Gateway real = new RealGateway();
    private Gateway idle;
    private Gateway armed;

    @Setup
    public void prepare() {
        idle = CallSeam.wrap(Gateway.class, real).proxy();
        Rule elsewhere =
                Rule.of(Calls.to(Gateway.class, "refund"), Trigger.nth(1), Failure.of(IllegalStateException::new));
        Wrapped<Gateway> wrapped = CallSeam.wrap(Gateway.class, real);
        wrapped.mount().arm(new Round("benchmark", Plan.of(new Seed(77), elsewhere), TimeSource.system()));
        armed = wrapped.proxy();
    }

    @Benchmark
    public String direct() {
        return real.charge("account", 5);
    }

    @Benchmark
    public String idle() {
        return idle.charge("account", 5);
    }

    @Benchmark
    public String armed() {
        return armed.charge("account", 5);
    }
}
