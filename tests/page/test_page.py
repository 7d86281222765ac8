"""The demo's page in headless Chromium: posts arrive, a button makes trouble, trouble ends, nothing is lost.

    WORKER=build/dev/worker/ireserve-mattermost pytest tests/page/test_page.py

PICTURE=docs/demo.png also writes the picture of the README.
"""

import os
import re
import signal
import subprocess

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

PATIENCE_S = 40
TELEPHONE = (390, 844)
DESK = (1280, 800)
SWITCHES = (
    "--headless",
    "--no-sandbox",  # Chromium has none for root; it sees our own page only
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(name="demo")
def fixture_demo():
    """The address of a running demo's page; its own account at the end is checked, too."""
    with subprocess.Popen([os.environ["WORKER"], "demo"], stdout=subprocess.PIPE, text=True) as process:
        try:
            yield re.fullmatch(r"page: (http\S+)\n", process.stdout.readline()).group(1)
        finally:
            process.send_signal(signal.SIGINT)
            account, _ = process.communicate(timeout=PATIENCE_S)
        assert process.returncode == 0, account
        assert "lost 0, twice 0, out of order 0" in account


@pytest.fixture(name="browser")
def fixture_browser(tmp_path):
    options = webdriver.ChromeOptions()
    for switch in (*SWITCHES, f"--user-data-dir={tmp_path}"):
        options.add_argument(switch)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    browser = webdriver.Chrome(service=Service("/usr/bin/chromedriver"), options=options)
    try:
        yield browser
    finally:
        browser.quit()


def wait_for(browser, words, condition):
    WebDriverWait(browser, PATIENCE_S, poll_frequency=0.1).until(lambda _: condition(), words)


def number(browser, name):
    return int(browser.find_element(By.ID, name).text)


def press(browser, trouble):
    browser.find_element(By.CSS_SELECTOR, f"#troubles button[data-name={trouble}]").click()


def has_no_trouble_of_its_own(browser):
    return [entry["message"] for entry in browser.get_log("browser") if entry["level"] == "SEVERE"] == []


def wait_for_recovery(browser):
    before = number(browser, "posted")
    wait_for(browser, "posts after the trouble", lambda: number(browser, "posted") >= before + 30)
    wait_for(browser, "nothing that waits", lambda: number(browser, "waiting") <= 5)


def test_posts_arrive_and_trouble_loses_nothing(demo, browser):
    browser.set_window_size(*DESK)
    browser.get(demo)
    wait_for(browser, "posts", lambda: number(browser, "posted") >= 20)
    assert browser.find_elements(By.CSS_SELECTOR, "#posts .card a[href^=https]")

    press(browser, "unavailable")
    wait_for(browser, "records that wait", lambda: number(browser, "waiting") >= 30)
    stuck = number(browser, "posted")
    if "PICTURE" in os.environ:
        browser.save_screenshot(os.environ["PICTURE"])
    press(browser, "unavailable")
    wait_for(browser, "recovery", lambda: number(browser, "posted") > stuck)
    wait_for_recovery(browser)

    press(browser, "stop_worker")
    wait_for(browser, "another worker",
             lambda: "started 2" in browser.find_element(By.ID, "worker").text)
    wait_for_recovery(browser)
    assert [number(browser, name) for name in ("lost", "twice", "disorder")] == [0, 0, 0]
    assert has_no_trouble_of_its_own(browser)


def test_what_guests_wrote_is_shown_as_text(demo, browser):
    browser.get(demo)
    wait_for(browser, "posts", lambda: number(browser, "posted") >= 60)
    for channel in browser.find_elements(By.CSS_SELECTOR, "nav button"):
        channel.click()
        assert not browser.find_elements(By.CSS_SELECTOR, "#posts h1, #posts script, #posts img")


def test_the_page_fits_a_telephone(demo, browser):
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
        "width": TELEPHONE[0], "height": TELEPHONE[1], "deviceScaleFactor": 1, "mobile": True})
    browser.get(demo)
    wait_for(browser, "posts", lambda: number(browser, "posted") >= 10)
    width = browser.execute_script("return document.documentElement.scrollWidth")
    assert width <= TELEPHONE[0]
    for button in browser.find_elements(By.CSS_SELECTOR, "#troubles button"):
        assert button.is_displayed()
