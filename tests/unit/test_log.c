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
#include <unistd.h>

#include <cmocka.h>

#include "common/log.h"

static wall_ms now_ms;

static wall_ms test_clock(void)
{
    return now_ms;
}

/* Opens the log into a pipe and gives both of its ends. */
static void open_on_pipe(int ends[static 2])
{
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    now_ms = 1000;
    log_open(&(struct log_options){ ends[1], LOG_INFO, LOG_TEXT, test_clock });
}

static void close_all(const int ends[static 2])
{
    log_close();
    close(ends[0]);
    close(ends[1]);
}

/* What is in the pipe (or socket) at the moment. */
static const char *read_all(int fd)
{
    static char bytes[2 * 1024 * 1024];
    size_t length = 0;
    ssize_t count = 0;

    assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
    do {
        length += (size_t)count;
        count = read(fd, bytes + length, sizeof(bytes) - 1 - length);
    } while (count > 0);
    bytes[length] = '\0';
    return bytes;
}

static size_t lines_in(const char *bytes)
{
    size_t lines = 0;

    for (; *bytes; bytes++)
        lines += *bytes == '\n';
    return lines;
}

static void lines_leave_with_the_flush(void **state)
{
    (void)state;
    int ends[2];

    open_on_pipe(ends);
    log_line(LOG_INFO, "one", NULL);
    log_line(LOG_WARN, "two", &(struct log_fields){ .licence = "zeezicht" });
    assert_string_equal(read_all(ends[0]), "");
    log_flush();
    assert_string_equal(read_all(ends[0]),
                        "time=1970-01-01T00:00:01.000Z level=info event=one\n"
                        "time=1970-01-01T00:00:01.000Z level=warn event=two licence=zeezicht\n");
    close_all(ends);
}

static void the_last_lines_leave_with_the_close(void **state)
{
    (void)state;
    int ends[2];

    open_on_pipe(ends);
    log_line(LOG_INFO, "one", NULL);
    log_close();
    assert_int_equal(lines_in(read_all(ends[0])), 1);
    close(ends[0]);
    close(ends[1]);
}

static void the_clock_is_read_once_a_turn(void **state)
{
    (void)state;
    int ends[2];

    open_on_pipe(ends);
    log_line(LOG_INFO, "a", NULL);
    now_ms += 5;
    log_line(LOG_INFO, "b", NULL);
    log_flush();
    log_line(LOG_INFO, "c", NULL);
    log_flush();
    assert_string_equal(read_all(ends[0]), "time=1970-01-01T00:00:01.000Z level=info event=a\n"
                                           "time=1970-01-01T00:00:01.000Z level=info event=b\n"
                                           "time=1970-01-01T00:00:01.005Z level=info event=c\n");
    close_all(ends);
}

static void lines_below_the_level_are_left_out(void **state)
{
    (void)state;
    int ends[2];

    open_on_pipe(ends);
    assert_false(log_is_on(LOG_DEBUG));
    log_line(LOG_DEBUG, "one", NULL);
    log_set_level(LOG_DEBUG);
    assert_true(log_is_on(LOG_DEBUG));
    log_line(LOG_DEBUG, "two", NULL);
    log_set_level(LOG_ERROR);
    log_line(LOG_WARN, "three", NULL);
    log_flush();
    assert_string_equal(read_all(ends[0]), "time=1970-01-01T00:00:01.000Z level=debug event=two\n");
    close_all(ends);
}

static void a_log_that_is_not_open_says_nothing(void **state)
{
    (void)state;

    assert_false(log_is_on(LOG_ERROR));
    log_line(LOG_ERROR, "nobody hears", NULL);
    log_line_capped(LOG_ERROR, "nobody hears", NULL, "cap", 1000);
    log_flush();
    log_close();
    assert_true(log_dropped() == 0);
}

static void what_is_no_terminal_gets_json(void **state)
{
    (void)state;
    int ends[2];

    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    log_open(&(struct log_options){ ends[1], LOG_INFO, LOG_AUTO, test_clock });
    log_line(LOG_INFO, "one", NULL);
    log_flush();
    assert_int_equal(read_all(ends[0])[0], '{');
    close_all(ends);
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
    now_ms = 1000;
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
    now_ms = 1000;
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

static void repeats_are_counted_and_not_repeated(void **state)
{
    (void)state;
    int ends[2];

    open_on_pipe(ends);
    for (int i = 0; i < 5; i++)
        log_line_capped(LOG_INFO, "retrying", NULL, "zeezicht", 1000);
    log_line_capped(LOG_INFO, "retrying", NULL, "duinrand", 1000);
    log_flush();
    now_ms += 999;
    log_line_capped(LOG_INFO, "retrying", NULL, "zeezicht", 1000);
    log_flush();
    now_ms += 1;
    log_line_capped(LOG_INFO, "retrying", NULL, "zeezicht", 1000);
    log_flush();
    now_ms += 1000;
    log_line_capped(LOG_INFO, "retrying", NULL, "zeezicht", 1000);
    log_flush();
    assert_string_equal(read_all(ends[0]),
                        "time=1970-01-01T00:00:01.000Z level=info event=retrying\n"
                        "time=1970-01-01T00:00:01.000Z level=info event=retrying\n"
                        "time=1970-01-01T00:00:02.000Z level=info event=retrying repeated=5\n"
                        "time=1970-01-01T00:00:03.000Z level=info event=retrying\n");
    close_all(ends);
}

static void a_flood_of_caps_takes_bounded_memory_and_loses_no_count(void **state)
{
    (void)state;
    int ends[2];
    char cap[16];

    open_on_pipe(ends);
    log_line_capped(LOG_INFO, "first", NULL, "first", 1000);
    log_line_capped(LOG_INFO, "first", NULL, "first", 1000);
    for (int i = 0; i < 2000; i++) {
        snprintf(cap, sizeof(cap), "%d", i);
        log_line_capped(LOG_INFO, "e", NULL, cap, 1000);
    }
    log_flush();
    assert_true(lines_in(read_all(ends[0])) < 600);
    now_ms += 1000;
    for (int i = 0; i < 2000; i++) {
        snprintf(cap, sizeof(cap), "again %d", i);
        log_line_capped(LOG_INFO, "e", NULL, cap, 1000);
    }
    log_flush();
    assert_non_null(strstr(read_all(ends[0]), "event=lines_left_out why=first repeated=1\n"));
    close_all(ends);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_leave_with_the_flush),
        cmocka_unit_test(the_last_lines_leave_with_the_close),
        cmocka_unit_test(the_clock_is_read_once_a_turn),
        cmocka_unit_test(lines_below_the_level_are_left_out),
        cmocka_unit_test(a_log_that_is_not_open_says_nothing),
        cmocka_unit_test(what_is_no_terminal_gets_json),
        cmocka_unit_test(a_full_pipe_is_not_waited_for),
        cmocka_unit_test(a_full_socket_is_not_waited_for),
        cmocka_unit_test(a_full_disk_drops_and_counts),
        cmocka_unit_test(a_closed_descriptor_drops_and_counts),
        cmocka_unit_test(a_reader_that_is_gone_drops_and_counts),
        cmocka_unit_test(a_line_torn_by_a_lost_reader_is_ended),
        cmocka_unit_test(repeats_are_counted_and_not_repeated),
        cmocka_unit_test(a_flood_of_caps_takes_bounded_memory_and_loses_no_count),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
