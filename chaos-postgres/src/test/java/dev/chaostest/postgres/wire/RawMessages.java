// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire;

import dev.chaostest.link.Filter;
import dev.chaostest.link.Hold;
import dev.chaostest.link.Steps;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.function.Supplier;

/** A filter between two ends that only keep what they got. */
final class RawMessages implements Steps {

    final ByteArrayOutputStream server = new ByteArrayOutputStream();
    final ByteArrayOutputStream client = new ByteArrayOutputStream();

    /** Feeds one direction in pieces of a size. */
    void feed(Filter filter, boolean fromClient, byte[] bytes, int size) {
        for (int from = 0; from < bytes.length; from += size) {
            ByteBuffer piece = ByteBuffer.wrap(bytes, from, Math.min(size, bytes.length - from));
            if (fromClient) {
                filter.fromClient(piece, this);
            } else {
                filter.fromServer(piece, this);
            }
        }
    }

    private static void take(ByteArrayOutputStream end, ByteBuffer bytes) {
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(copy);
        end.writeBytes(copy);
    }

    static byte[] startup(int protocol) {
        byte[] user = "user\0postgres\0\0".getBytes(java.nio.charset.StandardCharsets.UTF_8);
        return untyped(protocol, user);
    }

    static byte[] untyped(int code, byte[] rest) {
        return ByteBuffer.allocate(8 + rest.length)
                .putInt(8 + rest.length)
                .putInt(code)
                .put(rest)
                .array();
    }

    static byte[] joined(byte[]... messages) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] message : messages) {
            all.writeBytes(message);
        }
        return all.toByteArray();
    }

    @Override
    public void toServer(ByteBuffer bytes) {
        take(server, bytes);
    }

    @Override
    public void toServerInTurn(Supplier<ByteBuffer> bytes) {
        take(server, bytes.get());
    }

    @Override
    public void toClient(ByteBuffer bytes) {
        take(client, bytes);
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
