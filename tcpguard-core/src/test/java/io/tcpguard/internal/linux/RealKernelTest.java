/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.tcpguard.testkit.Await;
import io.tcpguard.testkit.Ended;
import io.tcpguard.testkit.Namespace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Each resource driven to its limit on the real kernel: the readings say what {@code ss} and {@code nstat} say. */
@Tag("long")
@EnabledOnOs(OS.LINUX)
class RealKernelTest {
    private static final long SECOND = 1_000_000_000L;

    private Namespace namespace;
    private ChildJvm child;

    @BeforeEach
    void enter() throws IOException {
        namespace = Namespace.create();
        child = ChildJvm.start(namespace.prefix());
    }

    @AfterEach
    void leave() {
        if (child != null) {
            child.close();
        }
        if (namespace != null) {
            namespace.close();
        }
    }

    @Test
    void theAcceptQueueIsWhatSsSaysWhileItFillsAndOverflows() {
        int port = listen(5);
        for (int i = 0; i < 6; i++) {
            assertThat(child.ask("connect " + port + " 1")).isEqualTo("1 -");
            String expected = "ACCEPT_QUEUE " + (i + 1) + " of 5";
            await(expected, () -> child.ask("read ACCEPT_QUEUE"));
            assertThat(ssListening(port)).containsExactly("" + (i + 1), "5");
        }
        long dropsBefore = namespace.nstat("TcpExtListenDrops");
        child.ask("read LISTEN_DROPS 0");

        assertThat(child.ask("connect " + port + " 3")).startsWith("0 ");

        long drops = namespace.nstat("TcpExtListenDrops") - dropsBefore;
        String reading = child.ask("read LISTEN_DROPS " + SECOND);
        assertThat(child.ask("read ACCEPT_QUEUE")).isEqualTo("ACCEPT_QUEUE 6 of 5");
        assertThat(drops).isPositive();
        assertThat(namespace.nstat("TcpExtListenOverflows")).isPositive();
        assertThat(reading).isEqualTo("LISTEN_DROPS " + drops + " of " + ListenDropsProbe.CLIENTS_NOTICE);
    }

    @Test
    void theEffectiveBacklogIsCutToSomaxconn() {
        namespace.must("sysctl", "-w", "net.core.somaxconn=16");
        int port = listen(100_000);

        assertThat(child.ask("read ACCEPT_QUEUE")).isEqualTo("ACCEPT_QUEUE 0 of 16");
        assertThat(ssListening(port)).containsExactly("0", "16");
    }

    @Test
    void timeWaitStopsAtItsLimit() {
        namespace.must("sysctl", "-w", "net.ipv4.tcp_max_tw_buckets=50");
        int port = listen(100);
        assertThat(child.ask("connect " + port + " 60")).isEqualTo("60 -");

        assertThat(child.ask("accept 60")).isEqualTo("closed");

        await("TIME_WAIT 50 of 50", () -> child.ask("read TIME_WAIT"));
        assertThat(namespace.must("ss", "-Htan", "state", "time-wait").lines()).hasSize(50);
        assertThat(namespace.nstat("TcpExtTCPTimeWaitOverflow")).isEqualTo(10);
        assertThat(child.ask("counts")).contains("TIME_WAIT_OVERFLOWS=10").contains("MEMORY_ABORTS=0");
    }

    /** Clients that never finish the handshake: their last ACK is lost on the way. */
    @Test
    void aSynFloodThatIsAnsweredByCookiesIsSeen() {
        int port = listen(10);
        dropHandshakeAcks(port);
        child.ask("read LISTEN_DROPS 0");

        child.ask("connect " + port + " 40");

        long cookies = namespace.nstat("TcpExtSyncookiesSent");
        long drops = namespace.nstat("TcpExtListenDrops");
        String reading = child.ask("read LISTEN_DROPS " + SECOND);
        assertThat(cookies).isPositive();
        assertThat(namespace.nstat("TcpExtTCPReqQFullDoCookies")).isPositive();
        assertThat(reading).isEqualTo("LISTEN_DROPS " + (cookies + drops) + " of " + ListenDropsProbe.CLIENTS_NOTICE);
        assertThat(child.ask("read ACCEPT_QUEUE")).isEqualTo("ACCEPT_QUEUE 0 of 10");
    }

