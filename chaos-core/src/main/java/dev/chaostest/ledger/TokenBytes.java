// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.ledger;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;

import dev.chaostest.plan.FiredAt;
import dev.chaostest.plan.Script;
import dev.chaostest.plan.Seed;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The body of a token that holds more than a seed.
 *
 * <p>Decisions of one rule at one site stand together, and those of one lane among them, each as its distance from the one
 * before: one letter or two for each, seven for a further lane.
 */
final class TokenBytes {

    private static final int VARIANT = 1;
    private static final int SCRIPT = 2;
    private static final int COMPLETE = 4;
    private static final int BITS = 7;
    private static final int MORE = 1 << BITS;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private TokenBytes() {}

    static byte[] of(Token token) {
        TokenBytes bytes = new TokenBytes();
        bytes.out.write((token.variant().isPresent() ? VARIANT : 0)
                | token.script()
                        .map(s -> SCRIPT | (s.complete() ? COMPLETE : 0))
                        .orElse(0));
        bytes.putInt((int) (token.seed().value() >>> Integer.SIZE));
        bytes.putInt((int) token.seed().value());
        bytes.putInt(token.test());
        bytes.putInt(token.plan());
        bytes.putNumber(token.round());
        token.variant().ifPresent(bytes::putInt);
        token.script().ifPresent(script -> bytes.putDecisions(script.decisions()));
        return bytes.out.toByteArray();
    }

    private void putDecisions(List<FiredAt> decisions) {
        Map<FiredAt, List<FiredAt>> places = decisions.stream()
                .collect(groupingBy(
                        each -> new FiredAt(each.rule(), each.site(), 0, 1, each.halvings()),
                        LinkedHashMap::new,
                        toList()));
        putNumber(places.size());
        places.forEach((place, there) -> {
            putNumber(place.rule());
            putInt(place.site());
            putNumber(place.halvings());
            putLanes(there.stream().collect(groupingBy(FiredAt::lane, LinkedHashMap::new, toList())));
        });
    }

    private void putLanes(Map<Integer, List<FiredAt>> lanes) {
        putNumber(lanes.size());
        lanes.forEach((lane, hits) -> {
            putInt(lane);
            putNumber(hits.size());
            long before = 0;
            for (FiredAt each : hits) {
                putNumber(each.nth() - before);
                before = each.nth();
            }
        });
    }

    private void putInt(int value) {
        out.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(value).array());
    }

    private void putNumber(long value) {
        long left = value;
        while (left >= MORE) {
            out.write((int) (left & (MORE - 1)) | MORE);
            left >>>= BITS;
        }
        out.write((int) left);
    }

    /**
     * Reads a body.
     *
     * @throws RuntimeException if it is none
     */
    static Token read(ByteBuffer body) {
        int flags = body.get();
        Seed seed = new Seed(body.getLong());
        int test = body.getInt();
        int plan = body.getInt();
        long round = number(body);
        OptionalInt variant = (flags & VARIANT) == 0 ? OptionalInt.empty() : OptionalInt.of(body.getInt());
        Optional<Script> script =
                (flags & SCRIPT) == 0 ? Optional.empty() : Optional.of(script(body, (flags & COMPLETE) != 0));
        if (body.hasRemaining()) {
            throw new IllegalArgumentException("a token must end where its decisions do. Copy it as it is.");
        }
        return new Token(seed, test, plan, round, variant, script);
    }

    private static Script script(ByteBuffer body, boolean complete) {
        List<FiredAt> decisions = new ArrayList<>();
        for (long places = number(body); places > 0; places--) {
            int rule = (int) number(body);
            int site = body.getInt();
            int halvings = (int) number(body);
            for (long lanes = number(body); lanes > 0; lanes--) {
                int lane = body.getInt();
                long nth = 0;
                for (long hits = number(body); hits > 0; hits--) {
                    nth += number(body);
                    decisions.add(new FiredAt(rule, site, lane, nth, halvings));
                }
            }
        }
        return new Script(decisions, complete);
    }

    private static long number(ByteBuffer body) {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += BITS) {
            byte next = body.get();
            value |= (long) (next & (MORE - 1)) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new IllegalArgumentException("a number must end within nine bytes. Copy the token as it is.");
    }
}
