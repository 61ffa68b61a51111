/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.linux;

import java.lang.invoke.MethodHandle;
import java.lang.ref.Reference;
import java.lang.reflect.Array;
import java.lang.reflect.Method;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * By the JDK's foreign-function API, {@code java.lang.foreign}, which is final from Java 22 on. It is looked up by
 * reflection, so that the same class is compiled on any JDK; what is called for each sample are two method handles that
 * take numbers only: pointers are passed as {@code long}, which has their size and their registers on 64-bit Linux
 * (System V ABI, AAPCS64). Only where native access is allowed ({@link NativeAccess}), since the JVM prints a warning
 * elsewhere.
 */
final class ForeignSocketCalls implements SocketCalls {
    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;

    /** struct sockaddr_storage. */
    private static final int ADDRESS_BYTES = 128;

    private static final int REHEARSALS = 300;

    private final MethodHandle getsockopt;
    private final MethodHandle getsockname;
    private final Method ofBuffer;
    private final Method addressOf;

    private ForeignSocketCalls(MethodHandle getsockopt, MethodHandle getsockname, Class<?> segment)
            throws NoSuchMethodException {
        this.getsockopt = getsockopt;
        this.getsockname = getsockname;
        ofBuffer = segment.getMethod("ofBuffer", Buffer.class);
        addressOf = segment.getMethod("address");
    }

    /** Null if this Java is older than 22, native access is not allowed, or the C library is not the usual one. */
    static @Nullable SocketCalls open() {
        if (!NativeAccess.foreign()) {
            return null;
        }
        try {
            CLibrary library = new CLibrary();
            ForeignSocketCalls calls = new ForeignSocketCalls(
                    library.function("getsockopt", "JAVA_INT", "JAVA_INT", "JAVA_INT", "JAVA_LONG", "JAVA_LONG"),
                    library.function("getsockname", "JAVA_INT", "JAVA_LONG", "JAVA_LONG"),
                    Class.forName("java.lang.foreign.MemorySegment"));
            return calls.rehearsed() ? calls : null;
        } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
            // NoSuchElementException: not in the library.
            return null;
        }
    }

    /** Functions of the C library that return an int. */
    private static final class CLibrary {
        private final Class<?> linkerType = Class.forName("java.lang.foreign.Linker");
        private final Class<?> layout = Class.forName("java.lang.foreign.MemoryLayout");
        private final Class<?> values = Class.forName("java.lang.foreign.ValueLayout");
        private final Class<?> descriptor = Class.forName("java.lang.foreign.FunctionDescriptor");
        private final Object linker = linkerType.getMethod("nativeLinker").invoke(null);
        private final Object lookup = linkerType.getMethod("defaultLookup").invoke(linker);

        CLibrary() throws ReflectiveOperationException {
            Object pointer = values.getField("ADDRESS").get(null);
            if (!layout.getMethod("byteSize").invoke(pointer).equals((long) Long.BYTES)) {
                throw new NoSuchMethodException("pointers are not 64 bits wide");
            }
        }

        MethodHandle function(String name, String... arguments) throws ReflectiveOperationException {
            Optional<?> address = (Optional<?>) Class.forName("java.lang.foreign.SymbolLookup")
                    .getMethod("find", String.class)
                    .invoke(lookup, name);
            Object layouts = Array.newInstance(layout, arguments.length);
            for (int i = 0; i < arguments.length; i++) {
                Array.set(layouts, i, values.getField(arguments[i]).get(null));
            }
            Object signature = descriptor
                    .getMethod("of", layout, layouts.getClass())
                    .invoke(null, values.getField("JAVA_INT").get(null), layouts);
            Object options = Array.newInstance(Class.forName("java.lang.foreign.Linker$Option"), 0);
            return (MethodHandle) linkerType
                    .getMethod(
                            "downcallHandle",
                            Class.forName("java.lang.foreign.MemorySegment"),
                            descriptor,
                            options.getClass())
                    .invoke(linker, address.orElseThrow(), signature, options);
        }
    }

    /**
     * Often enough that the JVM links and specialises (java.lang.invoke) all that a sample does, now and not in one.
     */
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
    public SocketHandle handle(int descriptor) {
        return new ForeignHandle(descriptor);
    }

    /** Memory outside the heap, freed by the garbage collector, and where it is. */
    private final class NativeMemory {
        final ByteBuffer bytes;
        final long address;

        NativeMemory(int size) {
            bytes = ByteBuffer.allocateDirect(size).order(ByteOrder.nativeOrder());
            try {
                address = (long) addressOf.invoke(ofBuffer.invoke(null, bytes));
            } catch (ReflectiveOperationException e) {
                throw unexpected(e);
            }
        }
    }

    private final class ForeignHandle implements SocketHandle {
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
            NativeMemory address = new NativeMemory(ADDRESS_BYTES);
            NativeMemory size = new NativeMemory(Integer.BYTES);
            size.bytes.putInt(0, ADDRESS_BYTES);
            int result;
            try {
                result = (int) getsockname.invokeExact(descriptor, address.address, size.address);
            } catch (Throwable e) {
                throw unexpected(e);
            } finally {
                Reference.reachabilityFence(size);
            }
            int family = address.bytes.getShort(0);
            boolean internet = family == AF_INET || family == AF_INET6;
            // In network order, at the same place in both (struct sockaddr_in, sockaddr_in6).
            return result == 0 && internet
                    ? Short.toUnsignedInt(
                            address.bytes.order(ByteOrder.BIG_ENDIAN).getShort(Short.BYTES))
                    : -1;
        }
    }

    private final class ForeignOption implements Option {
        private final int descriptor;
        private final int level;
        private final int name;
        private final int bytes;
        private final NativeMemory value;
        private final NativeMemory length;

        ForeignOption(int descriptor, int level, int name, int bytes) {
            this.descriptor = descriptor;
            this.level = level;
            this.name = name;
            this.bytes = bytes;
            value = new NativeMemory(bytes);
            length = new NativeMemory(Integer.BYTES);
        }

        @Override
        public boolean read() {
            length.bytes.putInt(0, bytes);
            int result;
            try {
                result = (int) getsockopt.invokeExact(descriptor, level, name, value.address, length.address);
            } catch (Throwable e) {
                throw unexpected(e);
            } finally {
                Reference.reachabilityFence(this);
            }
            return result == 0 && length.bytes.getInt(0) == bytes;
        }

        @Override
        public ByteBuffer value() {
            return value.bytes;
        }
    }

    private static RuntimeException unexpected(Throwable e) {
        return new IllegalStateException("a call of the C library could not be made", e);
    }
}
