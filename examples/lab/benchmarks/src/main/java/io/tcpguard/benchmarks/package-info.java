/** What the guard costs, beside what others cost. */
@NullMarked
package io.tcpguard.benchmarks;

import org.jspecify.annotations.NullMarked;
