/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.testsuite;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.testsuite.transport.TestsuitePermutation.BootstrapComboFactory;
import io.netty.testsuite.transport.socket.CompositeBufferGatheringWriteTest;
import io.netty.testsuite.transport.socket.SocketAutoReadTest;
import io.netty.testsuite.transport.socket.SocketBufReleaseTest;
import io.netty.testsuite.transport.socket.SocketCancelWriteTest;
import io.netty.testsuite.transport.socket.SocketCloseForciblyTest;
import io.netty.testsuite.transport.socket.SocketConditionalWritabilityTest;
import io.netty.testsuite.transport.socket.SocketConnectTest;
import io.netty.testsuite.transport.socket.SocketDataReadInitialStateTest;
import io.netty.testsuite.transport.socket.SocketEchoTest;
import io.netty.testsuite.transport.socket.SocketExceptionHandlingTest;
import io.netty.testsuite.transport.socket.SocketFileRegionTest;
import io.netty.testsuite.transport.socket.SocketFixedLengthEchoTest;
import io.netty.testsuite.transport.socket.SocketGatheringWriteTest;
import io.netty.testsuite.transport.socket.SocketHalfClosedTest;
import io.netty.testsuite.transport.socket.SocketMultipleConnectTest;
import io.netty.testsuite.transport.socket.SocketObjectEchoTest;
import io.netty.testsuite.transport.socket.SocketReadPendingTest;
import io.netty.testsuite.transport.socket.SocketRstTest;
import io.netty.testsuite.transport.socket.SocketSslGreetingTest;
import io.netty.testsuite.transport.socket.SocketStartTlsTest;
import io.netty.testsuite.transport.socket.SocketStringEchoTest;
import io.netty.testsuite.transport.socket.TrafficShapingHandlerTest;
import java.util.List;

/** Netty's tests with bootstraps of ours. Their source is Netty's, and is not here. */
final class Suites {
    private Suites() {}

    static List<Class<?>> all() {
        return List.of(
                SocketEcho.class,
                SocketFixedLengthEcho.class,
                SocketStringEcho.class,
                SocketConnect.class,
                SocketMultipleConnect.class,
                SocketHalfClosed.class,
                SocketAutoRead.class,
                SocketReadPending.class,
                SocketRst.class,
                SocketCloseForcibly.class,
                SocketBufRelease.class,
                SocketGatheringWrite.class,
                CompositeBufferGatheringWrite.class,
                SocketCancelWrite.class,
                SocketConditionalWritability.class,
                SocketDataReadInitialState.class,
                SocketExceptionHandling.class,
                SocketFileRegion.class,
                SocketStartTls.class,
                SocketSslGreeting.class,
                SocketObjectEcho.class,
                TrafficShapingHandler.class);
    }

    /** {@link SocketEchoTest}. */
    public static class SocketEcho extends SocketEchoTest {
        @Override
        protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
            return Factories.all(super.newFactories());
        }
    }

    /** {@link SocketFixedLengthEchoTest}. */
    public static class SocketFixedLengthEcho extends SocketFixedLengthEchoTest {
        @Override
        protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
            return Factories.all(super.newFactories());
        }
    }

    /** {@link SocketStringEchoTest}. */
    public static class SocketStringEcho extends SocketStringEchoTest {
        @Override
        protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
            return Factories.all(super.newFactories());
        }
    }

    /** {@link SocketConnectTest}. */
    public static class SocketConnect extends SocketConnectTest {
        @Override
        protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
            return Factories.all(super.newFactories());
        }
    }

    /** {@link SocketMultipleConnectTest}. */
    public static class SocketMultipleConnect extends SocketMultipleConnectTest {
        @Override
        protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
            return Factories.all(super.newFactories());
        }
    }

    /** {@link SocketHalfClosedTest}. */
    public static class SocketHalfClosed extends SocketHalfClosedTest {
        @Override
        protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
            return Factories.all(super.newFactories());
        }
    }

    /** {@link SocketAutoReadTest}. */
    public static class SocketAutoRead extends SocketAutoReadTest {
        @Override
        protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
            return Factories.all(super.newFactories());
        }
    }

    /** {@link SocketReadPendingTest}. */
    public static class SocketReadPending extends SocketReadPendingTest {
        @Override
        protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
            return Factories.all(super.newFactories());
        }
    }

    /** {@link SocketRstTest}. */
    public static class SocketRst extends SocketRstTest {
        @Override
        protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
            return Factories.all(super.newFactories());
        }
    }

    /** {@link SocketCloseForciblyTest}. */
    public static class SocketCloseForcibly extends SocketCloseForciblyTest {
        @Override
        protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
            return Factories.all(super.newFactories());
        }
    }

    /** {@link SocketBufReleaseTest}. */
    public static class SocketBufRelease extends SocketBufReleaseTest {
        @Override
        protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
            return Factories.all(super.newFactories());
        }
    }

    /** {@link SocketGatheringWriteTest}. */
    public static class SocketGatheringWrite extends SocketGatheringWriteTest {
        @Override
        protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
            return Factories.all(super.newFactories());
        }
    }

    /** {@link CompositeBufferGatheringWriteTest}. */
    public static class CompositeBufferGatheringWrite extends CompositeBufferGatheringWriteTest {
        @Override
        protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
            return Factories.all(super.newFactories());
        }
    }

    /** {@link SocketCancelWriteTest}. */
    public static class SocketCancelWrite extends SocketCancelWriteTest {
        @Override
        protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
            return Factories.all(super.newFactories());
        }
    }

    /** {@link SocketConditionalWritabilityTest}. */
    public static class SocketConditionalWritability extends SocketConditionalWritabilityTest {
        @Override
        protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
            return Factories.all(super.newFactories());
        }
    }

    /** {@link SocketDataReadInitialStateTest}. */
    public static class SocketDataReadInitialState extends SocketDataReadInitialStateTest {
        @Override
        protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
            return Factories.all(super.newFactories());
        }
    }

    /** {@link SocketExceptionHandlingTest}. */
    public static class SocketExceptionHandling extends SocketExceptionHandlingTest {
        @Override
        protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
            return Factories.all(super.newFactories());
        }
    }

    /** {@link SocketFileRegionTest}. */
    public static class SocketFileRegion extends SocketFileRegionTest {
        @Override
        protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
            return Factories.all(super.newFactories());
        }
    }

    /** {@link SocketStartTlsTest}. */
    public static class SocketStartTls extends SocketStartTlsTest {
        @Override
        protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
            return Factories.all(super.newFactories());
        }
    }

    /** {@link SocketSslGreetingTest}. */
    public static class SocketSslGreeting extends SocketSslGreetingTest {
        @Override
        protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
            return Factories.all(super.newFactories());
        }
    }

    /** {@link SocketObjectEchoTest}. */
    public static class SocketObjectEcho extends SocketObjectEchoTest {
        @Override
        protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
            return Factories.all(super.newFactories());
        }
    }

    /** {@link TrafficShapingHandlerTest}. */
    public static class TrafficShapingHandler extends TrafficShapingHandlerTest {
        @Override
        protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
            return Factories.all(super.newFactories());
        }
    }
}
