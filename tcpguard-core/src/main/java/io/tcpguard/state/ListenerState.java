/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.state;

import io.tcpguard.state.RefusalCounters.Reason;
import org.jspecify.annotations.Nullable;

/**
 * One guarded listener as the guard judges it.
 *
 * @param name as it was given
 * @param refusal why its new connections are refused or must not wait, whatever the descriptors are; null: they are not
 * @param requestsStalled whether requests on its connections waited so long that they are refused
 */
public record ListenerState(String name, @Nullable Reason refusal, boolean requestsStalled) {}
