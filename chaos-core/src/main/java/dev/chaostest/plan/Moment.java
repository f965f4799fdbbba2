// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.plan;

/**
 * What a fault strikes {@linkplain When before or after}: the effect of an operation, or the passage of a message, which has no
 * effect and no answer of its own.
 *
 * <pre>{@code
 * Moment.TO_CLIENT.told(When.BEFORE); // "before the message went on to the client"
 * }</pre>
 *
 * @since 0.1
 */
public enum Moment {
    /** Something is done for the caller: a statement, a call. */
    EFFECT("the effect"),
    /** A message goes on from the client to the server. */
    TO_SERVER("the message went on to the server"),
    /** A message goes on from the server to the client. */
    TO_CLIENT("the message went on to the client"),
    /** A message goes on, and it may be of either direction. */
    EITHER_WAY("the message went on");

    private final String text;

    Moment(String text) {
        this.text = text;
    }

    /** Says before or after what it is. */
    public String told(When when) {
        return (when == When.BEFORE ? "before " : "after ") + text;
    }
}
