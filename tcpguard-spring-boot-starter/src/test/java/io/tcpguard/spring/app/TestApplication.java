/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.spring.app;

import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** What the example is, for this module's own tests; in a package of its own, since Boot scans it. */
@SpringBootApplication
public class TestApplication {

    @RestController
    static class Greeting {
        @GetMapping("/")
        String hello() {
            return "hello";
        }
    }
}
