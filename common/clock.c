#include "common/clock.h"

#include <time.h>

#include "common/must.h"

static int64_t read_ms(clockid_t id)
{
    struct timespec now;

    must(clock_gettime(id, &now) == 0);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

mono_ms clock_mono(void)
{
    return read_ms(CLOCK_BOOTTIME);
}

wall_ms clock_wall(void)
{
    return read_ms(CLOCK_REALTIME);
}
