/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.demo;

/**
 * A promise of the guard, and what came of it.
 *
 * @param text the promise
 * @param kept whether it was kept
 * @param evidence what was seen
 */
record Promise(String text, boolean kept, String evidence) {}
