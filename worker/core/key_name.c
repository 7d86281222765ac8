#include "worker/core/key_name.h"

#include <string.h>

#include "common/digest.h"

void key_name(const char *key, size_t length, struct text *ret)
{
    char id[DIGEST_ID_SIZE];

    if (!key) {
        text_add_char(ret, '-');
    } else if (length < KEY_NAME_MAX_BYTES && !memchr(key, '\0', length)) {
        text_add_char(ret, 'k');
        text_add(ret, key, length);
    } else {
        const struct digest digest = digest_of(key, length);
        digest_id(&digest, id);
        text_add_char(ret, '#');
        text_add_string(ret, id);
    }
}
