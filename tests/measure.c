/*
 * measure FILE COMMAND...: run COMMAND; into FILE goes a line with its seconds and the kilobytes of
 * memory it held at its peak.  Ends with COMMAND's exit status.
 */
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    struct timespec begun, ended;
    struct rusage usage;
    int status;
    if (argc < 3)
        return 2;
    (void)clock_gettime(CLOCK_MONOTONIC, &begun);
    pid_t child = fork();
    if (child == 0) {
        (void)execvp(argv[2], argv + 2);
        _exit(127);
    }
    if (child < 0 || wait4(child, &status, 0, &usage) != child)
        return 3;
    (void)clock_gettime(CLOCK_MONOTONIC, &ended);
    long long nanoseconds =
        (ended.tv_sec - begun.tv_sec) * 1000000000LL + (ended.tv_nsec - begun.tv_nsec);
    FILE *file = fopen(argv[1], "w");
    if (file == NULL)
        return 3;
    fprintf(file, "%lld.%03lld %ld\n", nanoseconds / 1000000000, nanoseconds / 1000000 % 1000,
            usage.ru_maxrss);
    if (fclose(file) != 0)
        return 3;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
