#include "worker/demo/standin_away.h"

#include <stddef.h>

#include "worker/demo/standin_refusal.h"

struct row {
    enum faults_away away;
    enum away_call call;
    enum refusal refusal;
    enum refusal old; /* of the older server */
};

#define BOTH(refusal) refusal, refusal

static const struct row rows[] = {
    { AWAY_DATABASE, AWAY_CALL_CREATE, REFUSED_NO_PERMISSION, REFUSED_BAD_PARAM },
    { AWAY_DATABASE, AWAY_CALL_POST, BOTH(REFUSED_POST_UNREADABLE) },
    { AWAY_DATABASE, AWAY_CALL_LISTING, BOTH(REFUSED_LISTING_UNREADABLE) },
    { AWAY_DATABASE, AWAY_CALL_ME, BOTH(REFUSED_USER_UNREADABLE) },
    { AWAY_DATABASE, AWAY_CALL_MY_CHANNELS, BOTH(REFUSED_CHANNELS_UNREADABLE) },
    { AWAY_DATABASE, AWAY_CALL_CHANNEL, REFUSED_CHANNEL_UNREADABLE,
      REFUSED_CHANNEL_UNREADABLE_OLD },
    { AWAY_DATABASE, AWAY_CALL_MEMBERSHIP, BOTH(REFUSED_NO_PERMISSION) },
    { AWAY_POSTS, AWAY_CALL_ROOT, BOTH(REFUSED_ROOT_ID) },
    { AWAY_POSTS, AWAY_CALL_SAVE, BOTH(REFUSED_SAVE) },
    { AWAY_POSTS, AWAY_CALL_POST, BOTH(REFUSED_POST_UNREADABLE) },
    { AWAY_POSTS, AWAY_CALL_LISTING, BOTH(REFUSED_LISTING_UNREADABLE) },
    { AWAY_CHANNELS, AWAY_CALL_CREATE, REFUSED_NO_PERMISSION, REFUSED_BAD_PARAM },
    { AWAY_CHANNELS, AWAY_CALL_POST, REFUSED_CHANNEL_UNREADABLE, REFUSED_CHANNEL_UNREADABLE_OLD },
    { AWAY_CHANNELS, AWAY_CALL_LISTING, REFUSED_CHANNEL_UNREADABLE,
      REFUSED_CHANNEL_UNREADABLE_OLD },
    { AWAY_CHANNELS, AWAY_CALL_MY_CHANNELS, BOTH(REFUSED_CHANNELS_UNREADABLE) },
    { AWAY_CHANNELS, AWAY_CALL_CHANNEL, REFUSED_CHANNEL_UNREADABLE,
      REFUSED_CHANNEL_UNREADABLE_OLD },
    { AWAY_CHANNELS, AWAY_CALL_MEMBERSHIP, BOTH(REFUSED_NO_PERMISSION) },
    { AWAY_MEMBERS, AWAY_CALL_CREATE, BOTH(REFUSED_NO_PERMISSION) },
    { AWAY_MEMBERS, AWAY_CALL_MY_CHANNELS, BOTH(REFUSED_CHANNELS_UNREADABLE) },
    { AWAY_MEMBERS, AWAY_CALL_MEMBERSHIP, BOTH(REFUSED_NO_PERMISSION) },
    { AWAY_USERS, AWAY_CALL_CREATE, BOTH(REFUSED_ACCOUNT_UNREADABLE) },
    { AWAY_USERS, AWAY_CALL_ME, BOTH(REFUSED_ACCOUNT_UNREADABLE) },
};

bool away_refuses(const struct standin *standin, struct exchange *exchange, enum away_call call,
                  const char *channel_id)
{
    enum faults_away away = standin->faults.database_away;

    for (size_t i = 0; away && i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (rows[i].away != away || rows[i].call != call)
            continue;
        refuse(exchange, is_old(standin) ? rows[i].old : rows[i].refusal,
               call == AWAY_CALL_CREATE ? "post.channel_id" : channel_id);
        return true;
    }
    return false;
}
