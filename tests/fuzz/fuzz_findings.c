/*
 * Whatever a server lists: of posts only what is whole is believed, in order of their making, and
 * what they say of themselves lies inside of the answer.  The first piece may be a wish for a
 * conversation, the second is the body.
 */
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "common/must.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/input.h"
#include "worker/core/findings.h"

static const char bot[] = "utpa86wcupdx7e555mjpg8zosh";

static void check_id(const char *id, bool may_be_empty)
{
    must(strnlen(id, 27) == 26 || (may_be_empty && *id == '\0'));
    must(strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789") == strlen(id));
}

static void check_inside(const struct peek *value, const struct answer *answer)
{
    if (!value->at)
        return;
    must(value->at >= answer->body);
    must(value->at + value->length <= answer->body + answer->body_length);
}

static void check_finding(const struct finding *finding, const struct answer *answer)
{
    check_id(finding->id, false);
    check_id(finding->root, true);
    check_id(finding->channel, false);
    check_id(finding->user, true);
    check_inside(&finding->event, answer);
    check_inside(&finding->licence, answer);
    check_inside(&finding->conversation, answer);
    check_inside(&finding->message, answer);
}

static void check_list(const struct answer *answer, const struct finding_wish *wish)
{
    struct findings *findings = mem_new(sizeof(*findings));

    if (findings_read(answer, wish, "", findings)) {
        must(findings->count <= FINDINGS_MAX && findings->count <= findings->seen);
        check_id(findings->oldest, true);
        must((findings->seen > 0) == (findings->oldest[0] != '\0'));
    } else {
        findings->count = 0;
    }
    for (size_t i = 0; i < findings->count; i++) {
        const struct finding *finding = &findings->list[i];
        check_finding(finding, answer);
        must(strcmp(finding->user, wish->user) == 0 && !finding->is_deleted);
        must(peek_equals(finding->conversation, wish->conversation));
        must(!wish->roots || finding->root[0] == '\0');
        must(i == 0 || findings->list[i - 1].created_at <= finding->created_at);
    }
    free(findings);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = input_of(data, size);
    AUTO(free) char *conversation = input_take_string(&input);
    AUTO(free) char *body = input.at ? input_take_string(&input) : mem_string(conversation);
    const struct answer answer = {
        .kind = ANSWER_HTTP, .status = 200, .body = body, .body_length = strlen(body), .why = ""
    };
    struct finding finding;

    if (finding_read(&answer, &finding))
        check_finding(&finding, &answer);
    check_list(&answer, &(struct finding_wish){ .user = bot, .conversation = "c-10293" });
    check_list(&answer,
               &(struct finding_wish){ .user = bot, .conversation = conversation, .roots = true });
    return 0;
}
