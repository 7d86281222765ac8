#include "common/must.h"

#include <stdio.h>
#include <stdlib.h>

void must_failed(const char *claim, const char *file, int line)
{
    fprintf(stderr, "%s:%d: this must hold and does not: %s\n", file, line, claim);
    abort();
}
