/**
 * Facts: what the kernel or the server said, or why it is not known. Nothing in here judges.
 *
 * <p>In: nothing. Out: {@link io.tcpguard.signal.Reading}s.
 */
@NullMarked
package io.tcpguard.signal;

import org.jspecify.annotations.NullMarked;
