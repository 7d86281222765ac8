#include "worker/core/report.h"

const char *const outcome_names[OUTCOME_COUNT] = {
#define X(name, words) [OUTCOME_##name] = words,
    OUTCOMES(X)
#undef X
};

const char *const lookup_names[LOOKUP_COUNT] = {
#define X(name, words) [LOOKUP_##name] = words,
    LOOKUPS(X)
#undef X
};
