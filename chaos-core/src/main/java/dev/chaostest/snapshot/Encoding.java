// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.snapshot;

import dev.chaostest.snapshot.Cells.Bytes;
import dev.chaostest.snapshot.Cells.Other;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Writes frozen cells such that equal cells, and only these, give equal bytes: a letter for the kind, then the length
 * where it varies, then the content.
 *
 * <p>It is the one definition of equality, so rows that are kept as digests are compared as all others.
 */
final class Encoding {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final DataOutputStream out = new DataOutputStream(bytes);

    private Encoding() {}

    static byte[] of(@Nullable Object frozen) {
        Encoding encoding = new Encoding();
        try {
            encoding.write(frozen);
        } catch (IOException impossible) {
            throw new UncheckedIOException("Writing to memory failed.", impossible);
        }
        return encoding.bytes.toByteArray();
    }

    static boolean isEqual(@Nullable Object before, @Nullable Object after) {
        return before == after || Arrays.equals(of(before), of(after));
    }

    private void write(@Nullable Object value) throws IOException {
        if (value == null) {
            out.writeByte('0');
        } else if (value instanceof String text) {
            text('s', text);
        } else if (value instanceof Number number) {
            number(number);
        } else if (value instanceof Bytes content) {
            sized('x', content.content());
        } else if (value instanceof Set<?> elements) {
            sorted('{', elements.stream().map(Encoding::of));
        } else if (value instanceof Collection<?> elements) {
            list(elements);
        } else if (value instanceof Map<?, ?> map) {
            sorted(
                    'm',
                    map.entrySet().stream()
                            .map(entry -> of(Arrays.<@Nullable Object>asList(entry.getKey(), entry.getValue()))));
        } else {
            other(value);
        }
    }

    private void other(Object value) throws IOException {
        if (value instanceof Instant instant) {
            instant(instant);
        } else if (value instanceof OffsetDateTime time) {
            instant(time.toInstant());
        } else if (value instanceof ZonedDateTime time) {
            instant(time.toInstant());
        } else if (value instanceof Enum<?> constant) {
            text('e', constant.getDeclaringClass().getName());
            text('s', constant.name());
        } else if (value instanceof Other any) {
            text('o', any.type());
            text('s', any.text());
            out.writeLong(any.millis());
        } else {
            text('c', value.getClass().getName());
            text('s', value.toString());
        }
    }

    private void number(Number number) throws IOException {
        if (number instanceof Double || number instanceof Float) {
            double value = number.doubleValue() + 0.0; // -0.0 becomes 0.0
            out.writeByte('f');
            out.writeLong(Double.doubleToLongBits(value)); // and every NaN the same
            return;
        }
        BigDecimal exact = number instanceof BigDecimal decimal
                ? decimal.stripTrailingZeros()
                : (number instanceof BigInteger whole ? new BigDecimal(whole) : BigDecimal.valueOf(number.longValue()))
                        .stripTrailingZeros();
        sized('n', exact.unscaledValue().toByteArray());
        out.writeInt(exact.scale());
    }

    private void instant(Instant instant) throws IOException {
        out.writeByte('i');
        out.writeLong(instant.getEpochSecond());
        out.writeInt(instant.getNano());
    }

    private void list(Collection<?> elements) throws IOException {
        out.writeByte('[');
        out.writeInt(elements.size());
        for (Object element : elements) {
            write(element);
        }
    }

    private void sorted(char kind, Stream<byte[]> elements) throws IOException {
        List<byte[]> inOrder = elements.sorted(Arrays::compare).toList();
        out.writeByte(kind);
        out.writeInt(inOrder.size());
        for (byte[] element : inOrder) {
            sized('-', element);
        }
    }

    private void text(char kind, String text) throws IOException {
        out.writeByte(kind);
        out.writeInt(text.length());
        out.writeChars(text); // a charset would make one replacement of all lone surrogates
    }

    private void sized(char kind, byte[] content) throws IOException {
        out.writeByte(kind);
        out.writeInt(content.length);
        out.write(content);
    }
}
