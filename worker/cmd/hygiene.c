#include "worker/cmd/hygiene.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "common/must.h"

/* Sanitizers look for leaks as a debugger does, which a process that is not dumpable refuses. */
#ifdef BUILT_WITH_SANITIZERS
static const bool is_watched = true;
#else
static const bool is_watched = false;
#endif

static void forbid_cores(void)
{
    const struct rlimit none = { 0, 0 };

    must(setrlimit(RLIMIT_CORE, &none) == 0);
    must(prctl(PR_SET_DUMPABLE, 0) == 0);
}

void hygiene_start(bool may_dump_core)
{
    int fd;

    if (!may_dump_core && !is_watched)
        forbid_cores();
    must(signal(SIGPIPE, SIG_IGN) != SIG_ERR);
    do
        fd = open("/dev/null", O_RDWR); /* NOLINT: these are meant to be inherited */
    while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd >= 0)
        close(fd);
}
