package io.tcpguard.internal.probe;

/**
 * Counters of the kernel's that explain a signal, since the network namespace was made; -1 for one that this kernel lacks
 * (names: net/ipv4/proc.c, {@code snmp4_net_list}).
 *
 * @param timeWaitOverflows TCPTimeWaitOverflow: closes without TIME_WAIT, for the limit or for want of memory
 * @param abortsOnMemory TCPAbortOnMemory: connections cut because TCP's memory was used up
 * @param memoryPressures TCPMemoryPressures: times that TCP began to save memory
 * @param pawsEstablished PAWSEstab: segments of connections refused for an old time stamp (RFC 7323, 5)
 * @param pawsTimeWait PAWSTimewait: segments refused for a time stamp older than that of the TIME_WAIT socket they met; many
 *     come from clients behind one address translation
 * @param listenOverflows ListenOverflows: attempts dropped because an accept queue was full
 * @param synQueueDrops TCPReqQFullDrop: attempts dropped because a SYN queue was full
 * @param synQueueCookies TCPReqQFullDoCookies: attempts answered by a cookie because a SYN queue was full
 */
public record TcpCounts(
        long timeWaitOverflows,
        long abortsOnMemory,
        long memoryPressures,
        long pawsEstablished,
        long pawsTimeWait,
        long listenOverflows,
        long synQueueDrops,
        long synQueueCookies) {

    /** What was counted since an earlier look; -1 where one of the two is not known. */
    public TcpCounts since(TcpCounts earlier) {
        return new TcpCounts(
                more(timeWaitOverflows, earlier.timeWaitOverflows),
                more(abortsOnMemory, earlier.abortsOnMemory),
                more(memoryPressures, earlier.memoryPressures),
                more(pawsEstablished, earlier.pawsEstablished),
                more(pawsTimeWait, earlier.pawsTimeWait),
                more(listenOverflows, earlier.listenOverflows),
                more(synQueueDrops, earlier.synQueueDrops),
                more(synQueueCookies, earlier.synQueueCookies));
    }

    private static long more(long now, long earlier) {
        return now < 0 || earlier < 0 ? -1 : Math.max(0, now - earlier);
    }

    /** Why closes went without TIME_WAIT since an earlier look. */
    public enum TimeWaitLoss {
        /** None did. */
        NONE,
        /** {@code net.ipv4.tcp_max_tw_buckets} is reached: harmless but for late segments. */
        LIMIT_REACHED,
        /** No memory was left for it, with connections cut for the same reason: not harmless. */
        MEMORY_SHORT
    }

    /**
     * Tells the two causes of TCPTimeWaitOverflow apart: the kernel counts both in one (net/ipv4/inet_timewait_sock.c, {@code
     * inet_twsk_alloc} gives nothing if the limit is reached or if there is no memory).
     *
     * @param earlier an earlier look
     * @param timeWait sockets in TIME_WAIT now
     * @param timeWaitLimit {@code net.ipv4.tcp_max_tw_buckets}
     */
    public TimeWaitLoss timeWaitLossSince(TcpCounts earlier, long timeWait, long timeWaitLimit) {
        if (timeWaitOverflows <= earlier.timeWaitOverflows) {
            return TimeWaitLoss.NONE;
        }
        boolean memory = abortsOnMemory > earlier.abortsOnMemory || memoryPressures > earlier.memoryPressures;
        // The limit is checked without a lock, so that the number hovers just below it.
        boolean full = timeWait >= timeWaitLimit - timeWaitLimit / 16;
        return memory && !full ? TimeWaitLoss.MEMORY_SHORT : TimeWaitLoss.LIMIT_REACHED;
    }
}
