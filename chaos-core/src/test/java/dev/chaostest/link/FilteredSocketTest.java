// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class FilteredSocketTest {

    private final Letters filter = new Letters();
    private ServerSocket listener;
    private Socket client;
    private Socket server;

    ServerSocket listen() throws IOException {
        return new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    }

    /** A client with a filter. */
    Socket connect(Filter through, LongSupplier nanoClock, ServerSocket to) throws IOException {
        Socket socket = new FilteredSocket(through, nanoClock);
        socket.connect(to.getLocalSocketAddress());
        return socket;
    }

    /** The server's end of it, when both can talk. */
    Socket accept(ServerSocket at, Socket from) throws IOException {
        return at.accept();
    }

    @BeforeEach
    void connect() throws IOException {
        listener = listen();
        client = connect(filter, System::nanoTime, listener);
        server = accept(listener, client);
    }

    @AfterEach
    void disconnect() throws IOException {
        client.close();
        server.close();
        listener.close();
    }

    @Test
    void bytesPassBothWaysAsTheFilterSays() throws IOException {
        send("aSbDc");
        assertThat(arrived(5)).isEqualTo("abDDc");
        answer("sasbdcs");
        assertThat(received(5)).isEqualTo("abddc");
    }

    @Test
    void readGoesOnWhenAllThatCameWasSwallowed() throws IOException {
        answer("sss");
        client.setSoTimeout(50);
        assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
        answer("a");
        assertThat(received(1)).isEqualTo("a");
    }

    @Test
    void heldBytesGoOnWhenTheyAreDue() throws IOException {
        filter.length = Duration.ofMillis(60);
        long begin = System.nanoTime();
        send("aHbc");
        assertThat(arrived(1)).isEqualTo("a");
        FutureTask<String> echo = background(() -> {
            String seen = arrived(2);
            answer("z");
            return seen;
        });
        assertThat(received(1)).isEqualTo("z");
        assertThat(System.nanoTime() - begin).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(60));
        assertThat(echo).succeedsWithin(Duration.ofSeconds(30));
        assertThat(filter.ended).hasValue(Hold.End.DUE);
    }

    @Test
    void bytesThatAreMadeInTheirTurnAreMadeBehindTheHold() throws IOException {
        send("aLHbLc");
        assertThat(arrived(2)).isEqualTo("an");
        filter.late.set('m');
        released();
        FutureTask<String> echo = background(() -> {
            String seen = arrived(3);
            answer("z");
            return seen;
        });
        assertThat(received(1)).isEqualTo("z");
        assertThat(echo).succeedsWithin(Duration.ofSeconds(30)).isEqualTo("bmc");
    }

    @Test
    void soTimeoutEndsAHeldReadAndTheNextReadWaitsOn() throws Exception {
        send("H");
        answer("ha");
        client.setSoTimeout(40);
        assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
        assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
        assertThat(client.getInputStream().available()).isZero();
        released();
        client.setSoTimeout(30_000);
        assertThat(received(1)).isEqualTo("a");
    }

    private void released() {
        Hold hold = filter.hold;
        if (hold != null) {
            hold.release();
        }
    }

    @Test
    void closeFromAnotherThreadFreesAHeldRead() throws Exception {
        answer("h");
        FutureTask<Integer> read = parked();
        client.close();
        assertThatThrownBy(() -> read.get(30, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(SocketException.class);
        assertThat(filter.ended).hasValue(Hold.End.CLOSED);
        assertThat(filter.closed).hasValue(1);
    }

    @Test
    void interruptFreesAHeldReadAndStaysSet() throws Exception {
        send("Ha");
        AtomicReference<@Nullable Thread> reader = new AtomicReference<>();
        CountDownLatch started = new CountDownLatch(1);
        FutureTask<Boolean> read = background(() -> {
            reader.set(Thread.currentThread());
            started.countDown();
            assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(InterruptedIOException.class);
            return Thread.currentThread().isInterrupted();
        });
        started.await();
        Thread thread = reader.get();
        if (thread != null) {
            thread.interrupt();
        }
        assertThat(read.get(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void releaseFreesAHeldRead() throws Exception {
        answer("ha");
        FutureTask<Integer> read = parked();
        released();
        assertThat(read.get(30, TimeUnit.SECONDS)).isEqualTo('a');
        assertThat(filter.ended).hasValue(Hold.End.RELEASED);
    }

    /** The clock ticks at each look, so every pair of looks has a hold that becomes due between them. */
    @Test
    void holdThatIsDueBetweenAnyTwoLooksAtTheClockFreesTheRead() throws IOException {
        for (int ticks = 0; ticks < 30; ticks++) {
            AtomicLong clock = new AtomicLong();
            Letters letters = new Letters();
            letters.length = Duration.ofNanos(ticks);
            try (Socket ticking = connect(letters, clock::incrementAndGet, listener)) {
                try (Socket peer = accept(listener, ticking)) {
                    InputStream input = ticking.getInputStream();
                    peer.getOutputStream().write(new byte[] {'h', 'a'});
                    assertThat(input.read(new byte[8])).isOne();
                    ticking.getOutputStream().write(new byte[] {'H', 'b', 'X'});
                    assertThat(input.read()).isEqualTo(-1);
                    assertThat(peer.getInputStream().read()).isEqualTo('b');
                }
            }
        }
    }

    @Test
    void endOfTheServerIsSeenWhileBytesAreHeld() throws Exception {
        send("Ha");
        server.close();
        assertThat(client.getInputStream().read()).isEqualTo(-1);
    }

    @Test
    void cutDeliversWhatCameBeforeInBothDirections() throws IOException {
        InputStream input = client.getInputStream();
        OutputStream output = client.getOutputStream();
        answer("abxc");
        assertThat(input.readNBytes(2)).containsExactly('a', 'b');
        assertThat(input.read()).isEqualTo(-1);
        assertThat(server.getInputStream().read()).isEqualTo(-1);
        assertThatThrownBy(() -> output.write('a'))
                .isInstanceOf(SocketException.class)
                .hasMessage("Connection reset");
        assertThat(filter.cuts).hasValue(1);
        assertThat(filter.closed).hasValue(1);
    }

    @Test
    void resetDeliversWhatCameBeforeAndThenBreaksForBoth() throws IOException {
        InputStream in = client.getInputStream();
        OutputStream out = client.getOutputStream();
        answer("a");
        assertThat(received(1)).isEqualTo("a");
        send("cdRe");
        assertThat(arrived(2)).isEqualTo("cd");
        assertThatThrownBy(() -> server.getInputStream().read())
                .isInstanceOf(SocketException.class)
                .hasMessageContaining("reset");
        assertThatThrownBy(in::read).isInstanceOf(SocketException.class).hasMessage("Connection reset");
        assertThatThrownBy(() -> out.write('f'))
                .isInstanceOf(SocketException.class)
                .hasMessage("Connection reset");
        assertThat(filter.cuts).hasValue(1);
    }

    @Test
    void resetBreaksForWhoIsReadingAlready() throws Exception {
        FutureTask<Integer> read = readingAlready();
        send("R");
        assertThatThrownBy(() -> read.get(30, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOf(SocketException.class)
                .hasMessage("Connection reset");
    }

    @Test
    void cutOnTheWayToTheServerLosesWhatFollows() throws IOException {
        InputStream input = client.getInputStream();
        send("abXc");
        assertThat(arrived(2)).isEqualTo("ab");
        assertThat(server.getInputStream().read()).isEqualTo(-1);
        assertThat(input.read()).isEqualTo(-1);
    }

    @Test
    void cutWaitsForTheHoldBeforeIt() throws IOException {
        filter.length = Duration.ofMillis(40);
        send("HaX");
        assertThat(filter.cuts).hasValue(0);
        assertThat(client.getInputStream().read()).isEqualTo(-1);
        assertThat(filter.cuts).hasValue(1);
        assertThat(arrived(1)).isEqualTo("a");
    }

    /** Whoever looks at the clock over and over is no slow peer but a busy processor. */
    @Test
    void readerRestsWhileTheCutWaitsForTheHoldBeforeIt() throws IOException {
        AtomicLong looks = new AtomicLong();
        Letters letters = new Letters();
        letters.length = Duration.ofMillis(200);
        LongSupplier clock = () -> {
            looks.incrementAndGet();
            return System.nanoTime();
        };
        try (Socket watched = connect(letters, clock, listener)) {
            try (Socket peer = accept(listener, watched)) {
                watched.getOutputStream().write(new byte[] {'H', 'X'});
                assertThat(watched.getInputStream().read()).isEqualTo(-1);
                assertThat(peer.getInputStream().read()).isEqualTo(-1);
            }
        }
        assertThat(letters.cuts).hasValue(1);
        assertThat(looks).hasValueLessThan(100);
    }

    @Test
    void heldBytesGoOnWhileAnotherThreadIsReadingAlready() throws Exception {
        filter.length = Duration.ofMillis(50);
        FutureTask<Integer> read = readingAlready();
        send("Ha");
        assertThat(arrived(1)).isEqualTo("a");
        answer("z");
        assertThat(read.get(30, TimeUnit.SECONDS)).isEqualTo('z');
    }

    @Test
    void cutByAWriterIsTheEndForWhoIsReadingAlready() throws Exception {
        FutureTask<Integer> read = readingAlready();
        send("X");
        assertThat(read.get(30, TimeUnit.SECONDS)).isEqualTo(-1);
        client.setSoTimeout(100);
        assertThat(client.getSoTimeout()).isEqualTo(100);
    }

    @Test
    void holdBehindACutEndsWithTheConnection() throws IOException {
        send("XH");
        assertThat(filter.ended).hasValue(Hold.End.CLOSED);
    }

    @Test
    void availableCountsOnlyWhatCanBeRead() throws IOException {
        answer("ssab");
        client.setSoTimeout(30_000);
        assertThat(client.getInputStream().read()).isEqualTo('a');
        assertThat(client.getInputStream().available()).isOne();
        assertThat(received(1)).isEqualTo("b");
        assertThat(client.getInputStream().available()).isZero();
    }

    @Test
    void writerWaitsOnceTooMuchIsHeld() throws Exception {
        send("H");
        CountDownLatch written = new CountDownLatch(1);
        FutureTask<Void> write = background(() -> {
            byte[] chunk = "a".repeat(1024 * 1024).getBytes(StandardCharsets.US_ASCII);
            for (int n = 0; n < 10; n++) {
                client.getOutputStream().write(chunk);
                if (n == 7) {
                    written.countDown();
                }
            }
            return null;
        });
        written.await();
        assertThatThrownBy(() -> write.get(100, TimeUnit.MILLISECONDS))
                .isInstanceOf(java.util.concurrent.TimeoutException.class);
        client.close();
        assertThatThrownBy(() -> write.get(30, TimeUnit.SECONDS)).hasCauseInstanceOf(SocketException.class);
    }

    /** It does not know any more where it is in the stream. */
    @Test
    void filterThatFailsOnTheWayToTheServerEndsTheConnection() throws IOException {
        assertThatThrownBy(() -> send("F")).isInstanceOf(IllegalStateException.class);
        assertThat(filter.closed).hasValue(1);
        assertThatThrownBy(() -> send("a")).isInstanceOf(SocketException.class);
        assertThat(server.getInputStream().read()).isEqualTo(-1);
    }

    @Test
    void filterThatFailsOnTheWayToTheClientEndsTheConnection() throws IOException {
        answer("f");
        assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(IllegalStateException.class);
        assertThat(filter.closed).hasValue(1);
        assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
    }

    @Test
    void secondCloseDoesNothing() throws IOException {
        client.close();
        client.close();
        assertThat(filter.closed).hasValue(1);
    }

    /** A thread that waits for the server, in the platform's own read. */
    private FutureTask<Integer> readingAlready() {
        FutureTask<Integer> read =
                new FutureTask<>(() -> client.getInputStream().read());
        Thread reader = new Thread(read, "reader");
        reader.setDaemon(true);
        reader.start();
        while (reader.isAlive()
                && Arrays.stream(reader.getStackTrace())
                        .noneMatch(frame -> frame.getClassName().startsWith("sun.nio.ch."))) {
            Thread.onSpinWait();
        }
        return read;
    }

    private FutureTask<Integer> parked() throws InterruptedException {
        FutureTask<Integer> read = background(() -> client.getInputStream().read());
        filter.held.await();
        return read;
    }

    private static <T> FutureTask<T> background(Callable<T> work) {
        FutureTask<T> task = new FutureTask<>(work);
        Thread thread = new Thread(task, "peer");
        thread.setDaemon(true);
        thread.start();
        return task;
    }

    private void send(String text) throws IOException {
        client.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    private String arrived(int length) throws IOException {
        return new String(server.getInputStream().readNBytes(length), StandardCharsets.US_ASCII);
    }

    private void answer(String text) throws IOException {
        server.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    private String received(int length) throws IOException {
        return new String(client.getInputStream().readNBytes(length), StandardCharsets.US_ASCII);
    }
}
