/*
 * process: what the kernel says about this process.
 */
#ifndef COMMON_PROCESS_H
#define COMMON_PROCESS_H

struct process {
    double cpu_seconds; /* user and system */
    double resident_bytes;
    double virtual_bytes;
    double open_fds;
    double max_fds;
    double start_time_seconds; /* since 1970 */
};

/* Reads it anew; what the kernel does not tell (no /proc) is 0. */
struct process process_read(void);

#endif
