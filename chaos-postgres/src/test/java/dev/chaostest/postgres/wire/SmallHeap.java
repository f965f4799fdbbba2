// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire;

import dev.chaostest.link.Filter;
import dev.chaostest.link.Hold;
import dev.chaostest.link.Steps;
import dev.chaostest.mount.Round;
import dev.chaostest.plan.Delay;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Seed;
import dev.chaostest.plan.Site;
import dev.chaostest.plan.Target;
import dev.chaostest.plan.Trigger;
import dev.chaostest.postgres.wire.protocol.internal.Messages;
import dev.chaostest.time.VirtualTime;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Run in a process of its own: what a peer may do to a filter's memory, while a rule looks at each message. */
final class SmallHeap {

    private static final int GIGABYTE = 0x3fff_ffff;

    private final WireMount wire = WireMount.twinOf("small");
    private final Round round = new Round(
            "small",
            Plan.of(
                    new Seed(1),
                    Rule.of(Target.seam("wire"), Trigger.probability(0), Delay.of(Duration.ofSeconds(1)))
                            .mayMiss()),
            new VirtualTime());
    private final Steps nowhere = new Nowhere();

    private SmallHeap() {}

    public static void main(String[] what) {
        SmallHeap heap = new SmallHeap();
        try (var armed = heap.wire.mount().arm(heap.round)) {
            switch (what[0]) {
                case "announced" -> heap.announced();
                case "names" -> heap.names();
                case "pipeline" -> heap.pipeline();
                case "unanswered" -> heap.unanswered();
                default -> throw new IllegalArgumentException(what[0]);
            }
        }
    }

    private Filter connection() {
        Filter filter = wire.newFilter();
        filter.fromClient(ByteBuffer.wrap(RawMessages.startup(3 << 16)), nowhere);
        return filter;
    }

    /** A message of 1 GB of each type from each side, of which 3 MB come; all connections stay open. */
    private void announced() {
        List<Filter> open = new ArrayList<>();
        for (int type = 1; type < 128; type++) {
            Filter filter = connection();
            open.add(filter);
            for (boolean fromClient : new boolean[] {true, false}) {
                ByteBuffer header =
                        ByteBuffer.allocate(5).put((byte) type).putInt(GIGABYTE).flip();
                feed(filter, fromClient, header);
                for (int n = 0; n < 3 * 128; n++) {
                    feed(filter, fromClient, ByteBuffer.allocate(8 * 1024));
                }
            }
        }
        require(open.size() == 127, "connections");
    }

    /** Far more names than anybody has, with texts of 1 KB, then few with texts of nearly 1 MB. */
    private void names() {
        Filter filter = connection();
        String text = "SELECT '" + "x".repeat(1_000) + "' -- ";
        for (int n = 0; n < 100_000; n++) {
            feed(filter, true, Messages.parse("s" + n, text + n));
            feed(filter, true, Messages.bind("p" + n, "s" + n));
        }
        String longText = "SELECT '" + "x".repeat(1_000_000) + "' -- ";
        for (int n = 0; n < 60; n++) {
            feed(filter, true, Messages.parse("l" + n, longText + n));
        }
        feed(filter, true, Messages.sync());
    }

    /** All of it before the first answer; each is an arrival. */
    private void pipeline() {
        Filter filter = connection();
        feed(filter, false, Messages.message('Z', new byte[] {'I'}));
        for (int n = 0; n < 10_000; n++) {
            feed(filter, true, Messages.parse("", "SELECT " + n % 10));
            feed(filter, true, Messages.bind("", ""));
            feed(filter, true, Messages.execute(""));
            feed(filter, true, Messages.sync());
        }
        for (int n = 0; n < 10_000; n++) {
            feed(filter, false, Messages.message('1'));
            feed(filter, false, Messages.message('2'));
            feed(filter, false, Messages.message('D', new byte[2]));
            feed(filter, false, Messages.message('C', Messages.text("SELECT 1")));
            feed(filter, false, Messages.message('Z', new byte[] {'I'}));
        }
        long rows = round.decisions().seen().get(new Site("wire", "DataRow of SELECT ?"));
        require(rows == 10_000, rows + " rows");
        long ready = round.decisions().seen().get(new Site("wire", "ReadyForQuery"));
        require(ready == 10_001, ready + " times ready");
    }

    /** A client that never listens: from a million answers on that are owed to it, its words only pass. */
    private void unanswered() {
        Filter filter = connection();
        for (int n = 0; n < 3_000_000; n++) {
            feed(filter, true, Messages.sync());
        }
        long counted = round.decisions().seen().get(new Site("wire", "Sync"));
        require(counted < 1_100_000, counted + " counted");
    }

    private void feed(Filter filter, boolean fromClient, ByteBuffer bytes) {
        if (fromClient) {
            filter.fromClient(bytes, nowhere);
        } else {
            filter.fromServer(bytes, nowhere);
        }
    }

    private static void require(boolean is, String found) {
        if (!is) {
            throw new IllegalStateException("found " + found);
        }
    }

    private static final class Nowhere implements Steps {
        @Override
        public void toServer(ByteBuffer bytes) {
            bytes.position(bytes.limit());
        }

        @Override
        public void toServerInTurn(Supplier<ByteBuffer> bytes) {
            toServer(bytes.get());
        }

        @Override
        public void toClient(ByteBuffer bytes) {
            bytes.position(bytes.limit());
        }

        @Override
        public void holdToServer(Hold hold) {
            hold.release();
        }

        @Override
        public void holdToClient(Hold hold) {
            hold.release();
        }

        @Override
        public void cut(Runnable done) {
            done.run();
        }
    }
}
