#include "common/process.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* Fields of /proc/self/stat, counted as proc(5) does; the first two are no numbers. */
enum { FIRST_FIELD = 3, UTIME = 14, STIME = 15, STARTTIME = 22, VSIZE = 23, RSS = 24, FIELDS };

/* Reads a small file; the string is empty when it cannot be read. */
static void read_file(const char *path, size_t size, char *ret)
{
    FILE *file = fopen(path, "re");
    size_t length = file ? fread(ret, 1, size - 1, file) : 0;

    ret[length] = '\0';
    if (file)
        fclose(file);
}

/* The name of the process, in brackets, may hold anything, brackets too. */
static void read_stat(double fields[static FIELDS])
{
    char stat[1024];

    read_file("/proc/self/stat", sizeof(stat), stat);
    char *at = strrchr(stat, ')');
    if (!at || strlen(at) < 4)
        return;
    at += 3; /* over the bracket, a space and the letter of the state, which is field 3 */
    for (int i = FIRST_FIELD + 1; i < FIELDS; i++)
        fields[i] = strtod(at, &at);
}

/* When the machine started, in seconds since 1970. */
static double boot_time(void)
{
    char line[256];
    double seconds = 0;
    FILE *file = fopen("/proc/stat", "re");

    while (file && fgets(line, sizeof(line), file))
        if (strncmp(line, "btime ", 6) == 0)
            seconds = strtod(line + 6, NULL);
    if (file)
        fclose(file);
    return seconds;
}

static double count_fds(void)
{
    DIR *directory = opendir("/proc/self/fd");
    double count = -3; /* the directory's own, "." and ".." */

    if (!directory)
        return 0;
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): a stream that nobody else has */
    while (readdir(directory))
        count++;
    closedir(directory);
    return count;
}

struct process process_read(void)
{
    double fields[FIELDS] = { 0 };
    double ticks = (double)sysconf(_SC_CLK_TCK);
    struct rlimit limit = { 0 };

    read_stat(fields);
    (void)getrlimit(RLIMIT_NOFILE, &limit);
    return (struct process){
        .cpu_seconds = (fields[UTIME] + fields[STIME]) / ticks,
        .resident_bytes = fields[RSS] * (double)sysconf(_SC_PAGESIZE),
        .virtual_bytes = fields[VSIZE],
        .open_fds = count_fds(),
        .max_fds = (double)limit.rlim_cur,
        .start_time_seconds = boot_time() + fields[STARTTIME] / ticks,
    };
}
