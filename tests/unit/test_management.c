#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/address.h"
#include "common/clock.h"
#include "common/must.h"
#include "worker/edge/management.h"

enum { LONG_MS = 10000, SHORT_MS = 50 };

/* A management port, and what the program behind it is to say. */
struct fixture {
    struct loop *loop;
    struct management *management;
    bool is_joined;
    size_t metrics_bytes; /* of one line; 0: a short one */
    char answer[64 * 1024];
};

static size_t give_checks(void *context, struct management_check ret[static MANAGEMENT_MAX_CHECKS])
{
    const struct fixture *f = context;

    ret[0] = (struct management_check){ "listener", true, "" };
    ret[1] = (struct management_check){ "kafka", f->is_joined, "the group was not joined yet" };
    return 2;
}

static void give_metrics(void *context, enum metrics_format format, struct text *ret)
{
    const struct fixture *f = context;

    for (size_t i = 0; i < f->metrics_bytes; i++)
        text_add_char(ret, 'x');
    text_add_string(ret, format == METRICS_OPENMETRICS ? "# EOF\n" : "plain 1\n");
}

static void set_up(struct fixture *f, mono_ms request_limit, mono_ms stall_limit)
{
    struct fault fault;

    *f = (struct fixture){ .is_joined = true };
    must(loop_new(&f->loop, &fault) == 0);
    const struct management_options options = { .address = "127.0.0.1:0",
                                                .checks = give_checks,
                                                .metrics = give_metrics,
                                                .context = f,
                                                .request_limit = request_limit,
                                                .stall_limit = stall_limit };
    must(management_new(f->loop, &options, &f->management, &fault) == 0);
}

static void tear_down(struct fixture *f)
{
    management_free(f->management);
    loop_free(f->loop);
}

static int connect_to(const struct fixture *f)
{
    struct fault fault;
    int fd;

    must(address_connect(management_address(f->management), LONG_MS, &fd, &fault) == 0);
    must(fcntl(fd, F_SETFL, O_NONBLOCK) == 0);
    return fd;
}

static void send_all(int fd, const char *bytes)
{
    assert_int_equal(send(fd, bytes, strlen(bytes), MSG_NOSIGNAL), strlen(bytes));
}

/* Turns the loop until the other side closes; what it said until then is in f->answer. */
static const char *read_to_end(struct fixture *f, int fd)
{
    mono_ms deadline = loop_now(f->loop) + LONG_MS;
    size_t length = 0;

    for (;;) {
        ssize_t count = recv(fd, f->answer + length, sizeof(f->answer) - 1 - length, 0);
        if (count == 0 || (count < 0 && errno == ECONNRESET))
            break;
        assert_true(count > 0 || errno == EAGAIN);
        length += count > 0 ? (size_t)count : 0;
        assert_true(loop_now(f->loop) < deadline);
        loop_turn(f->loop, loop_now(f->loop) + 1);
    }
    close(fd);
    f->answer[length] = '\0';
    return f->answer;
}

/* Makes a request of a first line and further header lines, each with its CRLF. */
static const char *ask(struct fixture *f, const char *request, const char *headers)
{
    char bytes[1024];
    int fd = connect_to(f);

    snprintf(bytes, sizeof(bytes), "%s HTTP/1.1\r\nHost: localhost\r\n%s\r\n", request, headers);
    send_all(fd, bytes);
    return read_to_end(f, fd);
}

static void assert_status(const char *answer, const char *status)
{
    char line[64];

    snprintf(line, sizeof(line), "HTTP/1.1 %s ", status);
    assert_memory_equal(answer, line, strlen(line));
}

static void assert_body(const char *answer, const char *body)
{
    const char *end = strstr(answer, "\r\n\r\n");

    assert_non_null(end);
    assert_string_equal(end + 4, body);
}

static void a_turning_loop_is_alive(void **state)
{
    (void)state;
    struct fixture f;

    set_up(&f, 0, 0);
    f.is_joined = false; /* no matter to this probe */
    assert_status(ask(&f, "GET /livez", ""), "200");
    assert_body(f.answer, "ok\n");
    assert_status(ask(&f, "GET /healthz", ""), "200");
    assert_body(ask(&f, "GET /livez?verbose", ""), "[+]loop ok\npassed\n");
    tear_down(&f);
}

static void a_loop_that_stood_still_says_so_once(void **state)
{
    (void)state;
    struct fixture f;

    set_up(&f, 0, SHORT_MS);
    mono_ms begin = clock_mono();
    while (clock_mono() <= begin + SHORT_MS)
        continue;
    assert_status(ask(&f, "GET /livez", ""), "503");
    assert_body(f.answer, "[-]loop failed: it stood still\nfailed\n");
    tear_down(&f);
}

static void ready_is_who_passes_all_checks(void **state)
{
    (void)state;
    struct fixture f;

    set_up(&f, 0, 0);
    assert_status(ask(&f, "GET /readyz", ""), "200");
    assert_body(f.answer, "ok\n");
    assert_body(ask(&f, "GET /readyz?verbose=1", ""), "[+]listener ok\n[+]kafka ok\npassed\n");
    f.is_joined = false;
    assert_status(ask(&f, "GET /readyz", ""), "503");
    assert_body(f.answer,
                "[+]listener ok\n[-]kafka failed: the group was not joined yet\nfailed\n");
    tear_down(&f);
}

