/*
 * The ledger against a list that is too simple to be wrong: every offset that was ever opened and
 * whether it is done.
 */
#include <stdbool.h>

#include "common/must.h"
#include "common/random.h"
#include "tests/model/model.h"
#include "worker/core/ledger.h"

enum { WINDOW = 16, OPENED = 200 };

struct model {
    int64_t offsets[OPENED];
    uint64_t tickets[OPENED];
    bool done[OPENED];
    int count;
};

static int64_t slow_commit_point(const struct model *model, int64_t skipped)
{
    for (int i = 0; i < model->count; i++)
        if (!model->done[i])
            return model->offsets[i];
    int64_t last = model->count ? model->offsets[model->count - 1] + 1 : LEDGER_NOTHING_YET;
    return skipped > last ? skipped : last;
}

static int slow_held(const struct model *model)
{
    int first = 0;

    while (first < model->count && model->done[first])
        first++;
    return model->count - first;
}

static void close_one(struct ledger *ledger, struct model *model, struct random *random)
{
    int i = (int)random_between(random, 0, model->count - 1);

    while (i < model->count && model->done[i])
        i++;
    if (i == model->count)
        return;
    model->done[i] = true;
    ledger_close(ledger, model->tickets[i]);
}

static void play(struct random *random)
{
    AUTO(ledger_free) struct ledger *ledger = ledger_new(WINDOW);
    struct model model = { .count = 0 };
    int64_t next = random_between(random, 0, 5);
    int64_t skipped = LEDGER_NOTHING_YET;

    for (int move = 0; move < 600; move++) {
        int64_t what = random_between(random, 0, 9);
        if (what < 5 && model.count < OPENED && !ledger_is_full(ledger)) {
            next += random_between(random, 0, 3) == 0 ? random_between(random, 0, 50) : 0;
            model.offsets[model.count] = next;
            model.tickets[model.count++] = ledger_open(ledger, next++);
        } else if (what < 9 && model.count > 0) {
            close_one(ledger, &model, random);
        } else if (slow_held(&model) == 0) {
            next += random_between(random, 0, 1000);
            skipped = next;
            ledger_skip_to(ledger, next);
        }
        must(ledger_commit_point(ledger) == slow_commit_point(&model, skipped));
        must(ledger_is_full(ledger) == (slow_held(&model) == WINDOW));
        must(ledger_is_empty(ledger) == (slow_held(&model) == 0));
    }
}

int main(int argc, char **argv)
{
    return model_main(argc, argv, 300, play);
}
