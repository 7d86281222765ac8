#include "worker/core/reason.h"

#include "common/must.h"

const char *const reason_codes[REASON_COUNT] = {
#define X(name, code) [REASON_##name] = code,
    REASONS(X)
#undef X
};

const char *reason_code(enum reason reason)
{
    must((int)reason < REASON_COUNT);
    return reason_codes[reason];
}
