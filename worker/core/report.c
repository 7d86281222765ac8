#include "worker/core/report.h"

const char *const outcome_names[OUTCOME_COUNT] = {
#define X(name, words) [OUTCOME_##name] = words,
    OUTCOMES(X)
#undef X
};
