/* The log's outlet, as those who log see it: whatever becomes of the reader, nobody waits. */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/log.h"
#include "common/must.h"
#include "common/outlet.h"
#include "tests/unit/reading.h"

static wall_ms test_clock(void)
{
    return 1000;
}

/* Logs numbered lines of about 100 bytes, flushing now and then. */
static void log_many(int count)
{
    static const char filler[] = "................................................";

    for (int i = 0; i < count; i++) {
        const struct log_extra extra[] = { { "number", NULL, i }, { 0 } };
        log_line(LOG_INFO, filler, &(struct log_fields){ .extra = extra });
        if (i % 10 == 9)
            log_flush();
    }
}

/* That every line is whole, and the numbers rise. */
static void assert_whole_lines(const char *bytes)
{
    long last = -1;

    while (*bytes) {
        const char *end = strchr(bytes, '\n');
        long number = last;
        assert_non_null(end);
        assert_memory_equal(bytes, "time=1970-01-01T", 16);
        const char *found = strstr(bytes, " number=");
        if (found && found < end)
            number = strtol(found + strlen(" number="), NULL, 10);
        else
            assert_non_null(strstr(bytes, "event=log_lines_dropped"));
        assert_true(number >= last);
        last = number;
        bytes = end + 1;
    }
}

static void assert_nothing_waits_for_a_reader(int reader, int writer)
{
    enum { LINES = 20000 };

    signal(SIGALRM, SIG_DFL); /* a log that waits ends the test */
    alarm(20);
    log_open(&(struct log_options){ writer, LOG_INFO, LOG_TEXT, test_clock });
    log_many(LINES);
    uint64_t dropped = log_dropped();
    assert_true(dropped > 0 && dropped < LINES);

    static char all[4 * 1024 * 1024];
    size_t length = 0;
    for (const char *some = read_all(reader); *some; some = read_all(reader)) {
        length += (size_t)snprintf(all + length, sizeof(all) - length, "%s", some);
        log_flush();
    }
    assert_whole_lines(all);
    assert_int_equal(lines_in(all), LINES - dropped + 1);
    char told[64];
    snprintf(told, sizeof(told), "event=log_lines_dropped dropped=%d\n", (int)dropped);
    assert_non_null(strstr(all, told));
    log_close();
    alarm(0);
}

static void a_full_pipe_is_not_waited_for(void **state)
{
    (void)state;
    int ends[2];

    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    assert_nothing_waits_for_a_reader(ends[0], ends[1]);
    /* the flags of what is shared with the parent are as they were */
    assert_int_equal(fcntl(ends[1], F_GETFL) & O_NONBLOCK, 0);
    close(ends[0]);
    close(ends[1]);
}

/* As a container's stdout is, that was made by root and is used by another. */
static void log_where_nothing_may_be_opened_again(int fd)
{
    alarm(20);
    if (geteuid() == 0)
        must(setresuid(65534, 65534, 65534) == 0);
    log_open(&(struct log_options){ fd, LOG_INFO, LOG_TEXT, test_clock });
    log_many(20000);
    must(log_dropped() > 0);
    log_close();
    _exit(0);
}

static void a_full_pipe_of_another_user_is_not_waited_for(void **state)
{
    (void)state;
    int ends[2];
    int status;

    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    assert_int_equal(fchmod(ends[1], 0), 0);
    pid_t child = fork();
    if (child == 0)
        log_where_nothing_may_be_opened_again(ends[1]);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_true(lines_in(read_all(ends[0])) > 100);
    close(ends[0]);
    close(ends[1]);
}

static void a_full_socket_is_not_waited_for(void **state)
{
    (void)state;
    int ends[2];

    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    assert_nothing_waits_for_a_reader(ends[0], ends[1]);
    close(ends[0]);
    close(ends[1]);
}

/* Logs three lines to a descriptor that takes none. */
static void assert_all_are_dropped(int fd)
{
    log_open(&(struct log_options){ fd, LOG_INFO, LOG_TEXT, test_clock });
    for (int i = 0; i < 3; i++) {
        log_line(LOG_INFO, "one", NULL);
        log_flush();
    }
    assert_int_equal(log_dropped(), 3);
    log_close();
}

static void a_full_disk_drops_and_counts(void **state)
{
    (void)state;
    int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);

    assert_true(fd >= 0);
    assert_all_are_dropped(fd);
    close(fd);
}

static void a_closed_descriptor_drops_and_counts(void **state)
{
    (void)state;
    int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

    assert_all_are_dropped(fd); /* what outlet_fill_closed_streams() puts in its place */
    close(fd);
    assert_all_are_dropped(fd);
}

static void a_reader_that_is_gone_drops_and_counts(void **state)
{
    (void)state;
    int ends[2];

    signal(SIGPIPE, SIG_IGN);
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    close(ends[0]);
    assert_all_are_dropped(ends[1]);
    close(ends[1]);
}

static void a_line_torn_by_a_lost_reader_is_ended(void **state)
{
    (void)state;
    char path[] = "/tmp/test_log_XXXXXX";

    assert_non_null(mkdtemp(path));
    char fifo[sizeof(path) + 8];
    snprintf(fifo, sizeof(fifo), "%s/fifo", path);
    assert_int_equal(mkfifo(fifo, 0600), 0);
    signal(SIGPIPE, SIG_IGN);
    int reader = open(fifo, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    int writer = open(fifo, O_WRONLY | O_CLOEXEC);
    log_open(&(struct log_options){ writer, LOG_INFO, LOG_TEXT, test_clock });
    for (int i = 0; i < 1000; i++) /* more than a pipe holds, and not a whole number of lines */
        log_line(LOG_INFO, "x", &(struct log_fields){ .why = "................................" });
    log_flush();
    close(reader);
    log_flush();
    uint64_t dropped = log_dropped();
    assert_true(dropped > 0);

    reader = open(fifo, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    const char *bytes = read_all(reader);
    assert_int_not_equal(bytes[strlen(bytes) - 1], '\n');
    log_line(LOG_INFO, "after", NULL);
    log_flush();
    log_flush();
    assert_int_equal(log_dropped(), dropped);
    bytes = read_all(reader);
    assert_memory_equal(bytes, "\ntime=", 6);
    assert_non_null(strstr(bytes, " event=after\n"));
    assert_non_null(strstr(bytes, " event=log_lines_dropped"));
    log_close();
    close(reader);
    close(writer);
    unlink(fifo);
    rmdir(path);
}

static void no_later_descriptor_takes_the_number_of_a_closed_stream(void **state)
{
    (void)state;
    int status;

    pid_t child = fork();
    if (child == 0) {
        close(STDIN_FILENO);
        close(STDOUT_FILENO);
        outlet_fill_closed_streams();
        must(open("/dev/null", O_WRONLY | O_CLOEXEC) > STDERR_FILENO);
        must(write(STDOUT_FILENO, "x", 1) == -1);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_full_pipe_is_not_waited_for),
        cmocka_unit_test(a_full_pipe_of_another_user_is_not_waited_for),
        cmocka_unit_test(a_full_socket_is_not_waited_for),
        cmocka_unit_test(a_full_disk_drops_and_counts),
        cmocka_unit_test(a_closed_descriptor_drops_and_counts),
        cmocka_unit_test(a_reader_that_is_gone_drops_and_counts),
        cmocka_unit_test(a_line_torn_by_a_lost_reader_is_ended),
        cmocka_unit_test(no_later_descriptor_takes_the_number_of_a_closed_stream),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
