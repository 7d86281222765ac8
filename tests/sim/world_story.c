/*
 * What happens, in words, for who looks for what went wrong in one schedule.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "tests/sim/world_inner.h"

ATTR_PRINTF(2, 0)
static void say(const struct world *world, const char *format, va_list list)
{
    printf("%7" PRId64 " ", world->now.mono);
    (void)vprintf(format, list);
}

void world_say_that(const struct world *world, const char *format, ...)
{
    va_list list;

    if (!world->plan.is_told)
        return;
    va_start(list, format);
    say(world, format, list);
    va_end(list);
}

void world_say_log(const struct world *world)
{
    static const char *const kinds[] = {
        [WORLD_STARTED] = "started",   [WORLD_MESSAGE] = "message",       [WORLD_EDIT] = "edit",
        [WORLD_DELETION] = "deletion", [WORLD_CLOSING] = "closing",       [WORLD_NOTICE] = "notice",
        [WORLD_UNMAPPED] = "unmapped", [WORLD_UNREADABLE] = "unreadable",
    };

    for (int i = 0; i < WORLD_PARTITIONS; i++) {
        for (int k = 0; k < world->partitions[i].record_count; k++) {
            const struct world_record *record = &world->partitions[i].records[k];
            world_say_that(world, "record %d/%d: %s%s%s, conversation %d message %d key %d\n", i,
                           (int)record->offset, kinds[record->kind],
                           record->is_refused ? ", refused" : "", record->is_long ? ", long" : "",
                           record->talk, record->message, record->key);
        }
    }
}

static void say_request(const struct world_call *call, const char *what)
{
    static const char *const fates[] = {
#define X(name) [WORLD_##name] = #name,
        WORLD_FATES_(X)
#undef X
    };
    static const char *const methods[] = { "GET", "POST", "PUT", "DELETE" };
    const struct world *world = call->worker->world;
    const struct delivery *delivery = call->ask->owner;

    world_say_that(world, "worker %d: %s %s %s, record %d/%d, %s\n",
                   (int)(call->worker - world->workers), what, methods[call->ask->method],
                   call->ask->path, (int)delivery->record->partition, (int)delivery->record->offset,
                   fates[call->fate]);
}

void world_say_asked(const struct world_call *call)
{
    say_request(call, "asks");
}

void world_say_answered(const struct world_call *call)
{
    const struct world *world = call->worker->world;

    say_request(call, "is told of");
    world_say_that(world, "    %d %.400s\n", call->said.status, call->said.body);
}

void world_say_write(const struct world_write *write, const char *what)
{
    const struct world *world = write->worker->world;

    world_say_that(world, "worker %d: %s: %s = %s\n", (int)(write->worker - world->workers), what,
                   write->key, write->value ? write->value : "(gone)");
}
