#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/address.h"
#include "common/must.h"
#include "worker/cmd/healthcheck.h"
#include "worker/edge/probe.h"

enum { LONG_MS = 10000, SHORT_MS = 50 };

/* A server that reads one request and says what it is told to, in a process of its own. */
struct server {
    char address[ADDRESS_SIZE];
    int listener;
    pid_t child;
};

static void serve_once(int listener, const char *answer)
{
    char request[1024];
    int fd = accept(listener, NULL, NULL);

    (void)!recv(fd, request, sizeof(request), 0);
    (void)!send(fd, answer, strlen(answer), MSG_NOSIGNAL);
    close(fd);
}

static void start(struct server *server, const char *answer)
{
    struct fault fault;

    must(address_listen("127.0.0.1:0", &server->listener, &fault) == 0);
    must(fcntl(server->listener, F_SETFL, 0) == 0); /* the child waits for its client */
    address_of_socket(server->listener, server->address);
    server->child = answer ? fork() : -1;
    if (server->child == 0) {
        serve_once(server->listener, answer);
        _exit(0);
    }
}

static void stop(struct server *server)
{
    if (server->child > 0)
        assert_int_equal(waitpid(server->child, NULL, 0), server->child);
    close(server->listener);
}

static int ask_one_that_says(const char *answer)
{
    struct server server;

    start(&server, answer);
    int code = healthcheck_ask(server.address, answer ? LONG_MS : SHORT_MS);
    stop(&server);
    return code;
}

static void two_hundred_is_alive(void **state)
{
    (void)state;

    assert_int_equal(ask_one_that_says("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok\n"), 0);
}

static void everything_else_is_not(void **state)
{
    (void)state;

    assert_int_equal(ask_one_that_says("HTTP/1.1 503 Service Unavailable\r\n\r\nfailed\n"), 1);
    assert_int_equal(ask_one_that_says("HTTP/1.1 404 Not Found\r\n\r\n"), 1);
    assert_int_equal(ask_one_that_says("SSH-2.0-OpenSSH_9.2\r\n"), 1);
    assert_int_equal(ask_one_that_says("HTTP/1.1 200 OK\r\nCut: "), 1);
    assert_int_equal(ask_one_that_says(""), 1);
}

static void a_worker_that_does_not_answer_is_not_waited_for(void **state)
{
    (void)state;

    assert_int_equal(ask_one_that_says(NULL), 1);
}

static void a_port_that_nobody_listens_on_is_not_alive(void **state)
{
    (void)state;
    struct server server;

    start(&server, NULL);
    stop(&server);
    assert_int_equal(healthcheck_ask(server.address, LONG_MS), 1);
}

static void a_port_that_changes_with_each_start_cannot_be_asked(void **state)
{
    (void)state;

    assert_int_equal(healthcheck_ask("127.0.0.1:0", LONG_MS), 1);
    assert_int_equal(healthcheck_ask("nonsense", LONG_MS), 1);
}

static void the_answer_of_a_probe_is_given_whole(void **state)
{
    (void)state;
    struct server server;
    struct probe_answer answer;
    struct fault fault;

    start(&server, "HTTP/1.1 503 Service Unavailable\r\nX: y\r\n\r\n[-]loop failed\nfailed\n");
    assert_int_equal(probe_get(server.address, "/livez", LONG_MS, &answer, &fault), 0);
    assert_int_equal(answer.status, 503);
    assert_string_equal(answer.body, "[-]loop failed\nfailed\n");
    stop(&server);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_hundred_is_alive),
        cmocka_unit_test(everything_else_is_not),
        cmocka_unit_test(a_worker_that_does_not_answer_is_not_waited_for),
        cmocka_unit_test(a_port_that_nobody_listens_on_is_not_alive),
        cmocka_unit_test(a_port_that_changes_with_each_start_cannot_be_asked),
        cmocka_unit_test(the_answer_of_a_probe_is_given_whole),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
