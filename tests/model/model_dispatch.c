/*
 * The whole core in a world of faults: answers that are late, refused or lost, rebalances, lost
 * partitions, closed channels, crashes, a dead-letter topic that is away.  Whatever happens:
 * nothing is stored that is not done, nothing is posted twice, keys stay in order and alone, and
 * when the faults end, everything is posted or buried and committed.
 */
#include "common/must.h"
#include "tests/model/model.h"
#include "tests/model/world.h"

enum { STEPS_OF_TROUBLE = 2500, STEPS_TO_HEAL = 20000 };

static void claim_all_is_well(const struct world *world)
{
    for (int number = 0; number < WORLD_PARTITIONS; number++) {
        for (int i = 0; i < WORLD_RECORDS; i++) {
            const struct world_record *record = &world->partitions[number].records[i];
            bool buried = record->kind == WORLD_UNREADABLE || record->kind == WORLD_REFUSED;
            must(record->is_posted == (record->kind == WORLD_GOOD));
            must((record->letters > 0) == buried);
        }
    }
}

static void play(struct random *random)
{
    struct world world;

    world_open(&world, random);
    for (int i = 0; i < STEPS_OF_TROUBLE && !world_is_done(&world); i++)
        world_step(&world);
    world.healed = true;
    for (int i = 0; !world_is_done(&world); i++) {
        must(i < STEPS_TO_HEAL);
        world_step(&world);
    }
    claim_all_is_well(&world);
    world_close(&world);
}

int main(int argc, char **argv)
{
    return model_main(argc, argv, 200, play);
}
