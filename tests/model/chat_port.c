#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "common/must.h"
#include "tests/model/chat.h"
#include "worker/core/partition.h"

static struct chat_assignment *assignment_of(const struct delivery *delivery)
{
    return delivery->partition->owner;
}

static const struct delivery *delivery_of(const struct chat_call *call)
{
    if (call->ask)
        return call->ask->owner;
    return call->fetch ? call->fetch->owner : call->letter;
}

/* One thing at a time of a conversation: nothing else of it is under way. */
static void claim_alone(const struct chat_worker *worker, const struct delivery *delivery)
{
    const struct record *record = delivery->record;

    for (const struct chat_call *call = worker->chat->calls; call; call = call->next) {
        const struct delivery *other = delivery_of(call);
        if (!other || call->worker != worker || other->partition != delivery->partition)
            continue;
        must(other->record->key_length != record->key_length ||
             memcmp(other->record->key, record->key, record->key_length) != 0);
    }
}

static struct chat_call *add_call(struct chat_worker *worker, const struct delivery *delivery)
{
    struct chat *chat = worker->chat;
    struct chat_call *call = mem_new(sizeof(*call));

    claim_alone(worker, delivery);
    call->worker = worker;
    call->at = chat_soon(chat, 400);
    if (!chat->healed && chat_chance(chat, chat->ways.fault_percent))
        call->fate = (enum chat_fate)random_between(chat->random, 1, CHAT_FATES - 1);
    call->next = chat->calls;
    chat->calls = call;
    return call;
}

/* Takes a call out; gives it. */
static struct chat_call *take_call(struct chat *chat, struct chat_call *call)
{
    struct chat_call **link = &chat->calls;

    while (*link != call)
        link = &(*link)->next;
    *link = call->next;
    return call;
}

static struct chat_call *find_call(struct chat *chat, const void *what)
{
    struct chat_call *call = chat->calls;

    while (call->ask != what && call->fetch != what && call->letter != what)
        call = call->next;
    return call;
}

bool chat_is_sending(const struct chat *chat, const struct chat_assignment *assignment)
{
    for (const struct chat_call *call = chat->calls; call; call = call->next)
        if (call->ask && call->fate != CHAT_NOT_SENT &&
            assignment_of(call->ask->owner) == assignment)
            return true;
    return false;
}

/* ---- requests ---- */

static void port_ask(void *context, struct ask *ask)
{
    struct chat_worker *worker = context;
    struct chat_call *call = add_call(worker, ask->owner);

    must(ask->purpose != ASK_FOR_CHANNEL);
    ask->carrier = call;
    call->ask = ask;
    if (assignment_of(ask->owner)->is_lost && worker->chat->ways.is_leased)
        call->fate = CHAT_NOT_SENT;
    if (ask->purpose == ASK_TO_POST)
        call->wish = chat_read_wish(worker->chat, ask);
}

/* The server may take a post that nobody waits for any more: now, or later. */
static void port_cancel(void *context, struct ask *ask)
{
    struct chat_worker *worker = context;
    struct chat *chat = worker->chat;
    struct chat_call *call = find_call(chat, ask);

    if (ask->purpose == ASK_TO_POST && call->fate != CHAT_NOT_SENT && chat_chance(chat, 50)) {
        if (chat->ways.may_be_late && chat_chance(chat, 50)) {
            call->ask = NULL;
            call->at = chat_soon(chat, 5000);
            return;
        }
        free(chat_post_it(chat, &call->wish, ask).body);
    }
    free(take_call(chat, call));
}

static void answer(struct chat_worker *worker, struct ask *ask, enum answer_kind kind,
                   const struct chat_answer *said)
{
    const struct answer given = { .kind = kind,
                                  .status = said->status,
                                  .body = said->body,
                                  .body_length = strlen(said->body),
                                  .retry_after_s = said->status == 429 ? 1 : -1,
                                  .rate_limit_remaining = -1,
                                  .rate_limit_reset_s = -1,
                                  .took_ms = 5,
                                  .why = kind == ANSWER_HTTP ? "" : "cut" };

    dispatch_answered(worker->dispatch, ask, &given, &worker->chat->now);
}

static void answer_plainly(struct chat_worker *worker, struct ask *ask, enum answer_kind kind,
                           int status)
{
    static char body[] = "<html>no</html>";

    answer(worker, ask, kind, &(struct chat_answer){ .status = status, .body = body });
}

/* What the server makes of a request that it carries out. */
static struct chat_answer carry_out(const struct chat_call *call)
{
    struct chat *chat = call->worker->chat;

    if (call->ask->purpose == ASK_TO_POST)
        return chat_post_it(chat, &call->wish, call->ask);
    return chat_serve(chat, call->ask);
}

static void end_request(const struct chat_call *call)
{
    struct chat_worker *worker = call->worker;

    switch (call->fate) {
    case CHAT_FINE: {
        struct chat_answer said = carry_out(call);
        answer(worker, call->ask, ANSWER_HTTP, &said);
        free(said.body);
        return;
    }
    case CHAT_LIMITED:
        answer_plainly(worker, call->ask, ANSWER_HTTP, 429);
        return;
    case CHAT_BUSY:
        answer_plainly(worker, call->ask, ANSWER_HTTP, 503);
        return;
    case CHAT_FAILS_LATE:
        free(carry_out(call).body);
        answer_plainly(worker, call->ask, ANSWER_HTTP, 500);
        return;
    case CHAT_CUT_LATE:
        free(carry_out(call).body);
        answer_plainly(worker, call->ask, ANSWER_UNKNOWN, 0);
        return;
    case CHAT_CUT_EARLY:
        answer_plainly(worker, call->ask, ANSWER_UNKNOWN, 0);
        return;
    case CHAT_NOT_SENT:
        answer_plainly(worker, call->ask, ANSWER_NOT_SENT, 0);
        return;
    case CHAT_FATES:
        return;
    }
}

