#include "common/heap.h"
#include "common/must.h"
#include "tests/model/model.h"

enum { MEMBERS = 60, MOVES = 5000 };

struct member {
    struct heap_node node;
    bool is_in; /* the model: */
    int64_t key;
    int64_t since;
};

/* The first of all that are in: lowest key, and among equals who came first. */
static struct member *first_of(struct member *members)
{
    struct member *first = NULL;

    for (struct member *m = members; m < members + MEMBERS; m++)
        if (m->is_in &&
            (!first || m->key < first->key || (m->key == first->key && m->since < first->since)))
            first = m;
    return first;
}

static void check_first(const struct heap *heap, struct member *members)
{
    struct heap_node *node = heap_first(heap);
    struct member *first = first_of(members);

    must(node == (first ? &first->node : NULL));
}

/* Few keys, so that many are equal. */
static void play(struct random *random)
{
    struct heap heap = { 0 };
    struct member members[MEMBERS] = { 0 };
    int64_t percent = 50;

    for (int i = 0; i < MOVES; i++) {
        if (i % 200 == 0)
            percent = random_between(random, 0, 100);
        struct member *member = &members[random_between(random, 0, MEMBERS - 1)];
        must(heap_has(&member->node) == member->is_in);
        if (random_between(random, 0, 99) < percent) {
            *member = (struct member){ member->node, true, random_between(random, -20, 20), i };
            heap_put(&heap, &member->node, member->key);
        } else {
            heap_remove(&heap, &member->node);
            member->is_in = false;
        }
        check_first(&heap, members);
    }
    for (struct member *first = first_of(members); first; first = first_of(members)) {
        check_first(&heap, members);
        heap_remove(&heap, &first->node);
        first->is_in = false;
    }
    must(!heap_first(&heap));
    heap_free(&heap);
}

int main(int argc, char **argv)
{
    return model_main(argc, argv, 20, play);
}
