/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.publishing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** Nothing here runs a container; what can be wrong without one is read. */
class ContainerFilesTest {
    private static final Path FILES = Path.of("../container");
    private static final Pattern SETTING = Pattern.compile("(TCPGUARD_[A-Z_]+)=([^ \\\\\n]+)");

    @Test
    void theDrainIsOverBeforeKubernetesKills() throws IOException {
        Map<?, ?> spec = map(map(map(deployment(), "spec"), "template"), "spec");
        Map<?, ?> server = (Map<?, ?>) list(spec, "containers").get(0);
        Map<String, String> settings = list(server, "env").stream()
                .map(Map.class::cast)
                .collect(Collectors.toMap(e -> (String) e.get("name"), e -> (String) e.get("value")));
        List<?> preStop = list(map(map(map(server, "lifecycle"), "preStop"), "exec"), "command");

        int drain = Integer.parseInt((String) preStop.get(1))
                + seconds(settings.get("TCPGUARD_NOTICE"))
                + seconds(settings.get("TCPGUARD_FINISH"));
        assertThat(number(spec, "terminationGracePeriodSeconds")).isGreaterThan(drain);
    }

    @Test
    void theNoticeIsLongerThanTheProbeTakesToSeeIt() throws IOException {
        Map<?, ?> spec = map(map(map(deployment(), "spec"), "template"), "spec");
        Map<?, ?> server = (Map<?, ?>) list(spec, "containers").get(0);
        Map<?, ?> probe = map(server, "readinessProbe");

        assertThat(seconds(image().get("TCPGUARD_NOTICE")))
                .isGreaterThanOrEqualTo(number(probe, "periodSeconds") * (number(probe, "failureThreshold") + 1));
        assertThat(server.containsKey("livenessProbe")).isFalse();
    }

    @Test
    void theHealthPortIsTheSameEverywhereAndNotInTheService() throws IOException {
        String port = image().get("TCPGUARD_HEALTH_PORT");
        String kubernetes = read("kubernetes.yaml");

        assertThat(read("Dockerfile")).contains("EXPOSE 8080 " + port);
        assertThat(kubernetes).contains("containerPort: " + port).contains("value: \"" + port + "\"");
        assertThat(read("haproxy.cfg")).contains("check port " + port);
        assertThat(list(map(documents().get(1), "spec"), "ports")).hasSize(1);
    }

    @Test
    void composeGivesTheLimitsThatPeopleGetAndTheTimeThatADrainTakes() throws IOException {
        Map<?, ?> server = map(map(yaml(read("compose.yaml")).get(0), "services"), "one");
        Map<?, ?> files = map(map(server, "ulimits"), "nofile");

        assertThat(number(files, "soft")).isEqualTo(1024);
        assertThat(number(files, "hard")).isEqualTo(524_288);
        assertThat(seconds((String) server.get("stop_grace_period")))
                .isGreaterThan(seconds(image().get("TCPGUARD_NOTICE")) + seconds(image().get("TCPGUARD_FINISH")));
    }

    @Test
    void theProcessHearsTheSignalAndIsNotRoot() throws IOException {
        assertThat(read("Dockerfile"))
                .containsPattern("(?m)^ENTRYPOINT \\[")
                .containsPattern("(?m)^USER [1-9]")
                .doesNotContainPattern("(?m)^FROM [^:\n]+(:latest)?$")
                .doesNotContainPattern("(?m)^ADD ");
    }

    /** The rules of hadolint that can apply here, by their numbers. */
    @Test
    void theDockerfileKeepsHadolintsRules() throws IOException {
        List<String> lines = read("Dockerfile")
                .replace("\\\n", " ")
                .lines()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .toList();

        assertThat(lines.get(0)).as("DL3006, DL3007: a fixed version").matches("FROM [^ :]+:[^ :]*[0-9][^ :]*");
        assertThat(lines).allMatch(line -> line.matches("(FROM|RUN|WORKDIR|COPY|USER|EXPOSE|ENV|ENTRYPOINT) .+"));
        assertThat(of(lines, "WORKDIR")).as("DL3000: absolute").isNotEmpty().allMatch(line -> line.startsWith("/"));
        assertThat(of(lines, "EXPOSE").get(0).split(" ", -1))
                .as("DL3011: ports")
                .allMatch(port -> Integer.parseInt(port) < 65_536);
        assertThat(of(lines, "ENTRYPOINT")).as("DL4004: one").hasSize(1);
        assertThat(of(lines, "ENTRYPOINT").get(0))
                .as("DL3025: exec form")
                .startsWith("[\"")
                .endsWith("\"]");
        assertThat(of(lines, "RUN"))
                .as("DL3004, DL3005, DL4006: no sudo, no upgrade, no pipe without pipefail")
                .noneMatch(line -> line.matches(".*(sudo|upgrade|\\|).*"));
        assertThat(of(lines, "USER"))
                .as("DL3002: the last is not root")
                .last()
                .asString()
                .matches("[1-9][0-9]*");
        assertThat(of(lines, "ENV")).as("no secrets").noneMatch(line -> line.matches("(?i).*(passw|secret|token).*"));
    }

    private static List<String> of(List<String> lines, String instruction) {
        return lines.stream()
                .filter(line -> line.startsWith(instruction + ' '))
                .map(line -> line.substring(instruction.length() + 1))
                .toList();
    }

    private static Map<String, String> image() throws IOException {
        Map<String, String> settings = new HashMap<>();
        Matcher setting = SETTING.matcher(read("Dockerfile"));
        while (setting.find()) {
            settings.put(setting.group(1), setting.group(2));
        }
        return settings;
    }

    private static Map<?, ?> deployment() throws IOException {
        return documents().get(0);
    }

    private static List<Map<?, ?>> documents() throws IOException {
        return yaml(read("kubernetes.yaml"));
    }

    private static List<Map<?, ?>> yaml(String text) {
        List<Map<?, ?>> documents = new ArrayList<>();
        new Yaml(new SafeConstructor(new LoaderOptions())).loadAll(text).forEach(d -> documents.add((Map<?, ?>) d));
        return documents;
    }

    private static Map<?, ?> map(Map<?, ?> from, String name) {
        return (Map<?, ?>) from.get(name);
    }

    private static List<?> list(Map<?, ?> from, String name) {
        return (List<?>) from.get(name);
    }

    private static int number(Map<?, ?> from, String name) {
        return (Integer) from.get(name);
    }

    private static int seconds(String text) {
        assertThat(text).matches("\\d+s");
        return Integer.parseInt(text.substring(0, text.length() - 1));
    }

    private static String read(String file) throws IOException {
        return Files.readString(FILES.resolve(file));
    }
}
