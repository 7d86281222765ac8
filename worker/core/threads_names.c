#include "worker/core/threads_names.h"

#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "common/must.h"
#include "worker/core/threads_inner.h"

enum { LEAST_ROOM = 8 };

/* One that nothing has is free, and without a string. */
struct threads_name {
    char *string;
    uint32_t uses;
    uint32_t next_free; /* counted from 1 */
};

void threads_names_free(struct threads_names *names)
{
    for (uint32_t i = 0; i < names->used; i++)
        free(names->names[i].string);
    free(names->names);
    threads_index_free(&names->index);
}

static uint32_t hash_of(const struct threads_names *names, const char *string)
{
    return (uint32_t)sip_hash(&names->secret, string, strlen(string));
}

static uint32_t find(const struct threads_names *names, const char *string, uint32_t hash)
{
    uint32_t number;

    for (size_t step = 0; (number = threads_index_next(&names->index, hash, &step));) {
        if (strcmp(names->names[number - 1].string, string) == 0)
            break;
    }
    return number;
}

/* The number of a name that is free. */
static uint32_t take_free(struct threads_names *names)
{
    uint32_t number = names->first_free;

    if (number) {
        names->first_free = names->names[number - 1].next_free;
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
    uint32_t hash = hash_of(names, string);
    uint32_t number = find(names, string, hash);

    if (!number) {
        number = take_free(names);
        names->names[number - 1] = (struct threads_name){ .string = mem_string(string) };
        names->string_bytes += threads_cost(strlen(string) + 1);
        threads_index_add(&names->index, hash, number);
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
    threads_index_take(&names->index, hash_of(names, name->string), number);
    names->string_bytes -= threads_cost(strlen(name->string) + 1);
    free(name->string);
    *name = (struct threads_name){ .next_free = names->first_free };
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
