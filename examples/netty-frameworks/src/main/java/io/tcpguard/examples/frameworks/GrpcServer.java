/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.frameworks;

import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.tcpguard.TcpGuard;
import io.tcpguard.netty.NettyGuard;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/** gRPC, whose builder takes a channel factory together with the event loops that fit it. */
final class GrpcServer {
    static final MethodDescriptor<String, String> HELLO = MethodDescriptor.<String, String>newBuilder()
            .setType(MethodDescriptor.MethodType.UNARY)
            .setFullMethodName("login/hello")
            .setRequestMarshaller(new Text())
            .setResponseMarshaller(new Text())
            .build();

    private GrpcServer() {}

    static Server start(TcpGuard guard, EventLoopGroup boss, EventLoopGroup workers) throws IOException {
        // tag::guard[]
        NettyServerBuilder server = NettyServerBuilder.forAddress(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .channelFactory(NettyGuard.of(guard).channelFactory(NioServerSocketChannel::new))
                .bossEventLoopGroup(boss)
                .workerEventLoopGroup(workers);
        // end::guard[]
        return server.addService(ServerServiceDefinition.builder("login")
                        .addMethod(HELLO, ServerCalls.asyncUnaryCall((name, answer) -> {
                            answer.onNext("hello " + name);
                            answer.onCompleted();
                        }))
                        .build())
                .build()
                .start();
    }

    /** Text as it is: an example needs no protocol buffers. */
    private static final class Text implements MethodDescriptor.Marshaller<String> {
        @Override
        public InputStream stream(String value) {
            return new ByteArrayInputStream(value.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public String parse(InputStream stream) {
            try {
                return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
