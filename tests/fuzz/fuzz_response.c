/*
 * Whatever a server answers (status line, headers, an empty line, the body): the verdict is one of
 * the known ones, its words can be shown, and where a real JSON parser understands the body it
 * agrees.
 */
#include <jansson.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "common/must.h"
#include "tests/fuzz/fuzz.h"
#include "worker/core/verdict.h"

static const struct expected_post expected = { .channel_id = "yd95d4wqs7r77qeprbjfc1qecy",
                                               .event_name = "//ireserve/bookings|evt-1" };

static void check_printable(const char *string, size_t size)
{
    must(strnlen(string, size) < size);
    for (; *string; string++)
        must(*string >= ' ' && *string <= '~');
}

static bool says(const json_t *object, const char *member, const char *string)
{
    const json_t *value = json_object_get(object, member);

    return json_is_string(value) && json_string_length(value) == strlen(string) &&
           strcmp(json_string_value(value), string) == 0;
}

static bool is_empty(const json_t *value)
{
    if (!value || json_is_null(value))
        return true;
    return json_is_string(value) ? json_string_length(value) == 0
                                 : (json_is_array(value) || json_is_object(value)) &&
                                       json_array_size(value) + json_object_size(value) == 0;
}

/* What a 201 means, by a parser that builds a tree. */
static enum verdict_kind judge(const json_t *post)
{
    const json_t *props = json_object_get(post, "props");
    const char *id = json_string_value(json_object_get(post, "id"));

    if (!id || strlen(id) != 26 || strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789") != 26)
        return VERDICT_AMBIGUOUS;
    if (!says(post, "channel_id", expected.channel_id) ||
        !says(json_object_get(props, "ireserve"), "event", expected.event_name))
        return VERDICT_AMBIGUOUS;
    if (is_empty(json_object_get(post, "message")) &&
        is_empty(json_object_get(props, "attachments")))
        return VERDICT_REFUSED;
    return VERDICT_DELIVERED;
}

static void check_post(const struct answer *answer, const json_t *tree)
{
    struct verdict verdict;

    verdict_of_post(answer, &expected, &verdict);
    must((size_t)verdict.kind < VERDICT_COUNT);
    check_printable(verdict.words, sizeof(verdict.words));
    check_printable(verdict.error_id, sizeof(verdict.error_id));
    must((verdict.kind == VERDICT_DELIVERED) == (verdict.words[0] == '\0'));
    must((verdict.kind == VERDICT_DELIVERED) == (verdict.post_id[0] != '\0'));
    if (verdict.kind == VERDICT_RATE_LIMITED)
        must(verdict.wait_ms >= 1000 && verdict.wait_ms <= 300000);
    if (answer->status == 201 && tree)
        must(verdict.kind == judge(tree));
}

/* What an answer says about limits is not said, or a number within bounds. */
static void check_limits(const struct answer *answer)
{
    const int64_t said[] = { answer->retry_after_s, answer->rate_limit_remaining,
                             answer->rate_limit_reset_s };

    for (size_t i = 0; i < sizeof(said) / sizeof(*said); i++)
        must(said[i] >= -1 && said[i] <= 1000000000);
}

static void check_request(const struct answer *answer)
{
    struct verdict verdict;

    verdict_of_request(answer, &verdict);
    must((size_t)verdict.kind < VERDICT_COUNT);
    must((verdict.kind == VERDICT_DELIVERED) == (answer->status / 100 == 2));
    check_printable(verdict.words, sizeof(verdict.words));
    check_printable(verdict.error_id, sizeof(verdict.error_id));
}

static void check_channel(const struct answer *answer, const json_t *tree)
{
    char id[27];
    bool found = verdict_find_channel(answer, id);

    if (found && tree)
        must(says(tree, "id", id));
    if (verdict_of_check(answer) == CHECK_CHANNEL_FINE && tree) {
        const json_t *delete_at = json_object_get(tree, "delete_at");
        bool is_membership = json_is_string(json_object_get(tree, "channel_id"));
        must(is_membership || (json_is_integer(delete_at) && json_integer_value(delete_at) == 0));
    }
}

/* Reads the head, line by line; gives where the body begins. */
static const char *read_head(const char *at, const char *end, struct answer_limits *limits)
{
    for (;;) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        const char *next = newline ? newline + 1 : end;
        if (newline == at || at == end)
            return next;
        answer_limits_read(limits, at, (size_t)(next - at));
        at = next;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO(free) char *text = mem_string_of((const char *)data, size);
    struct answer_limits limits = answer_limits_none();
    const char *body = read_head(text, text + size, &limits);
    struct answer answer = { .kind = ANSWER_HTTP, .body = body, .why = "" };

    if (strncmp(text, "HTTP/1.1 ", 9) == 0)
        answer.status = (int)strtol(text + 9, NULL, 10);
    answer.body_length = size - (size_t)(body - text);
    answer_take_limits(&answer, &limits);

    json_t *tree = json_loadb(body, answer.body_length, 0, NULL);
    check_limits(&answer);
    check_request(&answer);
    check_post(&answer, json_is_object(tree) ? tree : NULL);
    check_channel(&answer, json_is_object(tree) ? tree : NULL);
    json_decref(tree);
    return 0;
}
