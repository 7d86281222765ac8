/*
 * Whose turn it is at a server that many share.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/random.h"
#include "worker/core/routes.h"
#include "worker/core/servers.h"

enum { PLACES = 4, LICENCES = 3, MOST = 4096 };

/* Three licences of one server, what waits there, and what is on the wire, oldest first. */
struct crowd {
    struct servers servers;
    struct routes routes;
    struct heap due;
    struct random random;
    struct route *route[LICENCES];
    struct delivery *wire[PLACES];
    size_t wired;
    int64_t read;
    mono_ms now;
};

static const struct integration integrations[LICENCES] = {
    { .licence = "flooded", .server_url = "http://chat.example" },
    { .licence = "quiet", .server_url = "http://chat.example" },
    { .licence = "third", .server_url = "http://chat.example" },
};

static int open_crowd(void **state)
{
    struct crowd *crowd = calloc(1, sizeof(*crowd));

    assert_non_null(crowd);
    crowd->random = random_of(1);
    servers_open(&crowd->servers, &(struct servers_options){ .in_flight = 64,
                                                             .in_flight_per_server = PLACES,
                                                             .due = &crowd->due,
                                                             .random = &crowd->random });
    routes_open(&crowd->routes);
    for (size_t i = 0; i < LICENCES; i++)
        crowd->route[i] = routes_get(&crowd->routes, &crowd->servers, &integrations[i],
                                     "cccccccccccccccccccccccccc");
    *state = crowd;
    return 0;
}

static struct server *server_of(const struct crowd *crowd)
{
    return crowd->route[0]->server;
}

/* The oldest on the wire is answered. */
static void answer(struct crowd *crowd, int status)
{
    struct delivery *delivery = crowd->wire[0];
    const struct answer given = { .kind = ANSWER_HTTP,
                                  .status = status,
                                  .body = "",
                                  .retry_after_s = -1,
                                  .rate_limit_remaining = -1,
                                  .rate_limit_reset_s = -1,
                                  .why = "" };

    assert_true(crowd->wired > 0);
    crowd->wired--;
    memmove(crowd->wire, crowd->wire + 1, crowd->wired * sizeof(struct delivery *));
    (void)servers_hear(&crowd->servers, server_of(crowd), &delivery->ask, &given, crowd->now);
    servers_release(&crowd->servers, server_of(crowd), &delivery->ask);
    delivery_free(delivery);
}

static int close_crowd(void **state)
{
    struct crowd *crowd = *state;
    struct delivery *delivery;

    do {
        while (crowd->wired > 0)
            answer(crowd, 201);
        servers_reopen(&crowd->servers, server_of(crowd));
        while (crowd->wired < PLACES && (delivery = servers_take(&crowd->servers, INT64_MAX - 1)))
            crowd->wire[crowd->wired++] = delivery;
    } while (crowd->wired > 0);
    heap_remove(&crowd->due, &server_of(crowd)->due.node);
    routes_close(&crowd->routes);
    servers_close(&crowd->servers);
    heap_free(&crowd->due);
    free(crowd);
    return 0;
}

static void make_ready(struct crowd *crowd, size_t licence)
{
    struct delivery *delivery = delivery_new(NULL, NULL);

    delivery->number = crowd->read++;
    delivery->route = crowd->route[licence];
    delivery->ask.integration = &integrations[licence];
    delivery_set_state(delivery, DELIVERY_READY);
    servers_enqueue(&crowd->servers, delivery->route->share, delivery);
}

/* Sends what may be sent; gives how many of the quiet licence went out. */
static int send_all(struct crowd *crowd)
{
    struct delivery *delivery;
    int quiet = 0;

    while ((delivery = servers_take(&crowd->servers, crowd->now))) {
        assert_true(crowd->wired < PLACES);
        crowd->wire[crowd->wired++] = delivery;
        quiet += delivery->route == crowd->route[1];
    }
    return quiet;
}

