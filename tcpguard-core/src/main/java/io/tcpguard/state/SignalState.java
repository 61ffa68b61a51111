/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.state;

import io.tcpguard.signal.Reading;

/**
 * One signal as the guard judges it.
 *
 * @param source which one, where there can be several: the listener's or executor's name; else empty
 * @param reading the last reading
 * @param level what this signal alone asks for
 */
public record SignalState(String source, Reading reading, Level level) {}
