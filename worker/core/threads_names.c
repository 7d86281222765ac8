#include "worker/core/threads_names.h"

#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "common/must.h"
#include "worker/core/threads_inner.h"

enum { LEAST_ROOM = 8 };

/* One that nothing has is free: no string, and the link leads to the next free one. */
struct threads_name {
    struct threads_link link;
    uint32_t uses;
    char *string;
};

static struct threads_link *link_of(const void *owner, uint32_t number)
{
    const struct threads_names *names = owner;

    return &names->names[number - 1].link;
}

void threads_names_begin(struct threads_names *names, const struct sip_secret *secret)
{
    *names = (struct threads_names){ .secret = *secret };
    names->index = threads_index_of(link_of, names);
}

void threads_names_free(struct threads_names *names)
{
    for (uint32_t i = 0; i < names->used; i++)
        free(names->names[i].string);
    free(names->names);
    threads_index_free(&names->index);
}

static uint32_t find(const struct threads_names *names, const char *string, uint32_t hash)
{
    uint32_t number = threads_index_first(&names->index, hash);

    while (number && strcmp(names->names[number - 1].string, string) != 0)
        number = threads_index_next(&names->index, number);
    return number;
}

/* The number of a name that is free. */
static uint32_t take_free(struct threads_names *names)
{
    uint32_t number = names->first_free;

    if (number) {
        names->first_free = names->names[number - 1].link.next;
        return number;
    }
    if (names->used == names->room) {
        must(names->room <= UINT32_MAX / 2);
        names->room = names->room ? names->room * 2 : LEAST_ROOM;
        names->names = mem_resize(names->names, names->room * sizeof(*names->names));
    }
    return ++names->used;
}

uint32_t threads_names_hold(struct threads_names *names, const char *string)
{
    size_t length = strlen(string);
    uint32_t hash = (uint32_t)sip_hash(&names->secret, string, length);
    uint32_t number = find(names, string, hash);

    if (!number) {
        number = take_free(names);
        names->names[number - 1] =
            (struct threads_name){ .link.hash = hash, .string = mem_copy(string, length + 1) };
        names->string_bytes += threads_cost(length + 1);
        threads_index_add(&names->index, number);
    }
    names->names[number - 1].uses++;
    return number;
}

void threads_names_drop(struct threads_names *names, uint32_t number)
{
    struct threads_name *name = &names->names[number - 1];

    must(name->uses > 0);
    if (--name->uses > 0)
        return;
    threads_index_remove(&names->index, number);
    names->string_bytes -= threads_cost(strlen(name->string) + 1);
    free(name->string);
    *name = (struct threads_name){ .link.next = names->first_free };
    names->first_free = number;
}

const char *threads_names_string(const struct threads_names *names, uint32_t number)
{
    return names->names[number - 1].string;
}

size_t threads_names_bytes(const struct threads_names *names)
{
    size_t array = names->room ? threads_cost(names->room * sizeof(*names->names)) : 0;

    return array + names->string_bytes + threads_index_bytes(&names->index);
}
