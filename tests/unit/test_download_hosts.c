/*
 * Where files may be fetched from, at once or by a redirect: nobody else is asked.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "tests/support/download_stage.h"

#define HALLO "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhallo"

enum { TRIES = 3 };

/* A source that gives one answer, time after time. */
static void expect_problem(void **state, const char *answer, enum script_then then,
                           enum fetch_problem problem)
{
    const struct script_step steps[] = { { answer, then } };
    struct download_stage *stage = *state;

    download_stage_set(stage, steps, 1, STAGE_TAKES_ALL);
    download_stage_expect_problem(stage, problem);
}

static size_t requests_of(void **state)
{
    const struct download_stage *stage = *state;

    return scripted_server_requests(stage->source);
}

static void redirects_without_end_are_a_failure(void **state)
{
    expect_problem(state, "HTTP/1.1 302 Found\r\nLocation: /\r\n\r\n", SCRIPT_FLOOD, FETCH_FAILED);
    assert_int_equal(requests_of(state), 4);
}

static void a_redirect_to_nowhere_is_a_failure(void **state)
{
    expect_problem(state, "HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n", SCRIPT_KEEP,
                   FETCH_FAILED);
}

static void a_redirect_to_what_is_no_web_address_is_a_failure(void **state)
{
    expect_problem(state, "HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\n\r\n", SCRIPT_KEEP,
                   FETCH_FAILED);
}

static void a_redirect_to_a_dead_port_is_a_failure(void **state)
{
    static const struct script_step steps[] = {
        { "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\n\r\n", SCRIPT_KEEP }
    };
    struct download_stage *stage = *state;

    download_stage_set(stage, steps, 1, STAGE_TAKES_ALL);
    download_stage_expect_problem(stage, FETCH_FAILED);
    assert_int_equal(requests_of(state), TRIES);
}

static void a_redirect_to_a_host_that_is_not_listed_is_forbidden(void **state)
{
    expect_problem(state, "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.2/\r\n\r\n", SCRIPT_KEEP,
                   FETCH_HOST_FORBIDDEN);
    assert_int_equal(requests_of(state), 1);
}

static void a_redirect_with_a_password_is_forbidden(void **state)
{
    expect_problem(state, "HTTP/1.1 302 Found\r\nLocation: //a:b@127.0.0.1/\r\n\r\n", SCRIPT_KEEP,
                   FETCH_HOST_FORBIDDEN);
}

static void a_redirect_to_this_machine_by_another_name_is_forbidden(void **state)
{
    char answer[128];
    const struct script_step steps[] = { { answer, SCRIPT_KEEP } };
    struct download_stage *stage = *state;

    download_stage_set(stage, steps, 1, STAGE_TAKES_ALL);
    (void)snprintf(answer, sizeof(answer),
                   "HTTP/1.1 302 Found\r\nLocation: http://b.localhost:%d/\r\n\r\n",
                   scripted_server_port(stage->source));
    download_stage_expect_problem(stage, FETCH_HOST_FORBIDDEN);
    assert_int_equal(scripted_server_connections(stage->source), 1);
}

/* Nobody is asked for a file that is said to be at these. */
static void expect_at(void **state, const char *const *urls, size_t count,
                      enum fetch_problem problem)
{
    static const struct script_step steps[] = { { HALLO, SCRIPT_KEEP } };
    struct download_stage *stage = *state;

    download_stage_set(stage, steps, 1, STAGE_TAKES_ALL);
    for (size_t i = 0; i < count; i++) {
        stage->fetch.url = urls[i];
        download_stage_expect_problem(stage, problem);
    }
    assert_int_equal(scripted_server_connections(stage->source), 0);
}

static void what_is_no_web_address_is_no_address(void **state)
{
    static const char *const urls[] = {
        NULL,
        "",
        "/x.png",
        "127.0.0.1/x.png",
        "ftp://127.0.0.1/x.png",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "data:text/plain,hallo",
        "https://",
        "http://127.0.0.1:99999/",
        "http://127.0.0.1/a\nb",
    };

    expect_at(state, urls, sizeof(urls) / sizeof(*urls), FETCH_NO_ADDRESS);
}

static void hosts_that_are_not_listed_are_forbidden(void **state)
{
    static const char *const urls[] = {
        "http://127.0.0.2/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://localhost/",
        "http://localhost.evil.example/",
        "http://evil.example\\@127.0.0.1/",
        "http://evil.example#@127.0.0.1/",
        "http://127.0.0.1@evil.example/",
        "http://a:b@127.0.0.1/",
        "http://b.localhost\xE3\x80\x82/",
        "https://caf\xC3\xA9.localhost/",
    };

    expect_at(state, urls, sizeof(urls) / sizeof(*urls), FETCH_HOST_FORBIDDEN);
}

static void a_name_that_leads_to_this_machine_is_forbidden(void **state)
{
    static const struct script_step steps[] = { { HALLO, SCRIPT_KEEP } };
    struct download_stage *stage = *state;

    download_stage_set(stage, steps, 1, STAGE_TAKES_ALL);
    download_stage_aim(stage, "b.localhost", "/");
    download_stage_expect_problem(stage, FETCH_HOST_FORBIDDEN);
    assert_int_equal(scripted_server_connections(stage->source), 0);
}

static void a_name_that_is_listed_itself_may_lead_to_this_machine(void **state)
{
    static const struct script_step steps[] = { { HALLO, SCRIPT_KEEP } };
    struct download_stage *stage = *state;

    download_stage_set(stage, steps, 1, STAGE_TAKES_ALL);
    download_stage_aim(stage, "A.LocalHost", "/");
    download_stage_expect_stored(stage);
    download_stage_aim(stage, "0x7f.1", "/"); /* how libcurl reads it, it is listed */
    download_stage_expect_stored(stage);
}

#define STAGED(test) \
    cmocka_unit_test_setup_teardown(test, download_stage_open, download_stage_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STAGED(redirects_without_end_are_a_failure),
        STAGED(a_redirect_to_nowhere_is_a_failure),
        STAGED(a_redirect_to_what_is_no_web_address_is_a_failure),
        STAGED(a_redirect_to_a_dead_port_is_a_failure),
        STAGED(a_redirect_to_a_host_that_is_not_listed_is_forbidden),
        STAGED(a_redirect_with_a_password_is_forbidden),
        STAGED(a_redirect_to_this_machine_by_another_name_is_forbidden),
        STAGED(what_is_no_web_address_is_no_address),
        STAGED(hosts_that_are_not_listed_are_forbidden),
        STAGED(a_name_that_leads_to_this_machine_is_forbidden),
        STAGED(a_name_that_is_listed_itself_may_lead_to_this_machine),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
