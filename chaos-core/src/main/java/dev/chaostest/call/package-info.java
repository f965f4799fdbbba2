// SPDX-License-Identifier: Apache-2.0
/**
 * The call seam: any interface behind a proxy, so that a test decides how each call goes.
 *
 * <p>Start with {@link dev.chaostest.call.CallSeam}, which wraps, and {@link dev.chaostest.call.Calls}, which says which
 * calls a rule is about. Faults are planned as everywhere: a rule says which calls, when and what. What can happen to a
 * call is a delay or a hang of {@link dev.chaostest.plan}, a {@link dev.chaostest.call.Failure}, or a
 * {@link dev.chaostest.call.ChangedResult}.
 *
 * <p>How a dependency behaves from call to call is a {@link dev.chaostest.call.Behavior}: {@link dev.chaostest.call.Behaviors}
 * makes them, and a {@link dev.chaostest.call.Recorder} records one to be replayed.
 */
@NullMarked
package dev.chaostest.call;

import org.jspecify.annotations.NullMarked;
