package io.tcpguard.netty.boot;

import io.netty.channel.socket.ServerSocketChannel;
import io.tcpguard.TcpGuard;
import io.tcpguard.boot.WebServerGuard;
import io.tcpguard.netty.NettyGuard;
import java.lang.reflect.Array;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.web.server.WebServerFactory;
import org.springframework.http.client.ReactorResourceFactory;
import reactor.netty.http.server.HttpServer;

/**
 * Puts the accept handler into Reactor Netty's server channels.
 *
 * <p>Netty's factory and {@code NettyServerCustomizer} have other packages in Boot 3.5 than in 4, with the same methods; so the methods
 * are found by name, and a proxy stands for the customizer.
 */
final class NettyServers implements WebServerGuard {
    private final ObjectProvider<ReactorResourceFactory> resources;
    private final List<NettyGuard> guards = new CopyOnWriteArrayList<>();

    NettyServers(ObjectProvider<ReactorResourceFactory> resources) {
        this.resources = resources;
    }

    @Override
    public boolean guard(WebServerFactory factory, TcpGuard guard) {
        Method addCustomizers = Arrays.stream(factory.getClass().getMethods())
                .filter(method -> "addServerCustomizers".equals(method.getName()) && takesNettys(method))
                .findFirst()
                .orElse(null);
        if (addCustomizers == null) {
            return false;
        }
        NettyGuard netty = NettyGuard.of(guard);
        try {
            ReactorResourceFactory given = resources.getIfUnique();
            if (given != null) {
                factory.getClass()
                        .getMethod("setResourceFactory", ReactorResourceFactory.class)
                        .invoke(factory, new GuardedResources(netty, given));
            }
            Class<?> type = addCustomizers.getParameterTypes()[0].getComponentType();
            Object customizers = Array.newInstance(type, 1);
            Array.set(
                    customizers,
                    0,
                    Proxy.newProxyInstance(
                            type.getClassLoader(),
                            new Class<?>[] {type},
                            (proxy, method, arguments) -> called(guard, netty, proxy, method, arguments)));
            addCustomizers.invoke(factory, customizers);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(
                    "tcpguard can't be put on " + factory.getClass().getName(), e);
        }
        guards.add(netty);
        return true;
    }

    /** Jetty's factory has a method of that name too. */
    private static boolean takesNettys(Method method) {
        return method.isVarArgs()
                && "NettyServerCustomizer"
                        .equals(method.getParameterTypes()[0].getComponentType().getSimpleName());
    }

    @Override
    public void drain(TcpGuard guard, Duration notice, Duration finish) throws InterruptedException {
        for (NettyGuard netty : guards) {
            netty.drain(notice, finish);
        }
    }

    private static @Nullable Object called(
            TcpGuard guard, NettyGuard netty, Object proxy, Method method, Object @Nullable [] arguments) {
        Object first = arguments == null || arguments.length == 0 ? null : arguments[0];
        return switch (method.getName()) {
            case "equals" -> proxy == first;
            case "hashCode" -> System.identityHashCode(proxy);
            case "toString" -> NettyServers.class.getName();
            default -> first instanceof HttpServer server ? guarded(server, guard, netty) : first;
        };
    }

    /**
     * The server is being made, so the guard starts. The resources put the handler into the channel, unless the application has several
     * or gives the factory others; then it comes here, right after the bind. It stays out where there is one.
     */
    private static HttpServer guarded(HttpServer server, TcpGuard guard, NettyGuard netty) {
        guard.start();
        return server.doOnBound(bound -> {
            if (bound.channel() instanceof ServerSocketChannel channel) {
                channel.pipeline().addFirst(netty.acceptHandler());
            }
        });
    }
}