    @Test
    void theCensusCountsHalfOpenConnectionsLikeSs() {
        int port = listen(100);
        dropHandshakeAcks(port);

        child.ask("connect " + port + " 7");

        assertThat(namespace.must("ss", "-Htan", "state", "syn-recv").lines()).hasSize(7);
        assertThat(child.ask("census")).isEqualTo("LISTEN 1 SYN_RECV 7 complete true");
    }

    @Test
    void aSynFloodWithoutCookiesIsSeenOncePerAttempt() {
        namespace.must("sysctl", "-w", "net.ipv4.tcp_syncookies=0");
        int port = listen(10);
        dropHandshakeAcks(port);
        child.ask("read LISTEN_DROPS 0");

        child.ask("connect " + port + " 20");

        long drops = namespace.nstat("TcpExtListenDrops");
        String reading = child.ask("read LISTEN_DROPS " + SECOND);
        assertThat(drops).isPositive();
        assertThat(namespace.nstat("TcpExtTCPReqQFullDrop")).isPositive();
        assertThat(reading).isEqualTo("LISTEN_DROPS " + drops + " of " + ListenDropsProbe.CLIENTS_NOTICE);
    }

    @Test
    void conntrackCountsEachConnectionOnceARuleLooksAtThem() {
        Path max = Path.of("/proc/sys/net/netfilter/nf_conntrack_max");
        assumeThat(Files.exists(max)).as("the module nf_conntrack").isTrue();
        nft("add table inet t");
        nft("add chain inet t in { type filter hook input priority 0; }");
        nft("add rule inet t in ct state new counter");
        int port = listen(100);
        child.ask("connect " + port + " 30");

        String count = namespace.must("cat", "/proc/sys/net/netfilter/nf_conntrack_count");
        String limit = namespace.must("cat", max.toString());
        assertThat(Long.parseLong(count)).isGreaterThanOrEqualTo(30);
        assertThat(child.ask("read CONNTRACK")).isEqualTo("CONNTRACK " + count + " of " + limit);
    }

    @Test
    void conntrackStopsAtItsLimit() {
        namespace.attempt("sysctl", "-w", "net.netfilter.nf_conntrack_max=30");
        // The program says that it went well even if the kernel refused.
        assumeThat(namespace
                        .attempt("sysctl", "-n", "net.netfilter.nf_conntrack_max")
                        .said()
                        .strip())
                .as("a namespace that may set its own nf_conntrack_max (the machine's is left alone)")
                .isEqualTo("30");
        nft("add table inet t");
        nft("add chain inet t in { type filter hook input priority 0; }");
        nft("add rule inet t in ct state new counter");
        int port = listen(100);
        child.ask("connect " + port + " 40");

        await("CONNTRACK 30 of 30", () -> child.ask("read CONNTRACK"));
    }

    /**
     * Where only the machine's first namespace may set the limit: lowered for this test, and only if hardly anything is
     * tracked.
     */
    @Test
    void conntrackStopsAtTheMachinesLimit() throws IOException {
        Path max = Path.of("/proc/sys/net/netfilter/nf_conntrack_max");
        Path count = Path.of("/proc/sys/net/netfilter/nf_conntrack_count");
        assumeThat(Files.isWritable(max) && Files.isReadable(count))
                .as("an nf_conntrack_max that may be set")
                .isTrue();
        String was = Files.readAllLines(max).get(0);
        assumeThat(Long.parseLong(Files.readAllLines(count).get(0)))
                .as("connections tracked here: others would suffer")
                .isLessThan(64);
        nft("add table inet t");
        nft("add chain inet t in { type filter hook input priority 0; }");
        nft("add rule inet t in ct state new counter");
        int port = listen(400);
        assertThat(child.ask("read CONNTRACK")).isEqualTo("CONNTRACK 0 of " + was);
        try {
            boolean set = write(max, "256");
            assumeThat(set).as("an nf_conntrack_max that may be set").isTrue();
            // The limit is read once a second.
            await("CONNTRACK 0 of 256", () -> child.ask("read CONNTRACK"));

            String answer = child.ask("connect " + port + " 300");

            assertThat(Integer.parseInt(answer.split(" ", -1)[0])).isLessThan(300);
            String tracked = namespace.must("cat", count.toString());
            assertThat(Long.parseLong(tracked)).isBetween(250L, 260L);
            assertThat(child.ask("read CONNTRACK")).isEqualTo("CONNTRACK " + tracked + " of 256");
        } finally {
            assertThat(write(max, was)).isTrue();
        }
    }

