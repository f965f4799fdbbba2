// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.sweep.internal;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Tells values that are the time at which a round ran: two rounds in the same second may write the same, a later one won't.
 * Time zones are not asked for: they are quarters of an hour apart.
 *
 * @param from when the round began
 * @param to when it ended
 */
record Moment(Instant from, Instant to) {

    private static final Duration AROUND = Duration.ofSeconds(5);
    private static final Duration ZONES = Duration.ofHours(26);
    private static final long QUARTER = Duration.ofMinutes(15).toSeconds();
    private static final Pattern DATE_AND_TIME =
            Pattern.compile("(\\d{4}-\\d\\d-\\d\\d)[ T](\\d\\d:\\d\\d:\\d\\d(?:\\.\\d+)?).*");
    /** The same within a text, a date alone, or a number of digits that a time may have. */
    private static final Pattern IN_TEXT = Pattern.compile(
            "(?<!\\d)(?:(\\d{4}-\\d\\d-\\d\\d)(?:[ T](\\d\\d:\\d\\d(?::\\d\\d(?:\\.\\d{1,9})?)?))?|(?:\\d{3}){3,5}\\d)(?!\\d)");

    private static final Pattern TIME = Pattern.compile("(\\d\\d:\\d\\d:\\d\\d(?:\\.\\d+)?).*");

    /** Whether a value of this column is the round's time. */
    boolean isIn(KeptColumn column, String value) {
        try {
            return column.isText()
                    ? hasTime(value)
                    : (column.isTemporal() && isTime(column, value)) || (column.isWhole() && isNumber(value));
        } catch (DateTimeParseException e) { // infinity, a year beyond 9999
            return false;
        }
    }

    /** Somewhere in it: a document for others most often says when it was made. */
    private boolean hasTime(String value) {
        return IN_TEXT.matcher(value).results().anyMatch(this::isTime);
    }

    private boolean isTime(MatchResult found) {
        String date = found.group(1);
        try {
            return date == null
                    ? isNumber(found.group())
                    : found.group(2) == null ? isToday(date) : isNear(date, found.group(2));
        } catch (DateTimeParseException e) { // the 99th of a month
            return false;
        }
    }

    private boolean isToday(String date) {
        LocalDate today = LocalDate.ofInstant(from, ZoneOffset.UTC);
        return Math.abs(LocalDate.parse(date).toEpochDay() - today.toEpochDay()) <= 1;
    }

    private boolean isNear(String date, String time) {
        return isNear(LocalDateTime.parse(date + "T" + time).toEpochSecond(ZoneOffset.UTC));
    }

    private boolean isTime(KeptColumn column, String value) {
        if (column.type().equals("date")) {
            return isToday(value);
        }
        Matcher whole = DATE_AND_TIME.matcher(value);
        if (whole.matches()) {
            return isNear(whole.group(1), whole.group(2));
        }
        Matcher time = TIME.matcher(value);
        return time.matches()
                && isNear(LocalDate.ofInstant(from, ZoneOffset.UTC).toEpochSecond(LocalTime.MIN, ZoneOffset.UTC)
                        + LocalTime.parse(time.group(1)).toSecondOfDay());
    }

    private boolean isNear(long seconds) {
        long begin = from.minus(AROUND).getEpochSecond();
        long past = seconds - begin;
        long span = to.plus(AROUND).getEpochSecond() - begin;
        return Math.abs(past) <= ZONES.toSeconds() && Math.floorMod(past, QUARTER) <= span;
    }

    private boolean isNumber(String value) {
        if (value.length() > 19 || !value.chars().allMatch(Character::isDigit)) {
            return false;
        }
        long number = Long.parseLong(value);
        return List.of(1L, 1_000L, 1_000_000L).stream()
                .anyMatch(unit -> number >= from.minus(AROUND).getEpochSecond() * unit
                        && number <= (to.plus(AROUND).getEpochSecond() + 1) * unit);
    }
}
