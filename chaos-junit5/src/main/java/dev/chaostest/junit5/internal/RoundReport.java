// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.internal;

import dev.chaostest.ChaosScope;
import dev.chaostest.junit5.evidence.internal.Evidence;
import dev.chaostest.junit5.evidence.internal.Occasion;
import dev.chaostest.junit5.evidence.internal.ReportText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.MediaType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The evidence of one round, and the files that it goes to if the round is red. None of it ever fails a test. */
final class RoundReport implements Watchdog.Lookout {

    private static final Logger LOG = LoggerFactory.getLogger(RoundReport.class);
    private static final String PUBLISHED = "chaos-report.txt";

    private final Evidence evidence;
    private final TestRun run;
    private final String type;
    private final String test;
    private @Nullable String text;
    private @Nullable Path file;
    private final List<Path> pictures = new ArrayList<>();
    private @Nullable String line;

    RoundReport(ExtensionContext context, Supplier<ChaosScope> scope) {
        String name = Tests.name(context);
        long round = Tests.round(context);
        int dot = name.indexOf('.');
        this.evidence = new Evidence(scope);
        this.run = TestRun.of(context);
        this.type = dot < 0 ? name : name.substring(0, dot);
        this.test = name.substring(dot + 1) + (round == 1 ? "" : "-" + round);
    }

    Evidence evidence() {
        return evidence;
    }

    /** Something was thrown: on the test's own thread. */
    void failed() {
        take(Occasion.FAILED, Thread.currentThread());
    }

    private void take(Occasion occasion, Thread tested) {
        try {
            evidence.take(occasion, tested);
        } catch (RuntimeException | LinkageError e) { // the test's own failure is what a person must see
            LOG.warn("The evidence of {} could not be taken", test, e);
        }
    }

    @Override
    public boolean isNeeded() {
        return !evidence.witnesses().isEmpty();
    }

    @Override
    public void ahead() {
        evidence.lookAhead();
    }

    @Override
    public void late(Thread tested) {
        take(Occasion.TIMED_OUT, tested);
    }

    /**
     * Writes the file, the first time.
     *
     * @param message the failure's, as a person sees it
     * @return the line of the message that says where it is
     */
    synchronized String write(ChaosScope scope, Throwable thrown, String message) {
        if (line == null) {
            line = "\n  evidence : " + writeNow(scope, thrown, message);
        }
        return line;
    }

    private String writeNow(ChaosScope scope, Throwable thrown, String message) {
        failed(); // unless it is taken already
        try {
            ReportText report = report(scope, thrown, message);
            String written = report.text();
            text = written;
            Path textFile = run.reports().write(type, test, written);
            file = textFile;
            for (String svg : report.pictures()) {
                pictures.add(run.reports().writePicture(textFile, pictures.size() + 1, svg));
            }
            return textFile.toString();
        } catch (IOException | RuntimeException e) {
            LOG.debug("The evidence could not be written", e);
            return "not written, " + e;
        }
    }

    private ReportText report(ChaosScope scope, Throwable thrown, String message) {
        Evidence.Taken taken = evidence.taken();
        if (taken == null) {
            throw new IllegalStateException("evidence must be taken before it is written, but was discarded");
        }
        return new ReportText(
                type + "." + test,
                message,
                thrown,
                taken,
                scope.ledger(),
                run.describeSettings(),
                evidence.witnesses());
    }

    /** Hands it to JUnit, which knows who collects such files. */
    synchronized void publish(ExtensionContext context) {
        String published = text;
        if (published == null) {
            return;
        }
        try {
            context.publishFile(PUBLISHED, MediaType.TEXT_PLAIN_UTF_8, target -> Files.writeString(target, published));
        } catch (RuntimeException e) { // there may be no directory for such files
            LOG.debug("The evidence could not be published", e);
        }
    }

    /** The failure was swallowed by somebody: a green test leaves nothing. */
    synchronized void withdraw() {
        Path written = file;
        if (written == null) {
            return;
        }
        try {
            Files.deleteIfExists(written);
            for (Path picture : pictures) {
                Files.deleteIfExists(picture);
            }
        } catch (IOException e) {
            LOG.debug("The evidence of a green test could not be deleted", e);
        }
    }
}
