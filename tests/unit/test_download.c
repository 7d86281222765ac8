/*
 * Files that get there: as they are, through little memory, in order, and as nobody else.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/download_stage.h"

#define HALLO "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhallo"

enum {
    SMALL_BYTES = 1048576,
    LARGE_BYTES = 26214400,
    GROWTH_MAX_KIB = 2048, /* from the one to the other */
};

static const struct script_step hallo[] = { { HALLO, SCRIPT_KEEP } };

static void a_file_arrives_as_it_is(void **state)
{
    struct download_stage *stage = *state;

    download_stage_set(stage, hallo, 1, STAGE_TAKES_ALL);
    download_stage_expect_stored(stage);
    const struct upload_seen *seen = upload_server_seen(stage->sink);
    assert_int_equal(seen->whole, 1);
    assert_int_equal(seen->bytes, 5);
    assert_string_equal(seen->beginning, "hallo");
    assert_non_null(strstr(seen->head,
                           "POST /sub/api/v4/files?channel_id=yd95d4wqs7r77qeprbjfc1qecy"
                           "&filename=kamer%2012%20%26%20%E2%82%AC.png "
                           "HTTP/1.1\r\n"));
    assert_non_null(strstr(seen->head, "\r\nAuthorization: Bearer " STAGE_TOKEN "\r\n"));
    assert_non_null(strstr(seen->head, "\r\nContent-Type: application/octet-stream\r\n"));
    assert_non_null(strstr(seen->head, "\r\nContent-Length: 5\r\n"));
    assert_null(strstr(seen->head, "Expect"));
    assert_false(seen->is_chunked);
}

static void a_source_is_told_nothing_but_the_url(void **state)
{
    struct download_stage *stage = *state;

    assert_int_equal(setenv("http_proxy", "http://127.0.0.1:1", 1), 0);
    assert_int_equal(setenv("ALL_PROXY", "http://127.0.0.1:1", 1), 0);
    download_stage_set(stage, hallo, 1, STAGE_TAKES_ALL);
    download_stage_aim(stage, "127.0.0.1", "/a b.png?sig=a%2Fb&x=1#top");
    download_stage_expect_stored(stage);
    assert_int_equal(unsetenv("http_proxy"), 0);
    assert_int_equal(unsetenv("ALL_PROXY"), 0);

    char expected[256];
    (void)snprintf(expected, sizeof(expected),
                   "GET /a%%20b.png?sig=a%%2Fb&x=1 HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n"
                   "User-Agent: ireserve-mattermost\r\nAccept: */*\r\n\r\n",
                   scripted_server_port(stage->source));
    assert_string_equal(scripted_server_last(stage->source), expected);
}

/* The most memory that this process has held so far, in KiB. */
static long peak_kib(void)
{
    char line[128];
    long peak = -1;
    FILE *status = fopen("/proc/self/status", "re");

    assert_non_null(status);
    while (peak < 0 && fgets(line, sizeof(line), status))
        if (strncmp(line, "VmHWM:", 6) == 0)
            peak = strtol(line + 6, NULL, 10);
    assert_int_equal(fclose(status), 0);
    return peak;
}

static void a_large_file_takes_little_memory(void **state)
{
    static const struct script_step steps[] = {
        { "HTTP/1.1 200 OK\r\nContent-Length: 1048576\r\n\r\n", SCRIPT_FILE },
        { "HTTP/1.1 200 OK\r\nContent-Length: 26214400\r\n\r\n", SCRIPT_FILE },
    };
    struct download_stage *stage = *state;

    download_stage_set(stage, steps, 2, STAGE_TAKES_ALL);
    scripted_server_serve(stage->source, SMALL_BYTES);
    download_stage_expect_stored(stage);
    scripted_server_serve(stage->source, LARGE_BYTES);
    long before = peak_kib();
    download_stage_expect_stored(stage);
    long growth = peak_kib() - before;
    print_message("25 MiB took %ld KiB more than 1 MiB\n", growth);
    assert_true(growth <= GROWTH_MAX_KIB);
    const struct upload_seen *seen = upload_server_seen(stage->sink);
    assert_int_equal(seen->bytes, LARGE_BYTES);
    assert_true(seen->is_the_file);
    assert_false(seen->is_chunked);
    assert_non_null(strstr(seen->head, "\r\nContent-Length: 26214400\r\n"));
}

static void a_file_whose_length_is_not_known_goes_in_chunks(void **state)
{
    static const struct script_step steps[] = { { "HTTP/1.1 200 OK\r\n\r\n",
                                                  SCRIPT_FILE_AND_CLOSE } };
    struct download_stage *stage = *state;

    download_stage_set(stage, steps, 1, STAGE_TAKES_ALL);
    scripted_server_serve(stage->source, 3000001);
    download_stage_expect_stored(stage);
    const struct upload_seen *seen = upload_server_seen(stage->sink);
    assert_true(seen->is_chunked);
    assert_int_equal(seen->whole, 1);
    assert_int_equal(seen->bytes, 3000001);
    assert_true(seen->is_the_file);
}

static void a_small_file_in_chunks_arrives(void **state)
{
    static const struct script_step steps[] = {
        { "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhal\r\n2\r\nlo\r\n0\r\n"
          "X-Trailer: Location\r\n\r\n",
          SCRIPT_KEEP }
    };
    struct download_stage *stage = *state;

    download_stage_set(stage, steps, 1, STAGE_TAKES_ALL);
    download_stage_expect_stored(stage);
    assert_string_equal(upload_server_seen(stage->sink)->beginning, "hallo");
}

