// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.SplittableRandom;

/** Changes nothing of what passes, in every way there is: as it is, in parts, copied, in its turn, behind a hold. */
final class Meddler implements Filter {

    private final SplittableRandom ways = new SplittableRandom(5);

    @Override
    public void fromClient(ByteBuffer bytes, Steps steps) {
        while (bytes.hasRemaining()) {
            ByteBuffer part = part(bytes);
            switch (ways.nextInt(8)) {
                case 0 -> steps.toServer(copy(part));
                case 1 -> {
                    ByteBuffer copy = copy(part);
                    steps.toServerInTurn(() -> copy);
                }
                case 2 -> {
                    steps.holdToServer(moment());
                    steps.toServer(part);
                }
                default -> steps.toServer(part);
            }
        }
    }

    @Override
    public void fromServer(ByteBuffer bytes, Steps steps) {
        while (bytes.hasRemaining()) {
            ByteBuffer part = part(bytes);
            switch (ways.nextInt(8)) {
                case 0 -> steps.toClient(copy(part));
                case 1 -> {
                    steps.holdToClient(moment());
                    steps.toClient(part);
                }
                default -> steps.toClient(part);
            }
        }
    }

    private Hold moment() {
        Hold hold = new Hold(Duration.ofNanos(ways.nextInt(50_000)), end -> {});
        if (ways.nextBoolean()) {
            hold.release();
        }
        return hold;
    }

    private ByteBuffer part(ByteBuffer bytes) {
        int length = ways.nextInt(4) == 0 ? 1 + ways.nextInt(bytes.remaining()) : bytes.remaining();
        ByteBuffer part = bytes.duplicate().limit(bytes.position() + length);
        bytes.position(part.limit());
        return part;
    }

    private static ByteBuffer copy(ByteBuffer part) {
        return ByteBuffer.allocate(part.remaining()).put(part).flip();
    }

    @Override
    public void closed() {}
}
