/*
 * Conversations in a world of faults: answers that are late, refused or lost, a server without its
 * database or memory, an archived channel, people who delete, crashes, rebalances, and workers that
 * go on for a while with what is another's.  Whatever happens: what is stored is done, and when the
 * faults end every message stands once, in order, as it is to be, in the one living thread of its
 * conversation, and the state topic knows that thread.
 */
#include "common/must.h"
#include "tests/model/chat.h"
#include "tests/model/model.h"

enum { STEPS_OF_TROUBLE = 800, STEPS_TO_HEAL = 20000 };

static struct chat_ways ways_of(struct random *random)
{
    static const mono_ms guards[] = { 0, 1000, 30000 };

    return (struct chat_ways){
        .max_replies = random_between(random, 1, 100) <= 20 ? 4 : 1000,
        .parking = (const size_t[]){ 0, 3, 1000 }[random_between(random, 0, 2)],
        .keep = random_between(random, 1, 100) <= 15 ? 15000 : CHAT_LONG,
        .guard_ms = guards[random_between(random, 0, 2)],
        .skew = random_between(random, -4, 4) * 60 * 1000,
        .edit_ms = random_between(random, 1, 100) <= 20 ? 5000 : 0,
        .is_leased = random_between(random, 1, 100) <= 80,
        .may_be_late = random_between(random, 1, 100) <= 20,
        .pages = random_between(random, 0, 1),
        .fault_percent = (int)random_between(random, 0, 30),
    };
}

static void play(struct random *random)
{
    static struct chat chat;
    const struct chat_ways ways = ways_of(random);

    chat_open(&chat, random, &ways);
    for (int i = 0; i < STEPS_OF_TROUBLE; i++)
        chat_step(&chat);
    chat_heal(&chat);
    for (int i = 0; !chat_is_done(&chat); i++) {
        must(i < STEPS_TO_HEAL);
        chat_step(&chat);
    }
    chat_claim_all_is_well(&chat);
    chat_close(&chat);
}

int main(int argc, char **argv)
{
    return model_main(argc, argv, 200, play);
}
