#include "worker/core/words.h"

#include <assert.h>
#include <stddef.h>

#include "common/must.h"

const char *const language_names[] = { [LANGUAGE_NL] = "nl", [LANGUAGE_EN] = "en" };

static const char *const words[][LANGUAGE_COUNT] = {
#define X(name, dutch, english) \
    [WORD_##name] = { [LANGUAGE_NL] = (dutch), [LANGUAGE_EN] = (english) },
    WORDS(X)
#undef X
};

static_assert(sizeof(words) / sizeof(*words) == WORD_COUNT, "WORD_COUNT counts the rows");

const char *word_in(enum language language, enum word word)
{
    must((size_t)language < LANGUAGE_COUNT && (size_t)word < WORD_COUNT);
    return words[word][language];
}
