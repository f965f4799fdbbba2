// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Passes letters on, except: H holds what follows to the server, h to the client; X cuts, x cuts towards the client;
 * L is replaced in its turn; S and s are swallowed; R resets; D and d are doubled; F and f fail; T and t say ! to
 * the other side.
 */
final class Letters implements Filter {

    final AtomicInteger closed = new AtomicInteger();
    final AtomicReference<Hold.@Nullable End> ended = new AtomicReference<>();
    final AtomicInteger cuts = new AtomicInteger();
    final AtomicInteger late = new AtomicInteger('n');
    volatile Duration length = Duration.ofHours(1);
    final CountDownLatch held = new CountDownLatch(1);
    volatile @Nullable Hold hold;
    volatile boolean halfClose = true;

    private Hold hold() {
        Hold next = new Hold(length, ended::set);
        hold = next;
        held.countDown();
        return next;
    }

    @Override
    public void fromClient(ByteBuffer bytes, Steps steps) {
        while (bytes.hasRemaining()) {
            ByteBuffer one = one(bytes);
            switch (one.get(one.position())) {
                case 'H' -> steps.holdToServer(hold());
                case 'X' -> steps.cut(cuts::incrementAndGet);
                case 'R' -> steps.cut(CutKind.RST, cuts::incrementAndGet);
                case 'L' -> steps.toServerInTurn(() -> ByteBuffer.wrap(new byte[] {(byte) late.get()}));
                case 'S' -> {}
                case 'T' -> steps.toClient(ByteBuffer.wrap(new byte[] {'!'}));
                case 'F' -> throw new IllegalStateException("lost");
                case 'D' -> {
                    steps.toServer(one.duplicate());
                    steps.toServer(one);
                }
                default -> steps.toServer(one);
            }
        }
    }

    @Override
    public void fromServer(ByteBuffer bytes, Steps steps) {
        while (bytes.hasRemaining()) {
            ByteBuffer one = one(bytes);
            switch (one.get(one.position())) {
                case 'h' -> steps.holdToClient(hold());
                case 'x' -> steps.cut(cuts::incrementAndGet);
                case 's' -> {}
                case 't' -> steps.toServer(ByteBuffer.wrap(new byte[] {'!'}));
                case 'f' -> throw new IllegalStateException("lost");
                case 'd' -> {
                    steps.toClient(one.duplicate());
                    steps.toClient(one);
                }
                default -> steps.toClient(one);
            }
        }
    }

    private static ByteBuffer one(ByteBuffer bytes) {
        ByteBuffer one = bytes.duplicate();
        one.limit(bytes.position() + 1);
        bytes.position(bytes.position() + 1);
        return one;
    }

    @Override
    public boolean mayClientHalfClose() {
        return halfClose;
    }

    @Override
    public void closed() {
        closed.incrementAndGet();
    }
}
