/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.springboot;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** A web application as any other. The guard's settings are in {@code application.properties}. */
@SpringBootApplication
public class GuardedApplication {

    /** Starts it. */
    public static void main(String[] args) {
        SpringApplication.run(GuardedApplication.class, args);
    }

    /** The application's own work. */
    @RestController
    static class Greeting {
        @GetMapping("/")
        String hello() {
            return "hello";
        }
    }
}
