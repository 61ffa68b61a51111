/** A WAR with tcpguard's jars in it, in Tomcats that know nothing of them. */
@NullMarked
package io.tcpguard.examples.war;

import org.jspecify.annotations.NullMarked;