    private static boolean write(Path sysctl, String value) {
        try {
            Files.writeString(sysctl, value + "\n");
            return Files.readAllLines(sysctl).get(0).equals(value);
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void ephemeralPortsAreAllInUseWhenConnectSaysSo() {
        namespace.must("sysctl", "-w", "net.ipv4.ip_local_port_range=40000 40099");
        int port = listenOn(8080, 200);

        String answer = child.ask("connect " + port + " 101");

        assertThat(answer).startsWith("100 ");
        assertThat(namespace.must("ss", "-Htan", "dport", "=", ":" + port).lines())
                .hasSize(100);
        assertThat(namespace.nstat("TcpActiveOpens")).isEqualTo(100);
        // The connects ever made are looked at once a second.
        await("EPHEMERAL_PORTS 100 of 100", () -> child.ask("read EPHEMERAL_PORTS"));
    }

    /** Half the range is reserved, which the upper bound does not see; what each library throws is told to a guard. */
    @Test
    void aConnectThatFoundNoPortIsBelievedWhateverLibraryMadeIt() {
        namespace.must("sysctl", "-w", "net.ipv4.ip_local_port_range=40000 40199");
        namespace.must("sysctl", "-w", "net.ipv4.ip_local_reserved_ports=40100-40199");
        int port = listenOn(8080, 300);
        child.ask("guard");

        assertThat(child.ask("connect " + port + " 101")).startsWith("100 ");

        // Those that the guard made to itself when it started count, too.
        awaitMatch("EPHEMERAL_PORTS 1\\d\\d of 200 NORMAL", () -> child.ask("guarded EPHEMERAL_PORTS"));
        assertThat(child.ask("connectby socket 1")).startsWith("0 ").contains("refused");
        assertThat(child.ask("connectby socket " + port)).startsWith("1 ");
        assertThat(child.ask("connectby channel " + port)).startsWith("2 ");
        assertThat(child.ask("connectby epoll " + port)).startsWith("3 ");
        assertThat(child.ask("connectby bound " + port)).startsWith("4 ");
        await("EPHEMERAL_PORTS 200 of 200 ELEVATED", () -> child.ask("guarded EPHEMERAL_PORTS"));
    }

    @Test
    void aContainersNamespaceLacksSomeLimitsAndSaysSoOfThese() {
        assertThat(child.ask("read ORPHANS")).startsWith("ORPHANS NOT_SUPPORTED ");
        assertThat(child.ask("read TCP_MEMORY")).startsWith("TCP_MEMORY NOT_SUPPORTED ");
        assertThat(child.ask("read SYSTEM_FILES")).matches("SYSTEM_FILES \\d+ of \\d+");
    }

    @Test
    void withoutSysctlsInProcTheRestIsStillSeen() throws IOException {
        List<String> prefix = new ArrayList<>(namespace.prefix());
        prefix.addAll(List.of(
                "unshare",
                "--mount",
                "--propagation",
                "private",
                "sh",
                "-c",
                "mount -t proc -o subset=pid proc /proc && exec \"$@\"",
                "sh"));
        try (ChildJvm masked = ChildJvm.start(prefix)) {
            int port = Integer.parseInt(masked.ask("listen 0 5"));
            masked.ask("connect " + port + " 2");
            String all = masked.ask("readall 100");

            assertThat(all)
                    .containsPattern("DESCRIPTORS \\d+ of \\d+")
                    .containsPattern("LISTEN_DROPS 0 of \\d+")
                    .contains("ACCEPT_QUEUE 2 of 5")
                    .contains("TIME_WAIT NOT_SUPPORTED")
                    .contains("SYSTEM_FILES NOT_SUPPORTED")
                    .doesNotContain("FAILED")
                    .doesNotContain("MALFORMED");
        }
    }

    @Test
    void anUnprivilegedUserSeesAllButWhatIsMissing() throws IOException {
        Path classes = Path.of("target").toAbsolutePath();
        List<String> prefix = new ArrayList<>(namespace.prefix());
        prefix.addAll(List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--no-new-privs"));
        // Only what nobody may read of the class path: no library is needed.
        String classPath = classes.resolve("test-classes") + ":" + classes.resolve("classes");
        try (ChildJvm nobody = ChildJvm.start(prefix, classPath)) {
            int port = Integer.parseInt(nobody.ask("listen 0 5"));
            nobody.ask("connect " + port + " 2");

            await("ACCEPT_QUEUE 2 of 5", () -> nobody.ask("read ACCEPT_QUEUE"));
            assertThat(nobody.ask("readall 100"))
                    .containsPattern("DESCRIPTORS \\d+ of \\d+")
                    .containsPattern("SYSTEM_FILES \\d+ of \\d+")
                    .containsPattern("TIME_WAIT \\d+ of \\d+")
                    .containsPattern("EPHEMERAL_PORTS \\d+ of \\d+")
                    .containsPattern("LISTEN_DROPS 0 of \\d+")
                    .doesNotContain("NOT_READABLE")
                    .doesNotContain("FAILED");
        }
    }

    /** A file of mode 000 laid over one of the kernel's, which an unprivileged process may not open. */
    @Test
    void aFileThatMayNotBeReadIsSaidToBeNotReadableAndTheRestIsRead() throws IOException {
        try (ChildJvm nobody =
                nobodyAfter("f=$(mktemp) && chmod 000 $f && mount --bind $f /proc/sys/net/ipv4/tcp_max_tw_buckets"
                        + " && mount --bind $f /proc/sys/fs/file-nr && rm $f")) {
            assertThat(nobody.ask("readall 100"))
                    .containsPattern("DESCRIPTORS \\d+ of \\d+")
                    .contains("TIME_WAIT NOT_READABLE /proc/sys/net/ipv4/tcp_max_tw_buckets: no permission")
                    .contains("SYSTEM_FILES NOT_READABLE /proc/sys/fs/file-nr: no permission")
                    .containsPattern("LISTEN_DROPS 0 of \\d+")
                    .containsPattern("EPHEMERAL_PORTS \\d+ of \\d+")
                    .doesNotContain("FAILED");
        }
    }

    @Test
    void hidepidHidesNothingOfOurs() throws IOException {
        try (ChildJvm nobody = nobodyAfter("mount -t proc -o hidepid=2 proc /proc")) {
            int port = Integer.parseInt(nobody.ask("listen 0 5"));
            nobody.ask("connect " + port + " 2");

            await("ACCEPT_QUEUE 2 of 5", () -> nobody.ask("read ACCEPT_QUEUE"));
            assertThat(nobody.ask("census")).isEqualTo("LISTEN 1 SYN_RECV 0 complete true");
            assertThat(nobody.ask("readall 100"))
                    .containsPattern("DESCRIPTORS \\d+ of \\d+")
                    .containsPattern("SYSTEM_FILES \\d+ of \\d+")
                    .containsPattern("TIME_WAIT \\d+ of \\d+")
                    .doesNotContain("NOT_READABLE")
                    .doesNotContain("FAILED");
        }
    }

    /** An unprivileged child in a mount namespace of its own, where root first did that. */
    private ChildJvm nobodyAfter(String script) throws IOException {
        Path classes = Path.of("target").toAbsolutePath();
        List<String> prefix = new ArrayList<>(namespace.prefix());
        prefix.addAll(List.of(
                "unshare",
                "--mount",
                "--propagation",
                "private",
                "sh",
                "-c",
                script + " && exec setpriv --reuid=65534 --regid=65534 --clear-groups --no-new-privs \"$@\"",
                "sh"));
        return ChildJvm.start(prefix, classes.resolve("test-classes") + ":" + classes.resolve("classes"));
    }

    private int listen(int backlog) {
        return listenOn(0, backlog);
    }

    private int listenOn(int port, int backlog) {
        return Integer.parseInt(child.ask("listen " + port + " " + backlog));
    }

    /** Depth and limit. */
    private List<String> ssListening(int port) {
        String[] columns =
                namespace.must("ss", "-Hltn", "sport", "=", ":" + port).split("\\s+", -1);
        return List.of(columns[1], columns[2]);
    }

    private void dropHandshakeAcks(int port) {
        nft("add table inet t");
        nft("add chain inet t in { type filter hook input priority 0; }");
        nft("add rule inet t in tcp dport " + port + " tcp flags & (syn|ack|rst|fin) == ack drop");
    }

    private void nft(String command) {
        Ended result = namespace.attempt("nft", command);
        assumeThat(result.exit()).as("nftables: %s", result.said()).isZero();
    }

    private static void await(String expected, Supplier<String> answer) {
        awaitMatch(Pattern.quote(expected), answer);
    }

    private static void awaitMatch(String expected, Supplier<String> answer) {
        Await.value(answer::get, now -> now.matches(expected));
    }
}
