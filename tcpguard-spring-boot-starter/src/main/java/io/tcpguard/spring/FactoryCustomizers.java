/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.spring;

import java.lang.reflect.Array;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.web.server.WebServerFactory;

/**
 * The customizers that one factory takes. Factories and customizers have other packages in Boot 3.5 than in 4, with the
 * same names; so they are found by those, and a proxy stands for the customizer.
 */
final class FactoryCustomizers {
    private final WebServerFactory factory;
    private final Method add;

    private FactoryCustomizers(WebServerFactory factory, Method add) {
        this.factory = factory;
        this.add = add;
    }

    /**
     * Empty if this factory takes none of them.
     *
     * @param add name of the method that adds some, with variable arguments
     * @param type simple name of the customizer
     */
    static Optional<FactoryCustomizers> of(WebServerFactory factory, String add, String type) {
        return Arrays.stream(factory.getClass().getMethods())
                .filter(method -> method.getName().equals(add)
                        && method.isVarArgs()
                        && typeOf(method).getSimpleName().equals(type))
                .findFirst()
                .map(method -> new FactoryCustomizers(factory, method));
    }

    /**
     * Adds one.
     *
     * @param customizer gets what is to be customized, and answers what the customizer answers (null if that answers
     *     nothing)
     * @throws ReflectiveOperationException if the factory does not take it
     */
    void add(Function<@Nullable Object, @Nullable Object> customizer) throws ReflectiveOperationException {
        Class<?> type = typeOf(add);
        InvocationHandler called = (proxy, method, arguments) -> {
            Object first = arguments == null || arguments.length == 0 ? null : arguments[0];
            return switch (method.getName()) {
                case "equals" -> proxy == first;
                case "hashCode" -> System.identityHashCode(proxy);
                case "toString" -> customizer.toString();
                default -> customizer.apply(first);
            };
        };
        Object customizers = Array.newInstance(type, 1);
        Array.set(customizers, 0, Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, called));
        add.invoke(factory, customizers);
    }

    private static Class<?> typeOf(Method method) {
        return method.getParameterTypes()[0].getComponentType();
    }
}
