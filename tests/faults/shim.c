/*
 * shim: has the n-th call of a function of libc fail, for LD_PRELOAD.
 *
 * Only calls that our own code makes, itself or through jansson, libcurl or libmicrohttpd, on the
 * main thread.  librdkafka and its threads are left alone: they end the process by themselves when
 * memory is used up, and so does libconfig, which is why nothing fails before the test says so.
 *
 * The test says so in a file, $FAULTS_CONTROL, that both map: what is counted and what fails is
 * known there even when the process has ended.  tests/scenario/harness/faults.py is the other side.
 */
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <link.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* What may fail. */
enum kind { KIND_NOTHING, KIND_ALLOCATION, KIND_SOCKET, KIND_ACCEPT, KIND_OUTPUT };

/* The file; its numbers are eight bytes each, the words follow. */
struct control {
    _Atomic uint64_t kind;
    _Atomic uint64_t first; /* the first call to fail, counted from 1; 0: none does */
    _Atomic uint64_t times; /* how many fail from there on */
    _Atomic uint64_t error;
    _Atomic uint64_t seen;
    _Atomic uint64_t failed;
    char place[256]; /* of the first that failed: object+offset */
};

enum { MOST_FRAMES = 48, MOST_OBJECTS = 128, ARENA_BYTES = 16 * 1024 };

/* Whose code an object is. */
enum owner { OWNER_UNKNOWN, OWNER_OURS, OWNER_OTHERS };

struct object {
    uintptr_t begin;
    uintptr_t end;
    uintptr_t base;
    enum owner owner;
    const char *name;
};

static struct control *control;
static struct object objects[MOST_OBJECTS];
static size_t object_count;
static __thread bool is_inside __attribute__((tls_model("initial-exec")));

static struct {
    void *(*malloc)(size_t);
    void *(*calloc)(size_t, size_t);
    void *(*realloc)(void *, size_t);
    int (*socket)(int, int, int);
    int (*accept4)(int, struct sockaddr *, socklen_t *, int);
    ssize_t (*write)(int, const void *, size_t);
} next;

/* ---- whose call it is ---- */

static enum owner owner_of(const char *name)
{
    static const char *const ours[] = { "/libjansson", "/libcurl", "/libmicrohttpd" };
    static const char *const others[] = { "/librdkafka", "/libconfig" };

    if (!*name)
        return OWNER_OURS; /* the program itself has no name */
    for (size_t i = 0; i < sizeof(ours) / sizeof(*ours); i++)
        if (strstr(name, ours[i]))
            return OWNER_OURS;
    for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
        if (strstr(name, others[i]))
            return OWNER_OTHERS;
    return OWNER_UNKNOWN;
}

static int note_object(struct dl_phdr_info *info, size_t size, void *context)
{
    (void)size;
    (void)context;
    for (size_t i = 0; i < info->dlpi_phnum && object_count < MOST_OBJECTS; i++) {
        const ElfW(Phdr) *header = &info->dlpi_phdr[i];
        uintptr_t begin = info->dlpi_addr + header->p_vaddr;
        if (header->p_type != PT_LOAD || !(header->p_flags & PF_X))
            continue;
        objects[object_count++] = (struct object){ .begin = begin,
                                                   .end = begin + header->p_memsz,
                                                   .base = info->dlpi_addr,
                                                   .owner = owner_of(info->dlpi_name),
                                                   .name = info->dlpi_name };
    }
    return 0;
}

static const struct object *find_object(uintptr_t address)
{
    for (size_t i = 0; i < object_count; i++)
        if (address >= objects[i].begin && address < objects[i].end)
            return &objects[i];
    return NULL;
}

/* The innermost frame in code that somebody answers for; NULL: it is not ours. */
static const struct object *find_caller(uintptr_t *retaddress)
{
    void *frames[MOST_FRAMES];
    int count = backtrace(frames, MOST_FRAMES);

    for (int i = 0; i < count; i++) {
        const struct object *object = find_object((uintptr_t)frames[i]);
        if (!object || object->owner == OWNER_UNKNOWN)
            continue;
        *retaddress = (uintptr_t)frames[i];
        return object->owner == OWNER_OURS ? object : NULL;
    }
    return NULL;
}

