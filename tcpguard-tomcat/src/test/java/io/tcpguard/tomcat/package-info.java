/** Tests over real sockets on loopback. */
@NullMarked
package io.tcpguard.tomcat;

import org.jspecify.annotations.NullMarked;
