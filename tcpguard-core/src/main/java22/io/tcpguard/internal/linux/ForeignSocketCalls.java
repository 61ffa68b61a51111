package io.tcpguard.internal.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * By the JDK's foreign-function API (final from Java 22 on). Without {@code --enable-native-access} the JVM prints a warning
 * once; where native access is denied this is not available.
 */
final class ForeignSocketCalls implements SocketCalls {
    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;

    /** struct sockaddr_storage. */
    private static final int ADDRESS_BYTES = 128;

    private static final int REHEARSALS = 300;

    private final MethodHandle getsockopt;
    private final MethodHandle getsockname;

    private ForeignSocketCalls(MethodHandle getsockopt, MethodHandle getsockname) {
        this.getsockopt = getsockopt;
        this.getsockname = getsockname;
    }

    /** Null if native access is denied or the C library is not the usual one. */
    static @Nullable SocketCalls open() {
        try {
            Linker linker = Linker.nativeLinker();
            SymbolLookup library = linker.defaultLookup();
            MethodHandle getsockopt = linker.downcallHandle(
                    library.find("getsockopt").orElseThrow(),
                    FunctionDescriptor.of(
                            ValueLayout.JAVA_INT,
                            ValueLayout.JAVA_INT,
                            ValueLayout.JAVA_INT,
                            ValueLayout.JAVA_INT,
                            ValueLayout.ADDRESS,
                            ValueLayout.ADDRESS));
            MethodHandle getsockname = linker.downcallHandle(
                    library.find("getsockname").orElseThrow(),
                    FunctionDescriptor.of(
                            ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS));
            ForeignSocketCalls calls = new ForeignSocketCalls(getsockopt, getsockname);
            return calls.rehearsed() ? calls : null;
        } catch (RuntimeException | LinkageError e) {
            // IllegalCallerException: denied. NoSuchElementException: not in the library.
            return null;
        }
    }

    /** Often enough that the JVM links and specialises (java.lang.invoke) all that a sample does, now and not in one. */
    private boolean rehearsed() {
        ForeignHandle nobody = new ForeignHandle(-1);
        Option option = nobody.option(1, 1, Integer.BYTES);
        boolean sane = true;
        for (int i = 0; i < REHEARSALS; i++) {
            sane &= !option.read() && nobody.localPort() < 0;
        }
        return sane;
    }

    @Override
    public Handle handle(int descriptor) {
        return new ForeignHandle(descriptor);
    }

    private final class ForeignHandle implements Handle {
        private final int descriptor;

        ForeignHandle(int descriptor) {
            this.descriptor = descriptor;
        }

        @Override
        public Option option(int level, int name, int bytes) {
            return new ForeignOption(descriptor, level, name, bytes);
        }

        @Override
        public int localPort() {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment address = arena.allocate(ADDRESS_BYTES, Long.BYTES);
                MemorySegment size = arena.allocate(ValueLayout.JAVA_INT);
                size.set(ValueLayout.JAVA_INT, 0, ADDRESS_BYTES);
                int result;
                try {
                    result = (int) getsockname.invokeExact(descriptor, address, size);
                } catch (Throwable e) {
                    throw unexpected(e);
                }
                int family = address.get(ValueLayout.JAVA_SHORT, 0);
                boolean internet = family == AF_INET || family == AF_INET6;
                // In network order, at the same place in both (struct sockaddr_in, sockaddr_in6).
                return result == 0 && internet
                        ? Short.toUnsignedInt(
                                address.get(ValueLayout.JAVA_SHORT.withOrder(ByteOrder.BIG_ENDIAN), Short.BYTES))
                        : -1;
            }
        }
    }

    private final class ForeignOption implements Option {
        private final int descriptor;
        private final int level;
        private final int name;
        private final int bytes;
        private final MemorySegment segment;
        private final MemorySegment length;
        private final ByteBuffer value;

        ForeignOption(int descriptor, int level, int name, int bytes) {
            // Freed by the garbage collector, as a direct buffer is.
            Arena arena = Arena.ofAuto();
            this.descriptor = descriptor;
            this.level = level;
            this.name = name;
            this.bytes = bytes;
            this.segment = arena.allocate(bytes, Long.BYTES);
            this.length = arena.allocate(ValueLayout.JAVA_INT);
            this.value = segment.asByteBuffer().order(ByteOrder.nativeOrder());
        }

        @Override
        public boolean read() {
            length.set(ValueLayout.JAVA_INT, 0, bytes);
            int result;
            try {
                result = (int) getsockopt.invokeExact(descriptor, level, name, segment, length);
            } catch (Throwable e) {
                throw unexpected(e);
            }
            return result == 0 && length.get(ValueLayout.JAVA_INT, 0) == bytes;
        }

        @Override
        public ByteBuffer value() {
            return value;
        }
    }

    private static RuntimeException unexpected(Throwable e) {
        return new IllegalStateException("a call of the C library could not be made", e);
    }
}
