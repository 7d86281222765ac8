/*
 * table_console: a table for tests that are written in Python: commands on stdin, and what it tells
 * on stdout, one line each.
 *     table_console BOOTSTRAP_SERVERS TOPIC
 *
 *     join OWNER NUMBER      → read OWNER OFFSET KEY VALUE (a tombstone has none), …
 *                              restored OWNER EPOCH
 *                              hindered OWNER WHY
 *     leave OWNER
 *     write OWNER KEY VALUE  → written VALUE
 *     erase OWNER KEY
 *
 * Owners are numbers below 16; keys and values have no blanks.  The end of stdin ends it.
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/mem.h"
#include "common/must.h"
#include "worker/edge/table.h"

enum { OWNERS = 16, MOST_WORDS = 4, LONGEST_SLEEP_MS = 1000 };

struct owner {
    int name;
    struct table_part *part;
};

struct console {
    struct table *table;
    int wake_fd;
    struct owner owners[OWNERS];
    char input[64 * 1024];
    size_t length;
};

/* ---- what the table tells ---- */

static void on_read(void *context, void *whose, const struct table_record *record)
{
    const struct owner *owner = whose;

    (void)context;
    printf("read %d %lld %.*s", owner->name, (long long)record->offset, (int)record->key_length,
           record->key);
    if (record->value)
        printf(" %.*s", (int)record->value_length, record->value);
    printf("\n");
}

static void on_restored(void *context, void *whose, int64_t epoch)
{
    const struct owner *owner = whose;

    (void)context;
    printf("restored %d %lld\n", owner->name, (long long)epoch);
}

static void on_hindered(void *context, void *whose, const char *why)
{
    const struct owner *owner = whose;

    (void)context;
    printf("hindered %d %s\n", owner->name, why);
}

static void on_written(void *context, void *call_context)
{
    AUTO(free) char *value = call_context;

    (void)context;
    printf("written %s\n", value);
}

static void on_said(void *context, int level, const char *words)
{
    (void)context;
    if (level <= 4)
        fprintf(stderr, "%s\n", words);
}

/* ---- commands ---- */

static void join(struct console *console, struct owner *owner, const char *number)
{
    AUTO(free) char *key = mem_printf("epoch/test/%d", owner->name);

    owner->part = table_join(console->table, (int32_t)strtol(number, NULL, 10), key, owner);
}

static void write_record(struct console *console, const struct owner *owner, const char *key,
                         const char *value)
{
    const struct table_record record = { .key = key,
                                         .key_length = strlen(key),
                                         .value = value,
                                         .value_length = value ? strlen(value) : 0 };
    char *context = mem_string(value ? value : "nothing");

    must(table_write(console->table, owner->part, &record, context));
}

static void perform(struct console *console, char *line)
{
    char *words[MOST_WORDS] = { NULL };
    char *rest = line;

    for (int i = 0; i < MOST_WORDS; i++)
        words[i] = strsep(&rest, " ");
    must(words[1]);
    long name = strtol(words[1], NULL, 10);
    must(name >= 0 && name < OWNERS);
    struct owner *owner = &console->owners[name];
    owner->name = (int)name;
    if (strcmp(words[0], "join") == 0 && words[2])
        join(console, owner, words[2]);
    else if (strcmp(words[0], "leave") == 0)
        table_leave(console->table, owner->part);
    else if (words[2])
        write_record(console, owner, words[2], words[3]);
}

/* False: the input has ended. */
static bool take_input(struct console *console)
{
    char *input = console->input;
    char *end;
    ssize_t got =
        read(STDIN_FILENO, input + console->length, sizeof(console->input) - console->length);

    if (got <= 0)
        return false;
    console->length += (size_t)got;
    while ((end = memchr(input, '\n', console->length))) {
        *end = '\0';
        perform(console, input);
        console->length -= (size_t)(end + 1 - input);
        memmove(input, end + 1, console->length);
    }
    must(console->length < sizeof(console->input));
    return true;
}

/* ---- the program ---- */

static bool turn(struct console *console)
{
    struct pollfd wait[] = { { .fd = console->wake_fd, .events = POLLIN },
                             { .fd = STDIN_FILENO, .events = POLLIN } };
    uint64_t count;
    bool more = table_serve(console->table, clock_mono());

    (void)fflush(stdout);
    must(poll(wait, 2, more ? 0 : LONGEST_SLEEP_MS) >= 0);
    if (wait[0].revents)
        (void)!read(console->wake_fd, &count, sizeof(count));
    return !wait[1].revents || take_input(console);
}

int main(int argc, char **argv)
{
    static struct console console;
    struct fault fault;

    if (argc != 3) {
        fprintf(stderr, "table_console BOOTSTRAP_SERVERS TOPIC\n");
        return 2;
    }
    const struct kafka_property properties[] = {
        { "bootstrap.servers", argv[1] },
        { "reconnect.backoff.max.ms", "200" },
        { "topic.metadata.refresh.interval.ms", "500" },
        { "topic.metadata.propagation.max.ms", "500" },
        { NULL, NULL },
    };
    console.wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    const struct table_options options = {
        .properties = properties,
        .topic = argv[2],
        .wake_fd = console.wake_fd,
        .port = { &console, on_read, on_restored, on_hindered, on_written },
        .listener = { .said = on_said },
    };
    if (table_open(&options, &console.table, &fault) != 0) {
        fprintf(stderr, "%s\n", fault.words);
        return 1;
    }
    while (turn(&console))
        ;
    table_free(console.table);
    return 0;
}
