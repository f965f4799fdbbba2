// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.benchmarks;

import dev.chaostest.postgres.Postgres;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.apache.commons.math3.stat.StatUtils;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * Compares the ways of one benchmark with the first of them, which take {@linkplain Turns turns} in several JVMs.
 *
 * <pre>{@code
 * java -cp "benchmarks/target/classes:benchmarks/target/lib/*" dev.chaostest.benchmarks.SideBySide EndToEnd 10
 * }</pre>
 */
public final class SideBySide {

    private static final int JVMS = 10;

    private final Class<?> benchmark;
    private final List<String> ways;

    @SuppressWarnings("unchecked") // each benchmark that is compared has this field
    private SideBySide(Class<?> benchmark) throws ReflectiveOperationException {
        this.benchmark = benchmark;
        this.ways = (List<String>) benchmark.getDeclaredField("WAYS").get(null);
    }

    /**
     * Measures and prints.
     *
     * @param args the benchmark's simple name; in how many JVMs, at least 2
     */
    public static void main(String[] args) throws ReflectiveOperationException, RunnerException {
        SideBySide comparison = new SideBySide(Class.forName(SideBySide.class.getPackageName() + "." + args[0]));
        int jvms = args.length > 1 ? Integer.parseInt(args[1]) : JVMS;
        try (BenchmarkServer server = new BenchmarkServer()) {
            comparison.run(jvms, server.postgres()).forEach(comparison::print);
        }
    }

    private Collection<RunResult> run(int jvms, Postgres postgres) throws RunnerException {
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include("\\b" + benchmark.getSimpleName() + "\\.")
                .warmupIterations(
                        ways.size() * benchmark.getAnnotation(Warmup.class).iterations())
                .measurementIterations(
                        ways.size() * benchmark.getAnnotation(Measurement.class).iterations())
                .forks(jvms);
        if (postgres.isOwned()) { // else the other JVMs find it as this one did
            options.jvmArgsAppend(
                    "-Dchaos.jdbc.url=" + postgres.jdbcUrl(),
                    "-Dchaos.jdbc.user=" + postgres.user().orElse(""));
        }
        return new Runner(options.build()).run();
    }

    private void print(RunResult result) {
        System.out.printf(
                "%n%s.%s, %d JVMs, %s%n",
                benchmark.getSimpleName(),
                result.getPrimaryResult().getLabel(),
                result.getBenchmarkResults().size(),
                result.getPrimaryResult().getScoreUnit());
        double[][] base = scores(result, 0);
        for (int way = 0; way < ways.size(); way++) {
            double[][] scores = scores(result, way);
            System.out.printf(
                    Locale.ROOT,
                    "  %-16s median %10.1f   times %-24s   more %s%n",
                    ways.get(way),
                    median(scores),
                    Paired.ratio(base, scores).print("%.3f"),
                    Paired.difference(base, scores).print("%.1f"));
        }
    }

    /** What one of the ways took, one row for each JVM. */
    private double[][] scores(RunResult result, int way) {
        return result.getBenchmarkResults().stream()
                .map(jvm -> everyNth(jvm, way))
                .toArray(double[][]::new);
    }

    private double[] everyNth(BenchmarkResult jvm, int first) {
        double[] all = jvm.getIterationResults().stream()
                .mapToDouble(iteration -> iteration.getPrimaryResult().getScore())
                .toArray();
        double[] own = new double[all.length / ways.size()];
        for (int turn = 0; turn < own.length; turn++) {
            own[turn] = all[first + turn * ways.size()];
        }
        return own;
    }

    private static double median(double[][] scores) {
        return StatUtils.percentile(
                Arrays.stream(scores).flatMapToDouble(Arrays::stream).toArray(), 50);
    }
}
