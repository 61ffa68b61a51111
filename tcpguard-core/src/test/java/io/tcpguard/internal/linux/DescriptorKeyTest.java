/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.linux;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DescriptorKeyTest {
    @Test
    void knowsADeletedFileByTheKernelsWord() {
        assertThat(DescriptorKey.ofName("/tmp/upload/1 (deleted)").kind().name())
                .isEqualTo("DELETED_FILE");
        assertThat(DescriptorKey.ofName("/tmp/upload/1").kind().name()).isEqualTo("FILE");
    }

    @Test
    void callsNoFileOfProcDeletedWhoseNameTheKernelForgetsAtOnce() {
        assertThat(DescriptorKey.ofName("/proc/27045/net/netstat (deleted)"))
                .isEqualTo(DescriptorKey.ofName("/proc/27045/net/netstat"));
    }
}
