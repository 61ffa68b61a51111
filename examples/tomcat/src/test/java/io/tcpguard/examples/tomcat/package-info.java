/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
@NullMarked
package io.tcpguard.examples.tomcat;

import org.jspecify.annotations.NullMarked;
