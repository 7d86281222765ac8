#include <string.h>

#include "common/map.h"
#include "common/mem.h"
#include "common/must.h"
#include "tests/model/model.h"

enum { KEYS = 300, MOVES = 5000 };

/* The model: the keys that are in, in the order in which they were put in. */
struct model {
    int order[KEYS];
    size_t count;
};

static size_t place_in(const struct model *model, int key)
{
    size_t i = 0;

    while (i < model->count && model->order[i] != key)
        i++;
    return i;
}

static void model_take(struct model *model, int key)
{
    size_t i = place_in(model, key);

    memmove(&model->order[i], &model->order[i + 1],
            (model->count - i - 1) * sizeof(model->order[0]));
    model->count--;
}

/* Keys of all lengths from 0 up, some with a NUL, some the beginning of another. */
static size_t key_of(int number, char ret[static 40])
{
    if (number == 0)
        return 0;
    memset(ret, number % 7, 40);
    ret[number % 3] = (char)number;
    ret[3 + number % 5] = (char)(number / 256);
    return 8 + (size_t)number % 31;
}

static int values[KEYS];

static void put_in(struct map *map, struct model *model, int number)
{
    char key[40];
    size_t length = key_of(number, key);

    map_put(map, key, length, &values[number]);
    model->order[model->count++] = number;
    must(map_get(map, key, length) == &values[number]);
}

static void take_out(struct map *map, struct model *model, int number)
{
    char key[40];
    size_t length = key_of(number, key);

    must(map_take(map, key, length) == &values[number]);
    model_take(model, number);
    must(!map_find(map, key, length));
}

static void move(struct map *map, struct model *model, int number, bool wants_in)
{
    char key[40];
    size_t length = key_of(number, key);
    bool is_in = place_in(model, number) < model->count;

    must(map_find(map, key, length) == (is_in ? &values[number] : NULL));
    if (wants_in && !is_in)
        put_in(map, model, number);
    else if (!wants_in && is_in)
        take_out(map, model, number);
    else if (!wants_in)
        must(!map_take(map, key, length));
}

static void compare(const struct map *map, const struct model *model)
{
    struct map_entry entry;
    char key[40];
    size_t i = 0;

    for (size_t at = 0; map_next(map, &at, &entry); i++) {
        must(i < model->count);
        must(entry.length == key_of(model->order[i], key));
        must(memcmp(entry.key, key, entry.length) == 0);
        must(entry.key[entry.length] == '\0');
    }
    must(i == model->count && i == map->count);
}

/* The chance to put in swings, so that the map fills, empties, and grows and shrinks. */
static void play(struct random *random)
{
    struct map map = { 0 };
    struct model model = { 0 };
    int64_t percent = 50;

    for (int i = 0; i < MOVES; i++) {
        if (i % 500 == 0)
            percent = random_between(random, 0, 100);
        int number = (int)random_between(random, 0, KEYS - 1);
        move(&map, &model, number, random_between(random, 0, 99) < percent);
        if (i % 50 == 0)
            compare(&map, &model);
    }
    compare(&map, &model);
    map_free(&map);
}

int main(int argc, char **argv)
{
    return model_main(argc, argv, 20, play);
}
