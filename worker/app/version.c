#include "worker/app/version.h"

const char worker_version[] = VERSION; /* from the build, which is where it stands */