static bool has_begun(const void *context)
{
    return upload_server_seen(context)->bytes > 0;
}

static void an_upload_begins_before_its_source_has_ended(void **state)
{
    static const struct script_step steps[] = {
        { "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhallo", SCRIPT_KEEP }
    };
    struct download_stage *stage = *state;
    struct download_outcome outcome;

    download_stage_set(stage, steps, 1, STAGE_TAKES_ALL);
    struct download *download = download_stage_start(stage, &outcome);
    download_stage_turn_until(stage, has_begun, stage->sink);
    assert_int_equal(outcome.reports, 0);
    download_cancel(download);
}

static void redirects_are_followed_to_listed_hosts(void **state)
{
    char absolute[128];
    const struct script_step steps[] = {
        { absolute, SCRIPT_FLOOD },
        { "HTTP/1.1 301 Moved\r\nlocation:../b/c.png \r\n\r\n", SCRIPT_FLOOD },
        { "HTTP/1.1 307 Moved\r\nLocation: ?d\r\nContent-Length: 0\r\n\r\n", SCRIPT_KEEP },
        { HALLO, SCRIPT_KEEP },
    };
    struct download_stage *stage = *state;

    download_stage_set(stage, steps, 4, STAGE_TAKES_ALL);
    (void)snprintf(absolute, sizeof(absolute),
                   "HTTP/1.1 302 Found\r\nLocation: http://a.localhost:%d/x/y\r\n\r\n",
                   scripted_server_port(stage->source));
    download_stage_expect_stored(stage);
    assert_int_equal(scripted_server_requests(stage->source), 4);
    assert_non_null(strstr(scripted_server_last(stage->source), "GET /b/c.png?d HTTP/1.1\r\n"));
    assert_non_null(strstr(scripted_server_last(stage->source), "\r\nHost: a.localhost:"));
}

static void two_files_at_once_arrive(void **state)
{
    static const struct script_step steps[] = {
        { "HTTP/1.1 200 OK\r\nContent-Length: 2000000\r\n\r\n", SCRIPT_FILE }
    };
    struct download_stage *stage = *state;
    struct download_outcome outcomes[2];

    download_stage_set(stage, steps, 1, STAGE_TAKES_ALL);
    scripted_server_serve(stage->source, 2000000);
    for (int i = 0; i < 2; i++)
        (void)!download_stage_start(stage, &outcomes[i]);
    for (int i = 0; i < 2; i++) {
        download_stage_wait(stage, &outcomes[i]);
        assert_int_equal(outcomes[i].result.kind, FETCH_STORED);
    }
    assert_int_equal(upload_server_seen(stage->sink)->whole, 2);
    assert_true(upload_server_seen(stage->sink)->is_the_file);
}

struct order {
    struct download_stage *stage;
    int reports;
    int order[4];
};

struct place {
    struct order *order;
    int number;
};

static void note(void *context, const struct fetch_result *result)
{
    struct place *place = context;

    assert_int_equal(result->kind, FETCH_STORED);
    place->order->order[place->order->reports++] = place->number;
}

static bool are_all_reported(const void *context)
{
    return ((const struct order *)context)->reports == 4;
}

static void files_above_the_limit_wait_for_their_turn(void **state)
{
    struct download_stage *stage = *state;
    struct order order = { .stage = stage };
    struct place places[4];

    stage->options.at_once = 1;
    download_stage_set(stage, hallo, 1, STAGE_TAKES_ALL);
    for (int i = 0; i < 4; i++) {
        places[i] = (struct place){ &order, i };
        (void)!download_start(stage->downloads, stage->bot, &stage->fetch, note, &places[i]);
    }
    download_stage_turn_until(stage, are_all_reported, &order);
    for (int i = 0; i < 4; i++)
        assert_int_equal(order.order[i], i);
}

static void start_another(void *context, const struct fetch_result *result)
{
    struct place *place = context;
    struct download_stage *stage = place->order->stage;

    note(context, result);
    if (place->order->reports < 4)
        (void)!download_start(stage->downloads, stage->bot, &stage->fetch, start_another, place);
}

static void a_report_may_start_the_next_download(void **state)
{
    struct download_stage *stage = *state;
    struct order order = { .stage = stage };
    struct place place = { &order, 0 };

    stage->options.at_once = 1;
    download_stage_set(stage, hallo, 1, STAGE_TAKES_ALL);
    (void)!download_start(stage->downloads, stage->bot, &stage->fetch, start_another, &place);
    download_stage_turn_until(stage, are_all_reported, &order);
}

#define STAGED(test) \
    cmocka_unit_test_setup_teardown(test, download_stage_open, download_stage_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STAGED(a_large_file_takes_little_memory), /* first: a peak is one of all that was before */
        STAGED(a_file_arrives_as_it_is),
        STAGED(a_source_is_told_nothing_but_the_url),
        STAGED(a_file_whose_length_is_not_known_goes_in_chunks),
        STAGED(a_small_file_in_chunks_arrives),
        STAGED(an_upload_begins_before_its_source_has_ended),
        STAGED(redirects_are_followed_to_listed_hosts),
        STAGED(two_files_at_once_arrive),
        STAGED(files_above_the_limit_wait_for_their_turn),
        STAGED(a_report_may_start_the_next_download),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
