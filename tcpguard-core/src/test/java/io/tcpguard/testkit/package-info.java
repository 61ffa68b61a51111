/** What the tests of all modules share. */
@NullMarked
package io.tcpguard.testkit;

import org.jspecify.annotations.NullMarked;