static void metrics_come_in_the_format_that_is_asked_for(void **state)
{
    (void)state;
    struct fixture f;

    set_up(&f, 0, 0);
    assert_status(ask(&f, "GET /metrics", ""), "200");
    assert_non_null(
        strstr(f.answer, "\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n"));
    assert_body(f.answer, "plain 1\n");
    ask(&f, "GET /metrics", "Accept: application/openmetrics-text; version=1.0.0\r\n");
    assert_non_null(strstr(f.answer, "\r\nContent-Type: application/openmetrics-text; "
                                     "version=1.0.0; charset=utf-8\r\n"));
    assert_body(f.answer, "# EOF\n");
    tear_down(&f);
}

static void too_many_metrics_are_an_error_and_not_a_part_of_them(void **state)
{
    (void)state;
    struct fixture f;

    set_up(&f, 0, 0);
    f.metrics_bytes = 5000000;
    assert_status(ask(&f, "GET /metrics", ""), "500");
    assert_body(f.answer, "too many metrics\n");
    tear_down(&f);
}

static void a_large_answer_arrives_whole(void **state)
{
    (void)state;
    struct fixture f;

    set_up(&f, 0, 0);
    f.metrics_bytes = 50000;
    assert_status(ask(&f, "GET /metrics", ""), "200");
    assert_int_equal(strlen(strstr(f.answer, "\r\n\r\n") + 4), 50000 + strlen("plain 1\n"));
    tear_down(&f);
}

static void head_is_answered_without_a_body(void **state)
{
    (void)state;
    struct fixture f;

    set_up(&f, 0, 0);
    assert_status(ask(&f, "HEAD /livez", ""), "200");
    assert_non_null(strstr(f.answer, "\r\nContent-Length: 3\r\n"));
    assert_body(f.answer, "");
    tear_down(&f);
}

static void other_methods_are_refused_and_told_which_go(void **state)
{
    (void)state;
    struct fixture f;

    set_up(&f, 0, 0);
    assert_status(ask(&f, "POST /livez", "Content-Length: 0\r\n"), "405");
    assert_non_null(strstr(f.answer, "\r\nAllow: GET, HEAD\r\n"));
    assert_status(ask(&f, "POST /metrics", "Content-Length: 1000000000\r\n"), "405");
    assert_status(ask(&f, "DELETE /metrics", ""), "405");
    tear_down(&f);
}

static void other_paths_are_not_here(void **state)
{
    (void)state;
    struct fixture f;

    set_up(&f, 0, 0);
    assert_status(ask(&f, "GET /", ""), "404");
    assert_status(ask(&f, "GET /livez/", ""), "404");
    assert_status(ask(&f, "GET /../etc/passwd", ""), "404");
    assert_status(ask(&f, "POST /mattermost", "Content-Length: 0\r\n"), "404");
    tear_down(&f);
}

static void a_dripping_client_is_cut_at_its_deadline(void **state)
{
    (void)state;
    struct fixture f;

    set_up(&f, SHORT_MS, 0);
    int fd = connect_to(&f);
    send_all(fd, "GET /livez HTTP/1.1\r\nHost: local");
    mono_ms begin = loop_now(f.loop);
    assert_string_equal(read_to_end(&f, fd), "");
    assert_true(loop_now(f.loop) >= begin + SHORT_MS - 1);
    assert_true(loop_now(f.loop) < begin + LONG_MS);
    tear_down(&f);
}

static void silent_clients_do_not_keep_others_out_for_long(void **state)
{
    enum { CLIENTS = 40 };

    (void)state;
    struct fixture f;
    int fds[CLIENTS];

    set_up(&f, SHORT_MS, 0);
    for (int i = 0; i < CLIENTS; i++)
        fds[i] = connect_to(&f);
    assert_status(ask(&f, "GET /livez", ""), "200");
    for (int i = 0; i < CLIENTS; i++)
        close(fds[i]);
    tear_down(&f);
}

static void open_connections_end_with_the_port(void **state)
{
    (void)state;
    struct fixture f;

    set_up(&f, 0, 0);
    int fd = connect_to(&f);
    send_all(fd, "GET /livez");
    loop_turn(f.loop, loop_now(f.loop) + SHORT_MS);
    management_free(f.management);
    f.management = NULL;
    assert_string_equal(read_to_end(&f, fd), "");
    tear_down(&f);
}

static void an_address_that_is_taken_is_refused_in_words(void **state)
{
    (void)state;
    struct fixture f;
    struct management *second;
    struct fault fault;

    set_up(&f, 0, 0);
    const struct management_options options = { .address = management_address(f.management) };
    assert_int_equal(management_new(f.loop, &options, &second, &fault), -1);
    assert_non_null(strstr(fault.words, options.address));
    tear_down(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_turning_loop_is_alive),
        cmocka_unit_test(a_loop_that_stood_still_says_so_once),
        cmocka_unit_test(ready_is_who_passes_all_checks),
        cmocka_unit_test(metrics_come_in_the_format_that_is_asked_for),
        cmocka_unit_test(too_many_metrics_are_an_error_and_not_a_part_of_them),
        cmocka_unit_test(a_large_answer_arrives_whole),
        cmocka_unit_test(head_is_answered_without_a_body),
        cmocka_unit_test(other_methods_are_refused_and_told_which_go),
        cmocka_unit_test(other_paths_are_not_here),
        cmocka_unit_test(a_dripping_client_is_cut_at_its_deadline),
        cmocka_unit_test(silent_clients_do_not_keep_others_out_for_long),
        cmocka_unit_test(open_connections_end_with_the_port),
        cmocka_unit_test(an_address_that_is_taken_is_refused_in_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
