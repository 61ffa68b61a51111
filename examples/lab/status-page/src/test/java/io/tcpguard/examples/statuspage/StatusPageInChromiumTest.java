/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.statuspage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.tcpguard.testkit.Await;
import io.tcpguard.testkit.JavaChild;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.logging.Level;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/**
 * What an operator sees: a child JVM with 256 descriptors (below 192 the queue of one listener is not read on JDK 17),
 * Debian's Chromium without a screen.
 */
@Tag("long")
class StatusPageInChromiumTest {
    private static final Path CHROMIUM = Path.of("/usr/bin/chromium");
    private static final Path DRIVER = Path.of("/usr/bin/chromedriver");

    private JavaChild child;
    private int port;
    private ChromeDriver browser;

    @BeforeEach
    void open() throws IOException {
        assumeThat(CHROMIUM).as("Debian's chromium").exists();
        assumeThat(DRIVER).as("Debian's chromium-driver").exists();
        launch("127.0.0.0/8");
        ChromeOptions options = new ChromeOptions();
        options.setBinary(CHROMIUM.toFile());
        options.addArguments(
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--disable-background-networking",
                "--window-size=1200,950");
        LoggingPreferences logs = new LoggingPreferences();
        logs.enable(LogType.BROWSER, Level.ALL);
        options.setCapability("goog:loggingPrefs", logs);
        browser = new ChromeDriver(
                new ChromeDriverService.Builder()
                        .usingDriverExecutable(DRIVER.toFile())
                        .build(),
                options);
        browser.manage().timeouts().pageLoadTimeout(Duration.ofSeconds(60));
    }

    private void launch(String detailsTo) throws IOException {
        child = new JavaChild(JavaChild.command(
                256, List.of("-Xmx64m", "-XX:-MaxFDLimit"), JavaChild.classPath(), OperatedServer.class, detailsTo));
        port = Integer.parseInt(child.heard().split(" ", 2)[0]);
    }

    @AfterEach
    void close() throws IOException {
        if (browser != null) {
            browser.quit();
        }
        if (child != null) {
            child.close();
        }
    }

    @Test
    void showsAnExhaustionFromItsBeginningToItsEnd() throws IOException {
        browser.get("http://127.0.0.1:" + port + "/");
        await("it is calm", () -> text("level").equals("NORMAL"));
        assertThat(text("verdict")).startsWith("UP");
        assertThat(text("tiles")).contains("Descriptors", "of 256", "Connections", "Accept queue", "Users wait");
        assertThat(text("signals")).as("a name is text").contains(OperatedServer.NAME);
        assertThat(browser.findElements(By.tagName("img"))).isEmpty();
        await("advice is there", () -> text("advice").contains("descriptors = 256"));

        tell("exhaust");
        await(
                "it is seen",
                () -> text("level").equals("DRAIN") && text("verdict").equals("DOWN"));
        await("it is named", () -> text("held").contains("files in /dev"));
        await("the incident goes on", () -> text("incidents").contains("so far"));
        picture("in");
        browser.navigate().refresh();
        await("it opens with no descriptor left", () -> text("level").equals("DRAIN"));
        assertThat(browser.getTitle()).startsWith("DRAIN DOWN").doesNotContain("hacked");
        dark();
        picture("in-dark");

        tell("free");
        await(
                "it is calm again",
                () -> text("level").equals("NORMAL") && text("verdict").startsWith("UP"));
        await(
                "the incident is over",
                () -> !text("incidents").contains("so far") && text("incidents").contains("DRAIN"));
        assertThat((Long) browser.executeScript("return document.querySelectorAll('#charts path').length"))
                .isGreaterThan(4);
        picture("after");
        assertNoErrors();
    }

    @Test
    void isReadByKeyboardOnAPhoneAndInBothColours() throws IOException {
        browser.get("http://127.0.0.1:" + port + "/");
        await(
                "it is drawn",
                () -> text("level").equals("NORMAL") && !text("advice").equals("loading"));

        browser.findElement(By.id("charts")).sendKeys(Keys.END, Keys.ARROW_LEFT);
        await("figures are told", () -> text("readout").contains("descriptors"));
        browser.findElement(By.id("hour")).sendKeys(Keys.ENTER);
        assertThat(browser.findElement(By.id("hour")).getAttribute("aria-pressed"))
                .isEqualTo("true");
        assertThat(contrasts()).as("light").allMatch(contrast -> contrast >= 4.5);
        dark();
        assertThat(contrasts()).as("dark").allMatch(contrast -> contrast >= 4.5);

        browser.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", 360, "height", 740, "deviceScaleFactor", 2, "mobile", true));
        await("it fits", () ->
                (Boolean) browser.executeScript("return document.documentElement.scrollWidth <= window.innerWidth"));
        picture("phone");
        assertNoErrors();
    }

    @Test
    void isNotForAStrangeAddress() throws IOException {
        child.close();
        launch("192.0.2.0/24");
        browser.get("http://127.0.0.1:" + port + "/");

        assertThat(browser.findElement(By.tagName("body")).getText())
                .startsWith("UP ")
                .contains("reason: well")
                .doesNotContain("descriptors");
        assertThat(browser.findElements(By.tagName("script"))).isEmpty();
        browser.get("http://127.0.0.1:" + port + "/history");
        assertThat(browser.findElement(By.tagName("body")).getText()).isEqualTo("403 Forbidden");
    }

    /** Of each word that is shown against what is behind it (WCAG 2.2, 1.4.3). */
    @SuppressWarnings("unchecked")
    private List<Double> contrasts() {
        return ((List<Number>)
                        browser.executeScript(
                                """
                        const rgb = c => c.match(/[\\d.]+/g).map(Number);
                        const lum = c => { const [r, g, b] = rgb(c).slice(0, 3).map(v => { v /= 255; return v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4; }); return .2126 * r + .7152 * g + .0722 * b; };
                        const behind = e => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor; if (rgb(c)[3] !== 0) return c; } return 'rgb(255, 255, 255)'; };
                        return [...document.querySelectorAll('body *')].filter(e => e.checkVisibility() && !e.closest('.sr') && [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()))
                          .map(e => { const s = getComputedStyle(e), a = lum(e instanceof SVGElement ? s.fill : s.color), b = lum(behind(e)); return (Math.max(a, b) + .05) / (Math.min(a, b) + .05); });
                        """))
                .stream().map(Number::doubleValue).toList();
    }

    private void dark() {
        browser.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", "dark"))));
    }

    private void picture(String name) throws IOException {
        Path file = Path.of("target", "status-page-" + name + ".png");
        Files.createDirectories(file.getParent());
        Files.write(file, browser.getScreenshotAs(OutputType.BYTES));
    }

    private void assertNoErrors() {
        List<String> errors = browser.manage().logs().get(LogType.BROWSER).getAll().stream()
                .filter(entry -> entry.getLevel().intValue() >= Level.WARNING.intValue())
                .map(LogEntry::getMessage)
                .toList();
        assertThat(errors).as("the browser's console").isEmpty();
    }

    private String text(String id) {
        return browser.findElement(By.id(id)).getText();
    }

    private void tell(String what) throws IOException {
        assertThat(child.tell(what)).startsWith(what.equals("free") ? "freed" : "exhausted");
    }

    private static void await(String what, BooleanSupplier condition) {
        Await.until(what, () -> holds(condition));
    }

    /** The page may replace what is just being read. */
    private static boolean holds(BooleanSupplier condition) {
        try {
            return condition.getAsBoolean();
        } catch (StaleElementReferenceException e) {
            return false;
        }
    }
}
