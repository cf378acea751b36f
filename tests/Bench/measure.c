// SPDX-License-Identifier: Apache-2.0
//
// Runs a program several times with its output thrown away and prints the medians: wall and CPU seconds (getrusage of the child) and the
// peak of its resident memory (ru_maxrss of a small parent, which is the child's own VmHWM).
//
//   measure RUNS PROGRAM [ARGUMENT...]      prints: wall=S cpu=S rss=KIB status=N
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int compare(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double seconds(struct timeval t) { return t.tv_sec + t.tv_usec / 1e6; }

int main(int argc, char **argv) {
    int runs = argc > 2 ? atoi(argv[1]) : 0, status = 0;
    if (runs < 1 || runs > 99) {
        fprintf(stderr, "usage: measure RUNS PROGRAM [ARGUMENT...]\n");
        return 2;
    }
    double wall[99], cpu[99], rss[99];
    for (int i = 0; i < runs; i++) {
        struct timespec from, to;
        struct rusage usage;
        clock_gettime(CLOCK_MONOTONIC, &from);
        pid_t child = fork();
        if (child < 0) return 1;
        if (child == 0) {
            int null = open("/dev/null", O_RDWR);
            dup2(null, 0);
            dup2(null, 1);
            execvp(argv[2], argv + 2);
            _exit(127);
        }
        int ended;
        if (wait4(child, &ended, 0, &usage) != child) return 1;
        clock_gettime(CLOCK_MONOTONIC, &to);
        if (!WIFEXITED(ended) || WEXITSTATUS(ended)) status = WIFEXITED(ended) ? WEXITSTATUS(ended) : 128;
        wall[i] = (to.tv_sec - from.tv_sec) + (to.tv_nsec - from.tv_nsec) / 1e9;
        cpu[i] = seconds(usage.ru_utime) + seconds(usage.ru_stime);
        rss[i] = usage.ru_maxrss;
    }
    qsort(wall, runs, sizeof *wall, compare);
    qsort(cpu, runs, sizeof *cpu, compare);
    qsort(rss, runs, sizeof *rss, compare);
    printf("wall=%.3f cpu=%.3f rss=%.0f status=%d\n", wall[runs / 2], cpu[runs / 2], rss[runs - 1], status);
    return 0;
}
