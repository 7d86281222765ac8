"""The demo's page in headless Chromium: posts arrive, threads grow, buttons make trouble, nothing is lost.

    WORKER=build/dev/worker/ireserve-mattermost pytest tests/page/test_page.py

PICTURE=docs/demo.png also writes the picture of the README.
"""

import os
import re
import signal
import subprocess

import pytest
from selenium import webdriver
from selenium.common.exceptions import (
    ElementClickInterceptedException,
    StaleElementReferenceException,
    TimeoutException,
)
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

PATIENCE_S = 40
THREAD_PATIENCE_S = 5
CHATS_AT_ONCE = 4  # that the demo keeps going
TELEPHONE = (390, 844)
DESK = (1280, 900)
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
        assert "lost 0, twice 0, out of order 0, extra roots 0" in account


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
    """Waits; that the page moves or redraws what is just being clicked is no failure."""
    WebDriverWait(browser, PATIENCE_S, poll_frequency=0.1, ignored_exceptions=[
        ElementClickInterceptedException, StaleElementReferenceException,
    ]).until(lambda _: condition(), words)


def number(browser, name):
    return int(browser.find_element(By.ID, name).text)


def texts(browser, selector):
    return browser.execute_script(
        "return [...document.querySelectorAll(arguments[0])].map((e) => e.textContent)", selector)


def width(browser):
    return browser.execute_script("return document.documentElement.scrollWidth")


def press(browser, trouble):
    browser.find_element(By.CSS_SELECTOR, f"#troubles button[data-name={trouble}]").click()


def open_channel(browser, name):
    browser.find_element(By.XPATH, f"//nav//button[contains(., '{name}')]").click()


def threads(browser):
    """The ids of the threads in the channel that is shown, the newest first."""
    return browser.execute_script(
        "return [...document.querySelectorAll('#posts > li:has(button.replies)')]"
        ".map((e) => e.dataset.id).reverse()")


def replies(browser):
    """How many replies the open thread has; the first item is the root."""
    return len(browser.find_elements(By.CSS_SELECTOR, "#replies > li")) - 1


def open_thread(browser, root):
    browser.find_element(By.CSS_SELECTOR, f"#posts > [data-id='{root}'] button.replies").click()


def opens_a_thread_where(browser, condition):
    """Opens one thread after the other until the condition holds; says whether it did."""
    for root in threads(browser):
        open_thread(browser, root)
        if condition():
            return True
    return False


def shows_a_picture(browser):
    """Whether the open thread has a picture that the browser could read."""
    return browser.execute_script(
        "return [...document.querySelectorAll('#replies img.picture')].some((i) => i.naturalWidth > 0)")


def shows_a_conversation(browser):
    """Opens the channel of conversations; says whether there is one with replies, which it opens."""
    open_channel(browser, "Web-chat")
    return opens_a_thread_where(browser, lambda: replies(browser) >= 1)


def shows_a_thread_grow(browser):
    """Opens one thread after the other; says whether one grew while it was open.  Some are over."""
    def grows(root):
        open_thread(browser, root)
        before = replies(browser)
        try:
            WebDriverWait(browser, THREAD_PATIENCE_S, poll_frequency=0.1).until(
                lambda _: replies(browser) > before)
        except TimeoutException:
            return False
        return True

    open_channel(browser, "Web-chat")
    return any(grows(root) for root in threads(browser)[:CHATS_AT_ONCE])


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
    press(browser, "unavailable")
    wait_for(browser, "recovery", lambda: number(browser, "posted") > stuck)
    wait_for_recovery(browser)

    press(browser, "stop_worker")
    wait_for(browser, "another worker",
             lambda: "started 2" in browser.find_element(By.ID, "worker").text)
    wait_for_recovery(browser)
    assert [number(browser, name) for name in ("lost", "twice", "disorder", "extra_roots")] == [0, 0, 0, 0]
    assert has_no_trouble_of_its_own(browser)


def test_a_conversation_is_a_thread(demo, browser):
    browser.set_window_size(*DESK)
    browser.get(demo)
    wait_for(browser, "a reply more", lambda: shows_a_thread_grow(browser))
    wait_for(browser, "an edited message", lambda: opens_a_thread_where(
        browser, lambda: texts(browser, "#replies .edited")))
    wait_for(browser, "a closed conversation", lambda: texts(browser, "#posts > li.locked .reaction"))
    wait_for(browser, "a picture", lambda: opens_a_thread_where(
        browser, lambda: shows_a_picture(browser) and replies(browser) >= 5))
    if "PICTURE" in os.environ:
        press(browser, "unavailable")
        wait_for(browser, "records that wait", lambda: number(browser, "waiting") >= 30)
        browser.save_screenshot(os.environ["PICTURE"])
    assert has_no_trouble_of_its_own(browser)


def test_a_thread_that_somebody_deletes_is_continued(demo, browser):
    browser.set_window_size(*DESK)
    browser.get(demo)
    wait_for(browser, "a thread", lambda: shows_a_conversation(browser))
    wait_for(browser, "threads", lambda: len(threads(browser)) >= 3)
    before = threads(browser)
    press(browser, "delete_root")
    wait_for(browser, "a thread less", lambda: set(before) - set(threads(browser)))
    wait_for(browser, "a thread that continues", lambda: any(
        "is verwijderd" in text for text in texts(browser, "#posts > li")))
    wait_for_recovery(browser)
    assert has_no_trouble_of_its_own(browser)


def test_what_guests_wrote_is_shown_as_text(demo, browser):
    browser.get(demo)
    wait_for(browser, "posts", lambda: number(browser, "posted") >= 60)
    for channel in browser.find_elements(By.CSS_SELECTOR, "nav button"):
        channel.click()
        assert not browser.find_elements(By.CSS_SELECTOR, "#posts h1, #posts script, #posts img")
    for root in threads(browser):
        open_thread(browser, root)
        assert not browser.find_elements(
            By.CSS_SELECTOR, "#replies h1, #replies script, #replies img:not(.picture)")


def test_the_page_fits_a_telephone(demo, browser):
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
        "width": TELEPHONE[0], "height": TELEPHONE[1], "deviceScaleFactor": 1, "mobile": True})
    browser.get(demo)
    wait_for(browser, "posts", lambda: number(browser, "posted") >= 10)
    assert width(browser) <= TELEPHONE[0]
    for button in browser.find_elements(By.CSS_SELECTOR, "#troubles button"):
        assert button.is_displayed()
    wait_for(browser, "a thread", lambda: shows_a_conversation(browser))
    assert width(browser) <= TELEPHONE[0]
    browser.find_element(By.ID, "close").click()
    assert browser.find_element(By.ID, "posts").is_displayed()