/* ---- attachments and dead letters ---- */

static void port_fetch(void *context, struct fetch *fetch)
{
    struct chat_call *call = add_call(context, fetch->owner);

    fetch->carrier = call;
    call->fetch = fetch;
}

static void port_cancel_fetch(void *context, struct fetch *fetch)
{
    struct chat_worker *worker = context;

    free(take_call(worker->chat, find_call(worker->chat, fetch)));
}

static void end_fetch(const struct chat_call *call)
{
    struct fetch_result result = {
        .kind = FETCH_SERVER_SAID,
        .answer = { .kind = ANSWER_HTTP, .status = 503, .body = "", .retry_after_s = -1, .why = "" }
    };

    if (call->fate == CHAT_FINE) {
        result.kind = FETCH_STORED;
        memset(result.file_id, 'f', sizeof(result.file_id) - 1);
    } else if (call->fate == CHAT_CUT_LATE) {
        result.kind = FETCH_CANNOT_BE_HAD;
        result.problem = FETCH_TOO_SLOW;
    } else if (call->fate == CHAT_LIMITED) {
        result.answer.status = 429;
    }
    dispatch_fetched(call->worker->dispatch, call->fetch, &result, &call->worker->chat->now);
}

static void port_bury(void *context, struct delivery *delivery)
{
    add_call(context, delivery)->letter = delivery;
}

static void port_forget(void *context, struct delivery *delivery)
{
    struct chat_worker *worker = context;

    free(take_call(worker->chat, find_call(worker->chat, delivery)));
}

static void end_letter(const struct chat_call *call)
{
    struct chat *chat = call->worker->chat;
    bool is_fine = call->fate == CHAT_FINE;

    if (is_fine)
        chat->records[chat_find_record(chat, call->letter->record->offset)].letters++;
    dispatch_buried(call->worker->dispatch, call->letter, is_fine ? NULL : "away", &chat->now);
}

void chat_end_call(struct chat *chat, struct chat_call *call)
{
    (void)take_call(chat, call);
    if (call->ask)
        end_request(call);
    else if (call->fetch)
        end_fetch(call);
    else if (call->letter)
        end_letter(call);
    else
        free(chat_post_it(chat, &call->wish, NULL).body);
    free(call);
}

/* ---- Kafka ---- */

static void port_write(void *context, struct partition *partition, const struct state_write *write)
{
    const struct chat_write added = { .delivery = write->delivery,
                                      .parks = write->parks,
                                      .key = mem_string(text_string(write->key)),
                                      .value = write->value ? mem_string(text_string(write->value))
                                                            : NULL };

    must(partition->epoch >= 0);
    if (write->parks)
        write->delivery->parking = context;
    else if (write->delivery)
        write->delivery->recording = context;
    chat_write(context, &added);
}

static void port_forget_write(void *context, struct delivery *delivery)
{
    struct chat_worker *worker = context;

    chat_forget_write(worker->chat, delivery, false);
}

static void port_forget_parking(void *context, struct delivery *delivery)
{
    struct chat_worker *worker = context;

    chat_forget_write(worker->chat, delivery, true);
}

static void port_store(void *context, const char *topic, int32_t number, int64_t offset)
{
    struct chat_worker *worker = context;

    must(strcmp(topic, "in") == 0 && number == 0);
    if (worker->chat->owner && worker->chat->owner->worker == worker) /* others cannot commit it */
        chat_claim_stored(worker->chat, offset);
    if (worker->stored < 0)
        worker->commit_at = chat_soon(worker->chat, 400);
    worker->stored = offset;
}

static void port_report(void *context, const struct report *report)
{
    const struct chat_worker *worker = context;
    struct chat *chat = worker->chat;

    must(report->why && report->kind != REPORT_PARTITION_REFUSED);
    if (report->kind == REPORT_DELIVERED || report->kind == REPORT_ALREADY_POSTED)
        chat->records[chat_find_record(chat, report->record->offset)].is_reported = true;
}

/* Now and then the partition may be somebody else's soon. */
static mono_ms port_room(void *context)
{
    const struct chat_worker *worker = context;
    struct chat *chat = worker->chat;

    return chat->healed || !chat_chance(chat, 10) ? MONO_NEVER
                                                  : chat_soon(chat, 2000) - chat->now.mono;
}

struct dispatch_port chat_port(struct chat_worker *worker)
{
    return (struct dispatch_port){ .context = worker,
                                   .ask = port_ask,
                                   .room = port_room,
                                   .cancel = port_cancel,
                                   .bury = port_bury,
                                   .forget = port_forget,
                                   .fetch = port_fetch,
                                   .cancel_fetch = port_cancel_fetch,
                                   .write = port_write,
                                   .forget_write = port_forget_write,
                                   .forget_parking = port_forget_parking,
                                   .store = port_store,
                                   .report = port_report };
}
