#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/log.h"
#include "tests/unit/reading.h"

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
        cmocka_unit_test(repeats_are_counted_and_not_repeated),
        cmocka_unit_test(a_flood_of_caps_takes_bounded_memory_and_loses_no_count),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
