package io.tcpguard.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.helpers.MessageFormatter;

class SaysTest {
    private static final Logger LOGGER = Logger.getLogger("io.tcpguard.netty");

    private final IOException trouble = new IOException("Too many open files");
    private final Lines lines = new Lines();

    @BeforeEach
    void listen() {
        LOGGER.addHandler(lines);
    }

    @AfterEach
    void close() {
        LOGGER.removeHandler(lines);
    }

    @Test
    void oneLineASecondWithTheNumberOfThoseThatItStandsFor() {
        Says says = new Says();
        for (int millis = 0; millis <= 1000; millis += 10) {
            says.warn("accept failed", trouble, TimeUnit.MILLISECONDS.toNanos(millis));
        }

        assertThat(lines.said).hasSize(2);
        assertThat(lines.said.get(0)).startsWith("accept failed (1 since the last line)");
        assertThat(lines.said.get(1)).startsWith("accept failed (100 since the last line)");
    }

    @Test
    void theNextTimeWhatCouldNotBeLogged() {
        Says says = new Says();
        lines.broken = true;
        says.warn("accept failed", trouble, 0);
        lines.broken = false;

        says.warn("accept failed", trouble, 1);

        assertThat(lines.said).hasSize(1);
        assertThat(lines.said.get(0)).startsWith("accept failed (2 since the last line)");
    }

    private static final class Lines extends Handler {
        final List<String> said = new ArrayList<>();
        boolean broken;

        @Override
        public void publish(LogRecord line) {
            if (broken) {
                throw new InternalError("no descriptor for the time zone's data");
            }
            said.add(MessageFormatter.basicArrayFormat(line.getMessage(), line.getParameters()));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }
}
