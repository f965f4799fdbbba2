// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire.internal;

import dev.chaostest.link.Hold;
import dev.chaostest.mount.Strike.Blow;
import dev.chaostest.postgres.wire.message.Slice;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Says bytes in pieces; between two of them somebody waits, or they would come together again. */
final class Slicing {

    private static final int PIECES_MAX = 1_000;

    private Slicing() {}

    static void say(ByteBuffer bytes, Slice slice, Blow blow, Consumer<ByteBuffer> say, Consumer<Hold> wait) {
        List<Hold> gaps = new ArrayList<>();
        int end = bytes.limit();
        while (end - bytes.position() > slice.bytes() && gaps.size() < PIECES_MAX) {
            int next = bytes.position() + slice.bytes();
            say.accept(bytes.limit(next));
            bytes.limit(end).position(next);
            Hold gap = new Hold(slice.gap(), over -> {});
            gaps.add(gap);
            wait.accept(gap);
        }
        say.accept(bytes);
        blow.answered(slice.cameBack());
        if (!gaps.isEmpty()) {
            blow.park(() -> gaps.forEach(Hold::release));
        }
    }
}
