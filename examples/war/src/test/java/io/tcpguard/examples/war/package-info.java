/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
/** A WAR with tcpguard's jars in it, in Tomcats that know nothing of them. */
@NullMarked
package io.tcpguard.examples.war;

import org.jspecify.annotations.NullMarked;
