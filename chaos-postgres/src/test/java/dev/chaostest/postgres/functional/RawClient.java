// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.functional;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** As much of a PostgreSQL client as it takes to know the key that cancels what it does. */
final class RawClient implements AutoCloseable {

    private static final int PROTOCOL = 3 << 16;
    private static final int CANCEL_REQUEST = 80877102;

    private final Socket socket;
    private final DataInputStream in;
    private final DataOutputStream out;
    private byte[] key = {};

    /** @param socket connected; passes a seam or does not */
    RawClient(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new DataInputStream(socket.getInputStream());
        this.out = new DataOutputStream(socket.getOutputStream());
        byte[] parameters = "user\0postgres\0\0".getBytes(StandardCharsets.US_ASCII);
        out.writeInt(8 + parameters.length);
        out.writeInt(PROTOCOL);
        out.write(parameters);
        out.flush();
        awaitReady();
    }

    /** Runs it; answers the SQLSTATE that it failed with, or 00000. */
    String query(String sql) throws IOException {
        byte[] text = (sql + '\0').getBytes(StandardCharsets.UTF_8);
        out.write('Q');
        out.writeInt(4 + text.length);
        out.write(text);
        out.flush();
        return awaitReady();
    }

    private String awaitReady() throws IOException {
        String state = "00000";
        while (true) {
            int type = in.read();
            byte[] body = in.readNBytes(in.readInt() - 4);
            switch (type) {
                case 'Z' -> {
                    return state;
                }
                case 'K' -> key = body;
                case 'E' -> state = state(body);
                default -> {}
            }
        }
    }

    private static String state(byte[] error) {
        return Arrays.stream(new String(error, StandardCharsets.UTF_8).split("\0"))
                .filter(field -> field.startsWith("C"))
                .map(field -> field.substring(1))
                .findFirst()
                .orElseThrow();
    }

    /** Asks there that what this client does be cancelled. */
    void cancelAt(InetSocketAddress address) throws IOException {
        try (Socket other = new Socket(address.getAddress(), address.getPort())) {
            DataOutputStream request = new DataOutputStream(other.getOutputStream());
            request.writeInt(8 + key.length);
            request.writeInt(CANCEL_REQUEST);
            request.write(key);
            request.flush();
            other.getInputStream().read(); // the server answers nothing and closes
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