/* ---- whether it fails ---- */

static void note_place(const struct object *object, uintptr_t address)
{
    const char *slash = strrchr(object->name, '/');

    (void)snprintf(control->place, sizeof(control->place), "%s+0x%lx",
                   slash ? slash + 1 : "the program", (unsigned long)(address - object->base));
}

static bool count_call(void)
{
    uintptr_t address = 0;
    const struct object *object = find_caller(&address);

    if (!object)
        return false;
    uint64_t number = ++control->seen;
    uint64_t first = control->first;
    if (first == 0 || number < first || number - first >= control->times)
        return false;
    if (control->failed++ == 0)
        note_place(object, address);
    return true;
}

/* Whether this call is to fail; then errno is set. */
static bool fails(enum kind kind)
{
    if (!control || control->kind != (uint64_t)kind || is_inside)
        return false;
    if (syscall(SYS_gettid) != getpid())
        return false;
    is_inside = true; /* what the search allocates is none of ours */
    bool is_failing = count_call();
    is_inside = false;
    if (is_failing)
        errno = (int)control->error;
    return is_failing;
}

/* ---- the functions ---- */

/* What the search for the next functions allocates itself; it is never freed. */
static void *take_from_arena(size_t size)
{
    static _Alignas(max_align_t) char arena[ARENA_BYTES];
    static size_t taken;
    size_t begin = taken;

    taken += (size + sizeof(max_align_t) - 1) / sizeof(max_align_t) * sizeof(max_align_t);
    return taken <= ARENA_BYTES ? arena + begin : NULL;
}

/* The function behind ours; ISO C has no cast from an object's to a function's address. */
static void find_next(const char *name, void *function)
{
    void *found = dlsym(RTLD_NEXT, name);

    memcpy(function, &found, sizeof(found));
}

static void find_all_next(void)
{
    static bool is_finding;

    if (is_finding)
        return;
    is_finding = true;
    find_next("calloc", &next.calloc);
    find_next("realloc", &next.realloc);
    find_next("socket", &next.socket);
    find_next("accept4", &next.accept4);
    find_next("write", &next.write);
    find_next("malloc", &next.malloc);
}

/* The C library's own names of the parameters are not for others to use. */
/* NOLINTBEGIN(readability-inconsistent-declaration-parameter-name) */
void *malloc(size_t size)
{
    if (!next.malloc)
        find_all_next();
    if (!next.malloc)
        return take_from_arena(size);
    return fails(KIND_ALLOCATION) ? NULL : next.malloc(size);
}

void *calloc(size_t count, size_t size)
{
    if (!next.malloc)
        find_all_next();
    if (!next.calloc)
        return take_from_arena(count * size);
    return fails(KIND_ALLOCATION) ? NULL : next.calloc(count, size);
}

void *realloc(void *old, size_t size)
{
    if (!next.malloc)
        find_all_next();
    return fails(KIND_ALLOCATION) ? NULL : next.realloc(old, size);
}

int socket(int domain, int type, int protocol)
{
    return fails(KIND_SOCKET) ? -1 : next.socket(domain, type, protocol);
}

int accept4(int fd, struct sockaddr *address, socklen_t *length, int flags)
{
    return fails(KIND_ACCEPT) ? -1 : next.accept4(fd, address, length, flags);
}

ssize_t write(int fd, const void *bytes, size_t length)
{
    bool is_output = fd == STDOUT_FILENO || fd == STDERR_FILENO;

    return is_output && fails(KIND_OUTPUT) ? -1 : next.write(fd, bytes, length);
}

/* NOLINTEND(readability-inconsistent-declaration-parameter-name) */

__attribute__((constructor)) static void start(void)
{
    const char *path = getenv("FAULTS_CONTROL");
    void *frame[1];

    find_all_next();
    (void)backtrace(frame, 1); /* it loads a library, the first time */
    (void)dl_iterate_phdr(note_object, NULL);
    int file = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
    if (file < 0)
        return;
    void *memory = mmap(NULL, sizeof(*control), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    if (memory != MAP_FAILED)
        control = memory;
}
