// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.work;

import dev.chaostest.plan.Lane;

/** What a worker, or who frees it, threw unexpectedly; {@code kind} is the word before the line of the report. */
record Trouble(Lane lane, String kind, Throwable error) {}
