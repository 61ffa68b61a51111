/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.clients;

import io.tcpguard.testkit.Await;
import io.tcpguard.testkit.JavaChild;
import java.io.FileInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * {@code files|memory tomcat|netty on|off}: what {@link OwnKernelTest} does inside its guest. How it went is one line,
 * which begins with {@link #WORD}.
 */
final class GuestMain {
    static final String WORD = "GUEST ";

    private static final Path FILES = Path.of("/proc/sys/fs/file-nr");
    private static final Path GROUP = Path.of("/sys/fs/cgroup/server");

    /** Root may pass the limit of all files, and a server is not root. */
    private static final List<String> AS_ANY_OTHER = List.of("setpriv", "--bounding-set", "-sys_admin");

    private static final int CROWD = 3_500;
    private static final String ASK = "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n";

    private GuestMain() {}

    public static void main(String[] args) {
        try {
            switch (args[0]) {
                case "hog" -> hog();
                case "files" -> filesRunOut(args[1], args[2]);
                default -> memoryRunsOut(args[1], args[2]);
            }
            Runtime.getRuntime().halt(0);
        } catch (Exception e) {
            e.printStackTrace();
            Runtime.getRuntime().halt(1);
        }
    }

    /** A neighbour takes all files that the kernel has, and each that comes free. */
    private static void filesRunOut(String kind, String guard) throws Exception {
        try (ChildServer server = new ChildServer(1024, 96, AS_ANY_OTHER, kind, guard, "idleFloor=1s", "queueWait=1s");
                Sessions users = new Sessions(server)) {
            int before = newcomers(server, 10);
            long open = Long.parseLong(Files.readString(FILES).split("\\s+", 2)[0]);
            Files.writeString(Path.of("/proc/sys/fs/file-max"), String.valueOf(open + 200));
            List<String> command = new ArrayList<>(AS_ANY_OTHER);
            command.addAll(JavaChild.command(
                    JavaChild.ANY_LIMIT,
                    List.of("-Xmx16m"),
                    System.getProperty("java.class.path"),
                    GuestMain.class,
                    "hog"));
            int during;
            try (JavaChild hog = new JavaChild(command)) {
                hog.heard();
                during = newcomers(server, 8);
            }
            if (guard.equals("on")) {
                Await.until("calm again", () -> server.tell("?").contains(" NORMAL "));
            }
            say(before, during, newcomers(server, 10), users);
        }
    }

    /** Clients with half a head of 6 KB each come until the group's memory is used up. */
    private static void memoryRunsOut(String kind, String guard) throws Exception {
        Files.createDirectory(GROUP);
        // A JVM needs 60 to 80 MB for itself; what is left is too little for the crowd, by far.
        Files.writeString(GROUP.resolve("memory.max"), "150M");
        List<String> inGroup = List.of("sh", "-c", "echo $$ >" + GROUP + "/cgroup.procs && exec \"$0\" \"$@\"");
        List<Socket> crowd = new ArrayList<>();
        try (ChildServer server = new ChildServer(4_000, 256, inGroup, kind, guard, "idleFloor=1s", "queueWait=1s");
                Sessions users = new Sessions(server)) {
            int before = newcomers(server, 10);
            byte[] half = (ASK + "X: " + "x".repeat(6_000)).getBytes(StandardCharsets.US_ASCII);
            for (int i = 0; i < CROWD && !killed(); i++) {
                Socket socket = new Socket();
                crowd.add(socket);
                try {
                    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port), 500);
                    socket.getOutputStream().write(half);
                } catch (IOException refused) {
                    socket.close();
                }
            }
            int during = newcomers(server, 10);
            for (Socket socket : crowd) {
                socket.close();
            }
            say(before, during, newcomers(server, 10), users);
        }
    }

    private static boolean killed() throws IOException {
        return !Files.readString(GROUP.resolve("memory.events")).contains("oom_kill 0");
    }

    private static void say(int before, int during, int after, Sessions users) throws IOException {
        System.out.println(WORD + before + " " + during + " " + after + " " + users.lost() + " "
                + users.failedChecks().size() + " " + (Files.exists(GROUP) && killed() ? 1 : 0) + " " + users);
    }

    /** How many of so many, each for itself, are answered within a second. */
    private static int newcomers(ChildServer server, int count) throws InterruptedException {
        int served = 0;
        for (int i = 0; i < count; i++) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port), 1_000);
                socket.setSoTimeout(1_000);
                socket.getOutputStream().write((ASK + "\r\n").getBytes(StandardCharsets.US_ASCII));
                byte[] head = socket.getInputStream().readNBytes(12);
                served += new String(head, StandardCharsets.US_ASCII).equals("HTTP/1.1 200") ? 1 : 0;
            } catch (IOException notServed) {
                continue;
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
        return served;
    }

    private static void hog() throws InterruptedException {
        List<FileInputStream> held = new ArrayList<>();
        boolean said = false;
        while (true) {
            try {
                held.add(new FileInputStream("/dev/null"));
            } catch (IOException noneLeft) {
                if (!said) {
                    System.out.println("> " + held.size());
                    said = true;
                }
                TimeUnit.MILLISECONDS.sleep(5);
            }
        }
    }
}
