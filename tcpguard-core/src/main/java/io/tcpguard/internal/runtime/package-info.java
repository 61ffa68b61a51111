/**
 * Where the parts meet. No promise is made to users of this package.
 */
@NullMarked
package io.tcpguard.internal.runtime;

import org.jspecify.annotations.NullMarked;
