#include "worker/core/search_word.h"

#include <ctype.h>
#include <string.h>

#include "common/digest.h"

static bool is_part(char byte)
{
    return (unsigned char)byte < 0x80 && isalnum((unsigned char)byte);
}

bool search_word_of(const char *conversation, char ret[static SEARCH_WORD_SIZE])
{
    size_t length = 0;

    for (const char *c = conversation; *c && length < SEARCH_WORD_SIZE - 1; c++) {
        if (!is_part(*c))
            continue;
        if (length == 0 && isdigit((unsigned char)*c))
            ret[length++] = 'c';
        ret[length++] = (char)tolower((unsigned char)*c);
    }
    ret[length] = '\0';
    if (length == 0) {
        struct digest digest = digest_of(conversation, strlen(conversation));
        char id[DIGEST_ID_SIZE];
        digest_id(&digest, id);
        ret[0] = 'c';
        memcpy(ret + 1, id, sizeof(id));
    }
    return strcmp(ret, conversation) == 0;
}
