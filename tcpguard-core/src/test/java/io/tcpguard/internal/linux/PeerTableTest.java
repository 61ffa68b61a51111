/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PeerTableTest {
    private static final String HEADER =
            "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid\n";
    private static final int PORT = 0x1F90;
    private static final long ENOUGH = 1_000_000_000L;

    private Path proc;
    private long now;
    private PeerTable table;

    @BeforeEach
    void open(@TempDir Path directory) throws IOException {
        proc = directory;
        assumeTrue(ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN, "the rows below are such a machine's");
        Files.createDirectories(proc.resolve("self/net"));
        table = new PeerTable(proc.toFile(), () -> now);
    }

    @Test
    void findsWhoHasClosedInTwoLooks() throws Exception {
        rows(row("0100007F:C351", "01", "00:00000000 00000000"), row("0200007F:C352", "08", "00:00000000 00000000"));
        assertThat(table.look(List.of(PORT), ENOUGH)).isTrue();
        assertThat(gone("127.0.0.2", 0xC352)).isFalse();

        table.look(List.of(PORT), ENOUGH);

        assertThat(gone("127.0.0.2", 0xC352)).isTrue();
        assertThat(gone("127.0.0.1", 0xC351)).isFalse();
    }

    @Test
    void findsAnIpv4PeerOfAnIpv6Socket() throws Exception {
        rows(row("0000000000000000FFFF00000200007F:C352", "08", "00:00000000 00000000"));
        table.look(List.of(PORT), ENOUGH);
        table.look(List.of(PORT), ENOUGH);

        assertThat(gone("127.0.0.2", 0xC352)).isTrue();
    }

    @Test
    void findsAnIpv6Peer() throws Exception {
        rows(row("B80D0120000000000000000001000000:C352", "08", "00:00000000 00000000"));
        table.look(List.of(PORT), ENOUGH);
        table.look(List.of(PORT), ENOUGH);

        assertThat(gone("2001:db8::1", 0xC352)).isTrue();
    }

    @Test
    void findsWhoWasResetByItsRowThatIsNoLongerThere() throws Exception {
        rows(row("0100007F:C351", "01", "00:00000000 00000000"), row("0200007F:C352", "01", "00:00000000 00000000"));
        table.look(List.of(PORT), ENOUGH);
        rows(row("0100007F:C351", "01", "00:00000000 00000000"));
        table.look(List.of(PORT), ENOUGH);
        assertThat(gone("127.0.0.2", 0xC352)).isFalse();

        table.look(List.of(PORT), ENOUGH);

        assertThat(gone("127.0.0.2", 0xC352)).isTrue();
        assertThat(gone("127.0.0.1", 0xC351)).isFalse();
    }

    @Test
    void findsWhoDoesNotAcknowledgeWhatIsSentAgainAndAgain() throws Exception {
        // The last one's window is closed (timer 4): it is there, and does not read.
        rows(
                row("0100007F:C351", "01", "01:00000010 00000004"),
                row("0200007F:C352", "01", "01:00000010 00000005"),
                row("0300007F:C353", "01", "04:00000010 00000009"));
        table.look(List.of(PORT), ENOUGH);
        table.look(List.of(PORT), ENOUGH);

        assertThat(gone("127.0.0.1", 0xC351)).isFalse();
        assertThat(gone("127.0.0.2", 0xC352)).isTrue();
        assertThat(gone("127.0.0.3", 0xC353)).isFalse();
    }

    @Test
    void findsWhoDoesNotAnswerProbesOfKeepaliveOrOfAClosedWindow() throws Exception {
        rows(
                row("0100007F:C351", "01", "02:00000010 00000000", 4),
                row("0200007F:C352", "01", "02:00000010 00000000", 5),
                row("0300007F:C353", "01", "04:00000010 00000000", 5),
                row("0400007F:C354", "01", "00:00000010 00000000", 5));
        table.look(List.of(PORT), ENOUGH);
        table.look(List.of(PORT), ENOUGH);

        assertThat(gone("127.0.0.1", 0xC351)).isFalse();
        assertThat(gone("127.0.0.2", 0xC352)).isTrue();
        assertThat(gone("127.0.0.3", 0xC353)).isTrue();
        assertThat(gone("127.0.0.4", 0xC354)).isFalse();
    }

    @Test
    void isNotBrokenByAFinAlone() throws Exception {
        rows(
                row("0100007F:C351", "08", "00:00000000 00000000"),
                row("0200007F:C352", "08", "01:00000010 00000005"),
                row("0300007F:C353", "08", "00:00000000 00000000"));
        table.look(List.of(PORT), ENOUGH);
        table.look(List.of(PORT), ENOUGH);
        assertThat(gone("127.0.0.1", 0xC351)).isTrue();
        assertThat(broken("127.0.0.1", 0xC351)).isFalse();
        assertThat(broken("127.0.0.2", 0xC352)).isTrue();

        rows(row("0100007F:C351", "08", "00:00000000 00000000"));
        table.look(List.of(PORT), ENOUGH);
        assertThat(broken("127.0.0.3", 0xC353)).as("reset after its FIN").isTrue();
    }

    @Test
    void knowsNobodyThatItNeverSawNorOfOtherPortsNorWithoutATable() throws Exception {
        rows(row("0200007F:C352", "08", "00:00000000 00000000"));
        table.look(List.of(PORT + 1), ENOUGH);
        table.look(List.of(PORT + 1), ENOUGH);
        assertThat(gone("127.0.0.2", 0xC352)).isFalse();

        Files.delete(proc.resolve("self/net/tcp"));
        assertThat(table.look(List.of(PORT), ENOUGH)).isFalse();
        assertThat(gone("127.0.0.9", 1)).isFalse();
    }

    @Test
    void knowsNobodyByTextThatIsNotTheKernels() throws Exception {
        rows("  nonsense\n");

        assertThat(table.look(List.of(PORT), ENOUGH)).isFalse();
    }

    private boolean gone(String address, int port) throws Exception {
        return table.gone(new InetSocketAddress(InetAddress.getByName(address), port), PORT);
    }

    private boolean broken(String address, int port) throws Exception {
        return table.broken(new InetSocketAddress(InetAddress.getByName(address), port), PORT);
    }

    private void rows(String... rows) throws IOException {
        Files.writeString(proc.resolve("self/net/tcp"), HEADER + String.join("", rows));
    }

    private static String row(String remote, String state, String timerAndRetransmits) {
        return row(remote, state, timerAndRetransmits, 0);
    }

    private static String row(String remote, String state, String timerAndRetransmits, int probes) {
        return "   0: 00000000:1F90 " + remote + " " + state + " 00000000:00000001 " + timerAndRetransmits
                + "     0        " + probes + " 123 1 0000000000000000 20 4 30 10 -1\n";
    }
}
