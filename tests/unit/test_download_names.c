/*
 * What names lead to, with a resolver of the test's own: a place that is not public is not
 * connected to, and a resolver that hangs holds nothing up.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <dlfcn.h>
#include <netdb.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/support/download_stage.h"

#define HALLO "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhallo"

enum { SHORT_MS = 150 };

static const char *_Atomic leads_to; /* every name; NULL: the resolver hangs */
static _Atomic int release_fd = -1;  /* can be read when it may go on */

/* Takes the C library's place; called in a thread of libcurl's. */
int getaddrinfo(const char *name, const char *service, /* NOLINT: names of our own */
                const struct addrinfo *hints, struct addrinfo **ret)
{
    int (*real)(const char *, const char *, const struct addrinfo *, struct addrinfo **) = NULL;
    struct pollfd release = { .fd = release_fd, .events = POLLIN };

    (void)name;
    *(void **)&real = dlsym(RTLD_NEXT, "getaddrinfo");
    if (!leads_to) {
        (void)poll(&release, 1, -1);
        return EAI_AGAIN;
    }
    return real(leads_to, service, hints, ret);
}

/* A download of a file at a name that a wildcard allows. */
static void set(struct download_stage *stage)
{
    static const struct script_step steps[] = { { HALLO, SCRIPT_KEEP } };
    static const char *const wildcard = "*.example.com";
    struct fault fault;

    host_list_free(stage->hosts);
    assert_int_equal(host_list_new(&wildcard, 1, &stage->hosts, &fault), 0);
    stage->options.hosts = stage->hosts;
    download_stage_set(stage, steps, 1, STAGE_TAKES_ALL);
    download_stage_aim(stage, "files.example.com", "/");
}

static void names_that_lead_into_this_network_are_forbidden(void **state)
{
    static const char *const addresses[] = {
        "127.0.0.1",       "::1", "10.0.0.5", "169.254.169.254", "fe80::1", "::ffff:127.0.0.1",
        "64:ff9b::7f00:1",
    };
    struct download_stage *stage = *state;

    set(stage);
    for (size_t i = 0; i < sizeof(addresses) / sizeof(*addresses); i++) {
        leads_to = addresses[i];
        download_stage_expect_problem(stage, FETCH_HOST_FORBIDDEN);
    }
    assert_int_equal(scripted_server_connections(stage->source), 0);
}

static void a_resolver_that_hangs_does_not_hold_the_end_up(void **state)
{
    struct download_stage *stage = *state;
    uint64_t go = 1;

    leads_to = NULL;
    release_fd = eventfd(0, EFD_CLOEXEC);
    assert_true(release_fd >= 0);
    stage->options.timeout = SHORT_MS;
    set(stage);
    download_stage_expect_problem(stage, FETCH_TOO_SLOW);
    assert_int_equal(write(release_fd, &go, sizeof(go)), sizeof(go));
}

static void a_download_can_be_ended_while_the_resolver_hangs(void **state)
{
    struct download_outcome outcome;
    struct download_stage *stage = *state;
    uint64_t go = 1;

    leads_to = NULL;
    release_fd = eventfd(0, EFD_CLOEXEC);
    assert_true(release_fd >= 0);
    set(stage);
    struct download *download = download_stage_start(stage, &outcome);
    loop_turn(stage->loop, 0);
    loop_turn(stage->loop, 0);
    download_cancel(download);
    assert_int_equal(write(release_fd, &go, sizeof(go)), sizeof(go));
}

#define STAGED(test) \
    cmocka_unit_test_setup_teardown(test, download_stage_open, download_stage_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STAGED(names_that_lead_into_this_network_are_forbidden),
        STAGED(a_resolver_that_hangs_does_not_hold_the_end_up),
        STAGED(a_download_can_be_ended_while_the_resolver_hangs),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
