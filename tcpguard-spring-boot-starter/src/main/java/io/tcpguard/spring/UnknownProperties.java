/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.spring;

import io.tcpguard.config.Setting;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.Environment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/** Warns of properties under {@code tcpguard.} that nobody reads: no failure, since others may own such names, too. */
final class UnknownProperties {
    private static final Logger log = LoggerFactory.getLogger(UnknownProperties.class);
    private static final ConfigurationPropertyName PREFIX = ConfigurationPropertyName.of(GuardProperties.PREFIX);

    /** What Kubernetes puts into the environment where a service has the name tcpguard. */
    private static final Pattern KUBERNETES = Pattern.compile("service(host|port.*)|port([0-9]+(tcp|udp|sctp).*)?");

    private static final List<ConfigurationPropertyName> LISTS = Arrays.stream(Setting.values())
            .filter(setting -> setting.byDefault() instanceof List<?>)
            .map(setting -> PREFIX.append(GuardProperties.kebab(setting.key())))
            .toList();

    private UnknownProperties() {}

    static void warn(Environment environment) {
        in(environment).forEach(name -> log.warn("There is no property {}: ignored. There are {}", name, known()));
    }

    private static List<ConfigurationPropertyName> known() {
        return Arrays.stream(Setting.values())
                .map(setting -> PREFIX.append(GuardProperties.kebab(setting.key())))
                .toList();
    }

    static Set<String> in(Environment environment) {
        List<ConfigurationPropertyName> known = known();
        Set<String> unknown = new TreeSet<>();
        for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
            if (source instanceof IterableConfigurationPropertySource listed) {
                boolean variables = source.getUnderlyingSource() instanceof SystemEnvironmentPropertySource;
                listed.stream()
                        .filter(PREFIX::isAncestorOf)
                        .filter(name -> !(variables ? isKnownVariable(name, known) : isKnown(name, known)))
                        .forEach(name -> unknown.add(name.toString()));
            }
        }
        return unknown;
    }

    /** The same name, or an element of its list. */
    private static boolean isKnown(ConfigurationPropertyName name, List<ConfigurationPropertyName> known) {
        return known.stream()
                .anyMatch(one -> one.equals(name)
                        || (name.isLastElementIndexed() && LISTS.contains(one) && one.isParentOf(name)));
    }

    /** Variables have but one mark, between words as well as between elements: {@code TCPGUARD_HEALTH_PORT}. */
    private static boolean isKnownVariable(ConfigurationPropertyName name, List<ConfigurationPropertyName> known) {
        String words = uniform(name.isLastElementIndexed() ? name.getParent() : name);
        return known.stream().anyMatch(one -> uniform(one).equals(words))
                || KUBERNETES
                        .matcher(uniform(name).substring(GuardProperties.PREFIX.length()))
                        .matches();
    }

    private static String uniform(ConfigurationPropertyName name) {
        return name.toString().replaceAll("[^A-Za-z0-9]", "").toLowerCase(Locale.ROOT);
    }
}