static void a_flooded_licence_does_not_hold_up_its_neighbour(void **state)
{
    struct crowd *crowd = *state;

    for (int i = 0; i < 1000; i++)
        make_ready(crowd, 0);
    assert_int_equal(send_all(crowd), 0);
    for (int turn = 0; turn < 500; turn++) {
        int slots = 0;
        make_ready(crowd, 1);
        do {
            assert_in_range(++slots, 1, 2);
            crowd->now++;
            answer(crowd, 201);
        } while (send_all(crowd) == 0);
    }
}

static void licences_that_have_as_much_get_as_much(void **state)
{
    struct crowd *crowd = *state;
    int sent[LICENCES] = { 0 };

    for (size_t licence = 0; licence < LICENCES; licence++)
        for (int i = 0; i < 50; i++)
            make_ready(crowd, licence);
    (void)send_all(crowd);
    for (int i = 0; i < 90; i++) {
        for (size_t licence = 0; licence < LICENCES; licence++)
            sent[licence] += crowd->wire[0]->route == crowd->route[licence];
        answer(crowd, 201);
        (void)send_all(crowd);
    }
    for (size_t licence = 0; licence < LICENCES; licence++)
        assert_int_equal(sent[licence], 30);
}

static void of_a_licence_the_oldest_goes_first(void **state)
{
    struct crowd *crowd = *state;

    for (int i = 0; i < 40; i++)
        make_ready(crowd, (size_t)i % 2);
    (void)send_all(crowd);
    int64_t last[2] = { -1, -1 };
    for (int i = 0; i < 40; i++) {
        size_t licence = crowd->wire[0]->route == crowd->route[1];
        assert_true(crowd->wire[0]->number > last[licence]);
        last[licence] = crowd->wire[0]->number;
        answer(crowd, 201);
        (void)send_all(crowd);
    }
}

static void the_probe_is_each_time_anothers(void **state)
{
    struct crowd *crowd = *state;

    for (size_t licence = 0; licence < LICENCES; licence++)
        for (int i = 0; i < 10; i++)
            make_ready(crowd, licence);
    (void)send_all(crowd);
    while (!servers_is_open(server_of(crowd))) {
        answer(crowd, 500);
        (void)send_all(crowd);
    }
    while (crowd->wired > 0)
        answer(crowd, 500);
    const struct route *last = NULL;
    for (int i = 0; i < 4; i++) {
        crowd->now = server_of(crowd)->gate - 1;
        (void)send_all(crowd);
        assert_int_equal(crowd->wired, 0);
        crowd->now++;
        servers_reopen(&crowd->servers, server_of(crowd));
        (void)send_all(crowd);
        assert_int_equal(crowd->wired, 1);
        assert_true(crowd->wire[0]->route != last);
        last = crowd->wire[0]->route;
        answer(crowd, 500);
    }
}

static void the_token_of_one_licence_does_not_close_the_server_of_others(void **state)
{
    struct crowd *crowd = *state;

    for (int i = 0; i < 20; i++)
        make_ready(crowd, 0);
    for (int i = 0; i < 20; i++) {
        (void)send_all(crowd);
        answer(crowd, 401);
        assert_false(servers_is_open(server_of(crowd)));
    }
    for (int i = 1; i < BREAKER_IN_A_ROW; i++) { /* the first was one */
        make_ready(crowd, 1 + (size_t)i % 2);
        (void)send_all(crowd);
        answer(crowd, 401);
    }
    assert_true(servers_is_open(server_of(crowd)));
}

#define CROWDED(test) cmocka_unit_test_setup_teardown(test, open_crowd, close_crowd)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CROWDED(a_flooded_licence_does_not_hold_up_its_neighbour),
        CROWDED(licences_that_have_as_much_get_as_much),
        CROWDED(of_a_licence_the_oldest_goes_first),
        CROWDED(the_probe_is_each_time_anothers),
        CROWDED(the_token_of_one_licence_does_not_close_the_server_of_others),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
